"""The database for asynchronous code: a few threads that keep their connections."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections

P = ParamSpec("P")
T = TypeVar("T")
UNREACHABLE = (InterfaceError, OperationalError)
"""What says that the database is away or overloaded just now."""


class DatabaseThreads:
    """`await threads(function, …)` runs it in one of `count` threads. Their connections stay open, unlike those of requests:
    who serves thousands of sockets cannot connect anew for every frame."""

    def __init__(self, count: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._count = count

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: _run(function, *args, **kwargs))

    async def close(self) -> None:
        """Let the connections go; the threads make new ones when they are asked again."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        together = Barrier(self._count)  # so that each thread does it once
        for done in [self._pool.submit(_close_own, together) for _ in range(self._count)]:
            done.result()


def _close_own(together: Barrier) -> None:
    together.wait()
    connections.close_all()


def _run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return function(*args, **kwargs)
    except UNREACHABLE:
        connections.close_all()  # perhaps the line is dead: the next call makes a new one
        raise
