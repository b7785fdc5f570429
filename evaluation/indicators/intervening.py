"""Intervening conditions: are the human relationships strong?"""

import numpy as np
from django.utils.translation import gettext_lazy as _

from evaluation.facts import DAY, HOUR, MENTEE, MENTOR, WEEK, Facts
from evaluation.facts.batches import let_in
from evaluation.indicators.base import Figures, Indicator, by_person, of_members, of_pairs, of_programme, ratio
from evaluation.statistics.events import Bools, begins_run, median_by, next_by
from evaluation.statistics.rollup import mean_of
from evaluation.statistics.scoring import Floats

BALANCE_LETTERS = 3
SILENCE = 48 * HOUR
ANSWER_WITHIN = 7 * DAY
ANSWERS = 5
LOW_MOOD = 2
CARE_WITHIN = 72 * HOUR


def reply_hours(facts: Facts) -> Figures:
    """Median hours of each side that answered often enough; the geometric mean of both, because the score counts in ratios."""
    answers, size = facts.answers, len(facts.pairs)
    seat = facts.turns.unit[answers] * 2 + facts.turns.side[answers]
    count = np.bincount(seat, minlength=2 * size).reshape(-1, 2)
    median = median_by(seat, facts.answer_hours, 2 * size).reshape(-1, 2)
    counts = count >= ANSWERS
    hours = np.exp(mean_of(np.log(np.where(counts, np.maximum(median, 1.0), np.nan))))
    return of_pairs(facts, hours, counts.any(axis=1), np.full(size, np.nan), (count * counts).sum(axis=1))


def own_reply_hours(facts: Facts) -> Figures:
    """Of whoever wrote the first message of the answer."""
    begins = facts.turns.begins[facts.answers]
    person = facts.members.enrolment[facts.members.places(facts.messages.pair[begins], facts.messages.person[begins])]
    count = np.bincount(person, minlength=len(facts.people)).astype(float)
    median = median_by(person, facts.answer_hours, len(facts.people))
    return of_members(facts, np.full(len(count), np.nan), count, median, count >= ANSWERS)


def unanswered(facts: Facts) -> Figures:
    """Turns at least 7 days old that got neither an answer nor a session within 7 days, on the clock of the other side."""
    old, missed = _old_and_missed(facts)
    size = len(facts.pairs)
    total = np.bincount(facts.turns.unit[old], minlength=size)
    none = np.bincount(facts.turns.unit[missed], minlength=size)
    return of_pairs(facts, ratio(none, total), total >= 5, none, total)


def left_unanswered(facts: Facts) -> Figures:
    """The same of whoever was alone to answer: of several on a side each may leave it to the others."""
    turns = facts.turns
    who = facts.alone_on(turns.unit, MENTOR + MENTEE - turns.side, turns.first)
    total, none = (by_person(facts, who[each & (who >= 0)]) for each in _old_and_missed(facts))
    return of_members(facts, none, total, ratio(none, total), total >= 5)


def _old_and_missed(facts: Facts) -> tuple[Bools, Bools]:
    next_at, waited = facts.awaited
    time_to_answer = facts.pairs.end[facts.turns.unit] - facts.turns.first
    old = facts.counted & ((waited >= ANSWER_WITHIN) | ((next_at < np.inf) & (time_to_answer >= ANSWER_WITHIN)))
    return old, old & ((waited > ANSWER_WITHIN) | np.isinf(next_at))


def turn_balance(facts: Facts) -> Figures:
    weaker, total = weaker_side(facts)
    return of_pairs(facts, 2 * ratio(weaker, total), total >= 10, weaker, total)


def weaker_side(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Messages of the side that writes less, and of both, per relationship: at most one per side and hour, and none under 3
    letters."""
    size, messages = len(facts.pairs), facts.messages
    said = messages.size >= BALANCE_LETTERS
    by_side = []
    for side in (MENTOR, MENTEE):
        mine = said & (messages.side == side)
        pair = messages.pair[mine]
        by_side.append(np.bincount(pair[begins_run(pair, messages.at[mine] // HOUR)], minlength=size))
    return np.minimum(*by_side), by_side[0] + by_side[1]


def low_answers_cared_for(facts: Facts) -> Figures:
    """Low check-ins followed within 72 hours by a message of the other side, a session, or a coordinator's contact."""
    answers, messages, met = facts.check_ins, facts.messages, facts.sessions["counts"]
    low = np.flatnonzero((answers.mood <= LOW_MOOD) & (facts.now - answers.at >= CARE_WITHIN) & answers.stays)
    low = low[let_in(np.arange(len(low)), answers.person[low], answers.at[low])]
    pair, person, at = answers.pair[low], answers.person[low], answers.at[low]
    side = facts.members.sides(pair, person)
    other = MENTOR + MENTEE - np.where(side < 0, MENTEE, side)
    cared_at = np.minimum.reduce(
        [
            next_by(pair * 2 + other, at, messages.pair * 2 + messages.side, messages.at),
            next_by(pair, at, facts.sessions["pair"][met], facts.sessions["at"][met]),
            next_by(pair, at, *facts.touches),
        ]
    )
    cared, total = int((cared_at <= at + CARE_WITHIN).sum()), len(at)
    return of_programme(cared / total if total else None, total >= 3, cared, total, people=len(np.unique(person)))


def check_ins_answered(facts: Facts) -> Figures:
    size, (answered, asked) = len(facts.pairs), _check_ins_of_members(facts)
    of_pair = [np.bincount(facts.members.pair, each, size) for each in (answered, asked)]
    return of_pairs(facts, ratio(*of_pair), of_pair[1] >= 3, *of_pair)


def own_check_ins(facts: Facts) -> Figures:
    every = np.arange(len(facts.members.pair))
    answered, asked = (by_person(facts, every, each) for each in _check_ins_of_members(facts))
    return of_members(facts, answered, asked, ratio(answered, asked), asked >= 3)


def _check_ins_of_members(facts: Facts) -> tuple[Floats, Floats]:
    """Of each member how often they said how their week was, while they were there and not in a pause; and how often they were
    asked: in every whole week of that."""
    members, pairs, told = facts.members, facts.pairs, facts.check_ins
    since = np.maximum(members.joined, pairs.start[members.pair])
    until = np.minimum(members.left, pairs.end[members.pair])
    asked = np.maximum((facts.lived(members.pair, until) - facts.lived(members.pair, since)) // WEEK, 0.0)
    place = members.places(told.pair, told.person)
    counts = (place >= 0) & ~facts.pauses.hold(told.pair, told.at)
    counts &= (told.at >= since[place]) & (told.at <= until[place])
    return np.minimum(np.bincount(place[counts], minlength=len(asked)), asked), asked


def two_way_weeks(facts: Facts) -> Figures:
    """Weeks in which both sides wrote, or a session was held."""
    pairs, messages, met = facts.pairs, facts.messages, facts.sessions["counts"]
    weeks = facts.weeks

    def keys(unit: np.ndarray, at: np.ndarray) -> np.ndarray:
        week = (facts.lived(unit, at) // WEEK).astype(np.int64)
        inside = (week >= 0) & (week < weeks[unit])
        return np.unique(unit[inside] * 10_000 + week[inside])

    mentors, mentees = (messages.side == side for side in (MENTOR, MENTEE))
    both = np.intersect1d(
        keys(messages.pair[mentors], messages.at[mentors]), keys(messages.pair[mentees], messages.at[mentees])
    )
    live = keys(facts.sessions["pair"][met], facts.sessions["at"][met])
    count = np.bincount(np.union1d(both, live) // 10_000, minlength=len(pairs))
    return of_pairs(facts, ratio(count, weeks), weeks >= 4, count, weeks)


def initiation_balance(facts: Facts) -> Figures:
    """Who writes first after a silence of more than 48 hours: the share of the side that does so less. Messages under 3 letters
    neither begin anything nor end a silence."""
    said, size = facts.messages.size >= BALANCE_LETTERS, len(facts.pairs)
    pair, side, at = facts.messages.pair[said], facts.messages.side[said], facts.messages.at[said]
    starts = np.ones(len(pair), dtype=bool)
    starts[1:] = (pair[1:] != pair[:-1]) | (at[1:] - at[:-1] > SILENCE)
    by_side = [np.bincount(pair[starts & (side == each)], minlength=size) for each in (MENTOR, MENTEE)]
    total = by_side[0] + by_side[1]
    weaker = np.minimum(*by_side)
    return of_pairs(facts, ratio(weaker, total), total >= 5, weaker, total)


INDICATORS = (
    Indicator(
        "RC1",
        "relationships.communication",
        "R",
        "PRG",
        name=_("Time to an answer"),
        means=_("In the middle pair, a message is usually answered within %(value)s."),
        how=_(
            "Median hours from the first unanswered message of one side to the answer of the other, for each side that answered"
            " 5 times; then the geometric mean of both sides (less than an hour counts as an hour). The clock stands still in the"
            " quiet time of whoever answers, on their days away, on holidays and in pauses. Of a side at most one answer an hour"
            " counts."
        ),
        unit="hours",
        kind="log",
        anchors=(168, 12),
        minimum=_("5 answers of a side"),
        compute=reply_hours,
        of_person=own_reply_hours,
        how_of_person=_(
            "Median hours from the first unanswered message of the others to your answer, in all your relationships here. The"
            " clock stands still in your quiet time, on your days away, on holidays and in pauses."
        ),
        version=5,
    ),
    Indicator(
        "RC2",
        "relationships.communication",
        "R",
        "PRG",
        name=_("Messages left without an answer"),
        means=_("%(value)s of what was written got no answer within a week."),
        how=_(
            "Turns at least 7 days old without an answer or a session within 7 days, over all such turns, of a side at most one"
            " an hour. What was written in the last week of a relationship asks for no answer. Fewer is better."
        ),
        unit="share",
        kind="lin",
        anchors=(0.5, 0.05),
        minimum=_("5 turns, 7 days old"),
        compute=unanswered,
        of_person=left_unanswered,
        how_of_person=_(
            "What was written to you alone, at least 7 days ago, without an answer of yours or a session within 7 days, over all"
            " that was written to you. Fewer is better."
        ),
        version=6,
    ),
    Indicator(
        "RC3",
        "relationships.communication",
        "R",
        "RG",
        name=_("Balance of the conversation"),
        means=_("The quieter side has %(value)s of an equal share."),
        how=_(
            "Twice the smaller share of messages. Of one side at most one message an hour counts, and none under 3 letters."
        ),
        unit="share",
        kind="lin",
        anchors=(0.2, 0.7),
        minimum=_("10 messages"),
        compute=turn_balance,
        version=2,
    ),
    Indicator(
        "RP1",
        "relationships.psychological",
        "G",
        "G",
        name=_("Hard weeks cared for"),
        means=_("%(value)s of the hard weeks were followed by personal contact within three days."),
        how=_(
            "Check-ins of 1 or 2 followed within 72 hours by the other side, a session or a coordinator, over such check-ins. New"
            " ones count when their week is over, and once five people have answered so since."
        ),
        unit="share",
        kind="lin",
        anchors=(0.2, 0.95),
        minimum=_("5 people with low check-ins"),
        compute=low_answers_cared_for,
        version=2,
    ),
    Indicator(
        "RP2",
        "relationships.psychological",
        "R",
        "PRG",
        name=_("Check-ins answered"),
        means=_("%(value)s of the weekly check-ins were answered."),
        how=_("Check-ins answered, over the weeks of all members; of each at most one a week, and without pauses."),
        unit="share",
        kind="lin",
        anchors=(0.1, 0.7),
        minimum=_("3 asked"),
        compute=check_ins_answered,
        of_person=own_check_ins,
        how_of_person=_("Check-ins you answered, over the weeks in your relationships, without pauses."),
        version=3,
    ),
    Indicator(
        "RF1",
        "relationships.friendly",
        "R",
        "RG",
        name=_("Weeks with two-way contact"),
        means=_("In %(value)s of the weeks both sides were there."),
        how=_("Weeks in which both wrote or a session was held, over weeks lived without pauses."),
        unit="share",
        kind="lin",
        anchors=(0.1, 0.7),
        minimum=_("4 weeks"),
        compute=two_way_weeks,
        version=2,
    ),
    Indicator(
        "RF2",
        "relationships.friendly",
        "R",
        "RG",
        name=_("Who takes the first step"),
        means=_("The side that starts less often starts %(value)s of the conversations."),
        how=_(
            "Of all first messages after 48 silent hours: the share of the side that has fewer. Messages under 3 letters do not"
            " count."
        ),
        unit="share",
        kind="lin",
        anchors=(0.0, 0.3),
        minimum=_("5 starts"),
        compute=initiation_balance,
        version=2,
    ),
)
