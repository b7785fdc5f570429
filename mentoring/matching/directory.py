"""The mentors a mentee may ask, by fit, and how long each of them takes to answer. Whoever must not be found is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from django.db.models import Count, F, Q

from core.text import search_key
from mentoring.matching.engine import (
    FairMentor,
    Objective,
    PairStory,
    Rules,
    Standing,
    Table,
    Weights,
    explain,
    fair_mentors,
)
from mentoring.matching.models import MatchRun, Request
from mentoring.matching.queries import Pool, load_pool
from mentoring.planning.models import Enrolment, concept_name

ENOUGH = 3
"""So many requests must have been answered, or have run out, before a time is named."""


@dataclass(frozen=True)
class Directory:
    """The mentors of one mentee's programme who have a place and keep every hard rule with her, best fit first."""

    mentee: Enrolment
    pool: Pool
    rules: Rules
    weights: Weights
    prices: Standing
    """What places were worth to others in the last published run; nothing where there was none."""

    @cached_property
    def mentors(self) -> dict[int, Enrolment]:
        """By id, the best fit less the price of the place first."""
        return {row.mentor: self.pool.people[row.mentor] for row in self._fair}

    @cached_property
    def is_priced(self) -> bool:
        """Whether a place that others need has put a mentor further down than fit alone."""
        return any(row.price > 0 for row in self._fair)

    @cached_property
    def _fair(self) -> list[FairMentor]:
        everybody, table = len(self.pool.cohort.mentors), Table(self.pool.cohort, self.rules, self.weights)
        rows = fair_mentors(table, self.prices, self.mentee.pk, top=everybody)
        return [row for row in rows if _takes_people(self.pool.people[row.mentor])]

    def stories(self, mentors: Iterable[int]) -> dict[int, PairStory]:
        """Why each of these fits, by the mentor's id."""
        pairs = [(self.mentee.pk, mentor) for mentor in mentors]
        return {story.mentor: story for story in explain(self.pool.cohort, self.rules, self.weights, pairs)}

    def offers(self, mentor: Enrolment) -> list[str]:
        """The subjects a mentor offers, by name, the strongest first."""
        side = self.pool.cohort.mentors
        levels = side.skills[int((side.keys == mentor.pk).argmax())]
        columns = sorted(levels.nonzero()[0].tolist(), key=lambda column: -int(levels[column]))
        return [concept_name(self.pool.concepts[column]) for column in columns]

    def find(self, *, words: str = "", field: str = "", language: str = "") -> list[Enrolment]:
        """Those whose name, work or subjects contain all the words, of one field, who speak one language."""
        wanted = search_key(words).split()
        return [
            mentor
            for mentor in self.mentors.values()
            if (not field or mentor.field == field)
            and (not language or language in mentor.languages)
            and (not wanted or self._speaks_of(mentor, wanted))
        ]

    def _speaks_of(self, mentor: Enrolment, wanted: Sequence[str]) -> bool:
        parts = [str(mentor.person), mentor.headline, mentor.organisation, mentor.field_name, *self.offers(mentor)]
        told = search_key(" ".join(parts))
        return all(word in told for word in wanted)


def _takes_people(mentor: Enrolment) -> bool:
    return mentor.free_places > 0 and mentor.status == Enrolment.Status.READY


def open_directory(mentee: Enrolment, *, rules: Rules, weights: Weights) -> Directory:
    """Read everything once; never-lists and blocks hold whatever the rules say. Eighteen queries."""
    strict = replace(rules, never=True, conflict=True)
    run = mentee.programme.match_runs.filter(status=MatchRun.Status.PUBLISHED).exclude(origin=MatchRun.Origin.BY_HAND)
    told = run.order_by("-created_at").values_list("report", "objective").first()
    report, objective = told or ({}, Objective.MOST)
    band = report.get("certificate", {}).get("band")
    prices = Standing.of((), report.get("load", ()), Objective(objective), band)
    return Directory(mentee, load_pool(mentee.programme, mentee=mentee), strict, weights, prices)


@dataclass(frozen=True)
class Pace:
    """What can honestly be said about an answer: places now, people waiting, and how long answers took.

    `usual` is the median from sending to the first reply, None while fewer than ENOUGH requests say anything or when
    half of them ran out without a word (`silent`).
    """

    free: int
    waiting: int
    known: int = 0
    usual: timedelta | None = None
    silent: bool = False

    @property
    def is_crowded(self) -> bool:
        return self.waiting >= self.free


def paces(mentors: Sequence[Enrolment], *, apart_from: Enrolment | None = None) -> dict[int, Pace]:
    """By the mentor's enrolment; requests `apart_from` one mentee are counted as waiting. Two queries."""
    keys = [mentor.pk for mentor in mentors]
    open_ones = Request.objects.open().filter(mentor__in=keys)
    if apart_from is not None:
        open_ones = open_ones.exclude(mentee=apart_from)
    waiting = dict(open_ones.order_by().values_list("mentor").annotate(n=Count("pk")))
    spoke = Q(replied_at__isnull=False) | Q(status=Request.Status.EXPIRED)
    times: dict[int, list[tuple[timedelta, bool]]] = {key: [] for key in keys}
    rows = Request.objects.filter(spoke, mentor__in=keys, sent_at__isnull=False).annotate(
        took=F("replied_at") - F("sent_at")
    )
    for key, took in rows.values_list("mentor", "took"):
        times[key].append((timedelta.max if took is None else took, took is None))
    return {mentor.pk: _pace(mentor, waiting.get(mentor.pk, 0), sorted(times[mentor.pk])) for mentor in mentors}


def _pace(mentor: Enrolment, waiting: int, times: list[tuple[timedelta, bool]]) -> Pace:
    if len(times) < ENOUGH:
        return Pace(mentor.free_places, waiting, len(times))
    took, is_silence = times[len(times) // 2]
    if is_silence:
        return Pace(mentor.free_places, waiting, len(times), silent=True)
    if len(times) % 2 == 0:
        took = (took + times[len(times) // 2 - 1][0]) / 2
    return Pace(mentor.free_places, waiting, len(times), usual=took)
