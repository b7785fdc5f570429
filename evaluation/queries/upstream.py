"""From a weak outcome back to the conditions that come before it, the most promising first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from core.dates import localise
from evaluation.charts import TARGET
from evaluation.models import Score, Study, StudyResult
from evaluation.plan import last_minute
from evaluation.statistics.rollup import priority
from evaluation.studies.plans import COMPONENT_OF
from evaluation.words import decimals
from mentoring.planning.models import Programme
from paradigm.model import Component, Stage, components, stage_of, stages

Rows = dict[tuple[str, str], Score]


@dataclass(frozen=True)
class Path:
    """How much an outcome goes with a condition: a standardised path, and the study of the programme that found it."""

    estimate: float
    study: Study

    @property
    def shown(self) -> str:
        return decimals(self.estimate)


@dataclass(frozen=True)
class Upstream:
    """A measured condition under target that comes before the outcomes. `path`: None where none is known, which counts as 1."""

    component: Component
    name: str
    stage: Stage
    score: int
    priority: float
    path: Path | None

    @property
    def goes_against(self) -> bool:
        """Whether it went with less of the outcome, not more, in a study of the programme."""
        return self.path is not None and self.path.estimate < 0


@dataclass(frozen=True)
class DrillDown:
    """From weak outcomes back to what is under target before them: `rows` are the most promising, `against` what went with less
    of an outcome. `measure_first`: so little is measured upstream that this comes first; `unmeasured`: what that is."""

    weak: list[str]
    rows: list[Upstream]
    against: list[Upstream]
    measure_first: bool
    unmeasured: list[str]
    first_break: Stage | None


def points_of(rows: Rows, slug: str, facet: str = "both") -> float | None:
    row = rows.get((slug, facet))
    return None if row is None else row.value


def whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def drill_down(programme: Programme, rows: Rows, broken: int | None, until: date | None = None) -> DrillDown | None:
    """If a consequence is under target: measured earlier components under target, the most promising first; and whether so
    little is measured upstream that measuring comes first (under half). By what was known on the day `until`. One query where
    one is."""
    last = stages()[-1].slug
    weak = [part for part in components() if stage_of(part.slug).slug == last and _is_weak(rows, part)]
    if not weak:
        return None
    before = [part for part in components() if stage_of(part.slug).slug != last]
    unmeasured = [part for part in before if points_of(rows, part.slug) is None]
    paths = paths_to(programme, [part.slug for part in weak], until)
    found = [_upstream(rows, part, paths.get(part.slug)) for part in before if _is_weak(rows, part)]
    return DrillDown(
        weak=[_with_points(rows, part) for part in weak],
        rows=sorted((row for row in found if not row.goes_against), key=lambda row: -row.priority)[:3],
        against=[row for row in found if row.goes_against],
        measure_first=2 * len(unmeasured) > len(before),
        unmeasured=[part.name(get_language()) for part in unmeasured],
        first_break=None if broken is None or stages()[broken].slug == last else stages()[broken],
    )


def paths_to(programme: Programme, outcomes: Sequence[str], until: date | None = None) -> Mapping[str, Path]:
    """Component -> its strongest standardised path to one of these outcomes, by the newest results of the programme's studies
    (those made by the day `until`): of at least 150 relationships, and with an interval that holds no 0. One query."""
    results = StudyResult.objects.filter(
        study__programme=programme, study__kind=Study.Kind.PATH, made_at__isnull=False
    ).select_related("study")
    if until is not None:
        results = results.filter(made_at__lte=last_minute(until))
    newest = {result.study_id: result for result in results.order_by("made_at", "pk")}
    found: dict[str, Path] = {}
    for result in newest.values():
        for row in result.content["analyses"]:
            if row["outcome"] not in outcomes or row.get("weak", True):
                continue
            for code, estimate, low, high in row.get("paths", ()):
                slug = COMPONENT_OF.get(code, code)
                stronger = slug not in found or abs(estimate) > abs(found[slug].estimate)
                if stronger and (low > 0 or high < 0):
                    found[slug] = Path(estimate, result.study)
    return found


def _upstream(rows: Rows, part: Component, path: Path | None) -> Upstream:
    points = points_of(rows, part.slug) or 0.0
    worth = priority(points, _coverage(rows, part), weight=path.estimate if path else 1.0, target=TARGET)
    return Upstream(part, part.name(get_language()), stage_of(part.slug), round(points), worth, path)


def _is_weak(rows: Rows, part: Component) -> bool:
    points = points_of(rows, part.slug)
    return points is not None and points < TARGET


def _with_points(rows: Rows, part: Component) -> str:
    points = whole(points_of(rows, part.slug))
    return f"{part.name(get_language())} ({localise(points)})"


def _coverage(rows: Rows, component: Component) -> float:
    """Of everything that could speak about a component (its indicators that apply, and people): how much does."""
    happens = rows.get((component.slug, "behaviour"))
    inputs: dict[str, int] = happens.inputs if happens else {}
    said = points_of(rows, component.slug, "perception") is not None
    return (inputs.get("measured", 0) + said) / (inputs.get("of", 0) + 1)
