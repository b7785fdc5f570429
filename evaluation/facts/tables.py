"""The shapes of facts: arrays of the same length, one place per row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone

from evaluation.statistics.events import Bools, Ints
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Enrolment

HOUR, DAY = 3600.0, 86400.0
WEEK = 7 * DAY
MENTOR, MENTEE = 0, 1
CHANNELS = ("message", "video", "phone", "in_person")
Status = Enrolment.Status
TAKING_PART = (Status.APPROVED, Status.TRAINING, Status.READY, Status.PAUSED, Status.COMPLETED)


def seconds(moment: datetime | None) -> float:
    return np.nan if moment is None else moment.timestamp()


def midnight(day: date) -> float:
    """The end of a day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone()).timestamp()


def table(rows: QuerySet[Any, Any], *fields: Any) -> list[tuple[Any, ...]]:
    return list(rows.values_list(*fields).iterator(chunk_size=20_000))


def floats(values: Iterable[Any]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def moments(values: Iterable[datetime | None]) -> Floats:
    return np.array([seconds(value) for value in values], dtype=float)


def ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


@dataclass(frozen=True)
class Pairs:
    """Relationships; `end` is the earlier of now and closing; `over`: closed by now."""

    ids: Ints
    start: Floats
    end: Floats
    over: Bools
    planned_end: Floats
    status: list[str]
    reason: list[str]
    pair_key: list[str]
    why: list[dict[str, Any]]
    place: dict[int, int]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def days(self) -> Floats:
        return (self.end - self.start) / DAY

    @property
    def weeks(self) -> Ints:
        """Whole weeks lived so far."""
        return ((self.end - self.start) // WEEK).astype(np.int64)


@dataclass(frozen=True)
class Members:
    """Who is or was in which relationship: places of the relationship and of the enrolment."""

    pair: Ints
    person: Ints
    enrolment: Ints
    side: Ints
    present: Bools


@dataclass(frozen=True)
class People:
    """Enrolments that take or took part."""

    ids: Ints
    person: Ints
    side: Ints
    capacity: Ints
    wanted: Floats
    decided: Floats
    completed: Bools
    place: dict[int, int]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Events:
    """Things that happened in relationships, sorted by relationship and time. `size`: letters of a message."""

    pair: Ints
    side: Ints
    at: Floats
    size: Ints


@dataclass(frozen=True)
class Agreements:
    """One per relationship, at its place. `signed`: seconds when the last present member signed, else NaN."""

    rhythm_days: Floats
    reply_hours: Floats
    filled: Floats
    reconnect: Bools
    signed: Floats
