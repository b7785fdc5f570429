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
from evaluation.facts.batches import let_in
from evaluation.facts.clocks import Clock, stood_between
from evaluation.facts.hands import Hands
from evaluation.facts.tables import (
    DAY,
    HOUR,
    MENTEE,
    MENTOR,
    PEOPLE,
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
    spread,
)
from evaluation.statistics.events import Bools, Ints, Turns, begins_run, last_by, next_by, turns
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Programme
from mentoring.relationships.models import SessionRating
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
        ids, start, closed, closing, planned, percentile, paused, as_planned, poor_fit = by_first(
            questions.pairs(self.scope)
        )
        over = closed <= self.now
        return Pairs(
            ids=ids.astype(np.int64),
            start=start,
            end=np.where(over, closed, self.now),
            over=over,
            closing=np.fmin(np.where(over, closed, np.nan), np.where(closing <= self.now, closing, np.nan)),
            planned_end=ends_of_days(planned),
            paused=paused > 0,
            as_planned=as_planned > 0,
            poor_fit=poor_fit > 0,
            percentile=percentile,
        )

    @cached_property
    def mentors(self) -> Ints:
        """Who is, or was, the mentor of each relationship; -1 where nobody is known."""
        members, found = self.members, np.full(len(self.pairs), -1)
        mentors = np.flatnonzero(members.side == MENTOR)
        latest = mentors[np.argsort(members.left[mentors], kind="stable")]
        found[members.pair[latest]] = members.person[latest]
        return found

    @cached_property
    def together_again(self) -> Bools:
        """Which relationships have a mentor and a mentee who came together anew since they began, in any programme of the
        institution, and were together beyond their end."""
        members, (mentor, mentee, since, until) = self.members, questions.together(self.scope)
        mentees = members.side == MENTEE
        pair = members.pair[mentees]
        row, other = spread(mentor * PEOPLE + mentee, self.mentors[pair] * PEOPLE + members.person[mentees])
        begun = since[other] > np.maximum(self.pairs.start[pair], members.joined[mentees])[row]
        beyond = np.isnan(until[other]) | (until[other] > self.pairs.end[pair][row])
        return np.isin(np.arange(len(self.pairs)), pair[row[begun & beyond]])

    @cached_property
    def given_up(self) -> Floats:
        """For how many seconds each accepted mentee who is gone without a match had waited by then."""
        accepted, gone = questions.given_up(self.scope)
        return np.maximum(np.fmin(gone, self.now) - accepted, 0.0)

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
        ids, person, mentor, capacity, wanted, decided, since, done = by_first(questions.people(self.scope))
        return People(
            ids=ids.astype(np.int64),
            person=person.astype(np.int64),
            side=_side(mentor),
            capacity=capacity.astype(np.int64),
            wanted=wanted,
            decided=np.where(np.isnan(decided), since, decided),
            since=since,
            done=done > 0,
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
    def counted(self) -> Bools:
        """Which turns count when one asks how soon people answer: of a side at most one in an hour."""
        turns = self.turns
        counted = np.zeros(len(turns.unit), dtype=bool)
        for side in (MENTOR, MENTEE):
            mine = np.flatnonzero(turns.side == side)
            counted[mine] = begins_run(turns.unit[mine], turns.first[mine] // HOUR)
        return counted

    @cached_property
    def answers(self) -> Bools:
        """Which turns answer, of those that count."""
        return self.turns.answers & self.counted

    @cached_property
    def answer_hours(self) -> Floats:
        """Of every one of the `answers`: hours since the first message that it answers, without those in which the clock of who
        answers stood still or the relationship rested."""
        answers = self.answers
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
    def _clocks_of_members(self) -> tuple[list[Clock], Ints]:
        """All clocks, and which of them is whose: at each member's place; and none (-1) at the end, for where several people are
        a side: any of them may answer, so no clock stands."""
        numbers = {clock: number for number, clock in enumerate(set(self.clocks.values()))}
        whose = [numbers[self.clocks[who]] if who in self.clocks else -1 for who in self.members.person.tolist()]
        return list(numbers), np.array([*whose, -1])

    def stood_still(self, pair: Ints, side: Ints, start: Floats, end: Floats) -> Floats:
        """For how many seconds, between `start` and `end`, the clock of that side of a relationship stood still (of whoever was
        alone on it at the start), or the relationship rested."""
        clocks, of_members = self._clocks_of_members
        return self._still(clocks, of_members[self.alone_on(pair, side, start)], pair, start, end)

    def _still(self, clocks: list[Clock], number: Ints, pair: Ints, start: Floats, end: Floats) -> Floats:
        """For how many seconds between moments the clock with the number of a row stood still, or its relationship rested."""
        row, pause = spread(self.pauses.pair, pair)
        began, ended = np.maximum(self.pauses.began[pause], start[row]), np.minimum(self.pauses.ended[pause], end[row])
        inside = ended > began
        row, began, ended = row[inside], began[inside], ended[inside]
        rested = ended - began - _stood(clocks, number[row], began, ended)
        return _stood(clocks, number, start, end) + np.bincount(row, rested, len(pair))

    def alone_on(self, pair: Ints, side: Ints, at: Floats) -> Ints:
        """The place of the member who was alone on that side of a relationship at a moment; -1 where there were several, or
        nobody."""
        members = self.members
        seats, seat = members.pair * 2 + members.side, pair * 2 + side
        times = np.bincount(seats, minlength=2 * len(self.pairs))
        found = np.full(len(times), -1)
        found[seats] = np.arange(len(seats))
        alone, several = found[seat], np.flatnonzero(times[seat] > 1)
        row, place = spread(seats, seat[several])
        there = (members.joined[place] <= at[several][row]) & (at[several][row] < members.left[place])
        row, place = row[there], place[there]
        only = np.bincount(row, minlength=len(several)) == 1
        alone[several] = np.where(only, np.bincount(row, place, len(several)), -1)
        return alone

    @cached_property
    def _days_off(self) -> tuple[list[Clock], Ints]:
        """Clocks that stand on the days on which nobody owes a word: holidays, and those on which whoever is alone on a side is
        away; and which of them counts for a relationship."""
        members, every = self.members, np.arange(len(self.pairs))
        away: dict[int, set[tuple[date, date]]] = {}
        for side in (MENTOR, MENTEE):
            alone = self.alone_on(every, np.full(len(every), side), self.pairs.end)
            for pair, person in zip(
                every[alone >= 0].tolist(), members.person[alone[alone >= 0]].tolist(), strict=True
            ):
                if person in self._away:
                    away.setdefault(pair, set()).update(self._away[person])
        zone, holidays = timezone.get_default_timezone_name(), holidays_of(self.programme)
        numbers: dict[Clock, int] = {Clock(zone, holidays=holidays): 0}
        of_pair = np.zeros(len(every), dtype=np.int64)
        for pair, days in away.items():
            clock = Clock(zone, holidays=holidays, away=tuple(sorted(days)))
            of_pair[pair] = numbers.setdefault(clock, len(numbers))
        return list(numbers), of_pair

    @cached_property
    def silent(self) -> Floats:
        """Seconds since the last two-way contact of each relationship, or since the match where there was none, without pauses
        and days on which nobody owes a word."""
        last, end = last_by(*self.two_way, len(self.pairs)), self.pairs.end
        since = np.where(np.isnan(last), self.pairs.start, last)
        return end - since - self._still(*self._days_off, np.arange(len(end)), since, end)

    @cached_property
    def sessions(self) -> dict[str, Any]:
        """Sessions whose time has come, before the end of their relationship; `counts`: held and not just logged by one side;
        `no_show`: missed, or called off less than two hours before."""
        return {name: values[~self._sessions["after"]] for name, values in self._sessions.items()}

    @cached_property
    def met_again(self) -> Bools:
        """Which relationships had a session after their end."""
        late = self._sessions["after"] & self._sessions["counts"]
        return np.isin(np.arange(len(self.pairs)), self._sessions["pair"][late])

    @cached_property
    def _sessions(self) -> dict[str, Any]:
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
            "due": (held | no_show | (confirmed & ~self.pauses.hold(pairs[order], at[order]))) & ~by_one,
            "channel": place[order].astype(np.int64),
            "absent": np.nan_to_num(absent[order], nan=-1),
            "absent_side": absent_side[order],
            "fault": fault[order] > 0,
            "after": at[order] > self.pairs.end[pairs[order]],
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
        """Every goal made by now: its relationship, whether it was dropped or confirmed by now, how far it was reached, and since
        when that is known."""
        pair, dropped, confirmed, attainment, closed = questions.goals(self.scope)
        place = self.pairs.places(pair)
        known = place >= 0
        return {
            "pair": place[known],
            "stands": dropped[known] == 0,
            "confirmed": confirmed[known] <= self.now,
            "attainment": attainment[known],
            "closed": closed[known],
        }

    @cached_property
    def ratings(self) -> dict[str, Any]:
        pair, person, stars, at = questions.ratings(self.scope)
        place = self.pairs.places(pair)
        known = place >= 0
        place, person = place[known], person[known]
        side = self.members.sides(place, person)
        return {"pair": place, "person": person, "side": side, "stars": stars[known], "at": at[known]}

    def ratings_let_in(self, least: int, span: float = 0.0) -> dict[str, Any]:
        """Those that a figure of the programme may tell of, which needs `least` in a relationship, over `span` seconds."""
        stays = self.now - self.ratings["at"] >= SessionRating.MAY_CHANGE.total_seconds()
        pair, person, at = (self.ratings[name][stays] for name in ("pair", "person", "at"))
        inside = np.flatnonzero(stays)[let_in(pair, person, at, least=least, span=span)]
        return {name: values[inside] for name, values in self.ratings.items()}

    @cached_property
    def check_ins(self) -> CheckIns:
        pair, person, mood, at, week = questions.check_ins(self.scope)
        place = self.pairs.places(pair)
        known = place >= 0
        stays = self.now >= week + WEEK + DAY  # wherever on earth they are
        return CheckIns(place[known], person[known].astype(np.int64), mood[known], at[known], stays[known])

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
