"""Scores of single relationships and people: made new after an event, all of them every night, kept week by week."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Any

import numpy as np
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Institution, User
from core.jobs import Order, enqueue, enqueue_all
from evaluation.anchors import indicators_of
from evaluation.facts import Facts, table
from evaluation.facts.asking import Asked, asks_of_one
from evaluation.indicators import Figures, Indicator
from evaluation.measure import of_each_person, of_units
from evaluation.models import Action, Alert, UnitScore
from evaluation.rolling import Result
from evaluation.services.alerts import renew_alert
from evaluation.statistics.events import Ints
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, RelationshipMember

Row = tuple[int, str]
"""The id of a unit, and its scores as JSON."""
PAGE = 1000
_WIDTH = 5  # values in a row
EVERY, MARGIN = 300, timedelta(seconds=30)
SIX_HOURS = timedelta(hours=6)
_KEEP = """
    INSERT INTO evaluation_unitscore AS kept (programme_id, {unit}_id, week_on, computed_at, scores) VALUES {rows}
    ON CONFLICT ({unit}_id, week_on) DO UPDATE SET scores = CASE WHEN kept.computed_at <= excluded.computed_at
    THEN {old_then_new} ELSE {new_then_old} END, computed_at = {later}(kept.computed_at, excluded.computed_at)
"""
"""Where there is a row each indicator stays as it was computed last: an event brings only some of them."""
_SAID_BY = {
    "postgresql": {
        "old_then_new": "kept.scores || excluded.scores",
        "new_then_old": "excluded.scores || kept.scores",
        "later": "GREATEST",
    },
    "sqlite": {
        "old_then_new": "json_patch(kept.scores, excluded.scores)",
        "new_then_old": "json_patch(excluded.scores, kept.scores)",
        "later": "MAX",
    },
}
_UNHURRIED = "SET LOCAL synchronous_commit TO off; "
"""An event's scores do not wait for the disk: they follow from what is stored, and the log of PostgreSQL is one sequence, so that
whatever is committed after them (that their job is done) keeps them, too."""


AFTER_THE_END = timedelta(days=183)


def still_measured(today: date) -> QuerySet[Programme]:
    """Programmes whose figures are made new every night: while they run, for half a year after their end, in which relationships
    may go on, and after that while an action that was done waits to be read again."""
    status, waiting = Programme.Status, Action.objects.exclude(done_on=None).filter(after_on=None).values("programme")
    lately = Q(ends_on__gte=today - AFTER_THE_END) | Q(pk__in=waiting)
    return Programme.objects.filter(Q(status=status.RUNNING) | Q(status=status.CLOSED) & lately)


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def keep_units(facts: Facts, found: list[Result]) -> int:
    """Write down these indicators of every unit in the facts. What was computed from newer facts stays. Returns how many rows."""
    return _keep(
        facts,
        relationship=unit_rows(facts.pairs.ids, "R", found),
        enrolment=unit_rows(facts.people.ids, "P", found),
    )


def _keep(facts: Facts, **rows: Iterable[Row]) -> int:
    """Rows by their kind of unit. Outside a transaction they are one statement to PostgreSQL, however many kinds."""
    statements, kept = _statements(facts, rows), 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            told = list(statements)
            values = list(chain.from_iterable(given for _sql, given in told))
            cursor.execute(_UNHURRIED + ";".join(sql for sql, _given in told), values)
            return len(values) // _WIDTH
        for sql, values in statements:
            cursor.execute(sql, values)
            kept += len(values) // _WIDTH
    return kept


def _statements(facts: Facts, rows: Mapping[str, Iterable[Row]]) -> Iterator[tuple[str, list[Any]]]:
    at, on = (
        connection.ops.adapt_datetimefield_value(facts.at),
        connection.ops.adapt_datefield_value(week_of(facts.today)),
    )
    for unit, mine in rows.items():
        left = iter(mine)
        while page := list(islice(left, PAGE)):
            places = ", ".join([f"({', '.join(['%s'] * _WIDTH)})"] * len(page))
            sql = _KEEP.format(unit=unit, rows=places, **_SAID_BY[connection.vendor])
            yield sql, [value for pk, scores in page for value in (facts.programme.pk, pk, on, at, scores)]


def unit_rows(ids: Ints, per: str, found: Iterable[Result], wanted: Collection[int] | None = None) -> Iterator[Row]:
    """One row per unit with every indicator that is measured of such units (`per`: R or P). `wanted`: only of these."""
    which = np.arange(len(ids)) if wanted is None else np.flatnonzero(np.isin(ids, list(wanted)))
    mine = [(r.indicator, r.figures, r.scores) for r in found if r.figures is not None and _of_units(r.indicator, per)]
    told = np.array([(scores, each.raw, each.numerator, each.denominator) for _i, each, scores in mine])[..., which]
    told[:, 0] = np.clip(told[:, 0], 0.0, 100.0)
    cells = [
        _cells(indicator, figures, which, columns)
        for (indicator, figures, _scores), columns in zip(mine, np.round(told, 4).tolist(), strict=True)
    ]
    for pk, *values in zip(ids[which].tolist(), *cells, strict=True):
        yield pk, f"{{{', '.join(values)}}}"


def _of_units(indicator: Indicator, per: str) -> bool:
    return indicator.per == per and per in indicator.levels


def _cells(indicator: Indicator, figures: Figures, which: Ints, columns: list[list[float]]) -> Iterator[str]:
    """What `UnitScore.scores` holds of the indicator, for each unit at these places; `columns`: their four numbers."""
    name, versions = json.dumps(indicator.code), f"{indicator.version}, {indicator.anchors_version}"
    for place, enough, *shown in zip(which.tolist(), figures.enough[which].tolist(), *columns, strict=True):
        if enough:
            yield f"{name}: [{', '.join(map(_json, shown))}, {versions}]"
        else:
            yield f'{name}: "{figures.missing[place]}"'


def _json(value: float) -> str:
    return "null" if value != value else repr(value)


def update_relationship_soon(pk: int, *, at: datetime) -> None:
    """Ask that the scores of a relationship be made new. Whatever happens in it within the same five minutes is one job, due half
    a minute after these, when what was begun in them is committed."""
    due_at = _due(at)
    key = f"scores:r{pk}:{due_at:%Y%m%d%H%M}"
    enqueue("evaluation.update_relationship", key=key, due_at=due_at, relationship_id=pk)


def update_relationships_of_soon(person: User, *, at: datetime) -> None:
    """As `update_relationship_soon`, of all the open ones that somebody is in. Two statements."""
    mine = RelationshipMember.objects.filter(person=person, left_at=None, relationship__status__in=Relationship.OPEN)
    due_at = _due(at)
    orders = [
        Order(f"scores:r{pk}:{due_at:%Y%m%d%H%M}", {"relationship_id": pk}, due_at)
        for pk in mine.values_list("relationship", flat=True)
    ]
    enqueue_all("evaluation.update_relationship", orders)


def update_people_soon(since: Mapping[int, datetime]) -> None:
    """As `update_relationship_soon`, of people: {their id: the moment from which on it shows}. One statement."""
    orders = [
        Order(f"scores:p{pk}:{due_at:%Y%m%d%H%M}", {"person_id": pk}, due_at)
        for pk, due_at in ((pk, _due(at)) for pk, at in since.items())
    ]
    enqueue_all("evaluation.update_person", orders)


def recompute_soon(programme: Programme, *, at: datetime, within: timedelta = SIX_HOURS) -> None:
    """Ask that the rows and the alerts of a programme that is still measured be made new. Whatever happens in it `within`
    that time is one job at its end: a recompute reads everything, and costs an event of many next to nothing."""
    running = programme.status == Programme.Status.RUNNING
    if not running and not still_measured(timezone.localdate(at)).filter(pk=programme.pk).exists():
        return
    due_at = _due(at, every=within.total_seconds())
    key = f"scores:g{programme.pk}:{due_at:%Y%m%d%H%M}"
    enqueue_all("evaluation.recompute_programme", [Order(key, {"programme_id": programme.pk}, due_at)])


def _due(at: datetime, every: float = EVERY) -> datetime:
    return datetime.fromtimestamp((at.timestamp() // every + 1) * every, tz=UTC) + MARGIN


def update_relationships(programme: Programme, ids: Collection[int], *, at: datetime) -> int:
    """Make the scores of some relationships new after something happened in them, and what their members do in all of theirs,
    without reading the rest of the programme.

    The same figures as `recompute` would write at that moment. Returns how many rows.
    """
    rows = table(*_beside(ids))
    return _update(_facts(programme, at, rows), ids, rows)


def _beside(ids: Collection[int]) -> Asked:
    """Who is or was in these relationships, and in all others of anybody in them: relationship, enrolment, person."""
    members = RelationshipMember.objects.all()
    theirs = members.filter(enrolment__in=members.filter(relationship__in=ids).values("enrolment"))
    beside = members.filter(relationship__in=theirs.values("relationship"))
    return beside, "relationship_id", "enrolment_id", "person_id"


def _facts(programme: Programme, at: datetime, rows: Sequence[tuple[int, int, int]]) -> Facts:
    relationships = {relationship for relationship, _enrolment, _person in rows}
    members = {(enrolment, person) for _relationship, enrolment, person in rows}
    return Facts(programme, at, relationships=relationships, members=members)


def _update(facts: Facts, ids: Collection[int], rows: Iterable[tuple[int, int, int]]) -> int:
    people = {enrolment for relationship, enrolment, _person in rows if relationship in ids}
    indicators = indicators_of(facts.programme, facts.today)
    found = of_units(facts, [each for each in indicators if each.per == "R"] + of_each_person(indicators))
    return _keep(
        facts,
        relationship=unit_rows(facts.pairs.ids, "R", found, ids),
        enrolment=unit_rows(facts.people.ids, "P", found, people),
    )


def update_people(programme: Programme, ids: Collection[int], *, at: datetime) -> int:
    """Make new what some people (ids of persons) do alone, after they did something. As `update_relationships`."""
    facts = Facts(programme, at, people=ids)
    alone = [each for each in indicators_of(programme, facts.today) if each.per == "P"]
    return _keep(facts, enrolment=unit_rows(facts.people.ids, "P", of_units(facts, alone)))


def update_relationship(pk: int, *, at: datetime) -> int:
    """As `update_relationships`; and its alert, where what passes between the two says something else than it."""
    rows = _beside_one(pk)
    if not rows:
        return 0
    ((known, institution, calendar, *programme),) = _measured_by(pk)
    measured = Programme.from_db(DEFAULT_DB_ALIAS, _OF_PROGRAMME, programme)
    measured.institution = Institution.from_db(DEFAULT_DB_ALIAS, ["id", "calendar"], [institution, calendar])
    recompute_soon(measured, at=at)
    facts = _facts(measured, at, rows)
    kept = _update(facts, [pk], rows)
    renew_alert(facts, pk, known=known)
    return kept


_OF_PROGRAMME = ["id", "institution_id", "status", "starts_on", "holidays"]
"""What scores ask of a programme; the rest of it is read where somebody asks."""


@asks_of_one
def _beside_one(pk: int) -> Asked:
    return _beside([pk])


@asks_of_one
def _measured_by(pk: int) -> Asked:
    """The reasons of the open alert of a relationship, and what is needed of its institution and programme."""
    known = Alert.objects.open().filter(relationship=OuterRef("pk")).values("reasons")
    return (
        Relationship.objects.filter(pk=pk),
        Subquery(known), "programme__institution_id", "programme__institution__calendar",
        *(f"programme__{name}" for name in _OF_PROGRAMME),
    )  # fmt: skip


def update_person(pk: int, *, at: datetime) -> int:
    """In every programme that they take part in."""
    theirs = Enrolment.objects.filter(person=pk).values("programme")
    measured = list(still_measured(timezone.localdate(at)).filter(pk__in=theirs))
    for each in measured:
        recompute_soon(each, at=at)
    return sum(update_people(each, [pk], at=at) for each in measured)


def forget_vanished(programme: Programme, *, at: datetime) -> None:
    """Rows of this week that a computation as of `at` did not write: of relationships that were voided since, say."""
    week = week_of(timezone.localdate(at))
    UnitScore.objects.filter(programme=programme, week_on=week, computed_at__lt=at).delete()
