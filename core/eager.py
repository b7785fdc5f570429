"""Coroutines that are begun at once."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any


def begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run `work` up to where it first has to wait; a task does the rest, and there is none where nothing is left.

    What `asyncio.eager_task_factory` does from Python 3.12 on: a task for every frame costs more than the frame.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_finished(work, waits_for))


@coroutine
def _finished(work: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        error: BaseException | None = None
        got = None
        try:
            got = yield waits_for
        except BaseException as thrown:
            error = thrown
        try:
            waits_for = work.throw(error) if error else work.send(got)
        except StopIteration:
            return
