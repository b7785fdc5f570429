"""LiveKit, entered through LiveKit Meet. Its webhook seals the whole of what it says."""

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.utils.crypto import constant_time_compare

from accounts.models import User
from core.outward import Unreachable, ask
from mentoring.planning.addresses import livekit_server
from mentoring.relationships.outside.base import GOOD_FOR, Ended, NotFromThere, RoomAway, Told
from mentoring.relationships.outside.tokens import claims_of, token

MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class LiveKit:
    """`address` is that of LiveKit Meet with the server in it: `https://meet.example.edu/custom?liveKitUrl=wss://live.example.edu`.
    Who enters a room that is not there makes it."""

    address: str
    key: str
    secret: str

    def create(self, code: str, *, hears_at: str, at: datetime) -> None:
        return None

    def join_url(self, code: str, person: User, *, at: datetime) -> str:
        who = {"sub": str(person.pk), "name": str(person), "video": {"roomJoin": True, "room": code}}
        return f"{self.address}&token={quote(self._token(who, at + GOOD_FOR))}"

    def end(self, code: str, *, at: datetime) -> None:
        may = self._token({"video": {"roomCreate": True, "room": code}}, at + MOMENT)
        headers = {"Authorization": f"Bearer {may}", "Content-Type": "application/json"}
        url = f"{livekit_server(self.address)}/twirp/livekit.RoomService/DeleteRoom"
        body = json.dumps({"room": code}).encode()
        try:
            status, _answer = ask("POST", url, body, headers, private=settings.MEETINGS_IN_OWN_NETWORK)
        except Unreachable as error:
            raise RoomAway from error
        if status not in (200, 404):  # nobody is there any more
            raise RoomAway

    def hear(self, told: Told, *, at: datetime) -> Ended | None:
        claims = claims_of(told.headers.get("Authorization", ""), self.secret, at=at)
        whole = b64encode(hashlib.sha256(told.body).digest()).decode()
        if claims.get("iss") != self.key or not constant_time_compare(whole, str(claims.get("sha256", ""))):
            raise NotFromThere
        try:
            event = json.loads(told.body)
            if event["event"] != "room_finished":
                return None
            over = datetime.fromtimestamp(float(event["createdAt"]), tz=UTC)
            return Ended(str(event["room"]["name"]), begun_by=over, at=over)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, OSError) as error:
            raise NotFromThere from error

    def _token(self, claims: dict[str, object], until: datetime) -> str:
        return token({"iss": self.key, "exp": int(until.timestamp()), **claims}, self.secret)
