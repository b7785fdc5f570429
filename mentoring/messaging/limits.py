"""How often a person may speak, over whatever line: all their sockets and pages share one bucket per process. And how many lines
they hold there."""

import time
from collections import deque
from typing import Protocol
from weakref import WeakValueDictionary

from django.conf import settings

from accounts.models import User

MOST_LINES = 20
CROWDED = 4009


class Bucket:
    """So many frames a second, three times as many at once."""

    RATE = float(settings.TALK_FRAMES_PER_SECOND)
    BURST = 3 * RATE

    def __init__(self) -> None:
        self.left, self.at = self.BURST, time.monotonic()

    def wait_ms(self) -> int:
        """Take one; 0, or how long to wait before the next try."""
        now = time.monotonic()
        self.left, self.at = min(self.BURST, self.left + (now - self.at) * self.RATE), now
        if self.left < 1:
            return int((1 - self.left) / self.RATE * 1000) + 1
        self.left -= 1
        return 0


_buckets: WeakValueDictionary[int, Bucket] = WeakValueDictionary()


_recent: deque[Bucket] = deque(maxlen=1000)
"""Those of pages, which hold no bucket themselves."""


def bucket_of(person: User) -> Bucket:
    bucket = _buckets.setdefault(person.pk, Bucket())
    _recent.append(bucket)
    return bucket


class Held(Protocol):
    """A socket, or a question that waits."""

    user: User

    def shut(self, code: int) -> None: ...


class Lines:
    """`MOST_LINES` of one person at once in this process: with one more, the one that is open longest is shut. A page out of
    view waits with the next one until somebody looks at it, so that no two drive each other away."""

    def __init__(self) -> None:
        self.of: dict[int, list[Held]] = {}

    def take(self, line: Held) -> None:
        own = self.of.setdefault(line.user.pk, [])
        own.append(line)
        if len(own) > MOST_LINES:
            own.pop(0).shut(CROWDED)

    def drop(self, line: Held) -> None:
        own = self.of.get(line.user.pk, [])
        if line in own:
            own.remove(line)
        if not own:
            self.of.pop(line.user.pk, None)
