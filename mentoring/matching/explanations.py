"""Answers about a draft, computed when a coordinator asks: why this pair, why not that mentor, who else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from core.text import search_key
from mentoring.matching.engine import WhyNot, best_mentors, explain, why_not
from mentoring.matching.models import Pair
from mentoring.matching.standing import Asked
from mentoring.planning.models import Availability, Enrolment, Programme
from mentoring.relationships.slots import Stretch, Weekly, common, stretches

NAMES_OFFERED = 500
"""Up to this many mentors are offered by name while somebody types."""
ANSWERED = 5


@dataclass(frozen=True)
class Rank:
    """The place of one among all that are possible for the other, by fit; equal ones share the better place."""

    place: int
    of: int


@dataclass(frozen=True)
class Shared:
    """A stretch of the week that two people share, on both clocks."""

    starts: datetime
    ends: datetime
    clocks: tuple[ZoneInfo, ZoneInfo]

    @property
    def mentee(self) -> tuple[datetime, datetime]:
        return self._on(0)

    @property
    def mentor(self) -> tuple[datetime, datetime]:
        return self._on(1)

    def _on(self, side: int) -> tuple[datetime, datetime]:
        return self.starts.astimezone(self.clocks[side]), self.ends.astimezone(self.clocks[side])


def shared_week(programme: Programme, mentee: Enrolment, mentor: Enrolment) -> list[Shared]:
    """When both are free in the first week of the programme, each by their own clock. One query."""
    monday = datetime.combine(programme.starts_on - timedelta(days=programme.starts_on.weekday()), time(), UTC)
    zones = {row.person_id: ZoneInfo(row.person.time_zone) for row in (mentee, mentor)}
    weekly: dict[int, list[Weekly]] = {pk: [] for pk in zones}
    for row in Availability.objects.filter(person__in=zones):
        weekly[row.person_id].append(Weekly(row.weekday, row.starts, row.ends, zones[row.person_id]))
    sides: list[list[Stretch]] = [
        stretches(weekly[row.person_id], since=monday, until=monday + timedelta(days=7)) for row in (mentee, mentor)
    ]
    clocks = zones[mentee.person_id], zones[mentor.person_id]
    return [Shared(starts, ends, clocks) for starts, ends in common(*sides)]


@dataclass(frozen=True)
class Answer:
    """Why a mentee does not have a certain mentor, and with whom one could swap."""

    mentor: Enrolment
    told: WhyNot
    present: Enrolment | None
    holders: tuple[tuple[Enrolment, int], ...]
    free: int


@dataclass(frozen=True)
class Alternative:
    """A mentor who would also be possible for a mentee of a draft."""

    mentor: Enrolment
    score: int
    parts: dict[str, int]
    overlap_minutes: int
    shared: tuple[str, ...]
    free: int
    pairs: tuple[Pair, ...]
    """The standing pairs of this mentor in the draft: with whom one could swap."""


@dataclass(frozen=True)
class About:
    """One mentee of a draft, and what can be asked about her."""

    asked: Asked
    mentee: Enrolment

    def ranks(self, mentor: Enrolment) -> tuple[Rank, Rank]:
        """The mentor among those possible for the mentee, and the mentee among those possible for the mentor."""
        table, cohort = self.asked.table, self.asked.pool.cohort
        row = int(np.flatnonzero(cohort.mentees.keys == self.mentee.pk)[0])
        column = int(np.flatnonzero(cohort.mentors.keys == mentor.pk)[0])
        own = int(table.scores(np.array([row]), np.array([column]))[0])
        lines = (
            (np.full(len(cohort.mentors), row), np.arange(len(cohort.mentors))),
            (np.arange(len(cohort.mentees)), np.full(len(cohort.mentees), column)),
        )
        found = []
        for line in lines:
            possible = table.exists(*line)
            better = int((possible & (table.scores(*line) > own)).sum())
            found.append(Rank(better + 1, max(int(possible.sum()), better + 1)))
        return found[0], found[1]

    @cached_property
    def mentors(self) -> list[Enrolment]:
        """The mentors one can ask about, by name."""
        return sorted(self.asked.pool.mentors, key=lambda row: (search_key(str(row.person)), row.pk))

    def why_not(self, words: str) -> list[Answer]:
        """An answer for each mentor whose name has all these words, best fit first; at most ANSWERED."""
        wanted = search_key(words).split()
        named = [row for row in self.mentors if wanted and all(w in search_key(str(row.person)) for w in wanted)]
        exact = [row for row in named if search_key(str(row.person)) == search_key(words)]
        asked, people = self.asked, self.asked.pool.people
        found = []
        for mentor in exact or named:
            told = why_not(asked.table, asked.standing, self.mentee.pk, mentor.pk)
            holders = tuple((people[key], score) for key, score in told.holders)
            present = people[told.present] if told.present is not None else None
            free = asked.standing.free_places(mentor.pk)
            found.append(Answer(mentor, told, present, holders, free))
        return sorted(found, key=lambda answer: (-answer.told.score, answer.mentor.pk))[:ANSWERED]

    def alternatives(self, *, but: Enrolment | None = None, top: int = 5) -> list[Alternative]:
        """The best possible mentors other than `but`, with the places they have left in this draft."""
        best = best_mentors(self.asked.table, None, None, self.mentee.pk, top=top + 1)
        keys = [key for key, _score in best if but is None or key != but.pk][:top]
        stories = explain(self.asked.table, pairs=[(self.mentee.pk, key) for key in keys])
        pairs = self._standing_pairs(keys)
        people, concepts = self.asked.pool.people, self.asked.pool.concepts
        return [
            Alternative(
                mentor=people[story.mentor],
                score=story.score,
                parts=story.parts,
                overlap_minutes=story.overlap_minutes,
                shared=tuple(concepts[column] for column in story.shared_concepts),
                free=self.asked.standing.free_places(story.mentor),
                pairs=tuple(pairs[story.mentor]),
            )
            for story in stories
        ]

    def _standing_pairs(self, mentors: Sequence[int]) -> dict[int, list[Pair]]:
        standing: dict[int, list[Pair]] = {key: [] for key in mentors}
        rows = Pair.objects.for_rows().filter(run=self.asked.run, mentor__in=mentors)
        for pair in rows.filter(status__in=[Pair.Status.PROPOSED, Pair.Status.APPROVED]).order_by("-score", "pk"):
            standing[pair.mentor_id].append(pair)
        return standing
