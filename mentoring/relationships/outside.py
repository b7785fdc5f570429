"""Rooms for calls that stand elsewhere, as a programme chooses: a link, Jitsi, BigBlueButton. Each can create a room, say
where one enters it, and end it; `Outside` is all that the rest knows of them."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.outward import Unreachable, ask
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship

GOOD_FOR = timedelta(hours=3)
MOST_BYTES = 64 * 1024
_SUCCESS = re.compile(rb"<returncode>\s*SUCCESS\s*</returncode>")


class RoomAway(DomainError):
    code = "room_away"
    status = 503
    default = _(
        "The room for calls does not answer just now. Try again in a minute, or call from your conversation or write there."
    )


class Outside(Protocol):
    def create(self, code: str) -> None:
        """Make sure that the room is there. Raises RoomAway."""

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        """Where this person enters."""

    def end(self, code: str) -> None:
        """Send everybody out. Raises RoomAway."""


@dataclass(frozen=True)
class Link:
    """One link for all, or one per pair where `{room}` stands in it."""

    address: str

    def create(self, code: str) -> None:
        return None

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        return self.address.replace("{room}", code)

    def end(self, code: str) -> None:
        return None


@dataclass(frozen=True)
class Jitsi:
    """Jitsi Meet; with a key (`app_id`) and a secret whoever enters brings a token."""

    address: str
    key: str = ""
    secret: str = ""

    def create(self, code: str) -> None:
        return None

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        url = f"{self.address.rstrip('/')}/{code}"
        if not self.secret:
            return url
        claims = {
            "aud": "jitsi",
            "iss": self.key,
            "sub": urlsplit(self.address).hostname or "",
            "room": code,
            "exp": int((at + GOOD_FOR).timestamp()),
            "context": {"user": {"id": str(person.pk), "name": str(person)}},
        }
        return f"{url}?{urlencode({'jwt': token(claims, self.secret)})}"

    def end(self, code: str) -> None:
        return None


@dataclass(frozen=True)
class BigBlueButton:
    """From version 2.4 on. `address` ends before `/api`."""

    address: str
    secret: str

    def create(self, code: str) -> None:
        self._ask("create", {"name": code, "meetingID": code, "record": "false"})

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        told = {"fullName": str(person), "meetingID": code, "role": "MODERATOR", "userID": str(person.pk)}
        return self._url("join", told)

    def end(self, code: str) -> None:
        self._ask("end", {"meetingID": code})

    def _url(self, call: str, told: dict[str, str]) -> str:
        query = urlencode(told, quote_via=quote)
        return f"{self.address.rstrip('/')}/api/{call}?{query}&checksum={checksum(call, query, self.secret)}"

    def _ask(self, call: str, told: dict[str, str]) -> None:
        try:
            status, body = ask("GET", self._url(call, told), most=MOST_BYTES, private=settings.MEETINGS_IN_OWN_NETWORK)
        except Unreachable as error:
            raise RoomAway from error
        if status != 200 or not _SUCCESS.search(body):
            raise RoomAway


def checksum(call: str, query: str, secret: str, *, algorithm: str = "sha256") -> str:
    """As BigBlueButton seals its calls: the name of the call, its query and the secret in one."""
    return hashlib.new(algorithm, f"{call}{query}{secret}".encode()).hexdigest()


def token(claims: dict[str, object], secret: str) -> str:
    """A JSON Web Token (RFC 7519), sealed by HS256."""
    parts = [
        _packed(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    ]
    seal = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _packed(seal)])


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def outside_of(programme: Programme) -> Outside | None:
    """The room elsewhere that a programme has chosen; None where people call each other from their conversation."""
    match programme.calls_by:
        case Programme.CallsBy.LINK:
            return Link(programme.calls_address)
        case Programme.CallsBy.JITSI:
            return Jitsi(programme.calls_address, programme.calls_key, programme.calls_secret)
        case Programme.CallsBy.BIGBLUEBUTTON:
            return BigBlueButton(programme.calls_address, programme.calls_secret)
    return None


def code_of(relationship: Relationship) -> str:
    """The name of their room: always the same, and nobody guesses it."""
    return f"peyvand-{salted_hmac('mentoring.meeting', str(relationship.pk), algorithm='sha256').hexdigest()[:24]}"


def leave(relationship: Relationship) -> None:
    """Nobody meets there any more. Raises RoomAway."""
    if room := outside_of(relationship.programme):
        room.end(code_of(relationship))


def enter(relationship: Relationship, person: User, *, at: datetime) -> str:
    """Open the room elsewhere and say where this person enters; "" where there is none. Raises RoomAway."""
    room = outside_of(relationship.programme)
    if room is None:
        return ""
    code = code_of(relationship)
    room.create(code)
    return room.join_url(code, person, at=at)
