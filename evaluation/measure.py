"""From facts to scores: every indicator for every unit, then components, categories and stages with their intervals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from evaluation.anchors import indicators_of
from evaluation.disclosure import K
from evaluation.facts import Facts
from evaluation.indicators import Figures, Indicator
from evaluation.perception import Perception, perception
from evaluation.statistics.rollup import (
    COMPONENTS_FOR_CATEGORY,
    NOT_MEASURED,
    SCORED,
    SUPPRESSED,
    TOO_EARLY,
    behaviour,
    draws,
    interval,
    mean_of,
    resampled_means,
    state_of,
)
from evaluation.statistics.scoring import Floats
from paradigm.model import categories, components, stages

DRAWS, CHUNK = 1000, 100
FACETS = ("behaviour", "perception", "both")


@dataclass
class Result:
    """One indicator over the whole programme. `scores`: per unit, NaN where not scored."""

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


def results(facts: Facts) -> list[Result]:
    """Every indicator of the registry, measured or not, with the programme's value where five people stand behind it."""
    return [_result(facts, indicator) for indicator in indicators_of(facts.programme, facts.today)]


def _result(facts: Facts, indicator: Indicator) -> Result:
    if indicator.compute is None:
        return Result(indicator, indicator.state)
    figures = indicator.compute(facts)
    scores = np.where(figures.enough, indicator.score(figures.raw), np.nan)
    n = int(figures.enough.sum())
    if indicator.per == "G":
        people, n = figures.people, int(figures.denominator[0])
    else:
        people = _people_behind(facts, indicator, figures)
    result = Result(indicator, SCORED, figures, scores, np.nan, n, people)
    if not figures.enough.any():
        result.state = TOO_EARLY if TOO_EARLY in figures.missing or not figures.missing else NOT_MEASURED
    elif people is not None and people < K:
        result.state = SUPPRESSED
    else:
        result.value = float(np.nanmean(scores))
    return result


def _people_behind(facts: Facts, indicator: Indicator, figures: Figures) -> int:
    if indicator.per == "P":
        return len(set(facts.people.person[figures.enough].tolist()))
    return len(set(facts.members.person[figures.enough[facts.members.pair]].tolist()))


class Board:
    """All scores of a programme at one moment."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.results = results(facts)
        self.said: Perception = perception(facts)
        self.parts = components()
        self.groups = categories()
        self.order = stages()
        self._members: dict[str, list[int]] = {part.slug: [] for part in self.parts}
        for place, result in enumerate(self.results):
            self._members[result.indicator.component].append(place)
        self.means = np.array([result.value for result in self.results], dtype=float)
        self.told = self._told()
        self.rolled = self._roll(self.means, self.told)
        self.intervals = self._intervals()

    def _told(self) -> Floats:
        """What people say per component: the mean of what mentors and mentees say. The two are published, so the mean must
        not say more than they do; that of the relationships would."""
        return mean_of(np.stack([mean_of(side.T) for side in self.said.by_role], axis=-1))

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

    def _intervals(self) -> dict[tuple[str, str], tuple[float, float]]:
        """95 % percentile intervals, (slug or code, facet) -> (low, high), resampling relationships; people go with theirs."""
        size = len(self.facts.pairs)
        if size < 2:
            return {}
        means, told = zip(*(self._draw(chunk) for chunk in range(DRAWS // CHUNK)), strict=True)
        drawn, said = np.concatenate(means), np.concatenate(told)
        found: dict[tuple[str, str], tuple[float, float]] = {}
        for place, result in enumerate(self.results):
            if result.indicator.per == "R" and (ends := interval(drawn[:, place])) is not None:
                found[result.indicator.code, "behaviour"] = ends
        rolled = self._roll(drawn, said)
        levels = ((self.parts, rolled.components), (self.groups, rolled.categories), (self.order, rolled.stages))
        for rows, by_facet in levels:
            for facet, values in by_facet.items():
                for place, row in enumerate(rows):
                    if (ends := interval(values[:, place])) is not None:
                        found[row.slug, facet] = ends
        return found

    def _draw(self, chunk: int) -> tuple[Floats, Floats]:
        facts = self.facts
        weights = draws(len(facts.pairs), CHUNK, seed=chunk + 1)
        means = np.broadcast_to(self.means, (CHUNK, len(self.results))).copy()
        for per, by in (("R", weights), ("P", self._weights_of_people(weights))):
            places = [
                place
                for place, result in enumerate(self.results)
                if result.state == SCORED and result.indicator.per == per
            ]
            if places:
                means[:, places] = resampled_means(by, np.stack([self.results[p].scores for p in places], axis=1))
        alone = np.ones((CHUNK, self.said.by_role.shape[1] - len(facts.pairs)))
        rows = np.hstack((weights, alone))
        told = mean_of(np.stack([resampled_means(rows, side) for side in self.said.by_role], axis=-1))
        return means, np.where(np.isnan(self.told), np.nan, told)

    def _weights_of_people(self, weights: Floats) -> Floats:
        """A person is drawn as often as their relationships are; somebody without one stands once."""
        members, size = self.facts.members, len(self.facts.people)
        ones = np.ones(len(members.pair))
        belongs = csr_array((ones, (members.enrolment, members.pair)), shape=(size, len(self.facts.pairs)))
        by = np.asarray((belongs @ weights.T).T)
        by[:, np.bincount(members.enrolment, minlength=size) == 0] = 1.0
        return by

    def wholes(self) -> Iterable[Whole]:
        """Components, categories and stages in each facet, with state, n and evidence."""
        seen: dict[str, Any] = self._seen()
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
        asked = self.said.asked[place]
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
            return {"measured": sum(r.state == SCORED for r in chosen), "of": len(chosen)}
        mentors, mentees = self.said.people[place]
        if np.isnan(told):
            return {}
        if not mentors or not mentees:
            return {"people": len(mentors | mentees), "only": "mentee" if mentees else "mentor"}
        by_role = [round(float(np.nanmean(self.said.by_role[side][:, place])), 2) for side in (0, 1)]
        return {
            "people": len(mentors | mentees),
            "mentor": by_role[0],
            "mentee": by_role[1],
            "mentors": len(mentors),
            "mentees": len(mentees),
            "single_item": self.said.single[place],
        }

    def _seen(self) -> dict[str, int]:
        """How many relationships stand behind each component, category and stage; people where there is none."""
        size, said = len(self.facts.pairs), self.said.scores
        by_part: dict[str, Any] = {}
        else_n: dict[str, int] = {}
        for place, part in enumerate(self.parts):
            there = np.zeros(size, dtype=bool)
            if not np.isnan(self.told[place]):
                there |= ~np.isnan(said[:size, place])
            chosen = [self.results[p] for p in self._members[part.slug] if self.results[p].state == SCORED]
            for result in chosen:
                if result.indicator.per == "R":
                    there |= ~np.isnan(result.scores)
            by_part[part.slug] = there
            else_n[part.slug] = max((result.n for result in chosen), default=0)
        for group in self.groups:
            slugs = [part.slug for part in group.components]
            by_part[group.slug] = np.any([by_part[slug] for slug in slugs], axis=0)
            else_n[group.slug] = max(else_n[slug] for slug in slugs)
        for stage in self.order:
            slugs = [group.slug for group in self.groups if group.stage == stage.slug]
            by_part[stage.slug] = np.any([by_part[slug] for slug in slugs], axis=0)
            else_n[stage.slug] = max(else_n[slug] for slug in slugs)
        return {slug: int(there.sum()) or else_n[slug] for slug, there in by_part.items()}


def bounded(value: float) -> float:
    return round(float(np.clip(value, 0.0, 100.0)), 4)
