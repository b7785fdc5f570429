"""BigBlueButton. It calls an address when a meeting is over, given to it as the meeting is made and sealed by us as it seals its
own calls: it adds nothing of its own that could be looked at."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.crypto import constant_time_compare

from accounts.models import User
from core.outward import Unreachable, ask
from mentoring.relationships.outside.base import Ended, NotFromThere, RoomAway, Told

MOST_BYTES = 64 * 1024
AT_ONCE = timedelta(minutes=1)
"""Of two who enter at once one makes the meeting, and the other may be the one of whom it is noted that they began it."""
_SUCCESS = re.compile(rb"<returncode>\s*SUCCESS\s*</returncode>")


@dataclass(frozen=True)
class BigBlueButton:
    """From version 2.4 on. `address` ends before `/api`."""

    address: str
    secret: str

    def create(self, code: str, *, hears_at: str, at: datetime) -> None:
        since = str(int(at.timestamp()))
        over = f"{hears_at}?{urlencode({'since': since, 'seal': self._seal(code, since)})}"
        self._ask("create", {"name": code, "meetingID": code, "record": "false", "meta_endCallbackUrl": over})

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        told = {"fullName": str(person), "meetingID": code, "role": "MODERATOR", "userID": str(person.pk)}
        return self._url("join", told)

    def end(self, code: str, *, at: datetime) -> None:
        self._ask("end", {"meetingID": code})

    def hear(self, told: Told, *, at: datetime) -> Ended | None:
        code, since, seal = (told.query.get(name, "") for name in ("meetingID", "since", "seal"))
        if not constant_time_compare(self._seal(code, since), seal):
            raise NotFromThere
        return Ended(code, begun_by=datetime.fromtimestamp(int(since), tz=UTC) + AT_ONCE, at=at)

    def _seal(self, code: str, since: str) -> str:
        return checksum("ended", urlencode({"meetingID": code, "since": since}), self.secret)

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
