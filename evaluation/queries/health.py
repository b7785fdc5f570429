"""How a programme stands: stages, categories and components with their evidence, in the reader's words."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Institution
from core.dates import format_day, localise
from core.templatetags.peyvand import percent
from evaluation import words
from evaluation.anchors import with_version
from evaluation.charts import TARGET
from evaluation.disclosure import K, may_compare
from evaluation.indicators import ALL, BY_CODE, Indicator
from evaluation.models import Anchors, Score
from evaluation.queries.upstream import DrillDown, Rows, drill_down, points_of, whole
from evaluation.statistics.rollup import first_break
from evaluation.statistics.scoring import GAP_FLAG
from mentoring.planning.models import Programme
from paradigm.model import Category, Component, Stage, categories, stage_of, stages

TREND_OVER = timedelta(days=14)
PAIR = 2
"""At least so many people stand behind a relationship."""


@dataclass(frozen=True)
class Tile:
    """One stage: whole points, or None and why."""

    stage: Stage
    score: int | None
    n: int | None
    line: str
    trend: str
    holds_back: bool
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Evidence:
    """One indicator with what it says, or why it says nothing."""

    indicator: Indicator
    score: int | None
    sentence: str
    n: int
    anchors: str
    span: str
    counted: str
    interval: str
    below: str = ""


@dataclass(frozen=True)
class Part:
    """A component: what happens, what people say, and the evidence of both."""

    component: Component
    name: str
    score: int | None
    behaviour: int | None
    perception: int | None
    no_behaviour: str
    no_perception: str
    gap: str
    voices: str
    evidence: list[Evidence]

    @property
    def is_weak(self) -> bool:
        return self.score is not None and self.score < TARGET


@dataclass(frozen=True)
class Group:
    """A category with its components."""

    category: Category
    name: str
    score: int | None
    line: str
    n: int
    interval: str
    parts: list[Part]


@dataclass(frozen=True)
class Health:
    programme: Programme
    as_of_on: date | None
    headline: str
    tiles: list[Tile]
    chosen: Stage
    groups: list[Group] = field(default_factory=list)
    drill_down: DrillDown | None = None
    days: list[date] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)

    @property
    def chosen_name(self) -> str:
        return self.chosen.name(get_language())

    @property
    def question(self) -> str:
        """What the stage asks."""
        return self.chosen.question.text(get_language())


def health(programme: Programme, *, stage_slug: str = "", until: date | None = None) -> Health:
    """The newest scores of a programme, or the newest by the day `until`. `stage_slug`: the stage to show in full; by default the
    one that holds it back.

    At most five queries, whatever the size of the programme.
    """
    days, rows, earlier_on, earlier = _read(Score.objects.filter(programme=programme), until)
    own = list(Anchors.objects.filter(programme=programme)) if rows else []
    broken = first_break((points_of(rows, stage.slug) for stage in stages()), TARGET)
    tiles = [_tile(stage, rows, place == broken, earlier_on, earlier) for place, stage in enumerate(stages())]
    chosen = next((stage for stage in stages() if stage.slug == stage_slug), None) or _first_choice(tiles)
    return Health(
        programme=programme,
        as_of_on=days[-1] if days else None,
        headline=_headline(tiles, broken),
        tiles=tiles,
        chosen=chosen,
        groups=[_group(row, rows, own) for row in categories(chosen.slug)] if rows else [],
        drill_down=drill_down(programme, rows, broken),
        days=days,
        rows=rows,
    )


@dataclass(frozen=True)
class InstitutionHealth:
    """The five stages of an institution; `programmes` running ones stand behind them."""

    as_of_on: date | None
    tiles: list[Tile]
    programmes: int


def institution_health(institution: Institution) -> InstitutionHealth:
    """The newest scores of an institution, each with its interval. Three queries."""
    days, rows, earlier_on, earlier = _read(Score.objects.filter(institution=institution, programme=None))
    broken = first_break((points_of(rows, stage.slug) for stage in stages()), TARGET)
    tiles = []
    for place, stage in enumerate(stages()):
        tile = _tile(stage, rows, place == broken, earlier_on, earlier)
        row = rows.get((stage.slug, "both"))
        told = [part for part in (_interval(row.inputs) if row and row.value is not None else "", tile.trend) if part]
        tiles.append(replace(tile, trend=" · ".join(told)))
    behind = max((row.inputs.get("of", 0) for row in rows.values() if row.code in BY_CODE), default=0)
    return InstitutionHealth(days[-1] if days else None, tiles, behind)


Earlier = dict[str, tuple[float | None, int]]
"""Stage -> its value and how many relationships stood behind it."""


def _read(scores: Any, until: date | None = None) -> tuple[list[date], Rows, date | None, Earlier]:
    """The days of which there are scores, the oldest first; the rows of the newest; the last day two weeks before, and its
    stages. Every computation writes a row for the first stage. Three queries."""
    first = scores.filter(component=stages()[0].slug, code="both").order_by("as_of_on")
    days = [day for day in first.values_list("as_of_on", flat=True) if until is None or day <= until]
    if not days:
        return [], {}, None, {}
    rows = {(row.component, row.code): row for row in scores.filter(as_of_on=days[-1])}
    on = next((day for day in reversed(days) if day <= days[-1] - TREND_OVER), None)
    return days, rows, on, _earlier(scores, on, rows) if on else {}


def _earlier(scores: Any, on: date, rows: Rows) -> Earlier:
    """The stages on an earlier day; without those in which an indicator was measured in another way then."""
    before = list(scores.filter(as_of_on=on).only("component", "code", "value", "n", "version", "anchors_version"))
    changed = {stage_of(row.component).slug for row in before if measured_otherwise(row, rows)}
    slugs = {stage.slug for stage in stages()} - changed
    return {row.component: (row.value, row.n) for row in before if row.component in slugs and row.code == "both"}


def measured_otherwise(before: Score, rows: Rows) -> bool:
    """Whether a figure was computed with another formula or other anchors than the same one in `rows`."""
    now = rows.get((before.component, before.code))
    return now is not None and (now.version, now.anchors_version) != (before.version, before.anchors_version)


def _first_choice(tiles: list[Tile]) -> Stage:
    for wanted in (lambda tile: tile.holds_back, lambda tile: tile.score is not None):
        for tile in tiles:
            if wanted(tile):
                return tile.stage
    return tiles[0].stage


def _tile(stage: Stage, rows: Rows, holds_back: bool, earlier_on: date | None, earlier: Earlier) -> Tile:
    row = rows.get((stage.slug, "both"))
    if row is None or row.value is None:
        state = row.state if row else "too_early"
        return Tile(stage, None, None, str(words.STATES[state]), "", holds_back=False)
    if holds_back:
        line = _("First break")
    elif row.value < TARGET:
        line = _("Under target %(target)s") % {"target": localise(TARGET)}
    else:
        line = _("On target")
    trend = []
    if earlier_on is not None and stage.slug not in earlier:
        trend.append(_("measured otherwise than on %(day)s") % {"day": format_day(earlier_on, year=False)})
    elif (change := _change(row, earlier)) is not None and earlier_on is not None:
        trend.append(_trend(change, earlier_on))
    measured, of = row.inputs.get("measured"), row.inputs.get("of")
    if measured != of:
        trend.append(_("%(n)s of %(of)s measured") % {"n": localise(measured), "of": localise(of)})
    ends = [whole(row.inputs.get(end)) for end in ("low", "high")]
    return Tile(stage, round(row.value), row.n, line, " · ".join(trend), holds_back, *ends)


def _change(row: Score, earlier: Earlier) -> float | None:
    """Points since the earlier day; None where too few people came or went between the two to be named."""
    before, n = earlier.get(row.component, (None, 0))
    if before is None or row.value is None or not may_compare(PAIR * n, PAIR * row.n):
        return None
    return row.value - before


def _trend(change: float, since: date) -> str:
    day = format_day(since, year=False)
    if abs(change) < 1:
        return _("steady since %(day)s") % {"day": day}
    sign = "▲" if change > 0 else "▼"
    return _("%(sign)s %(n)s since %(day)s") % {"sign": sign, "n": localise(round(abs(change))), "day": day}


def _headline(tiles: list[Tile], broken: int | None) -> str:
    measured = [tile for tile in tiles if tile.score is not None]
    if not measured:
        return _("It is too early to say how this programme stands")
    if broken is None:
        weakest = min(measured, key=lambda tile: tile.score or 0)
        return _("On target; weakest at present: %(stage)s") % {"stage": weakest.stage.name(get_language())}
    return {
        "causal": _("Planning and matching hold this programme back"),
        "contextual": _("The platform and its tools hold this programme back"),
        "intervening": _("Relationships hold this programme back"),
        "strategy": _("Skills hold this programme back"),
        "consequence": _("The way there holds; the outcomes are not there yet"),
    }[tiles[broken].stage.slug]


def _group(category: Category, rows: Rows, own: list[Anchors]) -> Group:
    row = rows.get((category.slug, "both"))
    state = row.state if row else "too_early"
    score = whole(row.value) if row else None
    line = "" if score is not None else _no_category(state, row)
    return Group(
        category,
        category.name(get_language()),
        score,
        line,
        row.n if row else 0,
        _interval(row.inputs) if row else "",
        [_part(component, rows, own) for component in category.components],
    )


def _no_category(state: str, row: Score | None) -> str:
    measured = row.inputs.get("measured", 0) if row else 0
    if measured == 1:
        return _("1 of 3 components is measured; a category needs 2.")
    return str(words.STATES[state])


def _interval(inputs: dict[str, Any]) -> str:
    if "low" not in inputs:
        return ""
    return _("95%% interval %(low)s–%(high)s") % {
        "low": localise(round(inputs["low"])),
        "high": localise(round(inputs["high"])),
    }


def _part(component: Component, rows: Rows, own: list[Anchors]) -> Part:
    happens, said, both = (rows.get((component.slug, facet)) for facet in ("behaviour", "perception", "both"))
    return Part(
        component=component,
        name=component.name(get_language()),
        score=whole(both.value) if both else None,
        behaviour=whole(happens.value) if happens else None,
        perception=whole(said.value) if said else None,
        no_behaviour=str(words.STATES[happens.state if happens else "too_early"]),
        no_perception=_not_said(said),
        gap=_gap(both.inputs.get("gap")) if both else "",
        voices=_voices(said),
        evidence=[
            _evidence(indicator, rows[component.slug, indicator.code], own)
            for indicator in ALL
            if indicator.component == component.slug and (component.slug, indicator.code) in rows
        ],
    )


def _not_said(row: Score | None) -> str:
    if row is not None and row.state == "suppressed":
        return str(words.STATES["suppressed"])
    return _("nobody was asked yet")


def _gap(points: float | None) -> str:
    if points is None or abs(points) <= GAP_FLAG:
        return ""
    n = localise(round(abs(points)))
    if points < 0:
        return _("A gap of %(n)s: people feel better about it than what happens would suggest.") % {"n": n}
    return _("A gap of %(n)s: more happens than people feel.") % {"n": n}


def _voices(row: Score | None) -> str:
    """Who said it: both roles where each has at least five people."""
    if row is None or row.value is None:
        return ""
    inputs = row.inputs
    if "mentor" not in inputs:
        people = {"n": localise(inputs.get("people", row.n))}
        if inputs.get("only") == "mentor":
            return _("Answers of %(n)s mentors; of mentees fewer than five have answered.") % people
        return _("Answers of %(n)s mentees; of mentors fewer than five have answered.") % people
    said = _(
        "Mentors %(mentor)s (n %(mentors)s), mentees %(mentee)s (n %(mentees)s), each with their newest answers."
    ) % {
        "mentor": localise(round(inputs["mentor"])),
        "mentee": localise(round(inputs["mentee"])),
        "mentors": localise(inputs["mentors"]),
        "mentees": localise(inputs["mentees"]),
    }
    return f"{said} {_of_one_statement(inputs.get('single_item', 0))}".strip()


def _of_one_statement(n: int) -> str:
    """How many answers are single items, as short forms ask them; fewer than five are not counted out."""
    if n < K:
        return _("Some answers rest on one statement alone, as short forms ask.") if n else ""
    return _("%(n)s answers rest on one statement alone, as short forms ask.") % {"n": localise(n)}


def _evidence(indicator: Indicator, row: Score, own: list[Anchors]) -> Evidence:
    inputs, indicator = row.inputs, with_version(indicator, row.anchors_version, own)
    if row.value is None:
        return Evidence(indicator, None, words.why_no_number(indicator, row.state), 0, _anchors(indicator), "", "", "")
    span = _("%(start)s to %(end)s") % {
        "start": format_day(date.fromisoformat(inputs["from"])),
        "end": format_day(date.fromisoformat(inputs["to"])),
    }
    return Evidence(
        indicator,
        round(row.value),
        words.meaning(indicator, inputs["raw"]),
        row.n,
        _anchors(indicator),
        span,
        _counted(indicator, inputs),
        _interval(inputs),
        _("%(share)s below 50") % {"share": percent(inputs["below_50"])} if "below_50" in inputs else "",
    )


def _anchors(indicator: Indicator) -> str:
    return words.anchors(indicator) if indicator.compute else ""


def _counted(indicator: Indicator, inputs: dict[str, Any]) -> str:
    """The sums behind a share or a waiting time; other figures say enough with their n."""
    top, bottom = inputs.get("numerator"), inputs.get("denominator")
    if bottom is None or indicator.unit not in ("share", "days", "hours", "stars"):
        return ""
    if top is None or top == bottom or indicator.unit == "stars":
        return ngettext("from %(n)s record", "from %(n)s records", round(bottom)) % {"n": words.number(bottom)}
    return _("%(top)s of %(bottom)s") % {"top": words.number(top), "bottom": words.number(bottom)}
