"""One hub per process carries all its sockets: it commits what waits in one go and hands every committed change out in order.

SQL decides. Other processes, and pages that were posted, tell the hub that a room has changed; then it reads. A `Line` is
what the hub knows of one room that somebody here listens to.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import structlog
from django.utils import timezone

from accounts.faces import Faces
from accounts.models import User
from core.errors import DomainError
from core.realtime import Ear, Hint
from core.threads import UNREACHABLE, DatabaseThreads, Together
from mentoring.messaging.limits import Lines
from mentoring.messaging.models import Change, Message, RoomMember
from mentoring.messaging.pen import MOST_AT_ONCE, Pen, writer
from mentoring.messaging.presence import Presence, Watching
from mentoring.messaging.promptness import MOST_DEVICES, Promptness
from mentoring.messaging.pulse import SIGNED_OUT_HINT, Beating, Pulse
from mentoring.messaging.queries import changes_after, drafts_of, pointers_of, slowest, where_they_are
from mentoring.messaging.serializers import Frame, Speech, change_frame, for_reader, new_message_frame, packed, words
from mentoring.messaging.services import Send, Sent, move_deliveries, move_pointers
from mentoring.messaging.switchboard import CALL_HINT, SIGNAL_HINT, Switchboard
from mentoring.relationships.queries import faces_for

READ_EVERY_S = 1.0
TELL_EVERY_S = 0.05
NOTHING: Mapping[int, Frame] = {}
LINGER_S = 5.0
"""From one page to the next a lonely reader finds the hub as it was."""
log = structlog.get_logger(__name__)
readers = DatabaseThreads(2, "talk-reader")
_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


class Listener(Beating, Watching, Protocol):
    """A socket, as the hub sees it. `put` gives a text after what was put before and never waits."""

    speech: Speech
    low: bool  # on a poor line: is not told who writes

    async def give_all(self, texts: Sequence[str]) -> None:
        """Give many, no faster than the reader takes them."""

    def left(self, room: int) -> None:
        """The person is not in the room any more."""

    def waits(self, text: str) -> bool | None:
        """Whether this text has not been given yet; None when the device is gone."""


@dataclass(eq=False)
class Line:
    """`head` is the last change handed out here; `news` counts the reasons to look, `expected` who is about to listen.

    `listeners` each with the change up to which it had read when it began to listen.
    """

    room: int
    head: int = 0
    news: int = 0
    expected: int = 0
    reading: bool = False
    listeners: dict[Listener, int] = field(default_factory=dict)


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
        self.of_people = Lines()
        self.pen = Pen(self.spawn, self._hand_out)
        self.pointers: dict[tuple[int, int], int] = {}
        self.deliveries: dict[tuple[int, int], int] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.changed: set[int] = set()
        self.pointing = self.telling = False
        self.where = Together(readers, where_they_are)
        self.drafts = Together(readers, drafts_of)
        self.promptness = Promptness(loop)
        self.pulse = Pulse(readers)
        self.beating = loop.create_task(self.pulse.run())
        self.presence = Presence(readers, self.spawn, self.ear.tell_others, self._listeners)
        self.renewing = loop.create_task(self.presence.run())
        self.switchboard = Switchboard(readers, self.spawn, self.ear.tell_others)

    def spawn(self, work: Any) -> None:
        self.keep(self.loop.create_task(work))

    def keep(self, task: asyncio.Task[None] | None) -> None:
        """Hold on to what is under way: the hub ends after it."""
        if task is not None:
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    # Saying.

    def say(self, send: Send, answer: Callable[[Message | DomainError], None]) -> None:
        """Commit this with whatever else waits, then `answer` with the message or why not, before anybody hears it.

        Raises Busy when too many wait already or wait too long.
        """
        self.pen.say(send, answer)

    def _hand_out(self, sent: Sent, now: datetime) -> None:
        for message in sent.new:
            line = self.lines.get(message.room_id)
            if line is None:
                continue
            line.news += 1
            at_once = message.seq == line.head + 1 and not line.reading and line.room not in sent.parted
            if line.listeners and at_once:
                frame = new_message_frame(message, str(message.sender))
                self._give(line, frame, message, sent.present[line.room], now)
            else:
                self._look(line)
        if len(sent.outcomes) > len(sent.new):
            self._look_at_known(sent)
        self.changed.update(message.room_id for message in sent.new)
        if self.changed and not self.telling:
            self.telling = True
            self.spawn(self._tell_others())

    def _look_at_known(self, sent: Sent) -> None:
        """What was there already, perhaps since a commit whose answer got lost: then nobody has been told of it."""
        for known in (outcome for outcome in sent.outcomes if isinstance(outcome, Message)):
            line = self.lines.get(known.room_id)
            if line is not None and known.seq > line.head:
                line.news += 1
                self._look(line)
                self.changed.add(line.room)

    async def _tell_others(self) -> None:
        """The other processes are told at once, and then at most every `TELL_EVERY_S`."""
        try:
            while self.changed:
                rooms, self.changed = list(self.changed), set()
                await self.ear.tell_others("talk.changed", rooms=rooms)
                await asyncio.sleep(TELL_EVERY_S)
        finally:
            self.telling = False

    def _give(
        self,
        line: Line,
        frame: Frame,
        message: Message,
        present: Collection[int],
        now: datetime,
        own: Mapping[int, Frame] = NOTHING,
    ) -> None:
        """The frame for everybody present, but for whoever sees it otherwise: `own` by person."""
        line.head = frame["s"]
        common = packed(frame)[:-1]
        texts: dict[Speech, str] = {}
        given: list[tuple[Listener, str]] = []
        for listener, read in list(line.listeners.items()):
            if listener.user.pk not in present:
                line.listeners.pop(listener, None)
                listener.left(line.room)
                continue
            if read >= line.head:
                continue
            if listener.user.pk in own:
                text = packed(for_reader(own[listener.user.pk], message.created_at, listener.speech, now=now))
            elif listener.speech in texts:
                text = texts[listener.speech]
            else:
                text = f'{common},"w":{words(message.created_at, listener.speech, now=now).packed}}}'
                texts[listener.speech] = text
            listener.put(text)
            given.append((listener, text))
        if self.promptness.is_free and frame["k"] == Change.Kind.MESSAGE:
            self.promptness.watch(message, given[:MOST_DEVICES], now)

    # Listening.

    def begin(self, listener: Listener) -> None:
        self.pulse.begin(listener)
        self.of_people.take(listener)

    async def end(self, listener: Listener) -> None:
        """The socket is gone. With the last one what still waits is written, and a while later goes the hub."""
        self.pulse.end(listener)
        self.of_people.drop(listener)
        self.presence.leave(listener)
        self.switchboard.leave(listener)
        for room in listener.rooms:
            if line := self.lines.get(room):
                line.listeners.pop(listener, None)
                self._forget(line)
        if self.pulse.due or _hubs.get(self.loop) is not self:
            return
        while self.tasks and not self.pulse.due:
            await asyncio.wait(set(self.tasks))
        if LINGER_S:
            self.loop.call_later(LINGER_S, lambda: self.loop.create_task(self._go()))
        else:
            await self._go()

    async def _go(self) -> None:
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

    @contextmanager
    def expecting(self, rooms: Collection[int]) -> Iterator[dict[int, int]]:
        """From here on whatever happens in these rooms is news; {room: the news so far}. For reading before `join`."""
        lines = [self.lines.setdefault(room, Line(room)) for room in rooms]
        for line in lines:
            line.expected += 1
        try:
            yield {line.room: line.news for line in lines}
        finally:
            for line in lines:
                line.expected -= 1
                self._forget(line)

    async def join(
        self,
        listener: Listener,
        room: int,
        after: int,
        read: Callable[[int, int], tuple[int, list[str]]],
        *,
        news: int = -1,
    ) -> None:
        """Give the listener what comes after `after` by `read(room, after)` in a thread, which says how far it got, and from
        then on all that happens. Whatever happens meanwhile is news of the line, and read too. What `read` raises is raised.

        `news`: since there was so much of it (in `expecting`), SQL has said that nothing comes after `after`.
        """
        with self.expecting([room]):
            line = self.lines[room]
            while line.news != news or (line.head > after and line.listeners):
                news = line.news
                after, texts = await readers(read, room, after)
                if texts:
                    news = -1
                    await listener.give_all(texts)
            if not line.listeners:
                line.head = after
            line.listeners[listener] = after

    def _forget(self, line: Line) -> None:
        """Let go of a line that nobody needs; not of another one, that of who came back while this was still being read."""
        if not line.listeners and not line.expected and self.lines.get(line.room) is line:
            del self.lines[line.room]

    # Hearing that something changed.

    def _listeners(self, room: int) -> Collection[Listener]:
        return self.lines[room].listeners if room in self.lines else ()

    def hear(self, hint: Hint) -> None:
        if hint["kind"] == "talk.here":
            self.presence.hear(hint)
            return
        if hint["kind"] in (CALL_HINT, SIGNAL_HINT):
            self.switchboard.hear(hint)
            return
        if hint["kind"] == SIGNED_OUT_HINT:
            self.spawn(self.pulse.let_go(hint["sessions"], hint["people"]))
            return
        rooms = [line for pk in hint.get("rooms", ()) if (line := self.lines.get(pk))]
        if hint["kind"] == "talk.changed":
            for line in rooms:
                line.news += 1
                self._look(line)
        elif hint["kind"] == "talk.read" and rooms:
            self.spawn(self._tell_read([line.room for line in rooms]))
        elif hint["kind"] == "talk.typing":
            for line in rooms:
                self._show_typing(line, hint["person"], hint["name"], hint["on"])
        elif hint["kind"] == "talk.rests" and rooms:
            self.spawn(self.presence.renew())
            self.spawn(self._tell_rest([line.room for line in rooms]))
        elif hint["kind"] == "talk.anew":
            for line in rooms:
                text = packed({"t": "gap", "r": line.room, "head": line.head})  # it asks, and learns of the new epoch
                for listener in line.listeners:
                    listener.put(text)
        elif hint["kind"] == "talk.draft":
            for line in rooms:
                own = [listener for listener in line.listeners if listener.user.pk == hint["person"]]
                if own:
                    self.spawn(self._show_draft(line.room, hint["person"], own, hint["device"]))

    async def _show_draft(self, room: int, person: int, own: Sequence[Listener], device: str) -> None:
        """To all pages of its writer; the one that wrote it knows itself by `device`."""
        with suppress(*UNREACHABLE):
            text = packed({"t": "dr", "r": room, "b": await self.drafts((room, person)), "dev": device})
            for listener in own:
                listener.put(text)

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
                changes, present, faces = await readers(_changes_and_people, line.room, line.head)
                now = timezone.now()
                for change in changes:
                    if change.seq > line.head:
                        own = {person: change_frame(change, theirs) for person, theirs in faces.items()}
                        self._give(line, change_frame(change), change.message, present, now, own)
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
        for room, read in pointers.items():
            for listener in self.lines[room].listeners if room in self.lines else ():
                listener.put(packed({"t": "rd", "r": room, "s": slowest(read, listener.user.pk)}))

    async def _tell_rest(self, rooms: list[int]) -> None:
        """Each whether they may write there now: in a circle it rests for one and not for the others."""
        listening = [(room, listener) for room in rooms for listener in self._listeners(room)]
        with suppress(*UNREACHABLE):
            found = await asyncio.gather(*(self.where((listener.user.pk, [room])) for room, listener in listening))
            for (room, listener), where in zip(listening, found, strict=True):
                if room in where:
                    listener.put(packed({"t": "rs", "r": room, "on": where[room].rests}))

    def typing(self, room: int, person: User, on: bool) -> None:
        """Show it here and tell the other processes; never stored."""
        if line := self.lines.get(room):
            self._show_typing(line, person.pk, str(person), on)
        self.spawn(self.ear.tell_others("talk.typing", rooms=[room], person=person.pk, name=str(person), on=on))

    def _show_typing(self, line: Line, person: int, name: str, on: bool) -> None:
        text = packed({"t": "ty", "r": line.room, "name": name, "on": on})
        for listener in line.listeners:
            if listener.user.pk != person and not listener.low:
                listener.put(text)


def _changes_and_people(room: int, after: int) -> tuple[list[Change], set[int], Mapping[int, Faces]]:
    """What comes after, who may hear it, and as whom those see each other who are kept apart there: asked again with every
    change."""
    seats = RoomMember.objects.filter(room=room, left_at=None).values_list(
        "person", "rests_since", "person__kept_apart"
    )
    people = {person: apart for person, _since, apart in seats}
    parted = any(since for _person, since, _apart in seats)
    faces = {person: faces_for(person) for person, apart in people.items() if apart and parted}
    return changes_after(room, after, limit=MOST_AT_ONCE), set(people), faces
