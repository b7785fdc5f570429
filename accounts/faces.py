"""As whom a reader sees somebody. Usually as they are; where two are kept apart, as they were when that began: a name and some
words about oneself would be a way to reach the other all the same."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import NamedTuple


class Face(NamedTuple):
    name: str
    about: str


Faces = Mapping[int, Face]
_faces: ContextVar[Callable[[], Faces] | None] = ContextVar("faces", default=None)


@contextmanager
def seen_with(faces: Callable[[], Faces]) -> Iterator[None]:
    """While it lasts, these people (by id) have these faces; they are asked for once, with the first name that is shown."""
    token = _faces.set(cache(faces))
    try:
        yield
    finally:
        _faces.reset(token)


def face_of(person: int) -> Face | None:
    """The face that is shown in place of the present one."""
    faces = _faces.get()
    return faces().get(person) if faces else None
