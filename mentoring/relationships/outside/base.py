"""What every room elsewhere can do, and what its server may tell us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError

GOOD_FOR = timedelta(hours=3)
"""How long an invitation holds."""


class RoomAway(DomainError):
    code = "room_away"
    status = 503
    default = _(
        "The room for calls does not answer just now. Try again in a minute, or call from your conversation or write there."
    )


class NotFromThere(Exception):
    """What was told does not carry the seal of the room's server."""


@dataclass(frozen=True)
class Told:
    """A request as it came, not yet believed. `headers` are asked without regard to case."""

    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Ended:
    """The meeting in room `code` that had begun by `begun_by` was over at `at`. Told again later it ends no younger one."""

    code: str
    begun_by: datetime
    at: datetime


class Outside(Protocol):
    def create(self, code: str, *, hears_at: str, at: datetime) -> None:
        """Make sure that the room is there; its server may tell `hears_at` what becomes of it. Raises RoomAway."""

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        """Where this person enters."""

    def end(self, code: str, *, at: datetime) -> None:
        """Send everybody out. Raises RoomAway."""

    def hear(self, told: Told, *, at: datetime) -> Ended | None:
        """What the room's server says; None where it is not that a meeting is over. Raises NotFromThere."""
