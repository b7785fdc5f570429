"""Who opens a socket, read from the session cookie: many who come in one moment are looked up together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.http import parse_cookie
from django.utils import timezone

from accounts.models import User
from accounts.queries import people_of_sessions
from core.threads import UNREACHABLE, DatabaseThreads, Together

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
log = structlog.get_logger(__name__)


async def shut(_scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """What a socket is answered."""
    await receive()
    await send({"type": "websocket.close"})


class Door:
    """Gives the application `user`, None for a stranger, and `session_key`; `away` answers while the database is away. Channels'
    own middleware makes two connections to the database for everybody who comes, one after the other."""

    def __init__(self, inner: App, threads: DatabaseThreads, *, away: App = shut) -> None:
        self.inner, self.threads, self.away = inner, threads, away
        self.guests: WeakKeyDictionary[asyncio.AbstractEventLoop, Together[str, User | None]] = WeakKeyDictionary()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        key = session_key(scope["headers"])
        try:
            user = await self.who(key) if key else None
        except UNREACHABLE as error:
            log.warning("door_shut", error=repr(error))
            await self.away(scope, receive, send)
            return
        await self.inner({**scope, "user": user, "session_key": key}, receive, send)

    async def who(self, key: str) -> User | None:
        loop = asyncio.get_running_loop()
        if loop not in self.guests:
            self.guests[loop] = Together(self.threads, _people)
        return await self.guests[loop](key)


def _people(keys: Sequence[str]) -> list[User | None]:
    found = people_of_sessions(keys, at=timezone.now())
    return [found.get(key) for key in keys]


def session_key(headers: Sequence[tuple[bytes, bytes]]) -> str:
    """Empty where the cookie holds what no key of ours is made of: some of it breaks the question of all who come with it."""
    for name, value in headers:
        if name == b"cookie":
            key = parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
            return key if key.isascii() and key.isalnum() else ""
    return ""
