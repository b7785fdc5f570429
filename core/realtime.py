"""The realtime door: hints between threads and processes that something changed. SQL is the truth; a lost hint costs only time.

Who listens hears what is published anywhere: in this process directly, in others through Redis where there is one. Redis may
vanish at any moment: whoever listens is told (`missed`) when hints may have been lost, and reads.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any
from uuid import uuid4

import redis
import redis.asyncio
import structlog
from django.conf import settings
from django.db import connection, transaction

Hint = dict[str, Any]
log = structlog.get_logger(__name__)
PATIENCE_S = 0.25
RETRY_S = 1.0
_HERE = uuid4().hex
_OWN = f'{{"from":"{_HERE}"'.encode()
_ears: set["Ear"] = set()
_line: redis.Redis | None = None


def publish(kind: str, **ids: Any) -> None:
    """After commit, tell everybody who listens that `kind` happened to `ids` (JSON-ready values)."""
    transaction.on_commit(lambda: _tell({"kind": kind, **ids}))


def _tell(hint: Hint) -> None:
    for ear in list(_ears):
        ear.hear_soon(hint)
    if settings.REDIS_URL:
        try:
            _redis().publish(_channel(), _packed(hint))
        except (
            redis.RedisError,
            OSError,
        ) as error:  # the others read again when they reach Redis, and at each heartbeat
            log.warning("hint_lost", kind=hint["kind"], error=repr(error))


def _redis() -> redis.Redis:
    global _line
    if _line is None:
        _line = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=None
        )
    return _line


def _channel() -> str:
    """Hints are about one database."""
    return f"peyvand:hints:{connection.settings_dict['NAME']}"


def _packed(hint: Hint) -> str:
    return json.dumps({"from": _HERE, **hint}, separators=(",", ":"))


class Ear:
    """Hears hints in the event loop it was made in, until it is closed."""

    def __init__(self, hear: Callable[[Hint], None], *, missed: Callable[[], None]) -> None:
        self._hear, self._missed = hear, missed
        self._loop, self._context = asyncio.get_running_loop(), copy_context()
        self._outside: redis.asyncio.Redis | None = None
        self._task = self._loop.create_task(self._listen()) if settings.REDIS_URL else None
        _ears.add(self)

    def hear_soon(self, hint: Hint) -> None:
        """From any thread."""
        with suppress(RuntimeError):  # the loop has ended
            # What is heard is nobody's: language, clock and faces of whoever said it stay behind.
            self._loop.call_soon_threadsafe(self._hear, hint, context=self._context)

    async def tell_others(self, kind: str, **ids: Any) -> None:
        """From the loop: tell the other processes; this one knows already. What is lost is lost."""
        if self._outside is not None:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._outside.publish(_channel(), _packed({"kind": kind, **ids}))
            except (redis.RedisError, OSError, TimeoutError) as error:
                log.warning("hint_lost", kind=kind, error=repr(error))

    async def close(self) -> None:
        _ears.discard(self)
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        """Listen, and again whenever the line breaks. Whoever subscribes may have missed something before."""
        while True:
            try:
                # A quiet line is not a dead one: without this the client drops it after five seconds.
                outside = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None, socket_keepalive=True)
                async with outside, outside.pubsub() as line:
                    await line.subscribe(_channel())
                    self._outside = outside
                    async for message in line.listen():
                        self._heard(message)
            except (redis.RedisError, OSError) as error:
                log.warning("hints_unheard", error=repr(error))
            finally:
                self._outside = None
            await asyncio.sleep(RETRY_S)

    def _heard(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._missed()
        elif message["type"] == "message" and not message["data"].startswith(_OWN):
            try:
                self._hear(json.loads(message["data"]))
            except Exception:  # of another version, perhaps; the next one is heard all the same
                log.exception("hint_not_understood")
