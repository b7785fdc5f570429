"""The news of this app. Never who and never what: a mail may be read by others."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "safeguarding.apart",
        _("Two people need help"),
        _("Two people in “%(programme)s” need help"),
        _(
            "One of them does not want to be reached by the other. A calm word with each of them, alone, is a good beginning."
        ),
        _("See who"),
        desk=True,
        urgent=True,
    ),
)
