"""How a programme stands beside another one, or beside itself on an earlier day. Fixed slices only, everywhere the same: the last
scored day of each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.dates import format_day, localise
from evaluation import words
from evaluation.anchors import Own, by_version
from evaluation.models import Anchors, Score
from evaluation.queries.beside import measured_otherwise
from evaluation.queries.health import Health
from evaluation.queries.history import beside_each_other, stage_of_any
from evaluation.queries.upstream import Rows
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


def slices(days: Sequence[date]) -> list[date]:
    """Of the scored days, from the oldest on, the last of each month, without the newest day of all."""
    found = {(day.year, day.month): day for day in days}
    return [day for day in found.values() if day != days[-1]]


def compare_days(now: Health, day: date) -> Comparison:
    """The newest figures beside those of `day` (from `slices`), as far as these may stand beside the newest and beside those of
    the other slices: `beside_each_other`. Four queries."""
    past = list(Score.objects.filter(programme=now.programme, as_of_on=day))
    before = {row.pk: row.state for row in past}
    hidden = {stage_of_any(row.component) for row in beside_each_other(past) if row.state != before[row.pk]}
    there: Rows = {(row.component, row.code): row for row in past}
    shown = format_day(day)
    own = by_version(Anchors.objects.filter(programme=now.programme))
    lines = _lines(now.rows, there, hidden, own)
    return Comparison(_heading(lines, _("since %(day)s") % {"day": shown}), _("Now"), shown, lines)


def compare_programmes(now: Health, other: Programme) -> Comparison:
    """The newest figures of two programmes that the reader manages. Each figure stands for five people or more already. Two
    queries."""
    last = Score.objects.filter(programme=other).order_by("-as_of_on").values("as_of_on")[:1]
    there: Rows = {(row.component, row.code): row for row in Score.objects.filter(programme=other, as_of_on=last)}
    own = by_version(Anchors.objects.filter(programme__in=(now.programme, other)))
    lines = _lines(now.rows, there, set(), own)
    return Comparison(
        _heading(lines, _("beside “%(programme)s”") % {"programme": other}), str(now.programme), str(other), lines
    )


def _lines(here: Rows, there: Rows, hidden: set[str], own: Own) -> list[Line]:
    changed = {
        slug
        for key, row in there.items()
        if measured_otherwise(row, here, own) and key[1] not in ("both", "behaviour", "perception")
        for slug in (row.component.partition(".")[0], stage_of(row.component).slug)
    }
    named = {row.slug: (row.name(get_language()), row) for row in stages()}
    named |= {group.slug: (group.name(get_language()), next(s for s in stages() if s.slug == group.stage)) for group in
              categories()}  # fmt: skip
    return [
        _line(slug, *named[slug], here.get((slug, "both")), there.get((slug, "both")), slug in changed, hidden)
        for stage in stages()
        for slug in (stage.slug, *(group.slug for group in categories(stage.slug)))
    ]


def _line(
    slug: str, name: str, stage: Stage, here: Score | None, there: Score | None, changed: bool, hidden: set[str]
) -> Line:
    now, then = (None if row is None or row.value is None else round(row.value) for row in (here, there))
    tone = ""
    if stage.slug in hidden:
        then, said = None, _("not shown: fewer than five people came or went")
    elif now is None or then is None:
        missing = here if now is None else there
        said = str(words.STATES[missing.state if missing else "not_measured"])
    elif changed:
        said = _("measured in another way")
    elif now == then:
        said = _("the same")
    else:
        sign, tone = ("▲", "good") if now > then else ("▼", "care")
        said = f"{sign} {localise(abs(now - then))}"
    return Line(stage, name, slug == stage.slug, now, then, said, tone)


def _heading(lines: Sequence[Line], beside: str) -> str:
    """The stage that differs most, in one sentence."""
    if not any(line.is_stage and line.here is not None and line.there is not None for line in lines):
        return _("Nothing can be compared yet")
    known = [line for line in lines if line.is_stage and line.tone]
    if not known:
        return _("No stage differs that could be compared, %(beside)s") % {"beside": beside}
    most = max(known, key=lambda line: abs((line.here or 0) - (line.there or 0)))
    n = abs((most.here or 0) - (most.there or 0))
    if most.tone == "good":
        told = ngettext("%(stage)s: %(n)s point more %(beside)s", "%(stage)s: %(n)s points more %(beside)s", n)
    else:
        told = ngettext("%(stage)s: %(n)s point less %(beside)s", "%(stage)s: %(n)s points less %(beside)s", n)
    return told % {"stage": most.name, "n": localise(n), "beside": beside}
