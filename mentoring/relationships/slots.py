"""Times at which everybody can meet, from what each said about their weeks in their own zone. Pure Python."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

STEP = timedelta(minutes=30)
Stretch = tuple[datetime, datetime]


class Weekly(NamedTuple):
    """A stretch of every week: Monday is 0; minutes from midnight by the clock of `zone`."""

    weekday: int
    starts: int
    ends: int
    zone: ZoneInfo


def clock(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which the clock of `zone` shows so many minutes after midnight of `day`."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def stretches(weekly: Iterable[Weekly], *, since: datetime, until: datetime) -> list[Stretch]:
    """The weekly stretches as moments, sorted, joined where they touch, cut to [since, until)."""
    found = []
    for row in weekly:
        day = since.astimezone(row.zone).date() - timedelta(days=1)
        while clock(day, 0, row.zone) < until:
            if day.weekday() == row.weekday:
                found.append((clock(day, row.starts, row.zone), clock(day, row.ends, row.zone)))
            day += timedelta(days=1)
    joined: list[Stretch] = []
    for start, end in sorted((max(start, since), min(end, until)) for start, end in found):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def common(one: Sequence[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    """Where two sorted lists of stretches overlap."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def starts(
    people: Sequence[Sequence[Weekly]],
    *,
    busy: Iterable[Stretch],
    since: datetime,
    until: datetime,
    minutes: int,
    a_day: int = 3,
    most: int = 9,
) -> list[datetime]:
    """Moments (UTC, on the half hour) at which a meeting of `minutes` fits everybody and nothing in `busy`, soonest first.

    At most `a_day` of one UTC day, so that the choice spreads over days.
    """
    if not people or not all(people):
        return []
    shared = stretches(people[0], since=since, until=until)
    for weekly in people[1:]:
        shared = common(shared, stretches(weekly, since=since, until=until))
    taken, length = list(busy), timedelta(minutes=minutes)
    found: list[datetime] = []
    per_day: dict[date, int] = {}
    for start, end in shared:
        moment = start + (datetime.min.replace(tzinfo=UTC) - start) % STEP
        while moment + length <= end and len(found) < most:
            free = all(moment + length <= begun or moment >= over for begun, over in taken)
            if free and per_day.get(moment.date(), 0) < a_day:
                found.append(moment)
                per_day[moment.date()] = per_day.get(moment.date(), 0) + 1
            moment += max(STEP, timedelta(minutes=-(-minutes // 30) * 30)) if free else STEP
    return found
