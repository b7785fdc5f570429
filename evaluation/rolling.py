"""From the scores of indicators, and what people say, to components, categories and stages."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evaluation.indicators import Figures, Indicator
from evaluation.statistics.rollup import (
    COMPONENTS_FOR_CATEGORY,
    NOT_APPLICABLE,
    NOT_MEASURED,
    SCORED,
    SUPPRESSED,
    behaviour,
    interval,
    mean_of,
    state_of,
)
from evaluation.statistics.scoring import Floats
from paradigm.model import categories, components, stages

FACETS = ("behaviour", "perception", "both")


@dataclass
class Result:
    """One indicator over a whole programme or institution. `scores`: per unit, NaN where not scored."""

    indicator: Indicator
    state: str
    figures: Figures | None = None
    scores: Floats = field(default_factory=lambda: np.empty(0))
    value: float = np.nan
    n: int = 0
    people: int | None = None


@dataclass(frozen=True)
class Whole:
    """A component, category or stage in one facet."""

    slug: str
    facet: str
    state: str
    value: float | None
    n: int
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Rolled:
    """Scores of components, categories and stages in the three facets; the last axis follows the model."""

    components: dict[str, Floats]
    categories: dict[str, Floats]
    stages: dict[str, Floats]


class Rollup(ABC):
    """Scores of a programme or an institution at one moment. `told`: what people say per component, NaN where it is hidden."""

    def __init__(self, results: Sequence[Result], told: Floats) -> None:
        self.results = list(results)
        self.told = told
        self.parts = components()
        self.groups = categories()
        self.order = stages()
        self._members: dict[str, list[int]] = {part.slug: [] for part in self.parts}
        for place, result in enumerate(self.results):
            self._members[result.indicator.component].append(place)
        self.means = np.array([result.value for result in self.results], dtype=float)
        self.rolled = self._roll(self.means, self.told)
        self.intervals: dict[tuple[str, str], tuple[float, float]] = {}

    @abstractmethod
    def asked(self, place: int) -> bool:
        """Whether anybody answered about this component, shown or not."""

    @abstractmethod
    def voices(self, place: int) -> dict[str, Any]:
        """Who stands behind what is said about this component, where it is shown."""

    @abstractmethod
    def seen(self) -> dict[str, int]:
        """How many relationships stand behind each component, category and stage; people where there is none."""

    def _roll(self, means: Floats, told: Floats) -> Rolled:
        """Roll up along the last axis; leading axes are bootstrap draws."""
        happens = np.stack([self._behaviour(means, part.slug) for part in self.parts], axis=-1)
        both = mean_of(np.stack((happens, told), axis=-1))
        by_facet = {"behaviour": happens, "perception": told, "both": both}
        at_category = {facet: self._categories(values) for facet, values in by_facet.items()}
        return Rolled(by_facet, at_category, {facet: self._stages(values) for facet, values in at_category.items()})

    def _behaviour(self, means: Floats, slug: str) -> Floats:
        places = self._members[slug]
        chosen = [self.results[place] for place in places]
        weights = [result.indicator.weight for result in chosen]
        applies = [result.state != "not_applicable" for result in chosen]
        return behaviour(means[..., places], weights, applies)

    def _categories(self, values: Floats) -> Floats:
        columns = [
            [place for place, part in enumerate(self.parts) if part.category == group.slug] for group in self.groups
        ]
        return np.stack([mean_of(values[..., each], COMPONENTS_FOR_CATEGORY) for each in columns], axis=-1)

    def _stages(self, values: Floats) -> Floats:
        columns = [[place for place, group in enumerate(self.groups) if group.stage == s.slug] for s in self.order]
        return np.stack([mean_of(values[..., each]) for each in columns], axis=-1)

    def _ends(self, drawn: Floats, said: Floats) -> dict[tuple[str, str], tuple[float, float]]:
        """95 % percentile intervals, (slug, facet) -> (low, high), from bootstrap draws of indicators and of what is said."""
        found: dict[tuple[str, str], tuple[float, float]] = {}
        rolled = self._roll(drawn, said)
        levels = ((self.parts, rolled.components), (self.groups, rolled.categories), (self.order, rolled.stages))
        for rows, by_facet in levels:
            for facet, values in by_facet.items():
                for place, row in enumerate(rows):
                    if (ends := interval(values[:, place])) is not None:
                        found[row.slug, facet] = ends
        return found

    def wholes(self) -> Iterable[Whole]:
        """Components, categories and stages in each facet, with state, n and evidence."""
        seen = self.seen()
        states: dict[tuple[str, str], str] = {}
        for place, part in enumerate(self.parts):
            for facet in FACETS:
                value = self.rolled.components[facet][place]
                states[part.slug, facet] = state_of(self._part_states(part.slug, place, facet), not np.isnan(value))
                inputs = self._component_inputs(place, facet)
                yield self._whole(part.slug, facet, states[part.slug, facet], value, seen[part.slug], inputs)
        below: tuple[tuple[Any, Any, dict[str, Floats]], ...] = (
            (self.groups, lambda row: [p.slug for p in row.components], self.rolled.categories),
            (self.order, lambda row: [g.slug for g in self.groups if g.stage == row.slug], self.rolled.stages),
        )
        for rows, parts_of, values in below:
            for place, row in enumerate(rows):
                for facet in FACETS:
                    parts = [states[slug, facet] for slug in parts_of(row)]
                    value = values[facet][place]
                    states[row.slug, facet] = state_of(parts, not np.isnan(value))
                    inputs = {"measured": parts.count(SCORED), "of": len(parts)}
                    yield self._whole(row.slug, facet, states[row.slug, facet], value, seen[row.slug], inputs)

    def _whole(self, slug: str, facet: str, state: str, value: float, n: int, inputs: dict[str, Any]) -> Whole:
        if state != SCORED:
            return Whole(slug, facet, state, None, 0, {} if state == SUPPRESSED else inputs)
        if ends := self.intervals.get((slug, facet)):
            inputs = {**inputs, "low": round(ends[0], 2), "high": round(ends[1], 2)}
        return Whole(slug, facet, state, bounded(value), n, inputs)

    def _part_states(self, slug: str, place: int, facet: str) -> list[str]:
        happens = [self.results[p].state for p in self._members[slug]]
        asked = self.asked(place)
        told = [NOT_MEASURED if not asked else SUPPRESSED if np.isnan(self.told[place]) else SCORED]
        if facet == "both":
            return happens + (told if asked else [])
        return happens if facet == "behaviour" else told

    def _component_inputs(self, place: int, facet: str) -> dict[str, Any]:
        happens, told = (float(self.rolled.components[each][place]) for each in ("behaviour", "perception"))
        if facet == "both":
            known = not (np.isnan(happens) or np.isnan(told))
            return {"gap": round(happens - told, 2)} if known else {}
        if facet == "behaviour":
            chosen = [self.results[p] for p in self._members[self.parts[place].slug]]
            applicable = [r for r in chosen if r.state != NOT_APPLICABLE]
            return {"measured": sum(r.state == SCORED for r in applicable), "of": len(applicable)}
        return {} if np.isnan(told) else self.voices(place)


def bounded(value: float) -> float:
    return round(float(np.clip(value, 0.0, 100.0)), 4)
