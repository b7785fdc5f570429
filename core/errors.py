"""The one refusal a person may read."""

from django.db import OperationalError
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import LockNotAvailable


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


class Busy(DomainError):
    code = "busy"
    status = 503
    default = _(
        "The same is being saved elsewhere at this moment, perhaps by a second click of yours. See whether it is done already;"
        " if not, try again."
    )


def refusal(error: Exception) -> DomainError | None:
    """What a person may read of an exception: itself, or that a row stayed locked for too long; None of any other."""
    if isinstance(error, DomainError):
        return error
    waited = isinstance(error, OperationalError) and (
        isinstance(error.__cause__, LockNotAvailable) or "database is locked" in str(error)
    )
    return Busy() if waited else None
