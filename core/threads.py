"""The database for asynchronous code: a few threads that keep their connections."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Generic, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

P = ParamSpec("P")
Q = TypeVar("Q")
T = TypeVar("T")
UNREACHABLE = (InterfaceError, OperationalError)
"""What says that the database is away or overloaded just now."""


class DatabaseThreads:
    """`await threads(function, …)` runs it in one of `count` threads. Their connections stay open, unlike those of requests:
    who serves thousands of sockets cannot connect anew for every frame. `begin` is SQL said to PostgreSQL on every new one."""

    def __init__(self, count: int, name: str, *, begin: str = "") -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._count = count
        self._begin = begin
        self._closing = Lock()

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: self._run(function, *args, **kwargs)
        )

    def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            if self._begin and connection.connection is None and connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(self._begin)
            return function(*args, **kwargs)
        except UNREACHABLE:
            connections.close_all()  # perhaps the line is dead: the next call makes a new one
            raise

    async def close(self) -> None:
        """Let the connections go; the threads make new ones when they are asked again."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._closing:  # two who close at once would wait for each other's threads
            together = Barrier(self._count)  # so that each thread does it once
            for done in [self._pool.submit(_close_own, together) for _ in range(self._count)]:
                done.result()


class Together(Generic[Q, T]):
    """Questions of many, asked together: what comes while one set is under way waits for the next. `answer` runs in a thread
    and returns an answer for each of its questions, in order. For one event loop."""

    def __init__(
        self, threads: DatabaseThreads, answer: Callable[[Sequence[Q]], Sequence[T]], *, most: int = 200
    ) -> None:
        self._threads, self._answer, self._most = threads, answer, most
        self._waiting: list[tuple[Q, asyncio.Future[T]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self, question: Q) -> T:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[T] = loop.create_future()
        self._waiting.append((question, answered))
        if self._asking is None:
            self._asking = loop.create_task(self._ask())
        return await answered

    async def _ask(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._answer_all(batch)
        finally:
            self._asking = None

    async def _answer_all(self, batch: Sequence[tuple[Q, asyncio.Future[T]]]) -> None:
        try:
            answers = await self._threads(self._answer, [question for question, _answered in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, UNREACHABLE):
                for each in batch:  # one bad question is nobody else's
                    await self._answer_all([each])
                return
            for _question, answered in batch:
                if not answered.done():
                    answered.set_exception(error)
            return
        for (_question, answered), answer in zip(batch, answers, strict=True):
            if not answered.done():
                answered.set_result(answer)


def _close_own(together: Barrier) -> None:
    together.wait()
    connections.close_all()
