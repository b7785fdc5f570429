"""Causal conditions: is the programme planned and shaped well enough to start?"""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import numpy as np
from django.utils.translation import gettext_lazy as _

from evaluation.facts import DAY, MENTEE, MENTOR, WEEK, Facts
from evaluation.facts.tables import spread
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
from evaluation.statistics.events import Bools, distinct_by
from evaluation.statistics.rollup import NOT_APPLICABLE, TOO_EARLY
from evaluation.statistics.scoring import Floats
from evaluation.statistics.survival import median_wait
from mentoring.planning.models import Programme

PROVISIONAL_DAYS, UNSIGNED_DAYS = 14, 28
PLAN_PARTS = 8
TOUCH_DAYS = WAITED_LONG_DAYS = 60


def agreement_time(facts: Facts) -> Figures:
    pairs, signed = facts.pairs, facts.agreements.signed
    waited = (np.where(np.isnan(signed), pairs.end, signed) - pairs.start) / DAY
    waited[np.isnan(signed) & pairs.over] = UNSIGNED_DAYS
    old_enough = (facts.now - pairs.start) / DAY >= PROVISIONAL_DAYS
    figures = of_pairs(facts, np.maximum(waited, 0.0), old_enough, ~np.isnan(signed), np.ones(len(pairs)))
    return replace(figures, short=2 * figures.numerator[old_enough].sum() < old_enough.sum())


def plan_completeness(facts: Facts) -> Figures:
    """What stands there from the match on counts once one version is signed by all: untouched it is nobody's plan."""
    agreements = facts.agreements
    agreed = np.where(np.isnan(agreements.signed), 0.0, agreements.prefilled)
    filled = agreements.written + agreed + (_goals(facts) > 0)
    parts = np.full(len(filled), float(PLAN_PARTS))
    return of_pairs(facts, filled / parts, parts > 0, filled, parts)


def sessions_held(facts: Facts) -> Figures:
    due, held = _per_pair(facts, "due"), _per_pair(facts, "counts")
    return of_pairs(facts, ratio(held, due), due >= 2, held, due)


def no_shows(facts: Facts) -> Figures:
    due, missed = _per_pair(facts, "due"), _per_pair(facts, "no_show")
    return of_pairs(facts, ratio(missed, due), due >= 3, missed, due)


def own_no_shows(facts: Facts) -> Figures:
    """Of the sessions due while somebody was a member: those that they missed, or called off late."""
    sessions, members, due = facts.sessions, facts.members, facts.sessions["due"]
    missed = sessions["no_show"] & due
    place = members.places(sessions["pair"][missed], sessions["absent"][missed])
    total = by_person(facts, members.there(sessions["pair"][due], sessions["at"][due]))
    absent = by_person(facts, place[place >= 0])
    return of_members(facts, absent, total, ratio(absent, total), total >= 3)


def _per_pair(facts: Facts, what: str) -> np.ndarray:
    return np.bincount(facts.sessions["pair"][facts.sessions[what]], minlength=len(facts.pairs)).astype(float)


def goals_confirmed(facts: Facts) -> Figures:
    made, confirmed = _goals(facts), _goals(facts, facts.goals["confirmed"])
    return of_pairs(facts, ratio(confirmed, made), made >= 1, confirmed, made)


def _goals(facts: Facts, which: Bools | Literal[True] = True) -> np.ndarray:
    """How many goals that were not dropped each relationship has."""
    chosen = facts.goals["pair"][facts.goals["stands"] & which]
    return np.bincount(chosen, minlength=len(facts.pairs)).astype(float)


def milestones_met(facts: Facts) -> Figures:
    due = [row for row in facts.milestones if row[0] + timedelta(days=7) <= facts.today]
    met = sum(met_at is not None and met_at.date() <= day + timedelta(days=7) for day, met_at in due)
    return of_programme(met / len(due) if due else None, len(due) >= 3, met, len(due))


def alerts_acted_on(facts: Facts) -> Figures:
    acted = sum(at is not None and at - since <= timedelta(days=7) for since, at in facts.alerts)
    total = len(facts.alerts)
    return of_programme(acted / total if total else None, total >= 5, acted, total)


def coordinator_check_ins(facts: Facts) -> Figures:
    due = (facts.age // (TOUCH_DAYS * DAY)).astype(np.int64)
    unit, at = facts.touches
    done = distinct_by(unit, (facts.lived(unit, at) // (TOUCH_DAYS * DAY)).astype(np.int64), due)
    return of_pairs(facts, ratio(done, due), due >= 1, done, due)


def form_as_wished(facts: Facts) -> Figures:
    """A relationship is a circle in a programme of circles, and wherever several mentees are or were in it."""
    wished, people, members = facts.forms_wished, facts.people.ids, facts.members
    mentees = np.bincount(members.pair[members.side == MENTEE], minlength=len(facts.pairs))
    circle = (mentees > 1) | (facts.programme.format == Programme.Format.CIRCLE)
    lived: dict[int, bool] = {}
    for enrolment, is_circle in zip(people[members.enrolment].tolist(), circle[members.pair].tolist(), strict=True):
        if enrolment in wished:
            form = Programme.Format.CIRCLE if is_circle else Programme.Format.ONE_TO_ONE
            lived[enrolment] = lived.get(enrolment, False) or form in wished[enrolment]
    met, total = sum(lived.values()), len(lived)
    return of_programme(met / total if total else None, total >= 10, met, total, people=total, may_come=bool(wished))


def within_capacity(facts: Facts) -> Figures:
    people, members = facts.people, facts.members
    running = members.present & ~facts.pairs.over[members.pair] & (members.side == MENTOR)
    load = np.bincount(members.enrolment[running], minlength=len(people))
    mentors = people.side == MENTOR
    within = int((load[mentors] <= people.capacity[mentors]).sum())
    total = int(mentors.sum())
    return of_programme(within / total if total else None, total >= 5, within, total, people=total)


def days_to_match(facts: Facts) -> Figures:
    waiting, matched, days = _waits(facts)
    days = np.concatenate((days[waiting], facts.given_up / DAY))
    total, done = len(days), matched[waiting]
    median = median_wait(days, np.append(done, np.zeros(total - len(done), dtype=bool))) if total else None
    short = median is None and total > 0
    longest = float(days.max(initial=0.0))
    return of_programme(longest if short else median, total >= 5, int(matched.sum()), total, people=total, short=short)


def own_days_to_match(facts: Facts) -> Figures:
    """Of mentees; who is not matched yet waits until day 60 to be counted, with the days so far."""
    waiting, matched, days = _waits(facts)
    enough = waiting & (matched | (days >= WAITED_LONG_DAYS))
    missing = [TOO_EARLY if side == MENTEE else NOT_APPLICABLE for side in facts.people.side]
    return Figures(np.where(enough, days, np.nan), enough, matched.astype(float), waiting.astype(float), missing)


def _waits(facts: Facts) -> tuple[Bools, Bools, Floats]:
    """Of each person: whether they are a mentee who was accepted, were matched since, and the days until then, until they were
    done with the programme, or until now."""
    people, members = facts.people, facts.members
    first = np.full(len(people), np.inf)
    np.minimum.at(first, members.enrolment, np.fmax(facts.pairs.start[members.pair], members.joined))
    waiting = (people.side == MENTEE) & ~np.isnan(people.decided) & (people.decided <= facts.now)
    until = np.where(people.done, np.fmin(people.since, facts.now), facts.now)
    days = np.maximum((np.minimum(first, until) - people.decided) / DAY, 0.0)
    return waiting, np.isfinite(first) & waiting, days


def match_percentile(facts: Facts) -> Figures:
    shares = facts.pairs.percentile
    return of_pairs(facts, shares, ~np.isnan(shares), may_come=False)


def early_poor_fit(facts: Facts) -> Figures:
    pairs = facts.pairs
    limit = pairs.start + TOUCH_DAYS * DAY
    old = facts.now >= limit
    early = old & ((pairs.poor_fit & (pairs.closing <= limit)) | _matched_anew(facts, limit))
    total = int(old.sum())
    people = people_in(facts, old)
    return of_programme(early.sum() / total if total else None, total >= 10, int(early.sum()), total, people=people)


def _matched_anew(facts: Facts, limit: Floats) -> Bools:
    """Which relationships ended, otherwise than as planned, and had a mentee who was with another mentor by the limit."""
    pairs, members = facts.pairs, facts.members
    begins = np.fmax(pairs.start[members.pair], members.joined)
    anew = np.zeros(len(pairs), dtype=bool)
    mine = np.flatnonzero((members.side == MENTEE) & (pairs.over & ~pairs.as_planned)[members.pair])
    row, other = spread(members.enrolment, members.enrolment[mine])
    before = members.pair[mine][row]
    again = (
        (begins[other] >= pairs.closing[before]) & (begins[other] <= limit[before]) & (members.side[other] == MENTEE)
    )
    anew[before[again & (facts.mentors[members.pair[other]] != facts.mentors[before])]] = True
    return anew


def rhythm_kept(facts: Facts) -> Figures:
    """Agreed intervals with at least one contact, over the intervals lived so far, without pauses."""
    rhythm = facts.agreements.rhythm_days * DAY
    known = ~np.isnan(rhythm)
    intervals = np.where(known, facts.age // np.where(known, rhythm, 1.0), 0).astype(np.int64)
    unit, at = facts.contacts["pair"], facts.contacts["at"]
    place = np.where(known[unit], facts.lived(unit, at) // np.where(known, rhythm, 1.0)[unit], -1).astype(np.int64)
    met = distinct_by(unit, place, intervals)
    enough = known & (facts.age >= 3 * WEEK) & (intervals >= 1)
    return of_pairs(facts, ratio(met, intervals), enough, met, intervals)


def expectation_gap(facts: Facts) -> Figures:
    size = len(facts.pairs)
    wanted = facts.people.wanted[facts.members.enrolment]
    answered = ~np.isnan(wanted) & (wanted > 0)
    sides = []
    for side in (MENTOR, MENTEE):
        chosen = answered & (facts.members.side == side)
        total = np.bincount(facts.members.pair[chosen], wanted[chosen], size)
        sides.append(ratio(total, np.bincount(facts.members.pair[chosen], minlength=size)))
    gap = np.abs(np.log2(sides[0] / sides[1]))
    return of_pairs(facts, gap, ~np.isnan(gap), sides[0], sides[1], may_come=False)


INDICATORS = (
    Indicator(
        "PS1",
        "planning.structure",
        "R",
        "RG",
        name=_("Time to a signed agreement"),
        means=_("Half of the pairs had an agreement signed by both within %(value)s."),
        fewer=_(
            "Fewer than half of the pairs have an agreement signed by both; the middle pair counts %(value)s so far."
        ),
        how=_(
            "Days from the match until for the first time one version carried the signatures of all who were there then; who"
            " improves it later loses nothing. Not signed: too early until day 14, the days so far until day 28, then nothing."
        ),
        unit="days",
        kind="lin",
        anchors=(28, 7),
        minimum=_("14 days since the match"),
        compute=agreement_time,
        version=2,
    ),
    Indicator(
        "PS2",
        "planning.structure",
        "R",
        "RG",
        name=_("Completeness of the plan"),
        means=_("On average %(value)s of the plan is filled in."),
        how=_(
            "Of expectations, reconnecting, boundaries, a first goal, rhythm, reply time, ways to talk and the end: how many are"
            " filled in. The last four stand there from the match on; they count once all have signed."
        ),
        unit="share",
        kind="lin",
        anchors=(0.4, 1.0),
        minimum=_("an open plan"),
        compute=plan_completeness,
        version=2,
    ),
    Indicator(
        "PC1",
        "planning.coordination",
        "R",
        "RG",
        name=_("Sessions held"),
        means=_("%(value)s of the sessions that were due took place."),
        how=_(
            "Sessions held, over sessions whose time has come, whether the relationship is over or not. One that was called off"
            " is not due, unless that was less than two hours before, nor is one in a pause. Sessions logged by one side alone do"
            " not count."
        ),
        unit="share",
        kind="lin",
        anchors=(0.3, 0.9),
        minimum=_("2 sessions due"),
        compute=sessions_held,
        version=3,
    ),
    Indicator(
        "PC2",
        "planning.coordination",
        "R",
        "PRG",
        name=_("Sessions missed"),
        means=_("%(value)s of the sessions that were due were missed without notice."),
        how=_(
            "Sessions missed or called off less than two hours before, over sessions whose time has come. Fewer is better."
        ),
        unit="share",
        kind="lin",
        anchors=(0.4, 0.0),
        minimum=_("3 sessions due"),
        compute=no_shows,
        of_person=own_no_shows,
        how_of_person=_(
            "Sessions you missed or called off less than two hours before, over the sessions due while you were a member. Fewer"
            " is better."
        ),
        version=3,
    ),
    Indicator(
        "PC3",
        "planning.coordination",
        "R",
        "RG",
        name=_("Goals both agree on"),
        means=_("%(value)s of the goals are confirmed by both sides."),
        how=_("Goals confirmed by both, over all goals that were not dropped."),
        unit="share",
        kind="lin",
        anchors=(0.3, 1.0),
        minimum=_("1 goal"),
        compute=goals_confirmed,
    ),
    Indicator(
        "PG1",
        "planning.strategy",
        "G",
        "G",
        name=_("Milestones met"),
        means=_("%(value)s of the milestones were met within a week of their date."),
        how=_("Milestones met at most 7 days after their date, over milestones due."),
        unit="share",
        kind="lin",
        anchors=(0.3, 0.9),
        minimum=_("3 milestones due"),
        compute=milestones_met,
    ),
    Indicator(
        "PG2",
        "planning.strategy",
        "G",
        "GI",
        name=_("Alerts acted on"),
        means=_("%(value)s of the alerts got a recorded action within a week."),
        how=_(
            "Alerts with an action within 7 days of needing a look, over alerts that needed one at least 7 days ago."
        ),
        unit="share",
        kind="lin",
        anchors=(0.2, 0.9),
        minimum=_("5 alerts"),
        compute=alerts_acted_on,
        version=2,
    ),
    Indicator(
        "PG3",
        "planning.strategy",
        "R",
        "RG",
        name=_("Coordinator check-ins"),
        means=_("Coordinators were in touch in %(value)s of the 60-day periods."),
        how=_(
            "60-day periods in which a coordinator was in contact with the relationship, over periods lived without pauses."
        ),
        unit="share",
        kind="lin",
        anchors=(0.3, 1.0),
        minimum=_("one period of 60 days"),
        compute=coordinator_check_ins,
        version=2,
    ),
    Indicator(
        "MT1",
        "modelling.types",
        "G",
        "G",
        name=_("Form of mentoring as wished"),
        means=_("%(value)s of the people are mentored in a form that they had chosen."),
        how=_(
            "People in a relationship whose form (one to one, or a circle) is among those they said would suit them, over"
            " people in a relationship who said so. Whoever has several counts if one of them has such a form."
        ),
        unit="share",
        kind="lin",
        anchors=(0.4, 0.95),
        minimum=_("10 people who said which forms suit them"),
        compute=form_as_wished,
        why_not=_(
            "Nobody has said which forms of mentoring suit them. A programme can ask it among the further questions."
        ),
    ),
    Indicator(
        "MT2",
        "modelling.types",
        "G",
        "G",
        name=_("Mentors within their capacity"),
        means=_("%(value)s of the mentors have no more mentees than they said they could take."),
        how=_("Mentors whose running relationships are within their stated places, over all mentors."),
        unit="share",
        kind="lin",
        anchors=(0.6, 1.0),
        minimum=_("5 mentors"),
        compute=within_capacity,
    ),
    Indicator(
        "MM1",
        "modelling.matching",
        "G",
        "PG",
        name=_("Time to a match"),
        means=_("Half of the mentees had a mentor within %(value)s of being accepted."),
        fewer=_("Fewer than half of the mentees got a mentor; the longest wait so far is %(value)s."),
        how=_(
            "Kaplan-Meier median of the days from acceptance to match, so that those still waiting count, and those who gave it"
            " up. When fewer than half are matched, the longest wait so far stands."
        ),
        unit="days",
        kind="log",
        anchors=(60, 7),
        minimum=_("5 people"),
        compute=days_to_match,
        version=3,
        of_person=own_days_to_match,
        how_of_person=_(
            "Days from the day you were accepted to your first match. Not matched yet: too early until day 60, then the days so"
            " far."
        ),
    ),
    Indicator(
        "MM2",
        "modelling.matching",
        "R",
        "RG",
        name=_("Place of the pair among all possible pairs"),
        means=_("The average pair scored better than %(value)s of all possible pairs."),
        how=_("Share of all feasible pairs of the run that scored lower than this pair."),
        unit="share",
        kind="lin",
        anchors=(0.3, 0.9),
        minimum=_("a stored run of the matching"),
        compute=match_percentile,
    ),
    Indicator(
        "MM3",
        "modelling.matching",
        "G",
        "G",
        name=_("Early endings for poor fit"),
        means=_("%(value)s of the pairs ended within 60 days because they did not fit, or were matched anew."),
        how=_(
            "Relationships whose end began within 60 days for poor fit, or whose mentee was with another mentor by then, over"
            " relationships matched at least 60 days ago. Fewer is better."
        ),
        unit="share",
        kind="lin",
        anchors=(0.25, 0.0),
        minimum=_("10 pairs, 60 days"),
        compute=early_poor_fit,
        version=2,
    ),
    Indicator(
        "MF1",
        "modelling.framework",
        "R",
        "RG",
        name=_("Agreed rhythm kept"),
        means=_("Pairs were in touch in %(value)s of their agreed intervals."),
        how=_("Agreed intervals with at least one message or session, over the intervals lived so far without pauses."),
        unit="share",
        kind="lin",
        anchors=(0.2, 0.9),
        minimum=_("an agreed rhythm, 3 weeks"),
        compute=rhythm_kept,
        version=2,
    ),
    Indicator(
        "MF2",
        "modelling.framework",
        "R",
        "RG",
        name=_("Difference in expected contact"),
        means=_("One side expects %(value)s times as much contact as the other."),
        evenly=_("Both sides expect as much contact as each other."),
        how=_(
            "Expected contacts a month of one side over those of the other, on a logarithmic scale. Smaller is better."
        ),
        unit="ratio",
        kind="lin",
        anchors=(2.0, 0.0),
        minimum=_("an answer of both at the start"),
        compute=expectation_gap,
    ),
)
