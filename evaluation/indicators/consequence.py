"""Consequences: what came of it, and will it last?"""

from dataclasses import replace
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from evaluation.facts import DAY, MENTEE, MENTOR, Facts
from evaluation.facts.batches import let_in
from evaluation.indicators.base import (
    Figures,
    Indicator,
    by_person,
    of_members,
    of_pairs,
    of_programme,
    people_in,
    ratio,
)
from evaluation.statistics.effects import PAIRS_FOR_EFFECT, paired_g
from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.events import Ints
from evaluation.statistics.rollup import mean_of
from evaluation.statistics.scoring import Floats, goal_attainments
from evaluation.statistics.slopes import theil_sen
from evaluation.statistics.survival import share_at

MONTH = 30.44 * DAY
CLOSING = 14 * DAY
RATINGS, FOR_SLOPE = 3, (5, 60 * DAY)


def attainment(facts: Facts) -> Figures:
    return _attained(facts, *_rated(facts))


def attainment_of_all(facts: Facts) -> Figures:
    """Five relationships at a time."""
    pair, reached, at = _rated(facts)
    inside = let_in(pair, pair, at)
    return _attained(facts, pair[inside], reached[inside], at[inside])


def _rated(facts: Facts) -> tuple[Ints, Floats, Floats]:
    """Of rated goals the relationship, how far they were reached, and since when that is known."""
    rated = ~np.isnan(facts.goals["attainment"]) & ~(facts.goals["closed"] > facts.now)
    pair, reached, at = (facts.goals[name][rated] for name in ("pair", "attainment", "closed"))
    return pair, reached, np.nan_to_num(at)


def _attained(facts: Facts, pair: Ints, reached: Floats, _at: Floats) -> Figures:
    count = np.bincount(pair, minlength=len(facts.pairs)).astype(float)
    t = goal_attainments(np.bincount(pair, reached, len(facts.pairs)), count)
    return of_pairs(facts, t, count >= 1, count, count)


def own_attainment(facts: Facts) -> Figures:
    """Over the rated goals of all relationships of somebody: they are set, followed and rated together."""
    members, (pair, reached, _at) = facts.members, _rated(facts)
    size, every = len(facts.pairs), np.arange(len(facts.members.pair))
    count = by_person(facts, every, np.bincount(pair, minlength=size)[members.pair])
    total = by_person(facts, every, np.bincount(pair, reached, size)[members.pair])
    return of_members(facts, count, count, goal_attainments(total, count), count >= 1)


def session_ratings(facts: Facts) -> Figures:
    return _mean_stars(facts, facts.ratings)


def session_ratings_of_all(facts: Facts) -> Figures:
    return _mean_stars(facts, facts.ratings_let_in(RATINGS))


def _mean_stars(facts: Facts, ratings: dict[str, Any]) -> Figures:
    """Mean stars; the mean of each side first, so that neither outweighs the other."""
    size = len(facts.pairs)
    means = [
        ratio(
            np.bincount(ratings["pair"][ratings["side"] == side], ratings["stars"][ratings["side"] == side], size),
            np.bincount(ratings["pair"][ratings["side"] == side], minlength=size),
        )
        for side in (MENTOR, MENTEE)
    ]
    count = np.bincount(ratings["pair"], minlength=size)
    total = np.bincount(ratings["pair"], ratings["stars"], size)
    return _of_raters(ratings, of_pairs(facts, mean_of(np.stack(means, axis=1)), count >= RATINGS, total, count))


def _of_raters(ratings: dict[str, Any], figures: Figures) -> Figures:
    """Behind them stand those who rated, not everybody who met."""
    people = ratings["person"][figures.enough[ratings["pair"]]]
    return replace(figures, people=len(np.unique(people)))


def rating_slope(facts: Facts) -> Figures:
    return _slope(facts, facts.ratings)


def rating_slope_of_all(facts: Facts) -> Figures:
    return _slope(facts, facts.ratings_let_in(*FOR_SLOPE))


def _slope(facts: Facts, ratings: dict[str, Any]) -> Figures:
    """Theil-Sen slope of the stars, per month."""
    size = len(facts.pairs)
    order = np.lexsort((ratings["at"], ratings["pair"]))
    pair, at, stars = ratings["pair"][order], ratings["at"][order], ratings["stars"][order]
    slopes, count = np.full(size, np.nan), np.bincount(pair, minlength=size)
    ends = np.cumsum(count)
    least, span = FOR_SLOPE
    for place in np.flatnonzero(count >= least):
        part = slice(ends[place] - count[place], ends[place])
        if at[part][-1] - at[part][0] >= span:
            slopes[place] = theil_sen(stars[part], at[part] / MONTH)
    return _of_raters(ratings, of_pairs(facts, slopes, ~np.isnan(slopes), slopes, count))


def silence(facts: Facts) -> Figures:
    """Days since the last two-way contact, in agreed intervals; since the match where there was none."""
    pairs, rhythm = facts.pairs, facts.agreements.rhythm_days
    days = facts.silent / DAY
    running = ~pairs.over & ~np.isnan(rhythm) & ((facts.now - pairs.start) / DAY >= np.nan_to_num(rhythm, nan=np.inf))
    return of_pairs(facts, ratio(days, rhythm), running, days, rhythm)


def still_active(facts: Facts) -> Figures:
    """Kaplan-Meier share not ended early by the planned end; relationships concluded as planned are censored, and those whose
    planned end lies before their start say nothing. Too early until one of them has come to its end, or close to it as planned:
    past what was observed the curve says nothing."""
    pairs = facts.pairs
    length = (pairs.planned_end - pairs.start) / DAY
    planned = length > 0
    total = int(planned.sum())
    ended = planned & pairs.over & ~pairs.as_planned & (pairs.end < pairs.planned_end)
    lived = ratio(pairs.days, length)
    followed = (lived >= 1) | (pairs.over & pairs.as_planned & (pairs.planned_end - pairs.end <= CLOSING))
    share = share_at(lived[planned], ended[planned], 1.0) if total else None
    known = bool((followed & planned).any()) or share == 0
    people = people_in(facts, planned)
    return of_programme(share, total >= 20 and known, int(ended.sum()), total, people=people)


def life_after(facts: Facts) -> Figures:
    """Ended relationships whose mentor was with a mentee of theirs again, anywhere in the institution, or that met afterwards."""
    over, lasting = facts.pairs.over, facts.pairs.over & (facts.together_again | facts.met_again)
    total, went_on = int(over.sum()), int(lasting.sum())
    share, people = went_on / total if total else None, people_in(facts, over)
    return of_programme(share, total >= 10, went_on, total, people=people)


def change_on_outcome(facts: Facts) -> Figures:
    """Hedges' g of the people who answered the outcome scale before and after."""
    if facts.outcome is None:
        return of_programme(None, False, np.nan, 0, may_come=False)
    before, after = facts.outcome
    people = len(before)
    if people < PAIRS_FOR_EFFECT:
        return of_programme(None, False, np.nan, people, people=people)
    try:
        g = paired_g(before, after).value
    except StatisticsError:  # everybody alike: there is no spread to measure a change in
        return of_programme(None, False, np.nan, people, people=people, may_come=False)
    return of_programme(g, True, np.nan, people, people=people)


INDICATORS = (
    Indicator(
        "SU1",
        "support.learning",
        "R",
        "PRG",
        name=_("Goals attained"),
        means=_("Goal attainment is %(value)s on average; 50 means: as hoped."),
        how=_(
            "Goal attainment T over the rated goals of a relationship (Kiresuk and Sherman, p = 0.3). New ones count once five"
            " relationships have rated since, so that the figure tells of none alone."
        ),
        unit="points",
        kind="lin",
        anchors=(30.0, 60.0),
        minimum=_("1 rated goal in each of 5 relationships"),
        compute=attainment,
        of_all=attainment_of_all,
        version=2,
        of_person=own_attainment,
        how_of_person=_(
            "Goal attainment T over the rated goals of all your relationships here (Kiresuk and Sherman, p = 0.3)."
        ),
    ),
    Indicator(
        "SU2",
        "support.learning",
        "G",
        "G",
        name=_("Change on the outcome scale"),
        means=_(
            "Between the first and the last time they were asked, people changed by %(value)s standard deviations."
        ),
        evenly=_("Between the first and the last time they were asked, people stayed as they were."),
        how=_(
            "Hedges’ g of the same people before and after, by the spread within a wave. The outcome scale is your own"
            " questionnaire about “Improved learning”: its first and its last wave that are over, mentees where they are"
            " asked, only questions of both waves. More counts as better."
        ),
        unit="number",
        kind="lin",
        anchors=(-0.2, 0.8),
        minimum=_("20 people who answered both times"),
        compute=change_on_outcome,
        why_not=_(
            "It needs a questionnaire of your own about “Improved learning” that is asked before and after and that"
            " people do not all answer alike."
        ),
    ),
    Indicator(
        "SS1",
        "support.satisfaction",
        "R",
        "RG",
        name=_("How sessions are rated"),
        means=_("Sessions are rated %(value)s of 5 on average."),
        how=_(
            "Mean stars of each side, then the mean of both sides. New ratings count a day later, and once five people have"
            " rated since, so that the figure tells of no one’s."
        ),
        unit="stars",
        kind="lin",
        anchors=(2.0, 4.7),
        minimum=_("3 ratings in a relationship, 5 people who rated"),
        compute=session_ratings,
        of_all=session_ratings_of_all,
        version=2,
    ),
    Indicator(
        "SS2",
        "support.satisfaction",
        "R",
        "RG",
        name=_("Trend of the ratings"),
        means=_("Ratings change by %(value)s stars a month."),
        evenly=_("Ratings stay as they are from month to month."),
        how=_(
            "Theil-Sen slope of the stars over time. New ratings count a day later, and once five people have rated since, so"
            " that the figure tells of no one’s."
        ),
        unit="number",
        kind="lin",
        anchors=(-0.4, 0.2),
        minimum=_("5 ratings in a relationship over 60 days, 5 people who rated"),
        compute=rating_slope,
        of_all=rating_slope_of_all,
        version=2,
    ),
    Indicator(
        "SC1",
        "support.continuity",
        "R",
        "RG",
        name=_("Silence"),
        means=_("The last two-way contact lies %(value)s agreed intervals back."),
        how=_(
            "Days since the last answer or session, without pauses, holidays and days on which one of the two is away, over the"
            " agreed days between contacts. Less is better."
        ),
        unit="number",
        kind="lin",
        anchors=(4.0, 1.0),
        minimum=_("an agreed rhythm"),
        compute=silence,
        version=2,
    ),
    Indicator(
        "SC2",
        "support.continuity",
        "G",
        "GI",
        name=_("Lasting until the planned end"),
        means=_("%(value)s of the relationships last until their planned end."),
        how=_("Kaplan-Meier share that has not ended early at the planned end, once a relationship has come that far."),
        unit="share",
        kind="lin",
        anchors=(0.4, 0.95),
        minimum=_("20 pairs, one of them at its planned end"),
        compute=still_active,
        version=2,
    ),
    Indicator(
        "SC3",
        "support.continuity",
        "G",
        "G",
        name=_("Life after the end"),
        means=_("%(value)s of the ended relationships went on or began again."),
        how=_(
            "Ended relationships whose mentor is with the same mentee again, in any programme of the institution, or who wrote"
            " down a meeting since that both confirm, over ended relationships."
        ),
        unit="share",
        kind="lin",
        anchors=(0.0, 0.5),
        minimum=_("10 ended"),
        compute=life_after,
        version=2,
    ),
)
