"""How every figure of a programme is computed, and with which anchors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from evaluation import words
from evaluation.anchors import indicators_of, with_version
from evaluation.indicators import BY_CODE, Indicator
from evaluation.models import Anchors
from mentoring.planning.models import Programme
from paradigm.model import Stage, component, stage_of, stages


@dataclass(frozen=True)
class Measured:
    """One indicator as it is measured today. `coming`: its next version, if one waits for its day."""

    indicator: Indicator
    component: str
    anchors: str
    coming: Anchors | None
    levels: str
    how: str

    @property
    def is_own(self) -> bool:
        return self.indicator.anchors_version > 1


@dataclass(frozen=True)
class StageOfIndicators:
    stage: Stage
    name: str
    rows: list[Measured]

    @property
    def computed(self) -> int:
        return sum(row.indicator.is_computed for row in self.rows)


@dataclass(frozen=True)
class Version:
    """One version of an indicator's anchors in words; version 1 has no row."""

    number: int
    anchors: str
    row: Anchors | None


def indicator_sheet(programme: Programme, day: date) -> list[StageOfIndicators]:
    """All indicators under their stages. Two queries."""
    coming = {row.code: row for row in Anchors.objects.filter(programme=programme, from_on__gt=day).order_by("version")}
    rows = [_measured(each, coming.get(each.code)) for each in indicators_of(programme, day)]
    return [
        StageOfIndicators(
            stage,
            stage.name(get_language()),
            [row for row in rows if stage_of(row.indicator.component).slug == stage.slug],
        )
        for stage in stages()
    ]


def _measured(indicator: Indicator, coming: Anchors | None) -> Measured:
    return Measured(
        indicator,
        component(indicator.component).name(get_language()),
        words.anchors(indicator) if indicator.is_computed else "",
        coming,
        " · ".join(str(words.LEVELS[level]) for level in indicator.levels),
        words.how(indicator),
    )


def versions_of(programme: Programme, code: str) -> list[Version]:
    """Every version of an indicator's anchors, the newest first. One query."""
    rows: Sequence[Anchors] = list(
        Anchors.objects.filter(programme=programme, code=code).select_related("made_by").order_by("-version")
    )
    first = BY_CODE[code]
    own = [Version(row.version, words.anchors(with_version(first, row.version, [row])), row) for row in rows]
    return [*own, Version(1, words.anchors(first), None)]
