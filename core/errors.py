"""The one refusal a person may read."""

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Something a person asked for cannot be done now, with a sentence that says why.

    Subclasses set `code` (stable, for machines) and `status` (HTTP). Each door turns it into its own answer:
    HTML through `core.middleware`, REST through `core.api`, sockets through their consumer.
    """

    code = "refused"
    status = 409
    default = _("This cannot be done just now.")

    def __init__(self, message: object = None, **details: object) -> None:
        self.message = message or self.default
        self.details = details
        super().__init__(str(self.message))


class NotAllowed(DomainError):
    code = "not_allowed"
    status = 403
    default = _("You may not do this.")
