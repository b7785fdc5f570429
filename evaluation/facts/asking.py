"""What is asked about: a whole programme, or some of it; and a question about one relationship or person is compiled once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import wraps
from typing import Any

from django.db import connection
from django.utils import timezone

from evaluation.facts.tables import columns, compiled, copied, table
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Programme

UNIT, AT = -(2**40), datetime(2, 1, 1, tzinfo=UTC)
"""Stand in a compiled question for the unit and the moment that it is asked about; nothing real has them."""
Asked = tuple[Any, ...]
"""Rows, and the fields of them that are wanted."""


@dataclass(frozen=True)
class Scope:
    """Everything in a programme up to a moment; or only some `relationships` and their people, by their ids; or only some
    `persons` and what they do alone."""

    programme: Programme
    at: datetime
    relationships: Collection[int] | None = None
    persons: Collection[int] | None = None

    @property
    def begins(self) -> datetime:
        """The first moment of the programme."""
        return datetime.combine(self.programme.starts_on, time.min, tzinfo=timezone.get_default_timezone())

    @property
    def unit(self) -> int | None:
        """The one relationship or person in question, if it is one."""
        units = self.persons if self.relationships is None else self.relationships
        return next(iter(units)) if units is not None and len(units) == 1 else None

    def about(self, unit: int, at: datetime) -> "Scope":
        """Another relationship or person at another moment."""
        name = "persons" if self.relationships is None else "relationships"
        return replace(self, at=at, **{name: [unit]})


_known: dict[tuple[Any, ...], tuple[str, Sequence[Any], int]] = {}


def asks(question: Callable[[Scope], Asked]) -> Callable[[Scope], list[Floats]]:
    """Make of a function that gives rows and fields one that gives their columns."""

    @wraps(question)
    def read(scope: Scope) -> list[Floats]:
        if not _is_known(scope):
            return columns(*question(scope))
        sql, params, width = _once(question, scope, compiled)
        return copied(sql, params, width)

    return read


def asks_rows(question: Callable[[Scope], Asked]) -> Callable[[Scope], list[tuple[Any, ...]]]:
    """As `asks`, for what is no number: rows as the database gives them."""

    @wraps(question)
    def read(scope: Scope) -> list[tuple[Any, ...]]:
        if not _is_known(scope):
            return table(*question(scope))
        sql, params, _width = _once(
            question, scope, lambda rows, *fields: rows.values_list(*fields).query.sql_with_params()
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    return read


def _is_known(scope: Scope) -> bool:
    return scope.unit is not None and connection.vendor == "postgresql"


def _once(
    question: Callable[[Scope], Asked], scope: Scope, compile_it: Callable[..., Any]
) -> tuple[str, list[Any], int]:
    key = question, scope.relationships is None, scope.programme.pk, scope.programme.starts_on
    if key not in _known:
        rows, *fields = question(scope.about(UNIT, AT))
        _known[key] = (*compile_it(rows, *fields), len(fields))
    sql, params, width = _known[key]
    return sql, [_real(scope, value) for value in params], width


def _real(scope: Scope, value: Any) -> Any:
    if value == UNIT:
        return scope.unit
    return scope.at + (value - AT) if isinstance(value, datetime) and value.year <= AT.year else value
