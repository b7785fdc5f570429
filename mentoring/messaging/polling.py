"""Changes over plain HTTP for whom no socket reaches: asked again and again, answered as soon as there is something."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from accounts.models import User
from core.threads import UNREACHABLE
from mentoring.messaging.frames import MOST_ROOMS, BadFrame, NoRoom, frames_after
from mentoring.messaging.hub import hub
from mentoring.messaging.limits import bucket_of
from mentoring.messaging.models import Call
from mentoring.messaging.pulse import SIGNED_OUT
from mentoring.messaging.serializers import Speech, packed
from mentoring.messaging.switchboard import told

LONGEST_S = 25.0
Receive = Callable[[], Awaitable[dict[str, Any]]]
Give = Callable[[dict[str, Any]], Awaitable[None]]


class Poll:
    """One request, as the hub sees it: a listener that leaves with the first news."""

    watches = low = False

    def __init__(self, user: User, session_key: str) -> None:
        self.user, self.session_key = user, session_key
        self.speech = Speech.of(user)
        self.rooms: set[int] = set()
        self.epochs: dict[int, UUID] = {}
        self.texts: list[str] = []
        self.rings: Call | None = None
        self.news = asyncio.Event()
        self.signed_out = False

    def put(self, text: str, *, now: bool = False) -> None:
        """What is told `now`, how a call stands, only ends the waiting: the answer says who rings by then."""
        if not now:
            self.texts.append(text)
        self.news.set()

    def waits(self, text: str) -> bool | None:
        """It leaves with the first news."""
        return False

    async def give_all(self, texts: Sequence[str]) -> None:
        for text in texts:
            self.put(text)

    def left(self, room: int) -> None:
        self.rooms.discard(room)
        self.put(packed({"t": "no", "r": room, "code": "not_found"}))

    def shut(self, code: int) -> None:
        self.signed_out = code == SIGNED_OUT
        self.news.set()


async def changes(scope: dict[str, Any], receive: Receive, send: Give) -> None:
    """`GET /rooms/changes?after=5:17,6:0&wait=25&rings=`: the frames a socket would bring, none after `wait` seconds; and the
    call that rings with the reader, at once where it is not the one that the client shows."""
    user = scope["user"]
    if user is None:
        await answer(send, 401, '{"t":"no","code":"signed_out"}')
        return
    try:
        if pause := bucket_of(user).wait_ms():
            await answer(send, 429, packed({"t": "no", "code": "busy", "retry_ms": pause}))
            return
        known, wait, rung = asked(scope["query_string"])
        poll = Poll(user, scope["session_key"])
        await listen(poll, known, wait, rung, receive)
    except BadFrame:
        await answer(send, 400, '{"t":"no","code":"bad_frame"}')
    except UNREACHABLE:
        await busy(scope, receive, send)
    else:
        if poll.signed_out:
            await answer(send, 401, '{"t":"no","code":"signed_out"}')
        else:
            epochs = packed({room: str(epoch) for room, epoch in poll.epochs.items()})
            rings = told(poll.rings, user) if poll.rings else "null"
            await answer(send, 200, f'{{"frames":[{",".join(poll.texts)}],"epochs":{epochs},"rings":{rings}}}')


async def busy(_scope: dict[str, Any], _receive: Receive, send: Give) -> None:
    """The database is away just now."""
    await answer(send, 503, '{"t":"no","code":"busy","retry_ms":1000}')


async def listen(poll: Poll, known: dict[int, int], wait: float, rung: str, receive: Receive) -> None:
    here = hub()
    here.begin(poll)
    here.switchboard.begin(poll)
    try:
        where = await here.where((poll.user.pk, list(known)))
        poll.epochs = {room: there.epoch for room, there in where.items()}
        for room, seq in known.items():
            try:
                await here.join(poll, room, seq, partial(frames_after, poll.user, poll.speech))
                poll.rooms.add(room)
            except NoRoom:
                poll.left(room)
        poll.rings = await here.switchboard.who_rings(poll.user)
        if not poll.texts and wait and rung == (str(poll.rings.pk) if poll.rings else ""):
            await news_or_nobody(poll, wait, receive)
            poll.rings = await here.switchboard.who_rings(poll.user)
    finally:
        await here.end(poll)


async def news_or_nobody(poll: Poll, wait: float, receive: Receive) -> None:
    ends = {asyncio.ensure_future(poll.news.wait()), asyncio.ensure_future(gone(receive))}
    await asyncio.wait(ends, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def asked(query: bytes) -> tuple[dict[int, int], float, str]:
    """{room: last change the client has}, how long it waits, and the call that it shows ringing (empty without one)."""
    try:
        values = parse_qs(query.decode("ascii"), strict_parsing=True, max_num_fields=5)
        pairs = [pair.split(":") for pair in values["after"][0].split(",")]
        known = {int(room): int(seq) for room, seq in pairs}
        wait, rung = float(values.get("wait", ["25"])[0]), values.get("rings", [""])[0]
    except (ValueError, KeyError) as error:
        raise BadFrame from error
    whole = all(0 <= number < 2**63 for pair in known.items() for number in pair)
    if not whole or len(known) > MOST_ROOMS or not 0 <= wait <= LONGEST_S:
        raise BadFrame
    return known, wait, rung


async def answer(send: Give, status: int, text: str) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
