"""How the figures of a relationship, or of a person, went from week to week, for those who may read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import localise
from evaluation import words
from evaluation.anchors import with_version
from evaluation.charts import TARGET, Trend, Week, trend_chart
from evaluation.indicators import ALL, Indicator
from evaluation.models import Anchors, Measured, UnitScore
from evaluation.statistics.rollup import SCORED
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import Relationship
from paradigm.model import Stage, stage_of, stages

WEEKS = 26
SHARED = frozenset({"PC1", "PC3", "MF1", "RF1", "SU1"})
"""What both sides do, see and agreed on anyway: members see these of their relationship."""
FROM_RATINGS_AND_GOALS = frozenset({"SS1", "SS2", "SU1"})
"""Coordinators were never to see these of a single relationship."""
Reader = Literal["self", "member", "coordinator"]


@dataclass(frozen=True)
class Line:
    """One indicator over the weeks: its newest figure in points and in its own unit (`shown`), `course` from the first to it, and
    whole `points` per week, the newest first."""

    indicator: Indicator
    name: str
    how: str
    chart: Trend
    newest: int
    shown: str
    course: str
    anchors: str
    points: list[int | None]


@dataclass(frozen=True)
class Group:
    """Some lines, of one stage or of one programme; the same as `table` rows, the newest week first. `is_open`: the earliest
    stage in which something is under target, or the programme with the newest figures. `key`: tells it from others on a page."""

    stage: Stage | None
    name: str
    lines: list[Line]
    days: list[date]
    is_open: bool = False
    key: str = ""

    @property
    def table(self) -> list[tuple[date, list[int | None]]]:
        return [(day, [line.points[place] for line in self.lines]) for place, day in enumerate(self.days)]


@dataclass(frozen=True)
class Weeks:
    reader: Reader
    groups: list[Group]


def weeks_of_relationship(relationship: Relationship, reader: User) -> Weeks:
    """For a member what both do and see, for a coordinator what comes from no rating and no goal. Two queries."""
    own = list(Anchors.objects.filter(programme=relationship.programme_id))
    if reader.has_perm("relationships.take_part", relationship):
        rows = UnitScore.objects.filter(relationship=relationship)  # what members may see of them is chosen by its code
        wanted = [each for each in ALL if each.code in SHARED]
        lines, days = _lines("member", rows.order_by("-week_on")[:WEEKS], wanted, own)
        return Weeks("member", [Group(None, "", lines, days)] if lines else [])
    rows = UnitScore.objects.visible_to(reader).filter(relationship=relationship)
    wanted = [each for each in ALL if each.code not in FROM_RATINGS_AND_GOALS]
    return Weeks("coordinator", _by_stage(*_lines("coordinator", rows.order_by("-week_on")[:WEEKS], wanted, own)))


def weeks_of_person(person: User) -> Weeks:
    """What somebody did in each programme and role, the one with the newest figures first. Two queries."""
    place = Window(RowNumber(), partition_by="enrolment", order_by="-week_on")
    rows = UnitScore.objects.visible_to(person).filter(enrolment__person=person).annotate(place=place)
    kept = rows.filter(place__lte=WEEKS).select_related("enrolment__programme").order_by("-week_on", "-pk")
    by_enrolment: dict[Enrolment, list[UnitScore]] = {}
    for row in kept:
        if row.enrolment is not None:
            by_enrolment.setdefault(row.enrolment, []).append(row)
    own = list(Anchors.objects.filter(programme__in={each.programme_id for each in by_enrolment}))
    groups: list[Group] = []
    for enrolment, mine in by_enrolment.items():
        lines, days = _lines("self", mine, ALL, [row for row in own if row.programme_id == enrolment.programme_id])
        if lines:
            name = f"{enrolment.programme} · {enrolment.get_role_display()}"
            groups.append(Group(None, name, lines, days, is_open=not groups, key=f"{enrolment.pk}-"))
    return Weeks("self", groups)


def _lines(
    reader: Reader, found: Iterable[UnitScore], wanted: Sequence[Indicator], own: Sequence[Anchors]
) -> tuple[list[Line], list[date]]:
    """The lines of one unit and the days of its weeks, the newest first."""
    mine = list(found)
    by_code = [{each.code: each for each in row.measured} for row in mine]
    days = [row.week_on for row in mine]
    lines = [
        _line(indicator, days, [week.get(indicator.code) for week in by_code], own, reader)
        for indicator in wanted
        if any(indicator.code in week and week[indicator.code].state == SCORED for week in by_code)
    ]
    return lines, days


def _by_stage(lines: Sequence[Line], days: list[date]) -> list[Group]:
    found: list[Group] = []
    for stage in stages():
        mine = [line for line in lines if stage_of(line.indicator.component).slug == stage.slug]
        if mine:
            weak = any(line.newest < TARGET for line in mine) and not any(group.is_open for group in found)
            found.append(Group(stage, stage.name(get_language()), mine, days, weak))
    return found


def _line(
    indicator: Indicator,
    days: Sequence[date],
    found: Sequence[Measured | None],
    own: Sequence[Anchors],
    reader: Reader,
) -> Line:
    """`days` and what was `found` on them stand from the newest to the oldest."""
    weeks = [
        Week(day, row.value if row else None, (row.version, row.anchors_version) if row else (0, 0))
        for day, row in zip(days, found, strict=True)
    ][::-1]
    last = next(row for row in found if row is not None and row.value is not None)
    measured = with_version(indicator, last.anchors_version, own)
    points = [None if row is None or row.value is None else round(row.value) for row in found]
    return Line(
        indicator=measured,
        name=str(words.OWN.get(indicator.code, indicator.name) if reader == "self" else indicator.name),
        how=str((reader == "self" and indicator.how_of_person) or indicator.how),
        chart=trend_chart(weeks, days[-1], days[0], rtl=get_language_bidi()),
        newest=round(last.value or 0.0),
        shown="" if last.raw is None else words.raw_value(measured, last.raw),
        course=_course([each for each in points if each is not None][::-1]),
        anchors=words.anchors(measured),
        points=points,
    )


def _course(points: Sequence[int]) -> str:
    first, last = (localise(each) for each in (points[0], points[-1]))
    if len(points) == 1:
        return _("score %(last)s of 100 in the one week so far") % {"last": last}
    n = {"n": localise(len(points)), "first": first, "last": last}
    if first == last:
        return _("score %(last)s of 100, the same as at the beginning of these %(n)s weeks") % n
    return _("score from %(first)s to %(last)s of 100 in %(n)s weeks") % n
