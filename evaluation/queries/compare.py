"""How a programme stands beside another one, or beside itself on an earlier day. Fixed slices only: the first scored day of each
month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.dates import format_day, localise
from evaluation import words
from evaluation.disclosure import comparable, may_compare
from evaluation.models import Score
from evaluation.queries.health import PAIR, Rows, measured_otherwise
from mentoring.planning.models import Programme
from paradigm.model import Stage, categories, stage_of, stages


@dataclass(frozen=True)
class Line:
    """A stage or a category here and there: whole points, or None. `said`: the difference, or why none is named."""

    stage: Stage
    name: str
    is_stage: bool
    here: int | None
    there: int | None
    said: str
    tone: str


@dataclass(frozen=True)
class Comparison:
    heading: str
    here: str
    there: str
    lines: list[Line]


def slices(programme: Programme) -> list[date]:
    """The first scored day of each month, the oldest first, without the newest day. One query."""
    days = _scores(programme).order_by("as_of_on").values_list("as_of_on", flat=True).distinct()
    found: dict[tuple[int, int], date] = {}
    newest = None
    for newest in days:
        found.setdefault((newest.year, newest.month), newest)
    return [day for day in found.values() if day != newest]


def compare_days(programme: Programme, day: date, days: Sequence[date]) -> Comparison:
    """Today's figures beside those of `day`, one of `days` (from `slices`). Where between the two, or between `day` and another
    slice that may be shown, fewer than five people came or went, the earlier figure stays hidden. Two queries."""
    here = _newest(programme)
    past = _scores(programme).filter(as_of_on__in=days)
    there: Rows = {(row.component, row.code): row for row in past if row.as_of_on == day}
    counts = {
        (row.component, row.as_of_on): PAIR * row.n for row in past if row.code == "both" and row.value is not None
    }
    allowed = {
        slug: dict(zip(days, comparable([counts.get((slug, each)) for each in days]), strict=True)).get(day, False)
        for slug in _order()
    }

    def may(slug: str, now: Score, then: Score) -> bool:
        return allowed[slug] and may_compare(PAIR * then.n, PAIR * now.n)

    shown = format_day(day)
    lines = _lines(here, there, may)
    return Comparison(_heading(lines, _("since %(day)s") % {"day": shown}), _("Now"), shown, lines)


def compare_programmes(programme: Programme, other: Programme) -> Comparison:
    """The newest figures of two programmes that the reader manages. Each figure stands for five people or more already. Four
    queries."""
    lines = _lines(_newest(programme), _newest(other), lambda _slug, _here, _there: True)
    return Comparison(
        _heading(lines, _("beside %(programme)s") % {"programme": other}), str(programme), str(other), lines
    )


def _scores(programme: Programme) -> Any:
    return Score.objects.filter(programme=programme)


def _newest(programme: Programme) -> Rows:
    last = _scores(programme).order_by("-as_of_on").values("as_of_on")[:1]
    return {(row.component, row.code): row for row in _scores(programme).filter(as_of_on=last)}


def _order() -> list[str]:
    return [slug for stage in stages() for slug in (stage.slug, *(group.slug for group in categories(stage.slug)))]


def _lines(here: Rows, there: Rows, may: Any) -> list[Line]:
    changed = {
        slug
        for key, row in there.items()
        if measured_otherwise(row, here) and key[1] not in ("both", "behaviour", "perception")
        for slug in (row.component.partition(".")[0], stage_of(row.component).slug)
    }
    named = {row.slug: (row.name(get_language()), row) for row in stages()}
    named |= {group.slug: (group.name(get_language()), next(s for s in stages() if s.slug == group.stage)) for group in
              categories()}  # fmt: skip
    return [
        _line(slug, *named[slug], here.get((slug, "both")), there.get((slug, "both")), slug in changed, may)
        for slug in _order()
    ]


def _line(slug: str, name: str, stage: Stage, here: Score | None, there: Score | None, changed: bool, may: Any) -> Line:
    first, second = (None if row is None or row.value is None else row for row in (here, there))
    points = None if first is None else round(first.value or 0)
    is_stage = slug == stage.slug
    if first is None or second is None:
        missing = here if first is None else there
        why = words.STATES[missing.state if missing else "not_measured"]
        there_points = None if second is None else round(second.value or 0)
        if second is not None and not may(slug, second, second):
            there_points = None
        return Line(stage, name, is_stage, points, there_points, str(why), "")
    if not may(slug, first, second):
        said = _("not shown: fewer than five people came or went")
        return Line(stage, name, is_stage, points, None, said, "")
    other = round(second.value or 0)
    if changed:
        return Line(stage, name, is_stage, points, other, _("measured in another way"), "")
    difference = (points or 0) - other
    if not difference:
        return Line(stage, name, is_stage, points, other, _("the same"), "")
    sign, tone = ("▲", "good") if difference > 0 else ("▼", "care")
    return Line(stage, name, is_stage, points, other, f"{sign} {localise(abs(difference))}", tone)


def _heading(lines: Sequence[Line], beside: str) -> str:
    """The stage that differs most, in one sentence."""
    known = [line for line in lines if line.is_stage and line.tone]
    if not known:
        return _("No stage differs that could be compared, %(beside)s") % {"beside": beside}
    most = max(known, key=lambda line: abs((line.here or 0) - (line.there or 0)))
    numbers = {"stage": most.name, "n": localise(abs((most.here or 0) - (most.there or 0))), "beside": beside}
    if most.tone == "good":
        return _("%(stage)s: %(n)s points more %(beside)s") % numbers
    return _("%(stage)s: %(n)s points less %(beside)s") % numbers
