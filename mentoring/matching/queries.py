"""The people of a programme as the engine wants them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Q
from django.utils import timezone

from core.text import listed
from mentoring.matching import arrays
from mentoring.matching.engine import Cohort
from mentoring.matching.models import BlockedPair
from mentoring.matching.sides import KIND_OF_ROLE, Sides
from mentoring.planning.concepts import concept, groups, has_concept
from mentoring.planning.models import Enrolment, EnrolmentConcept, GroupLabel, Never, Programme, Wish
from mentoring.relationships.models import Relationship, RelationshipMember
from mentoring.relationships.queries import apart_in


@dataclass(frozen=True)
class Pool:
    """A cohort, and what its rows and columns stand for."""

    cohort: Cohort
    people: dict[int, Enrolment]
    concepts: tuple[str, ...]
    languages: tuple[str, ...]
    groups: dict[str, dict[int, str]]
    """Named groups: question -> who said what. They enter the fairness of a result, never a score."""

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
    current: Sequence[Sequence[int]] = (),
    manager_levels: int | None = None,
    at: datetime | None = None,
) -> Pool:
    """Everybody who is ready: mentees without a mentor, mentors with their free places (full ones too, to say so).

    `also` are enrolments to keep in although they are not free now (the people of a run under review). With `mentee` the
    pool is hers: the mentors, and no other mentee. `locked` and `current` are pairs of the draft before. Managers count
    up to `manager_levels` above (as the programme has it). What is known of people is what was known `at` (now).
    """
    at = at or timezone.now()
    people = _people(programme, also, mentee)
    enrolments = list(people.values())
    levels = [
        row
        for row in EnrolmentConcept.objects.filter(enrolment__programme=programme)
        if row.enrolment_id in people and has_concept(row.concept)
    ]
    concepts = tuple(sorted({row.concept for row in levels}))
    group_rows = {group.slug: row for row, group in enumerate(groups())}
    sides = Sides(programme, enrolments, levels, concepts, at)
    levels_up = manager_levels or programme.match_settings.get("manager_levels", 1)
    cohort = Cohort(
        mentees=sides.people(Enrolment.Role.MENTEE),
        mentors=sides.people(Enrolment.Role.MENTOR),
        concept_category=np.array([group_rows[concept(slug).group] for slug in concepts], np.int64),
        field_parent=sides.tree,
        forbidden=_forbidden(programme, people, levels_up),
        must_have=arrays.must_haves(levels, concepts),
        locked=_pairs(locked),
        current=_pairs(pair for pair in current if set(pair) <= people.keys()),
        mentee_wishes=_wishes(programme, people, Enrolment.Role.MENTEE),
        mentor_wishes=_wishes(programme, people, Enrolment.Role.MENTOR),
    )
    return Pool(cohort, people, concepts, sides.languages, _groups(programme, people))


def _people(programme: Programme, also: Iterable[int], mentee: Enrolment | None) -> dict[int, Enrolment]:
    mentees = Q(role=Enrolment.Role.MENTEE, free_places__gt=0) if mentee is None else Q(pk=mentee.pk)
    wanted = Q(status=Enrolment.Status.READY) & (Q(role=Enrolment.Role.MENTOR) | mentees)
    rows = Enrolment.objects.filter(programme=programme).filter(wanted | Q(pk__in=list(also)))
    return {row.pk: row for row in rows.select_related("person", "more").order_by("pk")}


def _pairs(pairs: Iterable[Sequence[int]]) -> np.ndarray:
    return np.array(list(pairs), np.int64).reshape(-1, 2)


def _groups(programme: Programme, people: dict[int, Enrolment]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    rows = GroupLabel.objects.filter(enrolment__programme=programme).order_by("group", "enrolment")
    for group, key, label in rows.values_list("group", "enrolment", "label"):
        if key in people:
            found.setdefault(group, {})[key] = label
    return found


def _forbidden(programme: Programme, people: dict[int, Enrolment], manager_levels: int) -> dict[str, np.ndarray]:
    """Never-lists of either side; conflicts of interest; blocks; people already together; one person in both roles;
    former pairs."""
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
    blocked += [
        _mentee_first(people, a.pk, b.pk)
        for one, other in apart_in(programme)
        for a in by_person.get(one, ())
        for b in by_person.get(other, ())
    ]
    previous: list[tuple[int, int] | None] = []
    for together, never_again, mentee, mentor in _former(programme):
        (blocked if together or never_again else previous).append((mentee, mentor))
    pairs: dict[str, list[tuple[int, int] | None]] = {"never": never, "blocked": blocked, "previous": previous}
    found = {code: _pairs(pair for pair in rows if pair) for code, rows in pairs.items()}
    return found | {"conflict": _pairs(arrays.conflicts(programme, people, levels=manager_levels))}


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
    """What one person brings to a pair: (name of a concept, shared with the other), which of these are a must, and the
    field, in words."""

    row: Enrolment
    concepts: tuple[tuple[str, bool], ...]
    must: str
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
            listed([concept(row.concept).name(language) for row in levels if row.enrolment_id == side.pk and row.must]),
            concept(side.field).name(language) if has_concept(side.field) else side.field,
        )
        for side in sides
    ]
