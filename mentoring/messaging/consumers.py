"""One socket per open page. It only dispatches: SQL decides, and every change is read from SQL in the order of its room.

Frames are JSON texts; `t` says which (the table is in `docs/messaging.md`). A client that was away says how far it got and
is given the rest; a hint that got lost is noticed by the next heartbeat.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib import import_module
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.letters import in_words_of
from core.errors import DomainError
from core.realtime import remember_loop
from mentoring.messaging.models import Message, Room
from mentoring.messaging.queries import MOST_CHANGES, Where, changes_after, where_rooms_are
from mentoring.messaging.serializers import Frame, change_frame, ok_frame
from mentoring.messaging.services import mark_read, send_message

VERSION = 1
HEARTBEAT_S = 25
TYPING_EVERY_S = 3
MOST_ROOMS = 60
MOST_BYTES = 32 * 1024
SIGNED_OUT = 4401
log = structlog.get_logger(__name__)
Sessions = import_module(settings.SESSION_ENGINE).SessionStore


class BadFrame(Exception):
    """Not a frame of the protocol."""


class NoRoom(Exception):
    """Not there, or not for this person: the same answer."""


class Bucket:
    """Ten frames a second, thirty at once."""

    RATE, BURST = 10.0, 30.0

    def __init__(self) -> None:
        self.left, self.at = self.BURST, time.monotonic()

    def wait_ms(self) -> int:
        """Take one; 0, or how long to wait before the next try."""
        now = time.monotonic()
        self.left, self.at = min(self.BURST, self.left + (now - self.at) * self.RATE), now
        if self.left < 1:
            return int((1 - self.left) / self.RATE * 1000) + 1
        self.left -= 1
        return 0


_buckets: WeakValueDictionary[int, Bucket] = WeakValueDictionary()


class TalkConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.user = self.scope["user"]
        if not self.user.is_authenticated:
            await self.close()
            return
        remember_loop()
        self.heads: dict[int, int] = {}  # of each joined room: the last change this socket was given
        self.typed_at: dict[int, float] = {}
        self.bucket = _buckets.setdefault(self.user.pk, Bucket())
        await self.accept()
        self.heart = asyncio.create_task(self.beat())

    async def disconnect(self, code: int) -> None:
        if not self.user.is_authenticated:
            return
        self.heart.cancel()
        with suppress(Exception):  # the layer may be gone; it forgets groups by itself
            for room in self.heads:
                await self.channel_layer.group_discard(group(room), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame: Frame = {}
        try:
            wait = self.bucket.wait_ms()
            frame = parsed(text_data)
            if wait:
                await self.refuse(frame, "busy", retry_ms=wait)
                return
            await self.handler_of(frame)(frame)
        except BadFrame as fault:
            await self.refuse(frame, str(fault) or "bad_frame")
        except NoRoom:
            await self.refuse(frame, "not_found")
        except DomainError as refusal:
            await self.refuse(frame, refusal.code)
        except (OperationalError, InterfaceError) as error:
            log.warning("database_busy", error=repr(error))
            await self.refuse(frame, "busy", retry_ms=1000)

    def handler_of(self, frame: Frame) -> Callable[[Frame], Awaitable[None]]:
        handlers = {
            "hello": self.on_hello,
            "m": self.on_message,
            "get": self.on_get,
            "rd": self.on_read,
            "ty": self.on_typing,
            "hb": self.on_heartbeat,
        }
        kind = frame.get("t")
        if not isinstance(kind, str) or kind not in handlers:
            raise BadFrame
        return handlers[kind]

    async def give(self, frame: Frame) -> None:
        await self.send(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def refuse(self, frame: Frame, code: str, **more: Any) -> None:
        """`no`, with what the client needs to know which of its frames was meant."""
        named = {key: frame[key] for key in ("cid", "r") if isinstance(frame.get(key), str | int)}
        await self.give({"t": "no", **named, "code": code, **more})

    async def on_hello(self, frame: Frame) -> None:
        """Join first and read afterwards: what is said in between comes twice at worst, never not at all."""
        known = resume_points(frame)
        for room in await self.where_rooms_are(list(known)):
            await self.channel_layer.group_add(group(room), self.channel_name)
        rooms = await self.where_rooms_are(list(known))
        self.heads |= {room: min(known[room], where.head) for room, where in rooms.items()}
        await self.give(
            {
                "t": "ready",
                "v": VERSION,
                "hb": HEARTBEAT_S,
                "heads": {room: where.head for room, where in rooms.items()},
                "read": {room: where.read for room, where in rooms.items()},
                "missed": sum(max(0, where.head - known[room]) for room, where in rooms.items()),
            }
        )
        for room, seq in known.items():
            if room not in rooms:
                await self.refuse({"r": room}, "not_found")
            elif seq > rooms[room].head:  # the database is older than the client: it was restored
                await self.give({"t": "gap", "r": room, "head": rooms[room].head})
            elif seq < rooms[room].head:
                await self.catch_up(room)

    async def on_message(self, frame: Frame) -> None:
        cid, room, body = client_id(frame), number(frame, "r"), frame.get("b")
        if not isinstance(body, str):
            raise BadFrame
        answered = number(frame, "re") if frame.get("re") is not None else None
        await self.give(await self.say(room, cid, body, answered))

    async def on_get(self, frame: Frame) -> None:
        """Give the changes from number `from` on once more."""
        room, first = number(frame, "r"), number(frame, "from")
        await self.catch_up(room, after=first - 1)

    async def on_read(self, frame: Frame) -> None:
        await self.move_pointer(number(frame, "r"), number(frame, "s"))

    async def on_typing(self, frame: Frame) -> None:
        room, on = number(frame, "r"), frame.get("on") is True
        if not await self.where_rooms_are([room]):
            raise NoRoom
        now = time.monotonic()
        if on and now - self.typed_at.get(room, -TYPING_EVERY_S) < TYPING_EVERY_S:
            return
        self.typed_at[room] = now
        await self.channel_layer.group_send(
            group(room), {"type": "room.typing", "room": room, "person": self.user.pk, "name": str(self.user), "on": on}
        )

    async def on_heartbeat(self, frame: Frame) -> None:
        rooms = await self.where_rooms_are(list(self.heads))
        await self.give({"t": "hb", "heads": {room: where.head for room, where in rooms.items()}})

    async def beat(self) -> None:
        """Say where the rooms are, and leave when the session is over."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                if not await self.still_signed_in():
                    await self.close(SIGNED_OUT)
                    return
                await self.on_heartbeat({})
            except (OperationalError, InterfaceError) as error:
                log.warning("heartbeat_skipped", error=repr(error))

    async def still_signed_in(self) -> bool:
        fresh = await get_user({**self.scope, "session": Sessions(self.scope["session"].session_key)})
        return fresh.pk == self.user.pk and fresh.is_active

    async def catch_up(self, room: int, after: int | None = None) -> None:
        """Send what this socket has not been given of `room`; more than a page is left to `GET /rooms/<id>/changes`."""
        start = self.heads.get(room, 0) if after is None else after
        try:
            head, frames = await self.frames_after(room, start)
        except NoRoom:
            if self.heads.pop(room, None) is not None:
                await self.channel_layer.group_discard(group(room), self.channel_name)
            raise
        if head - start > MOST_CHANGES:
            await self.give({"t": "gap", "r": room, "head": head})
            frames = []
        for frame in frames:
            await self.give(frame)
        if room in self.heads:
            self.heads[room] = max(self.heads[room], head)

    # What other processes and other sockets say happened: only ever a reason to read.

    async def room_changed(self, event: dict[str, Any]) -> None:
        room = event["room"]
        if event["seq"] > self.heads.get(room, event["seq"]):
            with suppress(OperationalError, InterfaceError):  # the next hint or heartbeat brings it
                try:
                    await self.catch_up(room)
                except NoRoom:
                    await self.refuse({"r": room}, "not_found")

    async def room_read(self, event: dict[str, Any]) -> None:
        room = event["room"]
        with suppress(OperationalError, InterfaceError):
            for where in (await self.where_rooms_are([room])).values():
                await self.give({"t": "rd", "r": room, "s": where.read})

    async def room_typing(self, event: dict[str, Any]) -> None:
        if event["person"] != self.user.pk and await self.where_rooms_are([event["room"]]):
            await self.give({"t": "ty", "r": event["room"], "name": event["name"], "on": event["on"]})

    # The database, from a thread.

    @database_sync_to_async
    def where_rooms_are(self, rooms: list[int]) -> dict[int, Where]:
        """Only of those that this person may see at this moment."""
        return where_rooms_are(Room.objects.visible_to(self.user).filter(pk__in=rooms), self.user)

    @database_sync_to_async
    def frames_after(self, room_id: int, after: int) -> tuple[int, list[Frame]]:
        """The last sequence number that goes with the frames, and the frames."""
        room = room_of(self.user, room_id)
        if room.last_seq - after > MOST_CHANGES:
            return room.last_seq, []
        changes = changes_after(room, after)
        with in_words_of(self.user):
            frames = [change_frame(change, self.user, now=timezone.now()) for change in changes]
        return (changes[-1].seq if changes else after), frames

    @database_sync_to_async
    def say(self, room_id: int, cid: UUID, body: str, answered: int | None) -> Frame:
        room = room_of(self.user, room_id)
        reply_to = None
        if answered is not None:
            reply_to = Message.objects.visible_to(self.user).filter(room=room, pk=answered).first()
            if reply_to is None:
                raise NoRoom
        message = send_message(room, by=self.user, cid=cid, body=body, reply_to=reply_to, at=timezone.now())
        with in_words_of(self.user):
            return ok_frame(message)

    @database_sync_to_async
    def move_pointer(self, room_id: int, seq: int) -> None:
        mark_read(room_of(self.user, room_id), by=self.user, seq=seq, at=timezone.now())


def group(room: int) -> str:
    return f"room.{room}"


def room_of(user: Any, room_id: int) -> Room:
    room = Room.objects.visible_to(user).filter(pk=room_id).first()
    if room is None:
        raise NoRoom
    return room


def parsed(text: str | None) -> Frame:
    if text is None:
        raise BadFrame
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise BadFrame("too_big")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    if not isinstance(frame, dict):
        raise BadFrame
    return frame


def number(frame: Frame, key: str) -> int:
    value = frame.get(key)
    if type(value) is not int or not 0 <= value < 2**63:
        raise BadFrame
    return value


def client_id(frame: Frame) -> UUID:
    try:
        return UUID(frame.get("cid"))
    except (ValueError, TypeError, AttributeError) as error:
        raise BadFrame from error


def resume_points(frame: Frame) -> dict[int, int]:
    """{room: last change the client has}, from `{"rooms": {"5": 17}}`."""
    rooms = frame.get("rooms")
    if frame.get("v") != VERSION or not isinstance(rooms, dict) or len(rooms) > MOST_ROOMS:
        raise BadFrame
    if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in rooms):
        raise BadFrame
    return {int(key): number(rooms, key) for key in rooms}
