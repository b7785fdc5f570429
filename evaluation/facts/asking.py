"""What is asked about: a whole programme, or some of it; and the questions about one relationship or person, or a few,
compiled once and read together in one statement."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache, cached_property, wraps
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2.extensions import AsIs

from evaluation.facts.tables import columns, copied, doubles, table
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Programme
from mentoring.relationships.models import RelationshipMember

UNIT, AT = -(2**40), datetime(2, 1, 1, tzinfo=UTC)
"""Stand in a compiled question for the unit and the moment that it is asked about; nothing real has them."""
ENROLLED, WHO = UNIT - 1, UNIT - 2
"""So do these for the enrolments and the persons of those who are in a relationship."""
Asked = tuple[Any, ...]
"""Rows, and the fields of them that are wanted."""
RELATIONSHIP, PERSON = "relationship", "person"


@dataclass(frozen=True)
class Scope:
    """Everything in a programme up to a moment; or only some `relationships` and their people, by their ids; or only some
    `persons` and what they do alone. `known`: the `members` of these relationships, where somebody has read them already."""

    programme: Programme
    at: datetime
    relationships: Collection[int] | None = None
    persons: Collection[int] | None = None
    known: Collection[tuple[int, int]] | None = None
    together: dict[Any, list[Floats]] = field(default_factory=dict, compare=False, repr=False)
    """What was read of these units: the columns by question."""

    @property
    def begins(self) -> datetime:
        """The first moment of the programme."""
        return datetime.combine(self.programme.starts_on, time.min, tzinfo=timezone.get_default_timezone())

    @property
    def ends(self) -> datetime:
        """The moment after its last."""
        return datetime.combine(
            self.programme.ends_on + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone()
        )

    @property
    def units(self) -> Collection[int] | None:
        """The relationships or persons in question; None: a whole programme."""
        return self.persons if self.relationships is None else self.relationships

    @property
    def kind(self) -> str:
        """Of which kind the units in question are."""
        return PERSON if self.relationships is None else RELATIONSHIP

    @cached_property
    def members(self) -> Collection[tuple[int, int]]:
        """(enrolment, person) of everybody who is or was in the relationships in question. Looked for by these ids their rows
        are found at once; with a query in their place PostgreSQL thinks longer than it reads."""
        if self.known is not None:
            return self.known
        rows = RelationshipMember.objects.filter(relationship__in=self.relationships or ())
        return list(rows.values_list("enrolment_id", "person_id"))

    def anywhere(self) -> "Scope":
        """As it is asked about any relationship or person at any moment."""
        return replace(self, at=AT, together={}, known=[(ENROLLED, WHO)], **{f"{self.kind}s": [UNIT]})


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
    told = [
        doubles(rows, *fields, before=[f"{number}"], after=["'NaN'"] * (max(widths) - len(fields)))
        for number, (rows, *fields) in enumerate(asked)
    ]
    sql, params = " UNION ALL ".join(each for each, _params in told), [value for _sql, given in told for value in given]
    return sql, params, widths


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
        _known[key] = compile_it(scope.anywhere())
    return _known[key]


def _real(scope: Scope, params: Sequence[Any]) -> list[Any]:
    """What stands in the place of `UNIT`, `ENROLLED` and `WHO`, which are always looked for among others (`IN (UNIT)`), and of
    `AT`."""
    ids = {UNIT: _list(scope.units or ())}
    if scope.kind == RELATIONSHIP:
        enrolled, who = zip(*scope.members, strict=True) if scope.members else ((), ())
        ids |= {ENROLLED: _list(enrolled), WHO: _list(who)}
    return [
        ids[value]
        if isinstance(value, int) and value in ids
        else scope.at + (value - AT)
        if isinstance(value, datetime) and value.year <= AT.year
        else value
        for value in params
    ]


def _list(ids: Iterable[int]) -> AsIs:
    return AsIs(", ".join(str(int(pk)) for pk in ids) or "NULL")


def asks_of_one(question: Callable[[int], Asked]) -> Callable[[int], list[tuple[Any, ...]]]:
    """Make of a function that gives rows about an id, and their fields, one that reads them. The query is written once: Django
    takes longer to write it than PostgreSQL to answer it."""

    @cache
    def compiled() -> tuple[Any, str, Sequence[Any]]:
        rows, *fields = question(UNIT)
        compiler = rows.values_list(*fields).query.get_compiler(connection=connection)
        return compiler, *compiler.as_sql()

    @wraps(question)
    def read(pk: int) -> list[tuple[Any, ...]]:
        compiler, sql, params = compiled()
        with connection.cursor() as cursor:
            cursor.execute(sql, [pk if value == UNIT else value for value in params])
            return list(compiler.results_iter([cursor.fetchall()]))

    return read
