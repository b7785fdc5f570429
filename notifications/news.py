"""What people are told about how they are reached."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "notifications.mail_paused",
        _("My mail does not arrive"),
        _("Mail to %(address)s does not arrive"),
        _("So nothing more is mailed there for now; everything stands in your inbox. Set it right in a minute."),
        _("Set it right"),
        mail=False,
    ),
)
