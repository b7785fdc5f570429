"""What is asked about: a whole programme, or some of it; and the questions about one relationship or person, or a few,
compiled once and read together in one statement."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import wraps
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2.extensions import AsIs

from evaluation.facts.tables import columns, copied, doubles, table
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Programme

UNIT, AT = -(2**40), datetime(2, 1, 1, tzinfo=UTC)
"""Stand in a compiled question for the unit and the moment that it is asked about; nothing real has them."""
Asked = tuple[Any, ...]
"""Rows, and the fields of them that are wanted."""
RELATIONSHIP, PERSON = "relationship", "person"


@dataclass(frozen=True)
class Scope:
    """Everything in a programme up to a moment; or only some `relationships` and their people, by their ids; or only some
    `persons` and what they do alone."""

    programme: Programme
    at: datetime
    relationships: Collection[int] | None = None
    persons: Collection[int] | None = None
    together: dict[Any, list[Floats]] = field(default_factory=dict, compare=False, repr=False)
    """What was read of these units: the columns by question."""

    @property
    def begins(self) -> datetime:
        """The first moment of the programme."""
        return datetime.combine(self.programme.starts_on, time.min, tzinfo=timezone.get_default_timezone())

    @property
    def units(self) -> Collection[int] | None:
        """The relationships or persons in question; None: a whole programme."""
        return self.persons if self.relationships is None else self.relationships

    @property
    def kind(self) -> str:
        """Of which kind the units in question are."""
        return PERSON if self.relationships is None else RELATIONSHIP

    def about(self, unit: int, at: datetime) -> "Scope":
        """Another relationship or person at another moment."""
        return replace(self, at=at, together={}, **{f"{self.kind}s": [unit]})


_NOTHING = ", 'NaN'::float8"
_of: dict[str, list[Callable[[Scope], Asked]]] = defaultdict(list)
_known: dict[tuple[Any, ...], tuple[Any, ...]] = {}


def asks(*units: str) -> Callable[[Callable[[Scope], Asked]], Callable[[Scope], list[Floats]]]:
    """Make of a function that gives rows and fields one that gives their columns. `units`: the kinds of unit whose scores need
    it; all these questions about some units are one statement, because each costs more to ask than to answer."""

    def asking(question: Callable[[Scope], Asked]) -> Callable[[Scope], list[Floats]]:
        for unit in units:
            _of[unit].append(question)

        @wraps(question)
        def read(scope: Scope) -> list[Floats]:
            if not _is_known(scope) or scope.kind not in units:
                return columns(*question(scope))
            if not scope.together:
                scope.together.update(zip(_of[scope.kind], _read_together(scope), strict=True))
            return scope.together[question]

        return read

    return asking


def _read_together(scope: Scope) -> list[list[Floats]]:
    sql, params, widths = _once(scope, scope.kind, _compile_together)
    which, *found = copied(sql, _real(scope, params), 1 + max(widths))
    rows = [which == number for number in range(len(widths))]
    return [[column[mine] for column in found[:width]] for mine, width in zip(rows, widths, strict=True)]


def _compile_together(scope: Scope) -> tuple[str, list[Any], list[int]]:
    """Each row begins with the number of its question and ends in as many NaN as the widest has columns more."""
    asked = [question(scope) for question in _of[scope.kind]]
    widths = [len(fields) for _rows, *fields in asked]
    told = [doubles(rows, *fields) for rows, *fields in asked]
    each = [
        f"SELECT {number}::float8, t.*{_NOTHING * (max(widths) - width)} FROM ({sql}) AS t"  # noqa: S608 - our own query
        for number, ((sql, _params), width) in enumerate(zip(told, widths, strict=True))
    ]
    return " UNION ALL ".join(each), [value for _sql, params in told for value in params], widths


def asks_rows(question: Callable[[Scope], Asked]) -> Callable[[Scope], list[tuple[Any, ...]]]:
    """As `asks`, for what is no number: rows as the database gives them."""

    def compile_it(scope: Scope) -> tuple[str, Sequence[Any]]:
        rows, *fields = question(scope)
        return rows.values_list(*fields).query.sql_with_params()

    @wraps(question)
    def read(scope: Scope) -> list[tuple[Any, ...]]:
        if not _is_known(scope):
            return table(*question(scope))
        sql, params = _once(scope, question, compile_it)
        with connection.cursor() as cursor:
            cursor.execute(sql, _real(scope, params))
            return list(cursor.fetchall())

    return read


def _is_known(scope: Scope) -> bool:
    return bool(scope.units) and connection.vendor == "postgresql"


def _once(scope: Scope, what: Any, compile_it: Callable[[Scope], tuple[Any, ...]]) -> tuple[Any, ...]:
    key = what, scope.kind, scope.programme.pk, scope.programme.starts_on
    if key not in _known:
        _known[key] = compile_it(scope.about(UNIT, AT))
    return _known[key]


def _real(scope: Scope, params: Sequence[Any]) -> list[Any]:
    """What stands in the place of `UNIT`, which is always looked for among others (`IN (UNIT)`), and of `AT`."""
    units = AsIs(", ".join(str(int(pk)) for pk in scope.units or ()))
    return [
        units
        if value == UNIT
        else scope.at + (value - AT)
        if isinstance(value, datetime) and value.year <= AT.year
        else value
        for value in params
    ]
