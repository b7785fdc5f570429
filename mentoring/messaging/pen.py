"""What is said in a moment is committed in one go: a hundred messages cost little more than one."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.eager import begun
from core.errors import DomainError
from core.threads import UNREACHABLE, DatabaseThreads
from mentoring.messaging.models import Message
from mentoring.messaging.services import CannotBeKept, Send, Sent, send_all

MOST_AT_ONCE = 200
MOST_WAITING = 5000
LONGEST_WAIT_S = 2.0
PAUSES_S = (0.1, 0.4, 1.0)
log = structlog.get_logger(__name__)
writer = DatabaseThreads(1, "talk-writer", begin="SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off")
"""Whoever writes knows its rows by index. A plan, that of a foreign key too, is made once for a connection, perhaps while the
table is small, and would read all of what has been said since for every message."""


class Busy(DomainError):
    code = "busy"
    status = 503
    default = _("Just now there is too much to do. It is tried again by itself.")


@dataclass(slots=True)
class Waiting:
    send: Send
    answer: Callable[[Message | DomainError], None]
    since: float


class Pen:
    """Commits what waits; `hand_out` is told of everything that was committed, in order."""

    def __init__(
        self, spawn: Callable[[Coroutine[Any, Any, None]], None], hand_out: Callable[[Sent, datetime], None]
    ) -> None:
        self.spawn, self.hand_out = spawn, hand_out
        self.waiting: deque[Waiting] = deque()
        self.done: tuple[list[Waiting], Sent, datetime] | None = None
        self.asked: set[str] = set()
        self.writing = False

    def say(self, send: Send, answer: Callable[[Message | DomainError], None]) -> None:
        """Commit this with whatever else waits, then `answer` with the message or why not, before anybody hears it.

        Raises Busy when too many wait already or wait too long.
        """
        oldest = self.waiting[0].since if self.waiting else time.monotonic()
        if len(self.waiting) >= MOST_WAITING or time.monotonic() - oldest > LONGEST_WAIT_S:
            raise Busy
        self.waiting.append(Waiting(send, answer, time.monotonic()))
        if not self.writing:
            self.writing = True
            self.spawn(self._write())

    async def _write(self) -> None:
        """Commit at once when idle; what arrives during a commit goes into the next one. While that is under way, what the one
        before has brought is handed out."""
        try:
            while self.waiting or self.done:
                done, self.done = self.done, None
                commit = begun(self._commit()) if self.waiting else None
                if done:
                    self._answer(*done)
                if commit:
                    await commit
        finally:
            self.writing = False

    async def _commit(self) -> None:
        batch = [self.waiting.popleft() for _ in range(min(len(self.waiting), MOST_AT_ONCE))]
        now = timezone.now()
        try:
            self.done = batch, await self._sent([one.send for one in batch], now), now
        except Exception as error:  # nothing of it is in the database, or all of it: sending again is sending once
            log.warning("batch_lost", sends=len(batch), error=repr(error))
            for one in batch:
                one.answer(Busy())

    def _answer(self, batch: list[Waiting], sent: Sent, now: datetime) -> None:
        for one, outcome in zip(batch, sent.outcomes, strict=True):
            one.answer(outcome)
        if len(self.asked) > MOST_WAITING:
            self.asked.clear()
        self.asked |= sent.asked
        self.hand_out(sent, now)

    async def _sent(self, sends: list[Send], now: datetime) -> Sent:
        """All at once; where one of them cannot be kept, each alone, so that it harms no other and does not come again."""
        try:
            return await self._committed(sends, now)
        except UNREACHABLE:
            raise
        except Exception:
            log.exception("batch_broken", sends=len(sends))
            if len(sends) == 1:
                return Sent(present={}, outcomes=[CannotBeKept()])
        together = Sent(present={})
        for send in sends:
            alone = await self._sent([send], now)
            together.outcomes += alone.outcomes
            together.new += alone.new
            together.present |= alone.present
            together.parted |= alone.parted
            together.asked |= alone.asked
        return together

    async def _committed(self, sends: list[Send], now: datetime) -> Sent:
        """The same batch again when the database was away: ids make it harmless when it had been committed after all."""
        for pause in PAUSES_S:
            try:
                return await writer(send_all, sends, at=now, asked=self.asked)
            except UNREACHABLE as error:
                log.warning("database_away", error=repr(error))
                await asyncio.sleep(pause)
        return await writer(send_all, sends, at=now, asked=self.asked)
