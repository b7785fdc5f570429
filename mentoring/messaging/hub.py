"""One hub per process carries all its sockets: it commits what waits in one go and hands every committed change out in order.

SQL decides. Other processes, and pages that were posted, tell the hub that a room has changed; then it reads. A `Line` is
what the hub knows of one room that somebody here listens to.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import structlog
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.realtime import Ear, Hint
from core.threads import UNREACHABLE, DatabaseThreads
from mentoring.messaging.models import Change, Message, RoomMember
from mentoring.messaging.presence import Presence, Watching
from mentoring.messaging.pulse import Beating, Pulse
from mentoring.messaging.queries import changes_after, pointers_of
from mentoring.messaging.serializers import Frame, Speech, change_frame, new_message_frame, packed, words
from mentoring.messaging.services import Send, Sent, move_deliveries, move_pointers, send_all

MOST_AT_ONCE = 200
MOST_WAITING = 5000
LONGEST_WAIT_S = 2.0
PAUSES_S = (0.1, 0.4, 1.0)
READ_EVERY_S = 1.0
log = structlog.get_logger(__name__)
writer = DatabaseThreads(1, "talk-writer")
readers = DatabaseThreads(2, "talk-reader")
_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


class Busy(DomainError):
    code = "busy"
    status = 503
    default = _("Just now there is too much to do. It is tried again by itself.")


class Listener(Beating, Watching, Protocol):
    """A socket, as the hub sees it. `put` gives a text after what was put before and never waits."""

    speech: Speech

    async def give_all(self, texts: Sequence[str]) -> None:
        """Give many, no faster than the reader takes them."""

    def left(self, room: int) -> None:
        """The person is not in the room any more."""


@dataclass(eq=False)
class Line:
    """`head` is the last change handed out here; `news` counts the reasons to look, `expected` who is about to listen."""

    room: int
    head: int = 0
    news: int = 0
    expected: int = 0
    reading: bool = False
    listeners: set[Listener] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Waiting:
    send: Send
    answer: Callable[[Message | DomainError], None]
    since: float


def hub() -> "Hub":
    """The hub of the running loop. It goes with its last listener."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(loop)
    return _hubs[loop]


class Hub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.ear = Ear(self.hear, missed=self.look_everywhere)
        self.lines: dict[int, Line] = {}
        self.waiting: deque[Waiting] = deque()
        self.pointers: dict[tuple[int, int], int] = {}
        self.deliveries: dict[tuple[int, int], int] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.asked: set[str] = set()
        self.writing = self.pointing = False
        self.pulse = Pulse(readers)
        self.beating = loop.create_task(self.pulse.run())
        self.presence = Presence(readers, self.spawn, self.ear.tell_others, self._listeners)
        self.renewing = loop.create_task(self.presence.run())

    def spawn(self, work: Any) -> None:
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # Saying.

    def say(self, send: Send, answer: Callable[[Message | DomainError], None]) -> None:
        """Commit this with whatever else waits, then `answer` with the message or why not, before anybody hears it.

        Raises Busy when too many wait already or wait too long.
        """
        oldest = self.waiting[0].since if self.waiting else self.loop.time()
        if len(self.waiting) >= MOST_WAITING or self.loop.time() - oldest > LONGEST_WAIT_S:
            raise Busy
        self.waiting.append(Waiting(send, answer, self.loop.time()))
        if not self.writing:
            self.writing = True
            self.spawn(self._write())

    async def _write(self) -> None:
        """Commit at once when idle; what arrives during a commit goes into the next one."""
        try:
            while self.waiting:
                batch = [self.waiting.popleft() for _ in range(min(len(self.waiting), MOST_AT_ONCE))]
                now = timezone.now()
                try:
                    sent = await self._committed([one.send for one in batch], now)
                except (
                    Exception
                ) as error:  # nothing of it is in the database, or all of it: sending again is sending once
                    log.warning("batch_lost", sends=len(batch), error=repr(error))
                    for one in batch:
                        one.answer(Busy())
                    continue
                for one, outcome in zip(batch, sent.outcomes, strict=True):
                    one.answer(outcome)
                self.asked = sent.asked if len(self.asked) > MOST_WAITING else self.asked | sent.asked
                self._hand_out(sent, now)
        finally:
            self.writing = False

    async def _committed(self, sends: list[Send], now: datetime) -> Sent:
        """The same batch again when the database was away: ids make it harmless when it had been committed after all."""
        for pause in PAUSES_S:
            try:
                return await writer(send_all, sends, at=now, asked=self.asked)
            except UNREACHABLE as error:
                log.warning("database_away", error=repr(error))
                await asyncio.sleep(pause)
        return await writer(send_all, sends, at=now, asked=self.asked)

    def _hand_out(self, sent: Sent, now: datetime) -> None:
        for message in sent.new:
            line = self.lines.get(message.room_id)
            if line is None:
                continue
            line.news += 1
            if line.listeners and message.seq == line.head + 1 and not line.reading:
                frame = new_message_frame(message, str(message.sender))
                self._give(line, frame, message, sent.present[line.room], now)
            else:
                self._look(line)
        if sent.new:
            rooms = list(dict.fromkeys(message.room_id for message in sent.new))
            self.spawn(self.ear.tell_others("talk.changed", rooms=rooms))

    def _give(self, line: Line, frame: Frame, message: Message, present: Collection[int], now: datetime) -> None:
        line.head = frame["s"]
        common, texts = packed(frame)[:-1], {}
        for listener in list(line.listeners):
            if listener.user.pk not in present:
                line.listeners.discard(listener)
                listener.left(line.room)
                continue
            if listener.speech not in texts:
                own = words(message.created_at, listener.speech, now=now)
                texts[listener.speech] = f'{common},"w":{own}}}'
            listener.put(texts[listener.speech])

    # Listening.

    def begin(self, listener: Listener) -> None:
        self.pulse.begin(listener)

    async def end(self, listener: Listener) -> None:
        """The socket is gone. With the last one goes the hub; what still waits is written first."""
        self.pulse.end(listener)
        self.presence.leave(listener)
        for room in listener.rooms:
            if line := self.lines.get(room):
                line.listeners.discard(listener)
                self._forget(line)
        if self.pulse.due or _hubs.get(self.loop) is not self:
            return
        del _hubs[self.loop]
        self.beating.cancel()
        self.renewing.cancel()
        self.presence.close()
        while self.tasks:
            await asyncio.wait(set(self.tasks))
        await self.ear.close()
        await writer.close()
        await readers.close()

    async def join(
        self, listener: Listener, room: int, after: int, read: Callable[[int, int], tuple[int, list[str]]]
    ) -> None:
        """Give the listener what comes after `after` by `read(room, after)` in a thread, which says how far it got, and from
        then on all that happens. Whatever happens meanwhile is news of the line, and read too. What `read` raises is raised.
        """
        line = self.lines.setdefault(room, Line(room))
        line.expected += 1
        try:
            while True:
                news = line.news
                after, texts = await readers(read, room, after)
                if not texts and line.news == news and (line.head <= after or not line.listeners):
                    break
                await listener.give_all(texts)
            if not line.listeners:
                line.head = after
            line.listeners.add(listener)
        finally:
            line.expected -= 1
            self._forget(line)

    def _forget(self, line: Line) -> None:
        if not line.listeners and not line.expected:
            self.lines.pop(line.room, None)

    # Hearing that something changed.

    def _listeners(self, room: int) -> Collection[Listener]:
        return self.lines[room].listeners if room in self.lines else ()

    def hear(self, hint: Hint) -> None:
        if hint["kind"] == "talk.here":
            self.presence.hear(hint)
            return
        rooms = [line for pk in hint["rooms"] if (line := self.lines.get(pk))]
        if hint["kind"] == "talk.changed":
            for line in rooms:
                line.news += 1
                self._look(line)
        elif hint["kind"] == "talk.read" and rooms:
            self.spawn(self._tell_read([line.room for line in rooms]))
        elif hint["kind"] == "talk.typing":
            for line in rooms:
                self._show_typing(line, hint["person"], hint["name"], hint["on"])

    def look_everywhere(self) -> None:
        """Hints may have been lost."""
        for line in self.lines.values():
            line.news += 1
            self._look(line)

    def _look(self, line: Line) -> None:
        if line.listeners and not line.reading:
            line.reading = True
            self.spawn(self._read(line))

    async def _read(self, line: Line) -> None:
        """Hand out what SQL has after the head, until there is no news."""
        try:
            news = -1
            while line.listeners and news != line.news:
                news = line.news
                changes, present = await readers(_changes_and_people, line.room, line.head)
                now = timezone.now()
                for change in changes:
                    if change.seq > line.head:
                        self._give(line, change_frame(change), change.message, present, now)
                if changes:
                    line.news += 1  # perhaps there is more
        except UNREACHABLE as error:  # the next hint or heartbeat brings it
            log.warning("room_unread", room=line.room, error=repr(error))
        finally:
            line.reading = False
            self._forget(line)

    # How far people have read, and that somebody writes.

    def point(self, room: int, person: int, seq: int) -> None:
        """Move a reader's pointer; many moves within a second are one."""
        self._point(self.pointers, room, person, seq)

    def deliver(self, room: int, person: int, seq: int) -> None:
        """Somebody who looks has it in sight, though not read to the end: written with the pointers."""
        self._point(self.deliveries, room, person, seq)

    def _point(self, pointers: dict[tuple[int, int], int], room: int, person: int, seq: int) -> None:
        pointers[room, person] = max(seq, pointers.get((room, person), 0))
        if not self.pointing:
            self.pointing = True
            self.spawn(self._write_pointers())

    async def _write_pointers(self) -> None:
        try:
            await asyncio.sleep(READ_EVERY_S)
            wanted, self.pointers = self.pointers, {}
            seen, self.deliveries = self.deliveries, {}
            if wanted:
                await writer(move_pointers, wanted, at=timezone.now())
            if seen:
                await writer(move_deliveries, seen)
        except UNREACHABLE as error:  # they read on, and are asked again by the next one
            log.warning("pointers_lost", error=repr(error))
        finally:
            self.pointing = False

    async def _tell_read(self, rooms: list[int]) -> None:
        try:
            pointers = await readers(pointers_of, rooms)
        except UNREACHABLE:
            return
        for room in rooms:
            for listener in self.lines[room].listeners if room in self.lines else ():
                others = [seq for person, seq in pointers.get(room, ()) if person != listener.user.pk]
                listener.put(packed({"t": "rd", "r": room, "s": min(others, default=0)}))

    def typing(self, room: int, person: User, on: bool) -> None:
        """Show it here and tell the other processes; never stored."""
        if line := self.lines.get(room):
            self._show_typing(line, person.pk, str(person), on)
        self.spawn(self.ear.tell_others("talk.typing", rooms=[room], person=person.pk, name=str(person), on=on))

    def _show_typing(self, line: Line, person: int, name: str, on: bool) -> None:
        text = packed({"t": "ty", "r": line.room, "name": name, "on": on})
        for listener in line.listeners:
            if listener.user.pk != person:
                listener.put(text)


def _changes_and_people(room: int, after: int) -> tuple[list[Change], set[int]]:
    """What comes after, and who may hear it: asked again with every change."""
    present = RoomMember.objects.filter(room=room, left_at=None).values_list("person", flat=True)
    return changes_after(room, after, limit=MOST_AT_ONCE), set(present)
