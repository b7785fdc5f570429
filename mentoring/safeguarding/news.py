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
    Kind(
        "safeguarding.report",
        _("Something was reported"),
        _("Something was reported in “%(programme)s”"),
        _("Somebody asks for protection. A first look soon, today if you can, is what helps most."),
        _("Look at it"),
        desk=True,
        urgent=True,
    ),
    Kind(
        "safeguarding.moved",
        _("My report has moved on"),
        _("What you reported has moved on"),
        _("Somebody of “%(programme)s” has worked on it."),
        _("See how it stands"),
    ),
)
