"""The people of a programme as the engine wants them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Q

from core.text import search_key
from mentoring.matching.engine import (
    SLOTS,
    UNKNOWN,
    Cohort,
    People,
    Rules,
    Weights,
    best_mentors,
    explain,
    pack_weeks,
)
from mentoring.matching.models import BlockedPair, MatchRun, Pair
from mentoring.planning.concepts import concept, groups, has_concept
from mentoring.planning.models import Availability, Enrolment, EnrolmentConcept, Never, Programme, Wish
from mentoring.relationships.models import Relationship, RelationshipMember

YEARS = (2, 5, 10, 15, 25)
"""Years of experience at which a step of the seniority ladder begins."""
SLOT_MINUTES = 30
MAX_LANGUAGES = 64
KIND_OF_ROLE: dict[str, str] = {
    Enrolment.Role.MENTEE: EnrolmentConcept.Kind.WANTED,
    Enrolment.Role.MENTOR: EnrolmentConcept.Kind.OFFERED,
}


@dataclass(frozen=True)
class Pool:
    """A cohort, and what its rows and columns stand for."""

    cohort: Cohort
    people: dict[int, Enrolment]
    concepts: tuple[str, ...]
    languages: tuple[str, ...]

    @property
    def mentees(self) -> list[Enrolment]:
        return [e for e in self.people.values() if e.role == Enrolment.Role.MENTEE]

    @property
    def mentors(self) -> list[Enrolment]:
        return [e for e in self.people.values() if e.role == Enrolment.Role.MENTOR]

    def spoken(self, bits: int) -> list[str]:
        """Language codes of a bit mask."""
        return [code for bit, code in enumerate(self.languages) if bits >> bit & 1]


def load_pool(
    programme: Programme,
    *,
    locked: Sequence[Sequence[int]] = (),
    also: Iterable[int] = (),
    mentee: Enrolment | None = None,
) -> Pool:
    """Everybody who is ready: mentees without a mentor, mentors with their free places (full ones too, to say so).

    `also` are enrolments to keep in although they are not free now (the people of a run under review). With `mentee` the
    pool is hers: the mentors, and no other mentee.
    """
    mentees = Q(role=Enrolment.Role.MENTEE, free_places__gt=0) if mentee is None else Q(pk=mentee.pk)
    wanted = Q(status=Enrolment.Status.READY) & (Q(role=Enrolment.Role.MENTOR) | mentees)
    enrolments = list(
        Enrolment.objects.filter(programme=programme)
        .filter(wanted | Q(pk__in=list(also)))
        .select_related("person")
        .order_by("pk")
    )
    people = {e.pk: e for e in enrolments}
    levels = [
        row
        for row in EnrolmentConcept.objects.filter(enrolment__programme=programme).values_list(
            "enrolment", "concept", "kind", "level"
        )
        if row[0] in people and has_concept(row[1])
    ]
    concepts = tuple(sorted({slug for _pk, slug, _kind, _level in levels}))
    languages = tuple(sorted({code for e in enrolments for code in e.languages}))[:MAX_LANGUAGES]
    fields, tree = _fields(enrolments)
    weeks = _weeks(programme, [e.person_id for e in enrolments])

    def side(role: str, kind: str) -> People:
        rows = [e for e in enrolments if e.role == role]
        return People.of(
            [e.pk for e in rows],
            skills=_levels(rows, concepts, [row for row in levels if row[2] == kind]),
            languages=[sum(1 << bit for bit, code in enumerate(languages) if code in e.languages) for e in rows],
            week=pack_weeks([weeks[e.person_id] for e in rows] or np.zeros((0, SLOTS), bool)),
            field=[fields.get(_field_key(e), UNKNOWN) for e in rows],
            seniority=[_step(e.seniority) for e in rows],
            places=[e.free_places if role == Enrolment.Role.MENTOR else 1 for e in rows],
            open=[e.status == Enrolment.Status.READY for e in rows],
            texts=[_own_words(e) for e in rows],
        )

    group_rows = {group.slug: row for row, group in enumerate(groups())}
    cohort = Cohort(
        mentees=side(Enrolment.Role.MENTEE, EnrolmentConcept.Kind.WANTED),
        mentors=side(Enrolment.Role.MENTOR, EnrolmentConcept.Kind.OFFERED),
        concept_category=np.array([group_rows[concept(slug).group] for slug in concepts], np.int64),
        field_parent=tree,
        forbidden=_forbidden(programme, people),
        locked=np.array([pair for pair in locked if set(pair) <= people.keys()], np.int64).reshape(-1, 2),
        mentee_wishes=_wishes(programme, people, Enrolment.Role.MENTEE),
        mentor_wishes=_wishes(programme, people, Enrolment.Role.MENTOR),
    )
    return Pool(cohort, people, concepts, languages)


def _own_words(enrolment: Enrolment) -> str:
    """What somebody wrote for the other side to read: hopes and "about me"; of a mentor also the line on what they do."""
    headline = enrolment.headline if enrolment.is_mentor else ""
    return " ".join(part for part in (headline, enrolment.goals, enrolment.person.about) if part)


def _levels(rows: list[Enrolment], concepts: Sequence[str], levels: list[tuple[int, str, str, int]]) -> np.ndarray:
    row_of = {e.pk: row for row, e in enumerate(rows)}
    column_of = {slug: column for column, slug in enumerate(concepts)}
    table = np.zeros((len(rows), len(concepts)), np.uint8)
    for pk, slug, _kind, level in levels:
        if pk in row_of:
            table[row_of[pk], column_of[slug]] = level
    return table


def _step(years: int | None) -> int:
    return UNKNOWN if years is None else int(np.searchsorted(YEARS, years, side="right"))


def _field_key(enrolment: Enrolment) -> str:
    """A concept of the list, or the words somebody's file had: equal words are the same field."""
    return enrolment.field if has_concept(enrolment.field) else search_key(enrolment.field)


def _fields(enrolments: list[Enrolment]) -> tuple[dict[str, int], np.ndarray]:
    """Rows of the fields in use, and each one's parent: the group of fields it belongs to."""
    found = sorted({key for e in enrolments if (key := _field_key(e))})
    parents = sorted({concept(key).group for key in found if has_concept(key)})
    rows = {key: len(parents) + row for row, key in enumerate(found)}
    tree = [UNKNOWN] * len(parents)
    tree += [parents.index(concept(key).group) if has_concept(key) else UNKNOWN for key in found]
    return rows, np.array(tree, np.int64)


def _weeks(programme: Programme, person_ids: list[int]) -> dict[int, np.ndarray]:
    """Free half-hours of the programme's first week in UTC; only whole half-hours count."""
    weeks = {pk: np.zeros(SLOTS, bool) for pk in person_ids}
    monday = programme.starts_on - timedelta(days=programme.starts_on.weekday())
    people = Enrolment.objects.filter(programme=programme).values("person")
    rows = Availability.objects.filter(person__in=people)
    for person, zone, weekday, starts, ends in rows.values_list(
        "person", "person__time_zone", "weekday", "starts", "ends"
    ):
        if person not in weeks:
            continue
        midnight = datetime.combine(monday + timedelta(days=weekday), datetime.min.time(), ZoneInfo(zone))
        shift = weekday * 24 * 60 - int((midnight.utcoffset() or timedelta()).total_seconds() // 60)
        first, last = -(-(starts + shift) // SLOT_MINUTES), (ends + shift) // SLOT_MINUTES
        weeks[person][np.arange(first, last) % SLOTS] = True
    return weeks


def _forbidden(programme: Programme, people: dict[int, Enrolment]) -> dict[str, np.ndarray]:
    """Never-lists of either side; blocks; people already together; one person in both roles; former pairs."""
    never: list[tuple[int, int] | None] = [
        _mentee_first(people, a, b)
        for a, b in Never.objects.filter(enrolment__programme=programme).values_list("enrolment", "other")
    ]
    blocked: list[tuple[int, int] | None] = list(
        BlockedPair.objects.filter(programme=programme).values_list("mentee", "mentor")
    )
    by_person: dict[int, list[Enrolment]] = {}
    for enrolment in people.values():
        by_person.setdefault(enrolment.person_id, []).append(enrolment)
    blocked += [
        pair
        for rows in by_person.values()
        if len(rows) == 2 and (pair := _mentee_first(people, rows[0].pk, rows[1].pk))
    ]
    previous: list[tuple[int, int] | None] = []
    for together, never_again, mentee, mentor in _former(programme):
        (blocked if together or never_again else previous).append((mentee, mentor))
    pairs: dict[str, list[tuple[int, int] | None]] = {"never": never, "blocked": blocked, "previous": previous}
    return {code: np.array([p for p in rows if p], np.int64).reshape(-1, 2) for code, rows in pairs.items()}


def _former(programme: Programme) -> list[tuple[bool, bool, int, int]]:
    """(still together, never again, mentee, mentor) of every relationship there was."""
    rows = RelationshipMember.objects.filter(
        relationship__programme=programme,
        role=Enrolment.Role.MENTEE,
        relationship__members__role=Enrolment.Role.MENTOR,
    ).values_list("relationship__status", "relationship__never_again", "enrolment", "relationship__members__enrolment")
    return [(status in Relationship.OPEN, never_again, mentee, mentor) for status, never_again, mentee, mentor in rows]


def _mentee_first(people: dict[int, Enrolment], a: int, b: int) -> tuple[int, int] | None:
    if a not in people or b not in people or people[a].role == people[b].role:
        return None
    return (a, b) if people[a].role == Enrolment.Role.MENTEE else (b, a)


def _wishes(programme: Programme, people: dict[int, Enrolment], role: str) -> np.ndarray:
    rows = Wish.objects.filter(enrolment__programme=programme, enrolment__role=role)
    found = [
        (*pair, rank)
        for wisher, wished, rank in rows.values_list("enrolment", "wished", "rank")
        if (pair := _mentee_first(people, wisher, wished))
    ]
    return np.array(found, np.int64).reshape(-1, 3)


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


def alternatives(
    run: MatchRun, pool: Pool, mentee: Enrolment, *, rules: Rules, weights: Weights, top: int = 5
) -> list[Alternative]:
    """The best possible mentors for one mentee, with the places they have left in this draft."""
    best = [key for key, _score in best_mentors(pool.cohort, rules, weights, mentee.pk, top=top)]
    standing: dict[int, list[Pair]] = {key: [] for key in best}
    for pair in Pair.objects.for_rows().filter(run=run, mentor__in=best, status__in=["proposed", "approved"]):
        standing[pair.mentor_id].append(pair)
    stories = explain(pool.cohort, rules, weights, np.array([(mentee.pk, key) for key in best], np.int64))
    return [
        Alternative(
            mentor=pool.people[story.mentor],
            score=story.score,
            parts=story.parts,
            overlap_minutes=story.overlap_minutes,
            shared=tuple(pool.concepts[column] for column in story.shared_concepts),
            free=max(0, pool.people[story.mentor].free_places - len(standing[story.mentor])),
            pairs=tuple(standing[story.mentor]),
        )
        for story in stories
    ]


def pool_gaps(pool: Pool) -> dict[str, int]:
    """How many of the pool have not answered what matching asks."""
    sides = (pool.cohort.mentees, pool.cohort.mentors)
    return {
        "skills": sum(int((~side.skills.any(axis=1)).sum()) for side in sides),
        "languages": sum(int((side.languages == 0).sum()) for side in sides),
        "week": sum(int((~side.week.any(axis=1)).sum()) for side in sides),
    }


@dataclass(frozen=True)
class Profile:
    """What one person brings to a pair: (name of a concept, shared with the other) and the field by its name."""

    row: Enrolment
    concepts: tuple[tuple[str, bool], ...]
    field: str


def profiles(sides: Sequence[Enrolment], *, language: str | None) -> list[Profile]:
    """The people of a pair beside each other, what both named first."""
    rows = EnrolmentConcept.objects.filter(enrolment__in=sides).order_by("-level", "pk")
    levels = [row for row in rows if has_concept(row.concept)]
    asked = {side.pk: KIND_OF_ROLE[side.role] for side in sides}
    named = {
        side.pk: [r.concept for r in levels if r.enrolment_id == side.pk and r.kind == asked[side.pk]] for side in sides
    }
    shared = set.intersection(*(set(slugs) for slugs in named.values())) if len(sides) > 1 else set()
    return [
        Profile(
            side,
            tuple(
                (concept(slug).name(language), slug in shared)
                for slug in sorted(named[side.pk], key=lambda slug: slug not in shared)
            ),
            concept(side.field).name(language) if has_concept(side.field) else side.field,
        )
        for side in sides
    ]
