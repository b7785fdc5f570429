"""How often something happened on a day: counted in the memory of each process, and added up in SQL once a minute.

What was counted in the last minute before a process ends, or while the database is away, is lost.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from threading import Lock, Timer

import structlog
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from core.models import Tally
from core.threads import UNREACHABLE

log = structlog.get_logger(__name__)
Owners = Callable[[Collection[int]], Iterable[tuple[int, int]]]
_ADD = """
    INSERT INTO core_tally (what, owner, day_on, bucket, count) VALUES {rows}
    ON CONFLICT (what, owner, day_on, bucket) DO UPDATE SET count = core_tally.count + excluded.count
"""


def utc_day(at: datetime) -> date:
    """The day under which something is counted."""
    return at.astimezone(UTC).date()


def add(what: str, counts: Mapping[tuple[int, int], int], *, at: datetime) -> None:
    """Add {(owner, bucket): how often} to the day of `at`, in one statement."""
    if not counts:
        return
    day = connection.ops.adapt_datefield_value(utc_day(at))
    values = [value for key, n in sorted(counts.items()) for value in (what, key[0], day, key[1], n)]
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(counts))), values)


class Counting:
    """Counts of this process by a key that is at hand; whose they are is asked when they are written down: `owners` gives
    (key, owner) of these keys, which may be several, or none."""

    def __init__(self, what: str, owners: Owners) -> None:
        self.what, self.owners = what, owners
        self._lock, self._counts, self._due = Lock(), Counter[tuple[int, int]](), False

    def count(self, key: int, bucket: int) -> None:
        """Once more. Costs an addition; after `TALLY_EVERY_S` a thread writes it down."""
        with self._lock:
            self._counts[key, bucket] += 1
            if self._due or not settings.TALLY_EVERY_S:
                return
            self._due = True
        timer = Timer(settings.TALLY_EVERY_S, self._write)
        timer.daemon = True
        timer.start()

    def flush(self, *, at: datetime) -> None:
        """Write down what was counted so far."""
        with self._lock:
            counts, self._counts, self._due = self._counts, Counter(), False
        if not counts:
            return
        found: Counter[tuple[int, int]] = Counter()
        by_key: dict[int, list[tuple[int, int]]] = {}
        for (key, bucket), n in counts.items():
            by_key.setdefault(key, []).append((bucket, n))
        for key, owner in self.owners(by_key.keys()):
            for bucket, n in by_key[key]:
                found[owner, bucket] += n
        add(self.what, found, at=at)

    def _write(self) -> None:
        try:
            self.flush(at=timezone.now())
        except UNREACHABLE as error:
            log.warning("tallies_lost", what=self.what, error=repr(error))
        finally:
            connections.close_all()


def tallies(what: str, owner: int, *, first: date, last: date) -> list[tuple[date, int, int]]:
    """(day, bucket, how often) of these days, both included."""
    rows = Tally.objects.filter(what=what, owner=owner, day_on__gte=first, day_on__lte=last)
    return list(rows.order_by("day_on", "bucket").values_list("day_on", "bucket", "count"))
