"""Relationships, who is in them, and what passed between them."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone

from core.dates import JALALI
from evaluation.facts import questions
from evaluation.facts.asking import Scope
from evaluation.facts.clocks import Clock, stood_between
from evaluation.facts.hands import Hands
from evaluation.facts.tables import (
    HOUR,
    MENTEE,
    MENTOR,
    WEEK,
    Agreements,
    CheckIns,
    Events,
    Members,
    Pairs,
    Pauses,
    People,
    by_first,
    ends_of_days,
    table,
)
from evaluation.statistics.events import Bools, Ints, Turns, begins_run, last_by, next_by, turns
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Programme
from notifications.quiet import WEEKENDS


class RelationshipFacts:
    """Relationships, their people, and what passed between them.

    `relationships`: only these and their people, by their ids (`members`: (enrolment, person) of each of these, where they are
    known); `people`: only these people, by their ids, and what they do alone. Neither: everything in the programme.
    """

    def __init__(
        self,
        programme: Programme,
        at: datetime,
        *,
        relationships: Collection[int] | None = None,
        people: Collection[int] | None = None,
        members: Collection[tuple[int, int]] | None = None,
    ) -> None:
        self.scope = Scope(programme, at, relationships, people, members)
        self.programme = programme
        self.at = at
        self.now = at.timestamp()
        self.today = timezone.localdate(at)

    @cached_property
    def pairs(self) -> Pairs:
        ids, start, closed, planned, percentile, paused, as_planned, poor_fit = by_first(questions.pairs(self.scope))
        over = closed <= self.now
        return Pairs(
            ids=ids.astype(np.int64),
            start=start,
            end=np.where(over, closed, self.now),
            over=over,
            planned_end=ends_of_days(planned),
            paused=paused > 0,
            as_planned=as_planned > 0,
            poor_fit=poor_fit > 0,
            percentile=percentile,
        )

    @cached_property
    def pair_keys(self) -> list[str]:
        """Of each relationship who it is between."""
        keys = dict(table(questions.begun(self.scope), "pk", "pair_key"))
        return [keys[pk] for pk in self.pairs.ids.tolist()]

    @cached_property
    def pauses(self) -> Pauses:
        pair, began, ended = questions.pauses(self.scope)
        place = self.pairs.places(pair)
        order = np.lexsort((began, place))
        order = order[place[order] >= 0]
        place, began, ended = place[order], began[order], ended[order]
        return Pauses(place, began, np.fmax(np.fmin(ended, self.pairs.end[place]), began), self.pairs.start)

    @cached_property
    def rests(self) -> Bools:
        """Which relationships rest at this moment: paused, or without somebody it needs who is suspended."""
        lasts = self.pauses.ended >= self.pairs.end[self.pauses.pair]
        return np.isin(np.arange(len(self.pairs)), self.pauses.pair[lasts])

    def lived(self, pair: Ints, at: Floats) -> Floats:
        """How many seconds a relationship has lived by a moment: since the match, without its pauses."""
        return at - self.pairs.start[pair] - self.pauses.rested(pair, at)

    @cached_property
    def age(self) -> Floats:
        """How many seconds each relationship has lived so far."""
        return self.lived(np.arange(len(self.pairs)), self.pairs.end)

    @cached_property
    def weeks(self) -> Ints:
        """Whole weeks that each relationship has lived so far."""
        return (self.age // WEEK).astype(np.int64)

    @cached_property
    def people(self) -> People:
        ids, person, mentor, capacity, wanted, decided, since, completed = by_first(questions.people(self.scope))
        return People(
            ids=ids.astype(np.int64),
            person=person.astype(np.int64),
            side=_side(mentor),
            capacity=capacity.astype(np.int64),
            wanted=wanted,
            decided=np.where(np.isnan(decided), since, decided),
            completed=completed > 0,
        )

    @cached_property
    def members(self) -> Members:
        _member, pair, person, enrolment, mentor, joined, left = by_first(questions.members(self.scope))
        place = self.pairs.places(pair)
        known = place >= 0
        left = np.where(left <= self.now, left, np.inf)[known]
        return Members(
            pair=place[known],
            person=person[known].astype(np.int64),
            enrolment=self.people.places(enrolment[known]),
            side=_side(mentor[known]),
            joined=joined[known],
            left=left,
            present=np.isinf(left),
        )

    @cached_property
    def messages(self) -> Events:
        """What members said; that somebody rang is not words. Sorted by relationship and time."""
        pair, sender, at, size = questions.messages(self.scope)
        place = self.pairs.places(pair)
        side = self.members.sides(place, sender)
        order = np.lexsort((size, side, at, place))
        order = order[(place[order] >= 0) & (side[order] >= 0)]
        return Events(
            place[order], side[order], at[order], size[order].astype(np.int64), sender[order].astype(np.int64)
        )

    @cached_property
    def turns(self) -> Turns:
        return turns(self.messages.pair, self.messages.side, self.messages.at)

    @cached_property
    def answer_hours(self) -> Floats:
        """Of every turn that answers: hours since the first message that it answers, without those in which the clock of who
        answers stood still."""
        answers = self.turns.answers
        end, waited = self.turns.first[answers], self.turns.waited[answers]
        stood = self.stood_still(self.turns.unit[answers], self.turns.side[answers], end - waited * HOUR, end)
        return np.maximum(waited - stood / HOUR, 0.0)

    @cached_property
    def awaited(self) -> tuple[Floats, Floats]:
        """Of every turn: when an answer or a session followed (infinite: not yet), and the seconds until then, or until now or
        the end of the relationship, after which nobody can answer, on the clock of the side that was to answer."""
        turns, met = self.turns, self.sessions["counts"]
        followed = np.concatenate((turns.answers[1:], [False])) if len(turns.unit) else turns.answers
        next_at = np.where(followed, np.roll(turns.first, -1), np.inf)
        next_met = next_by(turns.unit, turns.first, self.sessions["pair"][met], self.sessions["at"][met])
        next_at = np.minimum(next_at, next_met)
        end = np.maximum(np.minimum(next_at, self.pairs.end[turns.unit]), turns.first)
        return next_at, end - turns.first - self.stood_still(turns.unit, MENTOR + MENTEE - turns.side, turns.first, end)

    @cached_property
    def clocks(self) -> dict[int, Clock]:
        """Person -> when their clock stands still. Two queries."""
        holidays, away = holidays_of(self.programme), self._away
        return {
            person: Clock(
                zone, (begins, ends) if night else None, WEEKENDS[free or "none"], holidays, tuple(away.get(person, ()))
            )
            for person, zone, night, begins, ends, free in questions.rhythms(self.scope)
        }

    @cached_property
    def _away(self) -> dict[int, list[tuple[date, date]]]:
        """Person -> their days away: first and last."""
        away: dict[int, list[tuple[date, date]]] = {}
        for person, *days in zip(*(each.tolist() for each in questions.absences(self.scope)), strict=True):
            first, last = (datetime.fromtimestamp(day, UTC).date() for day in days)
            away.setdefault(int(person), []).append((first, last))
        return {person: sorted(days) for person, days in away.items()}

    @cached_property
    def _clock_of_side(self) -> tuple[list[Clock], Ints]:
        """All clocks, and which of them counts for a side: at the relationship's place times two, plus the side. Where several
        people are a side, any of them may answer: no clock stands (-1)."""
        members, numbers = self.members, {clock: number for number, clock in enumerate(set(self.clocks.values()))}
        seat, alone = self._seats
        clock = np.full(2 * len(self.pairs), -1)
        clock[seat[alone]] = [
            numbers[self.clocks[person]] if person in self.clocks else -1 for person in members.person[alone].tolist()
        ]
        return list(numbers), clock

    def stood_still(self, pair: Ints, side: Ints, start: Floats, end: Floats) -> Floats:
        """For how many seconds, between `start` and `end`, the clock of that side of a relationship stood still."""
        clocks, of_side = self._clock_of_side
        return _stood(clocks, of_side[pair * 2 + side], start, end)

    @cached_property
    def _seats(self) -> tuple[Ints, Bools]:
        """The seat of each member (the relationship's place times two, plus the side), and whether they are alone on it."""
        seat = self.members.pair * 2 + self.members.side
        return seat, np.bincount(seat, minlength=2 * len(self.pairs))[seat] == 1

    @cached_property
    def alone_on(self) -> Ints:
        """Of every seat the place of the member who is alone on it; -1 where there are several, or nobody."""
        seat, alone = self._seats
        found = np.full(2 * len(self.pairs), -1)
        found[seat[alone]] = np.flatnonzero(alone)
        return found

    @cached_property
    def _days_off(self) -> tuple[list[Clock], Ints]:
        """Clocks that stand on the days on which nobody owes a word: holidays, and those on which whoever is alone on a side is
        away; and which of them counts for a relationship."""
        _seat, alone = self._seats
        away: dict[int, set[tuple[date, date]]] = {}
        for pair, person in zip(self.members.pair[alone].tolist(), self.members.person[alone].tolist(), strict=True):
            if person in self._away:
                away.setdefault(pair, set()).update(self._away[person])
        zone, holidays = timezone.get_default_timezone_name(), holidays_of(self.programme)
        numbers: dict[Clock, int] = {Clock(zone, holidays=holidays): 0}
        of_pair = np.zeros(len(self.pairs), dtype=np.int64)
        for pair, days in away.items():
            clock = Clock(zone, holidays=holidays, away=tuple(sorted(days)))
            of_pair[pair] = numbers.setdefault(clock, len(numbers))
        return list(numbers), of_pair

    def days_off(self, pair: Ints, start: Floats, end: Floats) -> Floats:
        """How many seconds between `start` and `end` were days on which nobody in a relationship owes a word."""
        clocks, of_pair = self._days_off
        return _stood(clocks, of_pair[pair], start, end)

    @cached_property
    def silent(self) -> Floats:
        """Seconds since the last two-way contact of each relationship, or since the match where there was none, without pauses
        and days on which nobody owes a word."""
        last = last_by(*self.two_way, len(self.pairs))
        since = np.where(np.isnan(last), self.pairs.start, last)
        every, pauses = np.arange(len(self.pairs)), self.pauses
        off = self.days_off(every, since, self.pairs.end)
        both = self.days_off(pauses.pair, np.maximum(pauses.began, since[pauses.pair]), pauses.ended)
        return self.age - self.lived(every, since) - off + np.bincount(pauses.pair, both, len(every))

    @cached_property
    def sessions(self) -> dict[str, Any]:
        """Sessions whose time has come; `counts`: held and not just logged by one side; `no_show`: missed, or called off less
        than two hours before."""
        pair, held, no_show, confirmed, by_one, fault, at, place, absent = questions.sessions(self.scope)
        pairs = self.pairs.places(pair)
        absent_side = self.members.sides(pairs, np.nan_to_num(absent, nan=-1))
        order = np.lexsort((absent_side, place, fault, held, no_show, at, pairs))
        order = order[pairs[order] >= 0]
        held, no_show, confirmed, by_one = (each[order] > 0 for each in (held, no_show, confirmed, by_one))
        return {
            "pair": pairs[order],
            "at": at[order],
            "held": held,
            "counts": held & ~by_one,
            "no_show": no_show,
            "due": (held | no_show | confirmed) & ~by_one,
            "channel": place[order].astype(np.int64),
            "absent": np.nan_to_num(absent[order], nan=-1),
            "absent_side": absent_side[order],
            "fault": fault[order] > 0,
        }

    @cached_property
    def contacts(self) -> dict[str, Any]:
        """Contact events by channel: sessions held, and messages counted at most once an hour per relationship."""
        said, met = self.messages, self.sessions["counts"]
        first = begins_run(said.pair, said.at // HOUR)
        pair = np.concatenate((said.pair[first], self.sessions["pair"][met]))
        at = np.concatenate((said.at[first], self.sessions["at"][met]))
        channel = np.concatenate((np.zeros(int(first.sum()), np.int64), self.sessions["channel"][met]))
        order = np.lexsort((channel, at, pair))
        return {"pair": pair[order], "at": at[order], "channel": channel[order]}

    @cached_property
    def two_way(self) -> tuple[Ints, Floats]:
        """Moments of two-way contact: an answer, or a session held."""
        met, answered = self.sessions["counts"], self.turns.answers
        return (
            np.concatenate((self.turns.unit[answered], self.sessions["pair"][met])),
            np.concatenate((self.turns.first[answered], self.sessions["at"][met])),
        )

    @cached_property
    def agreements(self) -> Agreements:
        pairs = self.pairs
        size = len(pairs)
        rhythm, reply, changed = np.full((3, size), np.nan)
        written, prefilled, version = np.zeros((3, size))
        pair, days, hours, ways, expects, again, bounds, number, updated = questions.agreements(self.scope)
        place = pairs.places(pair)
        known = place >= 0
        place = place[known]
        rhythm[place], reply[place], version[place], changed[place] = (
            each[known] for each in (days, hours, number, updated)
        )
        written[place] = sum(part[known] > 0 for part in (expects, again, bounds))
        prefilled[place] = 1 + sum(part[known] > 0 for part in (days, hours, ways))  # an agreement always has an end
        pair, of_version, person, at = questions.signatures(self.scope)
        place = pairs.places(pair)
        known = place >= 0
        hands = Hands(place[known], of_version[known], person[known], at[known], self.members)
        return Agreements(
            rhythm, reply, written, prefilled, hands.first_complete(size), hands.complete_now(version), changed
        )

    @cached_property
    def goals(self) -> dict[str, Any]:
        """Every goal made by now: its relationship, whether it was dropped or confirmed by now, and how far it was reached."""
        pair, dropped, confirmed, attainment = questions.goals(self.scope)
        place = self.pairs.places(pair)
        known = place >= 0
        return {
            "pair": place[known],
            "stands": dropped[known] == 0,
            "confirmed": confirmed[known] <= self.now,
            "attainment": attainment[known],
        }

    @cached_property
    def ratings(self) -> dict[str, Any]:
        pair, person, stars, at = questions.ratings(self.scope)
        place = self.pairs.places(pair)
        known = place >= 0
        place, person = place[known], person[known]
        side = self.members.sides(place, person)
        return {"pair": place, "person": person, "side": side, "stars": stars[known], "at": at[known]}

    @cached_property
    def check_ins(self) -> CheckIns:
        pair, person, mood, at = questions.check_ins(self.scope)
        place = self.pairs.places(pair)
        known = place >= 0
        return CheckIns(place[known], person[known].astype(np.int64), mood[known], at[known])

    @cached_property
    def touches(self) -> tuple[Ints, Floats]:
        """When a coordinator was in touch with a relationship, whoever of it it was."""
        place, at, _side = self._touches
        return place, at

    @cached_property
    def touches_of_mentors(self) -> tuple[Ints, Floats]:
        """When a coordinator was in touch with a mentor, or with all of the relationship."""
        place, at, side = self._touches
        return place[side != MENTEE], at[side != MENTEE]

    @cached_property
    def _touches(self) -> tuple[Ints, Floats, Ints]:
        pair, at, person = questions.touches(self.scope)
        place = self.pairs.places(pair)
        known = place >= 0
        place = place[known]
        return place, at[known], self.members.sides(place, np.nan_to_num(person[known], nan=-1))


def _stood(clocks: list[Clock], number: Ints, start: Floats, end: Floats) -> Floats:
    """For how many seconds the clock with the number of a row stood between its moments."""
    stood = np.zeros(len(number))
    order = np.argsort(number, kind="stable")
    bounds = np.searchsorted(number[order], np.arange(len(clocks) + 1))
    for clock, first, last in zip(clocks, bounds[:-1], bounds[1:], strict=True):
        rows = order[first:last]
        stood[rows] = stood_between(clock, start[rows], end[rows])
    return stood


def _side(mentor: Floats) -> Ints:
    sides: Ints = np.where(mentor > 0, MENTOR, MENTEE)
    return sides


def holidays_of(programme: Programme) -> frozenset[str]:
    """Whose holidays stop the clocks: as the programme chose, else those of its institution's calendar."""
    kinds = Programme.Holidays
    usual = kinds.IRANIAN if programme.institution.calendar == JALALI else kinds.GREGORIAN
    chosen = programme.holidays or usual
    return frozenset({kinds.BOTH: (kinds.IRANIAN, kinds.GREGORIAN), kinds.NONE: ()}.get(chosen, (chosen,)))
