"""One socket per open page. It only dispatches: the hub commits and hands out, SQL decides, and rights are asked every time.

Frames are JSON texts; `t` says which (the table is in `docs/messaging.md`). A client that was away says how far it got and
is given the rest; a hint that got lost is noticed by the next heartbeat.
"""

import time
from asyncio import TimerHandle
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone

from accounts.models import User
from core.eager import begun
from core.errors import DomainError
from core.line import TAKES_TEXTS
from core.threads import UNREACHABLE
from mentoring.messaging.frames import (
    ACTS,
    VERSION,
    BadFrame,
    NoRoom,
    do,
    frames_after,
    gap_frame,
    number,
    parsed,
    resume_points,
    send_of,
    write_draft,
)
from mentoring.messaging.hub import Hub, hub, readers
from mentoring.messaging.limits import bucket_of
from mentoring.messaging.models import Message
from mentoring.messaging.pen import writer
from mentoring.messaging.pulse import HEARTBEAT_S
from mentoring.messaging.queries import Where
from mentoring.messaging.serializers import (
    Frame,
    Speech,
    done_frame,
    heartbeat,
    ok_frame,
    packed,
)
from mentoring.messaging.words import keepable

TYPING_EVERY_S = 3
LOW_EVERY_S = 2.0
"""On a poor line what happens comes in batches; what one asked for comes at once, with all that waits."""
MOST_UNSENT, MOST_UNSENT_BYTES = 500, 256 * 1024
SLOW, LATER = 4008, 1013
Give = Callable[[dict[str, Any]], Awaitable[None]]
log = structlog.get_logger(__name__)


async def talk(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Give) -> None:
    """The ASGI application of the socket. It is none of Channels' consumers: those visit a thread for every event."""
    await receive()  # the wish to connect
    user = scope["user"]
    if user is None:
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    if bucket_of(user).wait_ms():  # a storm of one person
        await send({"type": "websocket.close", "code": LATER})
        return
    socket = Socket(user, scope["session_key"], send, scope.get("extensions", {}).get(TAKES_TEXTS, never))
    try:
        while (event := await receive())["type"] == "websocket.receive":
            await socket.hear(event.get("text"))
    finally:
        await socket.gone()


def never(_text: str) -> bool:
    """Other servers' lines than `core.line` take nothing without waiting."""
    return False


class Socket:
    def __init__(self, user: User, session_key: str, send: Give, take: Callable[[str], bool] = never) -> None:
        self.user, self.session_key, self.send, self.take = user, session_key, send, take
        self.speech = Speech.of(user)
        self.hub: Hub = hub()
        self.rooms: set[int] = set()
        self.epochs: dict[int, UUID] = {}
        self.typed_at: dict[int, float] = {}
        self.bucket = bucket_of(user)
        self.unsent: deque[str] = deque()
        self.unsent_bytes = 0
        self.sending = self.over = self.too_slow = self.watches = self.low = False
        self.later: TimerHandle | None = None
        self.hub.begin(self)

    async def gone(self) -> None:
        self.over = True
        if self.later:
            self.later.cancel()
        await self.hub.end(self)

    # Giving: never waits for the reader, and never drops a frame inside the stream.

    def put(self, text: str, *, now: bool = False) -> None:
        if self.over:
            return
        if (now or not self.low) and not self.sending and not self.unsent and self.take(text):
            return
        self.unsent.append(text)
        self.unsent_bytes += len(text)
        if len(self.unsent) > MOST_UNSENT or self.unsent_bytes > MOST_UNSENT_BYTES:
            self.too_slow = True
            self.shut(SLOW)
        elif self.low and not now:
            self.later = self.later or self.hub.loop.call_later(LOW_EVERY_S, self.hurry)
        elif not self.sending:
            self.hurry()

    def waits(self, text: str) -> bool | None:
        """Whether this text has not been given yet; None when the device is gone, unless it was too slow."""
        if self.over:
            return self.too_slow or None
        return any(each is text for each in self.unsent)

    def hurry(self) -> None:
        """Give what waits."""
        if self.later:
            self.later.cancel()
            self.later = None
        if not self.sending and not self.over:
            self.sending = True
            self.hub.keep(begun(self._send()))

    async def give_all(self, texts: Sequence[str]) -> None:
        for text in texts:
            if not self.over:
                await self.send({"type": "websocket.send", "text": text})

    async def _send(self) -> None:
        try:
            while self.unsent and not self.over:
                text = self.unsent.popleft()
                self.unsent_bytes -= len(text)
                await self.send({"type": "websocket.send", "text": text})
        except OSError:  # the other end has left
            self.over = True
        finally:
            self.sending = False

    def shut(self, code: int) -> None:
        """Close; the client resumes, or signs in again."""
        self.over = True
        self.unsent.clear()
        self.hub.spawn(self._close(code))

    async def _close(self, code: int) -> None:
        with suppress(OSError):
            await self.send({"type": "websocket.close", "code": code})

    def give(self, frame: Frame) -> None:
        self.put(packed(frame), now=True)

    def refuse(self, frame: Frame, code: str, **more: Any) -> None:
        """`no`, with what the client needs to know which of its frames was meant."""
        named = {key: frame[key] for key in ("cid", "r", "call") if isinstance(frame.get(key), str | int)}
        named = {key: keepable(value) if isinstance(value, str) else value for key, value in named.items()}
        self.give({"t": "no", **named, "code": code, **more})

    def left(self, room: int) -> None:
        self.rooms.discard(room)
        self.refuse({"r": room}, "not_found")

    # Hearing.

    async def hear(self, text: str | None) -> None:
        frame: Frame = {}
        try:
            wait = self.bucket.wait_ms()
            frame = parsed(text)
            if wait and frame.get("t") == "hello":
                self.shut(LATER)
                return
            if wait:
                self.refuse(frame, "busy", retry_ms=wait)
                return
            await handler_of(frame)(self, frame)
        except BadFrame as fault:
            self.refuse(frame, str(fault) or "bad_frame")
        except NoRoom:
            self.refuse(frame, "not_found")
        except DomainError as refusal:
            self.refused(frame, refusal)
        except UNREACHABLE as error:
            log.warning("database_busy", error=repr(error))
            self.refuse(frame, "busy", retry_ms=1000)

    def refused(self, frame: Frame, refusal: DomainError) -> None:
        again = {"retry_ms": 1000} if refusal.code == "busy" else {}
        self.refuse(frame, refusal.code, **again)

    async def on_hello(self, frame: Frame) -> None:
        """Where the rooms are, then what was missed; each room is listened to before it is read."""
        known = resume_points(frame)
        self.low = frame.get("low") is True
        try:
            with self.hub.expecting(known) as news:
                await self.begin(known, news)
            if isinstance(frame.get("pr"), bool) and not self.low:
                await self.hub.presence.arrive(self, looks=frame["pr"])
        except UNREACHABLE as error:  # half a hello is none: the client comes again
            log.warning("hello_lost", error=repr(error))
            self.shut(LATER)

    async def begin(self, known: dict[int, int], news: dict[int, int]) -> None:
        rooms = await self.where_rooms_are(list(known))
        self.epochs = {room: where.epoch for room, where in rooms.items()}
        self.give(
            {
                "t": "ready",
                "v": VERSION,
                "hb": HEARTBEAT_S,
                "heads": {room: where.head for room, where in rooms.items()},
                "epochs": {room: str(epoch) for room, epoch in self.epochs.items()},
                "read": {room: where.read for room, where in rooms.items()},
                "missed": sum(max(0, where.head - known[room]) for room, where in rooms.items()),
            }
        )
        for room, seq in known.items():
            try:
                if room not in rooms:
                    raise NoRoom
                head = rooms[room].head
                if gap := gap_frame(room, head, seq):
                    self.give(gap)
                    seq = head
                await self.hub.join(self, room, seq, self.read, news=news[room] if head == seq else -1)
                self.rooms.add(room)
            except NoRoom:
                self.refuse({"r": room}, "not_found")

    async def on_message(self, frame: Frame) -> None:
        send = send_of(frame, self.user)

        def answer(outcome: Message | DomainError) -> None:
            if isinstance(outcome, DomainError):
                self.refused(frame, outcome)
            else:
                self.give(ok_frame(outcome, self.speech, now=timezone.now()))

        self.hub.say(send, answer)

    async def on_act(self, frame: Frame) -> None:
        """What is done to a message; committed before the answer, and heard by everybody after it."""
        done = await writer(do, frame, self.user, at=timezone.now())
        self.give(done_frame(done, frame["cid"]))

    async def on_draft(self, frame: Frame) -> None:
        await writer(write_draft, frame, self.user, at=timezone.now())

    async def on_signal(self, frame: Frame) -> None:
        await self.hub.switchboard.say(self, frame)

    async def on_get(self, frame: Frame) -> None:
        """Give the changes from number `from` on once more."""
        _, texts = await readers(self.read, number(frame, "r"), number(frame, "from") - 1)
        await self.give_all(texts)

    async def on_read(self, frame: Frame) -> None:
        room, seq = number(frame, "r"), number(frame, "s")
        where = (await self.where_rooms_are([room])).get(room)
        if where is None:
            raise NoRoom
        move = self.hub.point if frame["t"] == "rd" else self.hub.deliver
        move(room, self.user.pk, min(seq, where.head))

    async def on_typing(self, frame: Frame) -> None:
        room, on = number(frame, "r"), frame.get("on") is True
        where = (await self.where_rooms_are([room])).get(room)
        if where is None:
            raise NoRoom
        if (
            where.listens or where.parted
        ):  # readers of announcements are hidden from each other, and so is who is kept apart
            return
        now = time.monotonic()
        if on and now - self.typed_at.get(room, -TYPING_EVERY_S) < TYPING_EVERY_S:
            return
        self.typed_at[room] = now
        self.hub.typing(room, self.user, on)

    async def on_presence(self, frame: Frame) -> None:
        self.hub.presence.look(self, frame.get("on") is True)

    async def on_heartbeat(self, _frame: Frame) -> None:
        rooms = await self.where_rooms_are(list(self.rooms))
        self.give(heartbeat({room: (where.head, where.epoch) for room, where in rooms.items()}, self.epochs))

    async def where_rooms_are(self, rooms: list[int]) -> dict[int, Where]:
        """Only of those that this person may see at this moment."""
        return await self.hub.where((self.user.pk, rooms))

    def read(self, room: int, after: int) -> tuple[int, list[str]]:
        return frames_after(self.user, self.speech, room, after)


def handler_of(frame: Frame) -> Callable[[Socket, Frame], Awaitable[None]]:
    kind = frame.get("t")
    if not isinstance(kind, str) or kind not in HANDLERS:
        raise BadFrame
    return HANDLERS[kind]


HANDLERS: dict[str, Callable[[Socket, Frame], Awaitable[None]]] = {
    "hello": Socket.on_hello,
    "m": Socket.on_message,
    "get": Socket.on_get,
    "rd": Socket.on_read,
    "dl": Socket.on_read,
    "ty": Socket.on_typing,
    "pr": Socket.on_presence,
    "hb": Socket.on_heartbeat,
    "dr": Socket.on_draft,
    "sig": Socket.on_signal,
    **dict.fromkeys(ACTS, Socket.on_act),
}
