"""Relationships, who is in them, and what passed between them."""

from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Length
from django.utils import timezone

from core.dates import JALALI
from evaluation.facts.clocks import Clock, stood_between
from evaluation.facts.tables import (
    CHANNELS,
    HOUR,
    MENTEE,
    MENTOR,
    TAKING_PART,
    Agreements,
    Events,
    Members,
    Pairs,
    People,
    Status,
    floats,
    ints,
    midnight,
    moments,
    table,
)
from evaluation.statistics.events import Ints, Turns, turns
from evaluation.statistics.scoring import Floats
from mentoring.messaging.models import Message
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import (
    Agreement,
    CheckIn,
    CoordinatorTouch,
    Goal,
    Relationship,
    RelationshipMember,
    Session,
    SessionRating,
)
from notifications.quiet import WEEKENDS


class RelationshipFacts:
    """Relationships, their people, and what passed between them."""

    def __init__(self, programme: Programme, at: datetime) -> None:
        self.programme = programme
        self.at = at
        self.now = at.timestamp()
        self.today = timezone.localdate(at)

    @cached_property
    def pairs(self) -> Pairs:
        rows = table(
            Relationship.objects.filter(programme=self.programme, started_at__lte=self.at)
            .exclude(status=Relationship.Status.VOIDED)
            .order_by("pk"),
            "pk", "started_at", "closed_at", "planned_end_on", "status", "close_reason", "pair_key", "why",
        )  # fmt: skip
        ids, started, closed, planned, status, reason, keys, why = zip(*rows, strict=True) if rows else ([],) * 8
        closed_at = moments(closed)
        over = closed_at <= self.now
        return Pairs(
            ids=ints(ids),
            start=moments(started),
            end=np.where(over, closed_at, self.now),
            over=over,
            planned_end=np.array([midnight(day) for day in planned], dtype=float),
            status=list(status),
            reason=list(reason),
            pair_key=list(keys),
            why=list(why),
            place={pk: place for place, pk in enumerate(ids)},
        )

    @cached_property
    def people(self) -> People:
        rows = table(
            Enrolment.objects.filter(programme=self.programme)
            .filter(Q(status__in=TAKING_PART) | Q(memberships__isnull=False))
            .distinct()
            .order_by("pk"),
            "pk", "person_id", "role", "capacity", "contacts_wanted", "decided_at", "status", "status_at",
        )  # fmt: skip
        ids, person, role, capacity, wanted, decided, status, since = zip(*rows, strict=True) if rows else ([],) * 8
        known = [day or since for day, since in zip(decided, since, strict=True)]
        return People(
            ids=ints(ids),
            person=ints(person),
            side=ints(MENTOR if each == Enrolment.Role.MENTOR else MENTEE for each in role),
            capacity=ints(capacity),
            wanted=floats(wanted),
            decided=moments(known),
            completed=np.array([each == Status.COMPLETED for each in status], dtype=bool),
            place={pk: place for place, pk in enumerate(ids)},
        )

    @cached_property
    def members(self) -> Members:
        rows = [
            row
            for row in table(
                RelationshipMember.objects.filter(relationship__programme=self.programme, joined_at__lte=self.at),
                "relationship_id", "person_id", "enrolment_id", "role", "left_at",
            )
            if row[0] in self.pairs.place
        ]  # fmt: skip
        return Members(
            pair=ints(self.pairs.place[row[0]] for row in rows),
            person=ints(row[1] for row in rows),
            enrolment=ints(self.people.place[row[2]] for row in rows),
            side=ints(MENTOR if row[3] == Enrolment.Role.MENTOR else MENTEE for row in rows),
            present=np.array([row[4] is None or row[4] > self.at for row in rows], dtype=bool),
        )

    @cached_property
    def side_of(self) -> dict[tuple[int, int], int]:
        """(place of the relationship, person) -> side."""
        members = self.members
        return dict(
            zip(
                zip(members.pair.tolist(), members.person.tolist(), strict=True),
                members.side.tolist(),
                strict=True,
            )
        )

    @cached_property
    def messages(self) -> Events:
        said = Message.objects.filter(call=None, created_at__lte=self.at)  # that somebody rang is not words
        rows = said.filter(room__relationship__programme=self.programme)
        return self._events(table(rows, "room__relationship_id", "sender_id", "created_at", Length("body")))

    def _events(self, rows: list[tuple[Any, ...]]) -> Events:
        place, side_of = self.pairs.place, self.side_of
        known = [
            (place[pair], side_of[place[pair], person], moment.timestamp(), size)
            for pair, person, moment, size in rows
            if pair in place and (place[pair], person) in side_of
        ]
        data = np.array(known, dtype=float).reshape(-1, 4)
        data = data[np.lexsort((data[:, 2], data[:, 0]))]
        return Events(data[:, 0].astype(np.int64), data[:, 1].astype(np.int64), data[:, 2], data[:, 3].astype(np.int64))

    @cached_property
    def turns(self) -> Turns:
        return turns(self.messages.pair, self.messages.side, self.messages.at)

    @cached_property
    def clocks(self) -> dict[int, Clock]:
        """Person -> when their clock stands still. The holidays are those of the institution's calendar."""
        iranian = self.programme.institution.calendar == JALALI
        rows = table(
            Enrolment.objects.filter(programme=self.programme).distinct(),
            "person_id", "person__time_zone", "person__rhythm__night", "person__rhythm__night_from",
            "person__rhythm__night_to", "person__rhythm__free_days",
        )  # fmt: skip
        return {
            person: Clock(zone, (begins, ends) if night else None, WEEKENDS[free or "none"], iranian)
            for person, zone, night, begins, ends, free in rows
        }

    def stood_still(self, pair: Ints, side: Ints, start: Floats, end: Floats) -> Floats:
        """For how many seconds, between `start` and `end`, the clock of that side of a relationship stood still. Where several
        people are a side, any of them may answer: no clock stands."""
        members = self.members
        alone: dict[tuple[int, int], int | None] = {}
        for place, who, person in zip(
            members.pair.tolist(), members.side.tolist(), members.person.tolist(), strict=True
        ):
            alone[place, who] = None if (place, who) in alone else person
        by_clock: dict[Clock, list[int]] = {}
        for row, key in enumerate(zip(pair.tolist(), side.tolist(), strict=True)):
            person = alone.get(key)
            if person is not None and person in self.clocks:
                by_clock.setdefault(self.clocks[person], []).append(row)
        stood = np.zeros(len(pair))
        for clock, found in by_clock.items():
            stood[found] = stood_between(clock, start[found], end[found])
        return stood

    @cached_property
    def sessions(self) -> dict[str, Any]:
        """Sessions whose time has come; `counts`: held and not just logged by one side."""
        rows = [
            row
            for row in table(
                Session.objects.filter(relationship__programme=self.programme, starts_at__lte=self.at),
                "relationship_id", "status", "starts_at", "place", "provenance", "absent_id", "technical_fault",
            )
            if row[0] in self.pairs.place
        ]  # fmt: skip
        rows.sort(key=lambda row: (self.pairs.place[row[0]], row[2]))
        pairs = ints(self.pairs.place[row[0]] for row in rows)
        status = np.array([row[1] for row in rows], dtype=object)
        logged_by_one = np.array([row[4] == Session.Provenance.SELF_LOGGED for row in rows], dtype=bool)
        held = status == Session.Status.HELD
        return {
            "pair": pairs,
            "at": moments(row[2] for row in rows),
            "held": held,
            "counts": held & ~logged_by_one,
            "no_show": status == Session.Status.NO_SHOW,
            "due": np.isin(status, [Session.Status.HELD, Session.Status.NO_SHOW, Session.Status.CONFIRMED])
            & ~logged_by_one,
            "place": np.array([row[3] for row in rows], dtype=object),
            "absent_side": ints(self.side_of.get((pair, row[5]), -1) for pair, row in zip(pairs, rows, strict=True)),
            "fault": np.array([row[6] for row in rows], dtype=bool),
        }

    @cached_property
    def contacts(self) -> dict[str, Any]:
        """Contact events by channel: sessions held, and messages counted at most once an hour per relationship."""
        hours = np.stack((self.messages.pair, (self.messages.at // HOUR).astype(np.int64)), axis=1)
        hourly, first = np.unique(hours, axis=0, return_index=True)
        met = self.sessions["counts"]
        pair = np.concatenate((hourly[:, 0], self.sessions["pair"][met]))
        at = np.concatenate((self.messages.at[first], self.sessions["at"][met]))
        channel = np.concatenate(
            (np.zeros(len(hourly), np.int64), ints(CHANNELS.index(place) for place in self.sessions["place"][met]))
        )
        order = np.lexsort((at, pair))
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
        rhythm, reply, filled = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size)
        reconnect, signed = np.zeros(size, dtype=bool), np.full(size, np.nan)
        present = np.bincount(self.members.pair[self.members.present], minlength=size)
        valid = Q(signatures__version=F("version"), signatures__signed_at__lte=self.at)
        rows = table(
            Agreement.objects.filter(relationship__programme=self.programme).annotate(
                hands=Count("signatures", filter=valid), last=Max("signatures__signed_at", filter=valid)
            ),
            "relationship_id", "rhythm_days", "reply_hours", "channels", "expectations", "reconnect", "boundaries",
            "hands", "last",
        )  # fmt: skip
        for pk, days, hours, channels, expectations, again, boundaries, hands, last in rows:
            if (place := pairs.place.get(pk)) is None:
                continue
            rhythm[place], reply[place] = days, hours
            parts = (days, hours, channels, expectations, again, boundaries)
            filled[place] = sum(bool(part) for part in parts) / len(parts)
            reconnect[place] = bool(again)
            if last is not None and hands >= present[place]:
                signed[place] = last.timestamp()
        return Agreements(rhythm, reply, filled, reconnect, signed)

    @cached_property
    def goals(self) -> list[tuple[Any, ...]]:
        """(place, status, confirmed, attainment) of every goal made by now."""
        rows = table(
            Goal.objects.filter(relationship__programme=self.programme, created_at__lte=self.at),
            "relationship_id", "status", "confirmed_at", "attainment",
        )  # fmt: skip
        return [(self.pairs.place[row[0]], *row[1:]) for row in rows if row[0] in self.pairs.place]

    @cached_property
    def ratings(self) -> dict[str, Any]:
        rows = [
            row
            for row in table(
                SessionRating.objects.filter(
                    session__relationship__programme=self.programme, rated_at__lte=self.at
                ),
                "session__relationship_id", "person_id", "stars", "rated_at",
            )
            if row[0] in self.pairs.place
        ]  # fmt: skip
        pair = ints(self.pairs.place[row[0]] for row in rows)
        return {
            "pair": pair,
            "side": ints(self.side_of.get((place, row[1]), -1) for place, row in zip(pair.tolist(), rows, strict=True)),
            "stars": floats(row[2] for row in rows),
            "at": moments(row[3] for row in rows),
        }

    @cached_property
    def check_ins(self) -> list[tuple[int, int, int, float]]:
        """(place, person, mood, moment)."""
        rows = table(
            CheckIn.objects.filter(relationship__programme=self.programme, answered_at__lte=self.at),
            "relationship_id", "person_id", "mood", "answered_at",
        )  # fmt: skip
        place = self.pairs.place
        return [(place[pk], who, mood, at.timestamp()) for pk, who, mood, at in rows if pk in place]

    @cached_property
    def touches(self) -> tuple[Ints, Floats]:
        rows = table(
            CoordinatorTouch.objects.filter(relationship__programme=self.programme, at__lte=self.at),
            "relationship_id", "at",
        )  # fmt: skip
        known = [row for row in rows if row[0] in self.pairs.place]
        return ints(self.pairs.place[row[0]] for row in known), moments(row[1] for row in known)
