"""Strategies: are people gaining the skills that make mentoring work?"""

from collections import defaultdict

import numpy as np
from django.utils.translation import gettext_lazy as _

from evaluation.facts import DAY, WEEK, Facts
from evaluation.facts.batches import let_in
from evaluation.facts.practice import TASKS
from evaluation.indicators.base import Figures, Indicator, of_people, of_programme, ratio
from evaluation.statistics.events import Bools, Ints, distinct_by

MONTH = 30.44 * DAY
NEARLY_PERFECT = 0.95
HELP_MONTH, HELP_QUESTIONS = 30 * DAY, 10


def modules_in_time(facts: Facts) -> Figures:
    """Required modules whose date has come: how many were finished by then."""
    people = facts.people
    done = {(person, slug): at for person, slug, at, *_quiz in facts.progress if at is not None}
    due, met = np.zeros(len(people)), np.zeros(len(people))
    for place, (person, side, decided) in enumerate(
        zip(people.person.tolist(), people.side.tolist(), people.decided.tolist(), strict=True)
    ):
        for slug, for_side, days in facts.required_modules:
            until = decided + days * DAY
            if side == for_side and until <= facts.now:
                due[place] += 1
                finished = done.get((person, slug))
                met[place] += finished is not None and finished.timestamp() <= until
    return of_people(met, due, ratio(met, due), due >= 1)


def normalised_gain(facts: Facts) -> Figures:
    """Mean over modules of (after - before) / (1 - before), where both tests were taken and before was under .95."""
    return _mean_gain(facts, _gains(facts))


def normalised_gain_of_all(facts: Facts) -> Figures:
    """Five people at a time."""
    found = _gains(facts)
    person = np.array([row[0] for row in found], dtype=np.int64)
    inside = let_in(person, person, np.array([row[1] for row in found], dtype=float))
    return _mean_gain(facts, [row for row, is_in in zip(found, inside, strict=True) if is_in])


def _gains(facts: Facts) -> list[tuple[int, float, float]]:
    """Of both tests around a module: the person, when they finished it, and the gain."""
    return [
        (person, finished.timestamp() if finished else 0.0, (after - before) / (1 - before))
        for person, _slug, finished, before, after in facts.progress
        if before is not None and after is not None and before < NEARLY_PERFECT
    ]


def _mean_gain(facts: Facts, found: list[tuple[int, float, float]]) -> Figures:
    gains: dict[int, list[float]] = defaultdict(list)
    for person, _at, gain in found:
        gains[person].append(gain)
    total = np.array([sum(gains[person]) for person in facts.people.person.tolist()], dtype=float)
    count = np.array([len(gains[person]) for person in facts.people.person.tolist()], dtype=float)
    return of_people(total, count, ratio(total, count), count >= 1)


def _until(facts: Facts) -> float:
    """Now, or the end of the programme: after it nobody is expected to learn here."""
    return min(facts.now, facts.scope.ends.timestamp())


def _weeks(facts: Facts) -> Ints:
    """Whole weeks since each person was accepted."""
    until = _until(facts)
    since = np.where(np.isnan(facts.people.decided), until, facts.people.decided)
    return np.maximum((until - since) // WEEK, 0).astype(np.int64)


def active_weeks(facts: Facts) -> Figures:
    """Weeks since acceptance with a lesson answered, a self-rating or a module finished."""
    finished = [(row[0], row[2].timestamp()) for row in facts.progress if row[2] is not None and row[2] <= facts.at]
    answered, rated = facts.lesson_answers, facts.self_rated
    person, at = np.concatenate((np.array(finished).reshape(-1, 2).T, answered[:2], rated), axis=1)
    weeks = _weeks(facts)
    unit, at = facts.people.spread(person, at)
    week = np.floor((at - facts.people.decided[unit]) / WEEK)
    active = distinct_by(unit, np.nan_to_num(week, nan=-1).astype(np.int64), weeks)
    return of_people(active.astype(float), weeks.astype(float), ratio(active, weeks), _enough(facts, weeks))


def reflections_a_month(facts: Facts) -> Figures:
    person, at, reflects = facts.lesson_answers
    unit, at = facts.people.spread(person[reflects], at[reflects])
    counts = (at >= facts.people.decided[unit]) & (at <= _until(facts))
    count = np.bincount(unit[counts], minlength=len(facts.people)).astype(float)
    weeks = _weeks(facts)
    months = weeks.astype(float) * WEEK / MONTH
    return of_people(count, months, ratio(count, months), _enough(facts, weeks))


def practical_checklist(facts: Facts) -> Figures:
    since, done = facts.practice
    offered = np.full(len(done), float(len(TASKS)))
    return of_people(done, offered, ratio(done, offered), facts.now - since >= 4 * WEEK)


def how_to_ratio(facts: Facts) -> Figures:
    """Questions per active person in the third month of the programme, over those in the first."""
    person, at = facts.how_to_questions
    begins = facts.scope.begins.timestamp()
    months = [(begins, begins + HELP_MONTH), (begins + 2 * HELP_MONTH, begins + 3 * HELP_MONTH)]
    inside = [(at >= start) & (at < end) for start, end in months]
    first, third = (int(each.sum()) for each in inside)
    people = len(np.unique(person[inside[0] | inside[1]]))
    if facts.now < months[1][1] or first + third < HELP_QUESTIONS or not first:
        may_come = facts.now < months[1][1]
        return of_programme(None, False, third, first + third, people=people, may_come=may_come)
    active = [_active(facts, *month) for month in months]
    value = third / active[1] * active[0] / first if all(active) else None
    return of_programme(value, True, third, first + third, people=people, may_come=False)


def _active(facts: Facts, start: float, end: float) -> int:
    """How many people wrote, met, answered a check-in or learned in that time."""
    met = facts.sessions["counts"] & (facts.sessions["at"] >= start) & (facts.sessions["at"] < end)
    there = np.isin(facts.members.pair, facts.sessions["pair"][met])
    told = (
        (facts.messages.person, facts.messages.at),
        (facts.check_ins.person, facts.check_ins.at),
        facts.lesson_answers[:2],
        facts.self_rated,
    )
    seen = [person[(at >= start) & (at < end)] for person, at in told]
    return len(np.unique(np.concatenate((facts.members.person[there], *seen))))


def _enough(facts: Facts, weeks: Ints) -> Bools:
    """Four weeks, and a programme that has modules to learn with."""
    return (weeks >= 4) & facts.has_modules


INDICATORS = (
    Indicator(
        "ST1",
        "skills.training",
        "P",
        "PG",
        name=_("Required modules finished in time"),
        means=_("On average %(value)s of a person's required modules were finished by their date."),
        how=_("Required modules finished by their date, over required modules whose date has come, for every person."),
        unit="share",
        kind="lin",
        anchors=(0.3, 1.0),
        minimum=_("1 module due"),
        compute=modules_in_time,
    ),
    Indicator(
        "ST2",
        "skills.training",
        "P",
        "PG",
        name=_("What people learned"),
        means=_("On average people gained %(value)s of what they could still learn."),
        how=_(
            "(after − before) / (1 − before) of the tests around a module, mean over a person's modules. New tests count once"
            " five people have taken them since."
        ),
        unit="share",
        kind="lin",
        anchors=(0.0, 0.5),
        minimum=_("both tests of 5 people, the first under 95 %"),
        compute=normalised_gain,
        of_all=normalised_gain_of_all,
        version=2,
    ),
    Indicator(
        "SL1",
        "skills.techliteracy",
        "P",
        "PG",
        name=_("Practical checklist"),
        means=_("On average people have done %(value)s of the practical checklist."),
        how=_(
            "Of five things, how many a person has done here at least once: sent a message, shared a file, offered or chosen a"
            " time for a session, met by video or in a call, and taken their sessions into their own calendar. Only that it was"
            " done is looked at."
        ),
        unit="share",
        kind="lin",
        anchors=(0.4, 1.0),
        minimum=_("4 weeks since the first match"),
        compute=practical_checklist,
    ),
    Indicator(
        "SL2",
        "skills.techliteracy",
        "G",
        "G",
        name=_("How-to questions"),
        means=_("In the third month people asked %(value)s times as often how something is done as in the first."),
        evenly=_("In the third month people asked as often how something is done as in the first."),
        even=1.0,
        how=_(
            "Requests for help that ask how something is done here, per person who was active (wrote, met, answered or"
            " learned): those of days 61 to 90 of the programme over those of days 1 to 30. Fewer is better."
        ),
        unit="number",
        kind="log",
        anchors=(2.0, 0.25),
        minimum=_("10 such requests and 90 days"),
        compute=how_to_ratio,
        why_not=_(
            "In the first and the third month together fewer than ten requests asked how something is done, or none of them"
            " in the first."
        ),
    ),
    Indicator(
        "SV1",
        "skills.virtuallearning",
        "P",
        "PG",
        name=_("Weeks with learning at one's own pace"),
        means=_("On average people learned at their own pace in %(value)s of the weeks."),
        how=_(
            "Weeks with a lesson answered, a self-rating or a module finished, over weeks since acceptance, to the end of the"
            " programme."
        ),
        unit="share",
        kind="lin",
        anchors=(0.1, 0.6),
        minimum=_("4 weeks"),
        compute=active_weeks,
        version=2,
    ),
    Indicator(
        "SV2",
        "skills.virtuallearning",
        "P",
        "PG",
        name=_("Reflections"),
        means=_("On average people wrote %(value)s reflections a month."),
        how=_(
            "Reflections written in lessons since acceptance, per month since then, to the end of the programme. Nobody reads"
            " them for this."
        ),
        unit="number",
        kind="lin",
        anchors=(0.0, 2.0),
        minimum=_("4 weeks"),
        compute=reflections_a_month,
        version=3,
    ),
)
