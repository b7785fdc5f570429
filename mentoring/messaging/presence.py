"""Who of those that share a room has it in front of them now. Nothing of it is stored.

Each process knows its own sockets and hears of the people of the others, who are believed for a while. Who does not want to be
seen is not in it at all, and sees nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from accounts.models import User
from core.threads import UNREACHABLE, DatabaseThreads, Together
from mentoring.messaging.queries import rooms_where_seen
from mentoring.messaging.serializers import packed

RENEW_S = 30.0
BELIEVED_S = 100.0
GRACE_S = 5.0
"""From one page to the next nobody is gone."""
log = structlog.get_logger(__name__)


class Watching(Protocol):
    """A socket that wants to be told; `rooms` are those it listens to."""

    user: User
    rooms: set[int]
    watches: bool

    def put(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Seen:
    name: str
    rooms: frozenset[int]
    until: float = 0.0


class Presence:
    """`tell_others(kind, **ids)` reaches the other processes, `listeners(room)` are the sockets of this one."""

    def __init__(
        self,
        readers: DatabaseThreads,
        spawn: Callable[[Any], None],
        tell_others: Callable[..., Awaitable[None]],
        listeners: Callable[[int], Iterable[Any]],
    ) -> None:
        self.readers, self.spawn, self.tell_others, self.listeners = readers, spawn, tell_others, listeners
        self.seen = Together(readers, _rooms_where_seen)
        self.watchers: set[Watching] = set()
        self.looking: dict[int, set[Watching]] = {}
        self.here: dict[int, Seen] = {}  # of this process
        self.elsewhere: dict[int, Seen] = {}
        self.untold: set[int] = set()
        self.telling = False

    async def arrive(self, socket: Watching, *, looks: bool) -> None:
        """Tell the socket who is here, now and from now on. Who is not seen sees nobody."""
        self.watchers.add(socket)
        rooms = await self.seen(socket.user.pk)
        self.look(socket, looks)
        socket.watches = rooms is not None
        if rooms is None:
            return
        for person, seen in {**self.elsewhere, **self.here}.items():
            for room in seen.rooms & socket.rooms:
                if person != socket.user.pk:
                    socket.put(_frame(room, person, seen.name, on=True))
        if looks:
            self._show(socket.user, rooms)

    def look(self, socket: Watching, looks: bool) -> None:
        """The page came into view, or went out of it."""
        person = socket.user.pk
        sockets = self.looking.setdefault(person, set())
        if looks and socket in self.watchers:
            sockets.add(socket)
            if socket.watches and person not in self.here:
                self.spawn(self.renew())
        else:
            sockets.discard(socket)
        if not sockets:
            asyncio.get_running_loop().call_later(GRACE_S, self._gone, person)

    def leave(self, socket: Watching) -> None:
        """The socket is closed."""
        if socket in self.watchers:
            self.watchers.discard(socket)
            self.look(socket, False)

    def close(self) -> None:
        """The process has no sockets any more."""
        for person in list(self.here):
            self._hide(person)

    def hear(self, hint: Mapping[str, Any]) -> None:
        """What another process knows."""
        until = asyncio.get_running_loop().time() + BELIEVED_S
        for key, (name, rooms) in hint["people"].items():
            person = int(key)
            before = self._known(person)
            self.elsewhere[person] = Seen(name, frozenset(rooms), until)
            self._announce(person, name, self._known(person) - before, on=True)
        for person in hint["gone"]:
            self._drop(self.elsewhere, person)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            await self.renew(say_again=True)

    async def renew(self, *, say_again: bool = False) -> None:
        """Rooms and wishes may have changed; the others believe only what is said again. One query for all."""
        now = asyncio.get_running_loop().time()
        for person in [person for person, seen in self.elsewhere.items() if seen.until < now]:
            self._drop(self.elsewhere, person)
        if not self.watchers:
            return
        try:
            found = await self.readers(rooms_where_seen, list({socket.user.pk for socket in self.watchers}))
        except UNREACHABLE as error:
            log.warning("presence_not_renewed", error=repr(error))
            return
        for socket in list(self.watchers):
            person = socket.user.pk
            socket.watches = person in found
            if not socket.watches:
                self._hide(person)
            elif self.looking.get(person):
                self._show(socket.user, found[person])
        if say_again and self.here:
            await self._tell(list(self.here))

    def _show(self, user: User, rooms: frozenset[int]) -> None:
        """`user` is here, in these rooms."""
        seen = self.here.get(user.pk)
        if seen and seen.rooms == rooms:
            return
        before = self._known(user.pk)
        self.here[user.pk] = Seen(str(user), rooms)
        self._announce(user.pk, str(user), self._known(user.pk) - before, on=True)
        self._announce(user.pk, str(user), before - self._known(user.pk), on=False)
        self.untold.add(user.pk)
        if not self.telling:
            self.telling = True
            self.spawn(self._tell_untold())

    def _gone(self, person: int) -> None:
        if not self.looking.get(person):
            self.looking.pop(person, None)
            self._hide(person)

    def _hide(self, person: int) -> None:
        if self._drop(self.here, person):
            self.spawn(self.tell_others("talk.here", people={}, gone=[person]))

    def _drop(self, known: dict[int, Seen], person: int) -> bool:
        before = self._known(person)
        seen = known.pop(person, None)
        if seen:
            self._announce(person, seen.name, before - self._known(person), on=False)
        return seen is not None

    def _known(self, person: int) -> frozenset[int]:
        """The rooms in which they are seen to be here."""
        seen = [known[person].rooms for known in (self.here, self.elsewhere) if person in known]
        return frozenset().union(*seen)

    async def _tell_untold(self) -> None:
        """At once; of who comes while that is under way, together: each would take a line to Redis of their own."""
        try:
            while self.untold:
                people, self.untold = self.untold & self.here.keys(), set()
                await self._tell(people)
        finally:
            self.telling = False

    async def _tell(self, people: Iterable[int]) -> None:
        known = {person: [self.here[person].name, sorted(self.here[person].rooms)] for person in people}
        await self.tell_others("talk.here", people=known, gone=[])

    def _announce(self, person: int, name: str, rooms: Iterable[int], *, on: bool) -> None:
        for room in rooms:
            text = _frame(room, person, name, on=on)
            for listener in list(self.listeners(room)):
                if listener.watches and listener.user.pk != person:
                    listener.put(text)


def _rooms_where_seen(people: Sequence[int]) -> list[frozenset[int] | None]:
    found = rooms_where_seen(people)
    return [found.get(person) for person in people]


def _frame(room: int, person: int, name: str, *, on: bool) -> str:
    return packed({"t": "pr", "r": room, "u": person, "name": name, "on": on})
