"""From facts to scores: every indicator for every unit of a programme, and its components, categories and stages."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from evaluation.anchors import indicators_of
from evaluation.disclosure import K
from evaluation.facts import Facts
from evaluation.indicators import Figures, Indicator
from evaluation.perception import perception
from evaluation.rolling import Result, Rollup
from evaluation.statistics.rollup import (
    NOT_MEASURED,
    SCORED,
    SUPPRESSED,
    TOO_EARLY,
    draws,
    interval,
    mean_of,
    resampled_means,
)
from evaluation.statistics.scoring import Floats

DRAWS, CHUNK = 1000, 100


def results(facts: Facts, indicators: Iterable[Indicator]) -> list[Result]:
    """These indicators, measured or not, with the programme's value where five people stand behind it."""
    return [_result(facts, indicator) for indicator in indicators]


def of_units(facts: Facts, indicators: Iterable[Indicator]) -> list[Result]:
    """These indicators of every unit, where they are computed, without what a programme makes of them."""
    found = []
    for indicator in indicators:
        if indicator.compute is not None:
            figures = indicator.compute(facts)
            found.append(Result(indicator, SCORED, figures, _scores(indicator, figures)))
    return found


def _scores(indicator: Indicator, figures: Figures) -> Floats:
    return np.where(figures.enough, indicator.score(figures.raw), np.nan)


def of_each_person(indicators: Iterable[Indicator]) -> list[Indicator]:
    """Of indicators of relationships or of the programme those that are measured of each person besides: these."""
    return [replace(each, per="P", compute=each.of_person, of_all=None) for each in indicators if each.of_person]


def _result(facts: Facts, indicator: Indicator) -> Result:
    if indicator.compute is None:
        return Result(indicator, indicator.state)
    figures = (indicator.of_all or indicator.compute)(facts)
    scores = _scores(indicator, figures)
    n = int(figures.enough.sum())
    if indicator.per == "G":
        people, n = figures.people, int(figures.denominator[0])
    else:
        people = _people_behind(facts, indicator, figures) if figures.people is None else figures.people
    result = Result(indicator, SCORED, figures, scores, np.nan, n, people)
    if not figures.enough.any() and indicator.of_all and indicator.compute(facts).enough.any():
        result.state = SUPPRESSED
    elif not figures.enough.any():
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


class Board(Rollup):
    """All scores of a programme at one moment."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.said = perception(facts)
        self.indicators = indicators_of(facts.programme, facts.today)
        super().__init__(results(facts, self.indicators), self._told())
        self.intervals = self._intervals()

    @property
    def kept(self) -> list[Result]:
        """What is kept of single relationships and people: more than what enters the programme's scores."""
        of_both = [result for result in self.results if result.indicator.of_all is None]
        apart = [indicator for indicator in self.indicators if indicator.of_all is not None]
        return of_both + of_units(self.facts, apart + of_each_person(self.indicators))

    def _told(self) -> Floats:
        """What people say per component: the mean of what mentors and mentees say. The two are published, so the mean must
        not say more than they do; that of the relationships would."""
        return mean_of(np.stack([mean_of(side.T) for side in self.said.by_role], axis=-1))

    @cached_property
    def drawn(self) -> tuple[Floats, Floats]:
        """What the indicators, and what people say, would have been for a thousand other draws of as many relationships."""
        means, told = zip(*(self._draw(chunk) for chunk in range(DRAWS // CHUNK)), strict=True)
        return np.concatenate(means), np.concatenate(told)

    def _intervals(self) -> dict[tuple[str, str], tuple[float, float]]:
        """95 % percentile intervals, (slug or code, facet) -> (low, high), resampling relationships; people go with theirs."""
        if len(self.facts.pairs) < 2:
            return {}
        drawn, said = self.drawn
        found = self._ends(drawn, said)
        for place, result in enumerate(self.results):
            if result.indicator.per == "R" and (ends := interval(drawn[:, place])) is not None:
                found[result.indicator.code, "behaviour"] = ends
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

    def asked(self, place: int) -> bool:
        return self.said.asked[place]

    def voices(self, place: int) -> dict[str, Any]:
        mentors, mentees = self.said.people[place]
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

    def seen(self) -> dict[str, int]:
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
