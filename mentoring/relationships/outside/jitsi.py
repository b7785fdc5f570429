"""Jitsi Meet. That a meeting is over is told by Prosody's component `event_sync`, with a token that its operator gave it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from accounts.models import User
from mentoring.relationships.outside.base import GOOD_FOR, Ended, NotFromThere, Told
from mentoring.relationships.outside.tokens import claims_of, token

AUDIENCE = "peyvand"
"""Of the server's token: those of people are for "jitsi" and sealed by the same secret, but nobody ends a call with them."""


@dataclass(frozen=True)
class Jitsi:
    """With a key (`app_id`) and a secret whoever enters brings a token."""

    address: str
    key: str = ""
    secret: str = ""

    def create(self, code: str, *, hears_at: str, at: datetime) -> None:
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

    def end(self, code: str, *, at: datetime) -> None:
        return None

    def hear(self, told: Told, *, at: datetime) -> Ended | None:
        claims = claims_of(told.headers.get("Authorization", ""), self.secret, at=at)
        if (claims.get("aud"), claims.get("iss")) != (AUDIENCE, self.key):
            raise NotFromThere
        try:
            event = json.loads(told.body)
            if event["event_name"] != "muc-room-destroyed" or event.get("is_breakout"):
                return None
            over = datetime.fromtimestamp(float(event["destroyed_at"]), tz=UTC)
            return Ended(str(event["room_name"]), begun_by=over, at=over)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, OSError) as error:
            raise NotFromThere from error
