"""The shapes of facts: arrays of the same length, one place per row; and how they come out of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import BooleanField, DateField, ExpressionWrapper, Q, QuerySet
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


def ends_of_days(days: Floats) -> Floats:
    """The end of each day, which is given by its midnight in UTC."""
    each, place = np.unique(days, return_inverse=True)
    zone = timezone.get_default_timezone()
    next_days = [datetime.fromtimestamp(day, UTC).date() + timedelta(days=1) for day in each.tolist()]
    ends = [datetime.combine(day, time.min, tzinfo=zone).timestamp() for day in next_days]
    return np.array(ends, dtype=float)[place]


def table(rows: QuerySet[Any, Any], *fields: Any) -> list[tuple[Any, ...]]:
    return list(rows.values_list(*fields))


def whether(*conditions: Q, **lookups: Any) -> ExpressionWrapper:
    """A column that is 1 where all of it holds."""
    return ExpressionWrapper(Q(*conditions, **lookups), BooleanField())


def columns(rows: QuerySet[Any, Any], *fields: Any) -> list[Floats]:
    """Columns of numbers, moments and days (seconds) and conditions, NaN where there is nothing; in the order in which rows come.

    PostgreSQL copies them as the doubles that they become: of a million messages no row is ever an object of Python.
    """
    if connection.vendor == "postgresql":
        return copied(*doubles(rows, *fields), len(fields))
    given = [[_number(value) for value in row] for row in rows.values_list(*fields)]
    return list(np.array(given, dtype=float).reshape(-1, len(fields)).T.copy())


def doubles(
    rows: QuerySet[Any, Any], *fields: Any, before: Sequence[str] = (), after: Sequence[str] = ()
) -> tuple[str, tuple[Any, ...]]:
    """The query for the columns as doubles, between constants, and its parameters."""
    compiler = rows.values_list(*fields).query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    names = [f"c{place}" for place in range(len(fields))]
    cast = [
        f"COALESCE({_double(expression.output_field).format(name)}, 'NaN')"
        for name, (expression, *_) in zip(names, compiler.select, strict=True)
    ]
    wanted = ", ".join([*(f"{each}::float8" for each in before), *cast, *(f"{each}::float8" for each in after)])
    return f"SELECT {wanted} FROM ({sql}) AS t({', '.join(names)})", params  # noqa: S608 - names of columns only


def copied(sql: str, params: Sequence[Any], width: int) -> list[Floats]:
    """What a query for doubles brings."""
    given = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(cursor.mogrify(f"COPY ({sql}) TO STDOUT (FORMAT binary)", params), given)
    row = np.dtype([("fields", ">i2"), ("columns", [("length", ">i4"), ("value", ">f8")], (width,))])
    values = np.frombuffer(given.getbuffer()[_HEAD:-_TAIL], dtype=row)["columns"]["value"]
    return [values[:, place].astype(float) for place in range(width)]


_HEAD, _TAIL = 19, 2  # of PostgreSQL's binary copy: its signature, flags and an empty extension; its end


def _double(field: Any) -> str:
    if isinstance(field, DateField):  # a moment, too
        return "date_part('epoch', {})"
    return "{}::int::float8" if isinstance(field, BooleanField) else "{}::float8"


def _number(value: Any) -> float:
    if value is None:
        return np.nan
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min, tzinfo=UTC)
    return value.timestamp() if isinstance(value, datetime) else float(value)


def by_first(given: Sequence[Floats]) -> list[Floats]:
    """Columns in the order of the first of them."""
    order = np.argsort(given[0])
    return [column[order] for column in given]


PEOPLE = 2**32
"""More than anybody's number."""


def places_in(ids: Ints, wanted: Any) -> Ints:
    """The place of each wanted number in sorted `ids`; -1 where it is not among them."""
    if not len(ids):
        return np.full(len(wanted), -1)
    found = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[found] == wanted, found, -1)


def spread(ids: Ints, wanted: Floats | Ints) -> tuple[Ints, Ints]:
    """For each wanted number every place at which `ids` have it: which one was wanted, and the place."""
    order = np.argsort(ids, kind="stable")
    first, last = (np.searchsorted(ids[order], wanted, side) for side in ("left", "right"))
    times = last - first
    row = np.repeat(np.arange(len(wanted)), times)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    return row, order[first[row] + nth]


@dataclass(frozen=True)
class Pairs:
    """Relationships; `end` is the earlier of now and closing; `over`: closed by now; `closing`: when its end began, with its
    wind-down where it had one (NaN: not by now); `as_planned`: so it ended."""

    ids: Ints
    start: Floats
    end: Floats
    over: Bools
    closing: Floats
    planned_end: Floats
    paused: Bools
    as_planned: Bools
    poor_fit: Bools
    percentile: Floats

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def place(self) -> dict[int, int]:
        """Where each relationship stands, by its id."""
        return {pk: place for place, pk in enumerate(self.ids.tolist())}

    def places(self, ids: Floats) -> Ints:
        """The place of each relationship; -1 of one that is not among them."""
        return places_in(self.ids, ids)

    @property
    def days(self) -> Floats:
        return (self.end - self.start) / DAY


@dataclass(frozen=True)
class Pauses:
    """Times in which relationships rested, sorted by relationship and time; `start`: when each relationship began."""

    pair: Ints
    began: Floats
    ended: Floats
    start: Floats

    def rested(self, pair: Ints, at: Floats) -> Floats:
        """How many seconds of pauses a relationship had by a moment."""
        if not len(self.pair):
            return np.zeros(len(pair))
        length = self.ended - self.began
        total = np.cumsum(length) - length
        earlier = total - total[np.searchsorted(self.pair, self.pair)]
        found = np.searchsorted(self._keys(self.pair, self.began), self._keys(pair, at), "right") - 1
        mine = (found >= 0) & (self.pair[found] == pair)
        since = np.clip(np.minimum(at, self.ended[found]) - self.began[found], 0.0, None)
        return np.where(mine, earlier[found] + since, 0.0)

    def hold(self, pair: Ints, at: Floats) -> Bools:
        """Whether a relationship rested at a moment."""
        rests = np.zeros(len(pair), dtype=bool)
        if len(self.pair):
            found = np.searchsorted(self._keys(self.pair, self.began), self._keys(pair, at), "right") - 1
            rests = (found >= 0) & (self.pair[found] == pair) & (at < self.ended[found])
        return rests

    def _keys(self, pair: Ints, at: Floats) -> Floats:
        """What sorts by relationship and time."""
        return pair * _AGES + np.clip(at - self.start[pair], 0.0, _AGES - 1)


_AGES = 2.0**32  # seconds: longer than any relationship


@dataclass(frozen=True)
class Members:
    """Who is or was in which relationship: places of the relationship and of the enrolment."""

    pair: Ints
    person: Ints
    enrolment: Ints
    side: Ints
    joined: Floats
    left: Floats  # infinite: not by now
    present: Bools

    def places(self, pair: Ints, person: Floats | Ints) -> Ints:
        """The place of each person among the members of a relationship (its place); -1 of who never was in it."""
        key = self.pair * PEOPLE + self.person
        order = np.argsort(key)
        place: Ints = np.append(order, -1)[places_in(key[order], pair * PEOPLE + person.astype(np.int64))]
        return place

    def sides(self, pair: Ints, person: Floats | Ints) -> Ints:
        """On which side each person is in a relationship (its place); -1 of who never was in it."""
        side: Ints = np.append(self.side, -1)[self.places(pair, person)]
        return side

    def there(self, pair: Ints, at: Floats) -> Ints:
        """The places of all who were members when something happened in a relationship: for each event every such member."""
        row, place = spread(self.pair, pair)
        there: Ints = place[(self.joined[place] <= at[row]) & (at[row] < self.left[place])]
        return there


@dataclass(frozen=True)
class People:
    """Enrolments that take or took part. `decided`: when they were accepted; `since`: when they came to be what they are;
    `done`: they take part no more."""

    ids: Ints
    person: Ints
    side: Ints
    capacity: Ints
    wanted: Floats
    decided: Floats
    since: Floats
    done: Bools

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: Floats) -> Ints:
        """The place of each enrolment; -1 of one that is not among them."""
        return places_in(self.ids, ids)

    def spread(self, person: Floats, values: Floats) -> tuple[Ints, Floats]:
        """Figures of people at the places of their enrolments: somebody may be mentor and mentee at once."""
        row, place = spread(self.person, person)
        return place, values[row]


@dataclass(frozen=True)
class Events:
    """Things that happened in relationships, sorted by relationship and time. `size`: letters of a message."""

    pair: Ints
    side: Ints
    at: Floats
    size: Ints
    person: Ints


@dataclass(frozen=True)
class CheckIns:
    """How people found their week: 1 (very hard) to 5. `stays`: the week is over, and with it the time to say otherwise."""

    pair: Ints
    person: Ints
    mood: Floats
    at: Floats
    stays: Bools


@dataclass(frozen=True)
class Agreements:
    """One per relationship, at its place. `written`: how many of the three texts are filled in; `prefilled`: how many of the
    four parts that stand there from the match on (rhythm, reply time, ways to talk, end). `signed`: seconds when for the first
    time one version carried the signatures of all who were there then, else NaN; `stands`: whether the present version carries
    those of all who are there; `changed`: seconds since when it is as it is."""

    rhythm_days: Floats
    reply_hours: Floats
    written: Floats
    prefilled: Floats
    signed: Floats
    stands: Bools
    changed: Floats
