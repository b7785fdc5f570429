"""What people said beside their application, and what is known of them, as arrays for the engine.

A missing answer is UNKNOWN, zero or NO_ANSWER: neutral, never a penalty. Whoever asks reads the rows; nothing here
queries but the functions that say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import numpy as np
from django.db.models import Avg, Count, F, Q

from core.text import search_key
from mentoring.matching.engine import UNKNOWN, managed_by, shrunk
from mentoring.matching.engine.measures import NEUTRAL
from mentoring.matching.engine.people import NO_ANSWER
from mentoring.matching.models import Request, RequestQuestion
from mentoring.planning.concepts import concept, groups
from mentoring.planning.models import (
    Channel,
    Conflict,
    Enrolment,
    EnrolmentConcept,
    Gender,
    Interest,
    MoreAnswers,
    Programme,
    UnderReview,
)
from mentoring.planning.questions import STATEMENTS
from mentoring.relationships.models import RelationshipMember

STARS = 5
LEAST_RATERS = 3
"""So many people must have rated a mentor's sessions before it counts: fewer would point to one of them."""
PACE_DAYS = (1, 2, 4)
"""Up to so many days to answer are a step each: the same day, the next, within four days, later."""
NO_ANSWERS = MoreAnswers()


def more_of(enrolment: Enrolment) -> MoreAnswers:
    """The optional answers of somebody, read with the enrolment; empty ones where there are none."""
    return getattr(enrolment, "more", NO_ANSWERS)


def labelled(values: Iterable[str]) -> dict[str, int]:
    """A number for every different text, however it is spelled; the empty text has none."""
    return {key: number for number, key in enumerate(sorted({search_key(value) for value in values} - {""}))}


def labels(rows: Sequence[Enrolment], numbers: Mapping[str, int], text: Callable[[Enrolment], str]) -> list[int]:
    """The number of each person's text."""
    return [numbers.get(search_key(text(row)), UNKNOWN) for row in rows]


def told(rows: Sequence[Enrolment], languages: Sequence[str], *, asks_gender: bool) -> dict[str, Any]:
    """The arrays of `People` that come from one's own optional answers."""
    answers = [more_of(row) for row in rows]
    channels, interests, genders = Channel.values, Interest.values, Gender.values

    def gender(value: str) -> int:
        return genders.index(value) if asks_gender and value in genders else UNKNOWN

    return {
        "fluency": _table([[more.language_levels.get(code, 0) for code in languages] for more in answers], languages),
        "interests": _table([[slug in more.interests for slug in interests] for more in answers], interests),
        "profile": _table([[more.style.get(slug, NO_ANSWER) for slug in STATEMENTS] for more in answers], STATEMENTS),
        "channels": [sum(1 << bit for bit, slug in enumerate(channels) if slug in more.channels) for more in answers],
        "gender": [gender(more.gender) for more in answers],
        "wants_gender": [gender(more.wants_gender) for more in answers],
    }


def _table(rows: list[list[Any]], columns: Sequence[object]) -> np.ndarray:
    return np.array(rows, np.uint8).reshape(len(rows), len(columns))


def kinds_of_help(rows: Sequence[Enrolment], skills: np.ndarray, concepts: Sequence[str]) -> np.ndarray:
    """People x seven categories, 0..5: as told, or for those who told nothing the highest level among their subjects."""
    categories = [group.slug for group in groups() if group.is_category]
    found = _table([[more_of(row).kinds.get(slug, 0) for slug in categories] for row in rows], categories)
    silent = ~found.any(axis=1)
    for column, slug in enumerate(categories):
        own = [place for place, name in enumerate(concepts) if concept(name).category == slug]
        found[silent, column] = skills[np.ix_(silent, own)].max(axis=1, initial=0)
    return found


def must_haves(levels: Iterable[EnrolmentConcept], concepts: Sequence[str]) -> np.ndarray:
    """(mentee, column) of what somebody cannot do without."""
    column_of = {slug: column for column, slug in enumerate(concepts)}
    wanted = [
        (row.enrolment_id, column_of[row.concept])
        for row in levels
        if row.must and row.kind == EnrolmentConcept.Kind.WANTED
    ]
    return np.array(wanted, np.int64).reshape(-1, 2)


def days_waited(row: Enrolment, at: datetime) -> int:
    """Whole days since somebody was ready, or applied."""
    return max(0, (at - (row.ready_at or row.applied_at or row.created_at)).days)


def under_review(programme: Programme) -> set[int]:
    """Persons whom a coordinator holds back, in whichever role. One query."""
    return set(UnderReview.objects.filter(enrolment__programme=programme).values_list("enrolment__person", flat=True))


def is_cleared(row: Enrolment, programme: Programme) -> bool:
    return not programme.needs_clearance or row.cleared_at is not None


def feedback(programme: Programme, at: datetime) -> dict[int, int]:
    """person -> 0..10,000: how their mentees rated sessions in this institution, shrunk towards what is usual there.

    What is usual counts as neutral, so that somebody new stands neither above nor below. One query.
    """
    ratings = "relationship__sessions__ratings"
    by_mentees = Q(**{f"{ratings}__rated_at__lte": at}) & ~Q(**{f"{ratings}__person": F("person")})
    mentors = RelationshipMember.objects.filter(
        role=Enrolment.Role.MENTOR, relationship__programme__institution=programme.institution_id
    )
    rows = (
        mentors.order_by()
        .values_list("person")
        .annotate(
            stars=Avg(f"{ratings}__stars", filter=by_mentees),
            n=Count(ratings, filter=by_mentees),
            raters=Count(f"{ratings}__person", filter=by_mentees, distinct=True),
        )
    )
    found = [(person, (stars - 1) * 2 * NEUTRAL / (STARS - 1), n, raters) for person, stars, n, raters in rows if n]
    usual = sum(mean * n for _person, mean, n, _raters in found) / (sum(n for _p, _mean, n, _raters in found) or 1)
    return {
        person: min(max(shrunk(NEUTRAL + mean - usual, n), 0), 2 * NEUTRAL)
        for person, mean, n, raters in found
        if raters >= LEAST_RATERS
    }


def reply_steps(programme: Programme, at: datetime) -> dict[int, int]:
    """person -> 0 (the same day) .. 3: the median time to answer requests, or a mentor's questions. Two queries."""
    house = programme.institution_id
    mentors = (
        Request.objects.filter(programme__institution=house, replied_at__lte=at)
        .annotate(took=F("replied_at") - F("sent_at"))
        .values_list("mentor__person", "took")
    )
    mentees = (
        RequestQuestion.objects.filter(request__programme__institution=house, answered_at__lte=at)
        .annotate(took=F("answered_at") - F("asked_at"))
        .values_list("request__mentee__person", "took")
    )
    times: dict[int, list[timedelta]] = defaultdict(list)
    for person, took in [*mentors, *mentees]:
        times[person].append(took)
    return {
        person: sum(median(all_of_them) > timedelta(days=days) for days in PACE_DAYS)
        for person, all_of_them in times.items()
    }


def conflicts(programme: Programme, people: Mapping[int, Enrolment], *, levels: int) -> list[tuple[int, int]]:
    """(mentee, mentor) too close to each other, whoever of them said so: those named, and managers up to `levels` above.

    Managers need not take part themselves: the line goes on through their address. One query.
    """
    rows = Conflict.objects.filter(enrolment__programme=programme).order_by("pk")
    named = [
        (mine.lower(), other.lower(), kind)
        for mine, other, kind in rows.values_list("enrolment__person__email", "email", "kind")
    ]
    address = {key: row.person.email.lower() for key, row in people.items()}
    number = {
        one: place for place, one in enumerate(sorted({*address.values(), *(a for row in named for a in row[:2])}))
    }
    mentees, mentors = (
        {key: number[address[key]] for key, row in people.items() if row.role == role}
        for role in (Enrolment.Role.MENTEE, Enrolment.Role.MENTOR)
    )
    manager_of = {number[mine]: number[other] for mine, other, kind in named if kind == Conflict.Kind.MANAGER}
    close_to: dict[int, set[int]] = defaultdict(set)
    for mine, other, _kind in named:
        close_to[number[mine]].add(number[other])
        close_to[number[other]].add(number[mine])
    keys_of: dict[int, list[int]] = defaultdict(list)
    for key, place in mentors.items():
        keys_of[place].append(key)
    found = {(key, mentor) for key, place in mentees.items() for one in close_to[place] for mentor in keys_of[one]}
    managed = managed_by(manager_of, mentees, mentors, levels=levels)
    return sorted(found | {(mentee, mentor) for mentee, mentor in managed.tolist()})
