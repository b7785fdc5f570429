"""How a programme stands: stages, categories and components with their evidence, in the reader's words."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Institution
from core.dates import format_day, localise
from core.templatetags.peyvand import percent
from evaluation import words
from evaluation.anchors import Own, by_version, with_version
from evaluation.charts import TARGET
from evaluation.disclosure import K
from evaluation.indicators import ALL, BY_CODE, Indicator
from evaluation.models import Anchors, Score
from evaluation.queries.beside import Before, Beholder, Beside, before
from evaluation.queries.history import beside_each_other
from evaluation.queries.upstream import DrillDown, Rows, drill_down, points_of, whole
from evaluation.statistics.rollup import first_break
from evaluation.statistics.scoring import GAP_FLAG
from mentoring.planning.models import Programme
from paradigm.model import Category, Component, Stage, categories, stages

TREND_OVER = timedelta(days=14)


@dataclass(frozen=True)
class Tile:
    """One stage: whole points, or None and why."""

    stage: Stage
    score: int | None
    line: str
    holds_back: bool
    beside: Beside


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
    beside: Beside

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
    beside: Beside
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

    At most four queries, whatever the size of the programme.
    """
    own = list(Anchors.objects.filter(programme=programme))
    days, rows, then = _read(Score.objects.filter(programme=programme), by_version(own), until)
    who = Beholder(rows, then)
    broken = first_break((points_of(rows, stage.slug) for stage in stages()), TARGET)
    tiles = [_tile(stage, who, place == broken) for place, stage in enumerate(stages())]
    chosen = next((stage for stage in stages() if stage.slug == stage_slug), None) or _first_choice(tiles)
    return Health(
        programme=programme,
        as_of_on=days[-1] if days else None,
        headline=_headline(tiles, broken),
        tiles=tiles,
        chosen=chosen,
        groups=[_group(row, who, own) for row in categories(chosen.slug)] if rows else [],
        drill_down=drill_down(programme, rows, broken, until),
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
    """The newest scores of an institution, each with its interval. Two queries."""
    days, rows, then = _read(Score.objects.filter(institution=institution, programme=None), {})
    broken = first_break((points_of(rows, stage.slug) for stage in stages()), TARGET)
    who = Beholder(rows, then, _("the same programmes and their relationships"))
    tiles = [_tile(stage, who, place == broken) for place, stage in enumerate(stages())]
    behind = max((row.inputs.get("of", 0) for row in rows.values() if row.code in BY_CODE), default=0)
    return InstitutionHealth(days[-1] if days else None, tiles, behind)


def _read(scores: Any, own: Own, until: date | None = None) -> tuple[list[date], Rows, Before]:
    """The days of which there are scores, the oldest first; the rows of the newest; the last day two weeks before. Every
    computation writes a row for the first stage. Two queries; of an earlier day more, and only what may stand beside the newest
    and the other fixed days."""
    first = scores.filter(component=stages()[0].slug, code="both").order_by("as_of_on")
    every = list(first.values_list("as_of_on", flat=True))
    days = [day for day in every if until is None or day <= until]
    if not days:
        return [], {}, Before()
    on = next((day for day in reversed(days) if day <= days[-1] - TREND_OVER), None) if days == every else None
    found: dict[date, list[Score]] = {days[-1]: []}
    for row in scores.filter(as_of_on__in=[days[-1], on or days[-1]]):
        found.setdefault(row.as_of_on, []).append(row)
    rows = {(row.component, row.code): row for row in found[days[-1]]}
    if days != every:
        beside_each_other(found[days[-1]])
    return days, rows, before(on, found.get(on, []), rows, own) if on else Before()


def _first_choice(tiles: list[Tile]) -> Stage:
    for wanted in (lambda tile: tile.holds_back, lambda tile: tile.score is not None):
        for tile in tiles:
            if wanted(tile):
                return tile.stage
    return tiles[0].stage


def _tile(stage: Stage, who: Beholder, holds_back: bool) -> Tile:
    row, beside = who.rows.get((stage.slug, "both")), who.of_stage(stage)
    if row is None or row.value is None:
        state = row.state if row else "too_early"
        return Tile(stage, None, str(words.STATES[state]), False, beside)
    if holds_back:
        line = _("First break")
    elif row.value < TARGET:
        line = _("Under target %(target)s") % {"target": localise(TARGET)}
    else:
        line = _("On target")
    return Tile(stage, round(row.value), line, holds_back, beside)


def _headline(tiles: list[Tile], broken: int | None) -> str:
    measured = [tile for tile in tiles if tile.score is not None]
    if not measured:
        return _("It is too early to say how this programme stands")
    if len(measured) == 1:
        told = {"stage": measured[0].stage.name(get_language())}
        if broken is None:
            return _("Only one stage is measured so far, and it is on target: %(stage)s") % told
        return _("Only one stage is measured so far, and it is under target: %(stage)s") % told
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


def _group(category: Category, who: Beholder, own: list[Anchors]) -> Group:
    row = who.rows.get((category.slug, "both"))
    state = row.state if row else "too_early"
    score = whole(row.value) if row else None
    line = "" if score is not None else _no_category(state, row)
    return Group(
        category,
        category.name(get_language()),
        score,
        line,
        who.of_category(category),
        [_part(component, who, own) for component in category.components],
    )


def _no_category(state: str, row: Score | None) -> str:
    measured = row.inputs.get("measured", 0) if row else 0
    if measured == 1:
        return _("1 of 3 components is measured; a category needs 2.")
    return str(words.STATES[state])


def _part(component: Component, who: Beholder, own: list[Anchors]) -> Part:
    rows = who.rows
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
        beside=who.of_component(component),
    )


def _not_said(row: Score | None) -> str:
    if row is not None and row.state == "suppressed":
        return str(words.STATES["suppressed"])
    return _("nobody has answered yet")


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
        words.meaning(indicator, inputs),
        row.n,
        _anchors(indicator),
        span,
        _counted(indicator, inputs),
        words.interval(inputs),
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
