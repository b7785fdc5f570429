"""The heartbeat of all sockets of a process: where their rooms are, and whether their people are still signed in."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

import structlog
from django.utils import timezone

from accounts.models import User
from accounts.queries import signed_in
from core.threads import UNREACHABLE, DatabaseThreads
from mentoring.messaging.queries import heads_of
from mentoring.messaging.serializers import heartbeat, packed

HEARTBEAT_S = 25.0
MOST_AT_ONCE = 500
SIGNED_OUT, SIGNED_OUT_HINT = 4401, "accounts.signed_out"
log = structlog.get_logger(__name__)


class Beating(Protocol):
    user: User
    session_key: str
    rooms: set[int]
    epochs: dict[int, UUID]

    def put(self, text: str) -> None: ...

    def shut(self, code: int) -> None: ...


class Pulse:
    """Each socket beats every `HEARTBEAT_S`, each in its own phase; those that are due are asked about together."""

    def __init__(self, readers: DatabaseThreads) -> None:
        self.readers = readers
        self.due: dict[Beating, float] = {}

    def begin(self, socket: Beating) -> None:
        self.due[socket] = asyncio.get_running_loop().time() + HEARTBEAT_S

    def end(self, socket: Beating) -> None:
        self.due.pop(socket, None)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(HEARTBEAT_S / 25)
            late = [socket for socket, at in self.due.items() if at <= loop.time()]
            for start in range(0, len(late), MOST_AT_ONCE):
                await self.beat(late[start : start + MOST_AT_ONCE])

    async def let_go(self, sessions: Collection[str], people: Collection[int]) -> None:
        """These sessions are over; those of these people are looked at now and not at the next beat."""
        for socket in [socket for socket in self.due if socket.session_key in sessions]:
            socket.shut(SIGNED_OUT)
        if theirs := [socket for socket in self.due if socket.user.pk in people]:
            await self.beat(theirs)

    async def beat(self, sockets: Sequence[Beating]) -> None:
        """Say where the rooms are, and close what belongs to nobody any more."""
        try:
            present, heads = await self.readers(_asked, sockets)
        except UNREACHABLE as error:
            log.warning("heartbeat_skipped", error=repr(error))
            return
        for socket in sockets:
            if socket not in self.due:
                continue
            self.begin(socket)
            if socket.session_key in present:
                own = heads.get(socket.user.pk, {})
                socket.put(packed(heartbeat({r: own[r] for r in socket.rooms if r in own}, socket.epochs)))
            else:
                socket.shut(SIGNED_OUT)


def _asked(sockets: Sequence[Beating]) -> tuple[set[str], dict[int, dict[int, tuple[int, UUID]]]]:
    present = signed_in({socket.session_key: socket.user.pk for socket in sockets}, at=timezone.now())
    rooms = {room for socket in sockets for room in socket.rooms}
    return present, heads_of(rooms, {socket.user.pk for socket in sockets})
