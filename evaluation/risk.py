"""Relationships that may need somebody: transparent points, version 6. Unknown inputs are named, never counted.

Rules look at contact, promises and answers; never at who people are. A relationship that agreed to a slow rhythm is measured
by that rhythm.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from evaluation.anchors import indicators_of
from evaluation.facts import DAY, HOUR, MENTEE, MENTOR, WEEK, Facts, table
from evaluation.indicators.causal import expectation_gap
from evaluation.indicators.intervening import weaker_side
from evaluation.models import Answer, RiskPoints
from evaluation.questionnaire import SEEN_BY_NAME
from evaluation.statistics.events import first_by, last_by
from mentoring.planning.models import Enrolment, Programme
from mentoring.safeguarding.queries import pairs_kept_apart, pairs_reported

VERSION = 6
WATCH_FROM, REVIEW_FROM = 3, 6
SILENT_FROM, SILENT_LONG_FROM = 2, 3
"""From more than so many agreed intervals without two-way contact on a relationship is silent."""
APART_UNDER = 40
"""Under this score of MF2 two sides expect different amounts of contact."""
SIDES = {MENTOR: "mentor", MENTEE: "mentee"}

Reason = dict[str, Any]

POINTS: Mapping[str, int] = {
    "no_first_contact": 3,
    "no_first_contact_later": 2,
    "agreement_unsigned": 2,
    "unanswered": 2,
    "silence": 2,
    "silence_long": 4,
    "missed": 2,
    "missed_again": 3,
    "falling": 2,
    "one_sided": 1,
    "expectations": 2,
    "satisfaction": 3,
    "thought_of_ending": 4,
    "training": 1,
    "untouched": 1,
}
"""What comes with the platform: version 1 of the points. "Later" and "again" are added to the signal before them; a long silence
takes the place of a short one. That something was reported weighs what calls a coordinator at once, and cannot be changed."""
LIMITS: Mapping[str, int] = {"watch_from": WATCH_FROM, "review_from": REVIEW_FROM}
"""From how many points on a relationship is watched, and from how many a coordinator looks."""
DEFAULTS: Mapping[str, int] = {**POINTS, **LIMITS}
SIGNAL_OF = {
    **{key: key for key in POINTS},
    "missed_sessions": "missed",
    "expectations_differ": "expectations",
    "expectations_felt": "expectations",
    "dissatisfied": "satisfaction",
    "satisfaction_fell": "satisfaction",
    "training_unfinished": "training",
}
"""Code of a reason -> the signal it comes from."""
FROM_ANSWERS = frozenset({"expectations", "satisfaction", "thought_of_ending"})
"""Signals that rest on what somebody said."""
MOST_POINTS, HIGHEST_LIMIT = 9, 20
SAFETY = frozenset({"kept_apart", "reported"})


@dataclass(frozen=True)
class Weights:
    """The points a programme gives to each signal, its limits, and in which version."""

    version: int
    points: Mapping[str, int]


def points_of(programme: Programme, day: date) -> Weights:
    """The points that apply in a programme on a day. One query."""
    own = RiskPoints.objects.in_force(programme, day).last()
    return Weights(own.version, {**DEFAULTS, **own.values}) if own else Weights(1, DEFAULTS)


@dataclass
class Risk:
    """The reasons of one relationship: code, points and the numbers behind it. `foreseen`: whether a model that has taken the
    place of the points calls for a coordinator; None where none has."""

    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULTS)
    foreseen: bool | None = None
    reasons: list[Reason] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add(self, code: str, *signals: str, points: int = 0, **numbers: Any) -> None:
        """A reason with the points of its signals, or with fixed ones; what weighs nothing is no reason, and what several say
        alike is one."""
        points += sum(self.weights[signal] for signal in signals)
        reason = {"code": code, "points": points, **numbers}
        if points and reason not in self.reasons:
            self.reasons.append(reason)

    @property
    def points(self) -> int:
        """Those of every signal once, however many people or answers speak of it."""
        of_signal = {SIGNAL_OF.get(reason["code"], reason["code"]): reason["points"] for reason in self.reasons}
        return sum(of_signal.values())

    @property
    def is_watched(self) -> bool:
        return self.points >= self.weights["watch_from"] or bool(self.foreseen and self.reasons)

    @property
    def needs_a_look(self) -> bool:
        """By the points, or by the model in their place; what was reported always does."""
        if self.foreseen is None:
            return self.points >= self.weights["review_from"]
        told = any(reason["code"] in SAFETY for reason in self.reasons)
        return told or bool(self.foreseen and self.reasons)


Rule = Callable[[Facts, dict[int, Risk]], None]


class PointsMakeNoSense(DomainError):
    code = "points_make_no_sense"
    status = 400
    default = _("Points go from 0 to 9, and together they must reach what a coordinator looks from.")


class LimitsMakeNoSense(DomainError):
    code = "limits_make_no_sense"
    status = 400
    default = _(
        "Both limits lie between 1 and 20, and a coordinator looks from more points on than a relationship is watched."
    )


def check_points(points: Mapping[str, int]) -> None:
    """Points of every signal, and both limits. Raises PointsMakeNoSense, LimitsMakeNoSense."""
    if points.keys() != DEFAULTS.keys() or not all(0 <= points[key] <= MOST_POINTS for key in POINTS):
        raise PointsMakeNoSense
    if not 1 <= points["watch_from"] < points["review_from"] <= HIGHEST_LIMIT:
        raise LimitsMakeNoSense
    if sum(points[key] for key in POINTS) < points["review_from"]:
        raise PointsMakeNoSense


def risks(facts: Facts, points: Mapping[str, int] = DEFAULTS, rules: Sequence[Rule] | None = None) -> dict[int, Risk]:
    """Relationship id -> its risk, for relationships that run at the moment of the facts (neither resting nor over); by all
    rules, or by these."""
    pairs = facts.pairs
    rests = facts.rests | pairs.paused
    watched = np.flatnonzero(~pairs.over & ~rests).tolist()
    found = {place: Risk(points) for place in watched}
    for rule in RULES if rules is None else rules:
        rule(facts, found)
    return {int(pairs.ids[place]): risk for place, risk in found.items()}


def _age(facts: Facts) -> np.ndarray:
    """Days since the match, without pauses."""
    return facts.age / DAY


def _start(facts: Facts, found: dict[int, Risk]) -> None:
    first, age, agreements = first_by(*facts.two_way, len(facts.pairs)), _age(facts), facts.agreements
    since = np.where(np.isnan(agreements.signed), facts.pairs.start, agreements.changed)
    unsigned = (facts.age - facts.lived(np.arange(len(since)), since)) / DAY
    for place, risk in found.items():
        days = int(age[place])
        if np.isnan(first[place]) and days >= 7:
            later = ["no_first_contact_later"] if days >= 14 else []
            risk.add("no_first_contact", "no_first_contact", *later, days=days)
        if not agreements.stands[place] and unsigned[place] >= 14:
            risk.add("agreement_unsigned", "agreement_unsigned", days=int(unsigned[place]))


def _silence(facts: Facts, found: dict[int, Risk]) -> None:
    last, rhythm = last_by(*facts.two_way, len(facts.pairs)), facts.agreements.rhythm_days
    for place, risk in found.items():
        if np.isnan(rhythm[place]):
            risk.unknown.append("rhythm")
        elif not np.isnan(last[place]):
            intervals = facts.silent[place] / DAY / rhythm[place]
            if intervals > SILENT_FROM:
                signal = "silence_long" if intervals > SILENT_LONG_FROM else "silence"
                days = int((facts.now - last[place]) / DAY)
                risk.add("silence", signal, days=days, rhythm=int(rhythm[place]))


def _unanswered(facts: Facts, found: dict[int, Risk]) -> None:
    turns, hours = facts.turns, facts.agreements.reply_hours
    if not len(turns.unit):
        return
    final = np.flatnonzero(np.concatenate((turns.unit[1:] != turns.unit[:-1], [True])))
    met = last_by(
        facts.sessions["pair"][facts.sessions["counts"]], facts.sessions["at"][facts.sessions["counts"]], len(hours)
    )
    waits = np.zeros(len(turns.unit))
    since = turns.first[final]
    now = np.full(len(final), facts.now)
    waits[final] = now - since - facts.stood_still(turns.unit[final], MENTOR + MENTEE - turns.side[final], since, now)
    for turn in final:
        place = int(turns.unit[turn])
        waited = waits[turn] / HOUR
        if place in found and waited > 2 * hours[place] and not met[place] > turns.first[turn]:
            days = int((facts.now - turns.first[turn]) / DAY)
            found[place].add("unanswered", "unanswered", days=days, waits=SIDES[int(turns.side[turn])])


def _missed(facts: Facts, found: dict[int, Risk]) -> None:
    sessions = facts.sessions
    recent = sessions["no_show"] & (facts.now - sessions["at"] <= 30 * DAY)
    count = np.bincount(sessions["pair"][recent], minlength=len(facts.pairs))
    absent: dict[int, set[int]] = defaultdict(set)
    for place, side in zip(sessions["pair"][recent].tolist(), sessions["absent_side"][recent].tolist(), strict=True):
        absent[place].add(side)
    for place, risk in found.items():
        if count[place]:
            sides = absent[place]
            by = SIDES.get(next(iter(sides)), "") if len(sides) == 1 else ""
            again = ["missed_again"] if count[place] > 1 else []
            risk.add("missed_sessions", "missed", *again, count=int(count[place]), by=by)


def _falling(facts: Facts, found: dict[int, Risk]) -> None:
    """In four weeks lived, without pauses: the first ones beside the last."""
    pair, at = facts.contacts["pair"], facts.contacts["at"]
    size, month = len(facts.pairs), 4 * WEEK
    lived = facts.lived(pair, at)
    first = np.bincount(pair[lived < month], minlength=size)
    recent = np.bincount(pair[facts.age[pair] - lived < month], minlength=size)
    age = _age(facts)
    for place, risk in found.items():
        if age[place] >= 42 and first[place] and recent[place] < 0.5 * first[place]:
            risk.add("falling", "falling", before=int(first[place]), now=int(recent[place]))


def _one_sided(facts: Facts, found: dict[int, Risk]) -> None:
    weaker, total = weaker_side(facts)
    age = _age(facts)
    for place, risk in found.items():
        if age[place] >= 28 and total[place] >= 20 and weaker[place] < 0.15 * total[place]:
            risk.add("one_sided", "one_sided", share=round(100 * weaker[place] / total[place]))


def _expectations(facts: Facts, found: dict[int, Risk]) -> None:
    """As the indicator MF2 of the programme sees it, with the anchors in force."""
    gap = expectation_gap(facts)
    mf2 = next(each for each in indicators_of(facts.programme, facts.today) if each.code == "MF2")
    apart = mf2.score(gap.raw) < APART_UNDER
    for place, risk in found.items():
        if not gap.enough[place]:
            risk.unknown.append("expectations")
        elif apart[place]:
            mentor, mentee = round(gap.numerator[place]), round(gap.denominator[place])
            risk.add("expectations_differ", "expectations", mentor=mentor, mentee=mentee)


def _said(facts: Facts, found: dict[int, Risk]) -> None:
    """Only the three answers of which people are told that coordinators see them with their name; of answers
    that are all alike people are told that they are theirs alone. Whoever has left a circle says nothing about it any more."""
    scope = {} if facts.scope.relationships is None else {"response__relationship__in": facts.scope.relationships}
    rows = table(
        Answer.objects.filter(
            item__in=SEEN_BY_NAME, value__gte=1, **scope,
            response__wave__programme=facts.programme, response__submitted_at__lte=facts.at, response__left_out="",
        ).order_by("response__submitted_at", "pk"),
        "response__relationship_id", "response__enrolment__person_id", "response__enrolment__role", "item", "value",
    )  # fmt: skip
    members = facts.members
    there = {*zip(members.pair[members.present].tolist(), members.person[members.present].tolist(), strict=True)}
    said: dict[tuple[int, int, str, str], list[int]] = defaultdict(list)
    for pair, person, role, item, value in rows:
        if (place := facts.pairs.place.get(pair, -1), person) in there:
            said[place, person, role, item].append(value)
    for (place, _person, role, item), values in said.items():
        if place in found:
            _judge(found[place], item, values, "mentor" if role == Enrolment.Role.MENTOR else "mentee")
    answered = {place for place, *_rest in said}
    for place, risk in found.items():
        if place not in answered:
            risk.unknown.append("answers")


def _judge(risk: Risk, item: str, values: list[int], who: str) -> None:
    last = values[-1]
    if item == "support.satisfaction.1":
        if last <= 2:
            risk.add("dissatisfied", "satisfaction", value=last, who=who)
        elif len(values) > 1 and values[-2] - last >= 2:
            risk.add("satisfaction_fell", "satisfaction", before=values[-2], value=last, who=who)
    elif item == "support.continuity.3" and last >= 4:
        risk.add("thought_of_ending", "thought_of_ending", who=who)
    elif item == "modelling.framework.3" and last >= 4:
        risk.add("expectations_felt", "expectations", who=who)


def _training(facts: Facts, found: dict[int, Risk]) -> None:
    asked = [slug for slug, side, _days in facts.required_modules if side == MENTOR]
    done = {(person, slug) for person, slug, at, *_quiz in facts.progress if at is not None and at <= facts.at}
    age, members = _age(facts), facts.members
    for place, person, side, present in zip(
        members.pair.tolist(), members.person.tolist(), members.side.tolist(), members.present.tolist(), strict=True
    ):
        if place in found and present and side == MENTOR and age[place] >= 14:
            left = sum((person, slug) not in done for slug in asked)
            if left:
                found[place].add("training_unfinished", "training", count=left)


def _untouched(facts: Facts, found: dict[int, Risk]) -> None:
    """No coordinator was in touch with the mentor."""
    last = last_by(*facts.touches_of_mentors, len(facts.pairs))
    since = np.where(np.isnan(last), facts.pairs.start, last)
    days = (facts.age - facts.lived(np.arange(len(since)), since)) / DAY
    for place, risk in found.items():
        if days[place] >= 60:
            risk.add("untouched", "untouched", days=int(days[place]))


def _safety(facts: Facts, found: dict[int, Risk]) -> None:
    """That something was reported or two are kept apart; never what was said, and never who said it."""
    for code, pairs in (
        ("kept_apart", pairs_kept_apart(facts.programme)),
        ("reported", pairs_reported(facts.programme)),
    ):
        for pair in pairs:
            if (place := facts.pairs.place.get(pair, -1)) in found:
                found[place].add(code, points=found[place].weights["review_from"])


FORESEEING: tuple[Rule, ...] = (
    _start,
    _silence,
    _unanswered,
    _missed,
    _falling,
    _one_sided,
    _expectations,
    _said,
    _training,
    _untouched,
)
"""Those that a model of the past may learn from."""
RULES = (*FORESEEING, _safety)
BETWEEN: tuple[Rule, ...] = (_start, _silence, _unanswered, _missed, _falling, _one_sided, _untouched)
"""Those about what passes between people: any event's facts hold it already."""
BETWEEN_CODES = frozenset(
    {
        "no_first_contact",
        "agreement_unsigned",
        "silence",
        "unanswered",
        "missed_sessions",
        "falling",
        "one_sided",
        "untouched",
    }
)
