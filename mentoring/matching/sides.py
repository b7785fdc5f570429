"""One side of a programme as the engine wants it: enrolments and their answers as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from core.text import search_key
from mentoring.matching import arrays
from mentoring.matching.engine import SLOTS, UNKNOWN, People, pack_weeks
from mentoring.planning.concepts import concept, has_concept
from mentoring.planning.models import Availability, Enrolment, EnrolmentConcept, Programme

YEARS = (2, 5, 10, 15, 25)
"""Years of experience at which a step of the seniority ladder begins."""
SLOT_MINUTES = 30
MAX_LANGUAGES = 64
KIND_OF_ROLE: dict[str, str] = {
    Enrolment.Role.MENTEE: EnrolmentConcept.Kind.WANTED,
    Enrolment.Role.MENTOR: EnrolmentConcept.Kind.OFFERED,
}


class Sides:
    """Both sides of a programme as `People`, with the numbers that labels share between them. Five queries."""

    def __init__(
        self,
        programme: Programme,
        enrolments: list[Enrolment],
        levels: list[EnrolmentConcept],
        concepts: tuple[str, ...],
        at: datetime,
    ) -> None:
        self.programme, self.at = programme, at
        self.rows, self.levels, self.concepts = enrolments, levels, concepts
        self.languages = tuple(sorted({code for e in enrolments for code in e.languages}))[:MAX_LANGUAGES]
        self.fields, self.tree = _fields(enrolments)
        self.weeks = _weeks(programme, [e.person_id for e in enrolments])
        self.units = arrays.labelled(arrays.more_of(e).unit for e in enrolments)
        self.houses = arrays.labelled(e.organisation for e in enrolments)
        self.feedback = arrays.feedback(programme, at)
        self.paces = arrays.reply_steps(programme, at)
        self.held = arrays.under_review(programme)
        self.asks_gender = "gender" in programme.asks_more(Enrolment.Role.MENTEE)
        self.knows_kinds = any(arrays.more_of(e).kinds for e in enrolments)

    def people(self, role: str) -> People:
        """Everybody of one role, row by row in the order of their enrolments."""
        rows = [e for e in self.rows if e.role == role]
        is_mentor = role == Enrolment.Role.MENTOR
        skills = _levels(rows, self.concepts, [row for row in self.levels if row.kind == KIND_OF_ROLE[role]])
        told = arrays.told(rows, self.languages, asks_gender=self.asks_gender)
        if self.knows_kinds:
            told["kinds"] = arrays.kinds_of_help(rows, skills, self.concepts)
        return People.of(
            [e.pk for e in rows],
            skills=skills,
            languages=[sum(1 << bit for bit, code in enumerate(self.languages) if code in e.languages) for e in rows],
            week=pack_weeks([self.weeks[e.person_id] for e in rows] or np.zeros((0, SLOTS), bool)),
            field=[self.fields.get(_field_key(e), UNKNOWN) for e in rows],
            seniority=[_step(e.seniority) for e in rows],
            institution=arrays.labels(rows, self.houses, lambda e: e.organisation),
            unit=arrays.labels(rows, self.units, lambda e: arrays.more_of(e).unit),
            places=[e.free_places if is_mentor else 1 for e in rows],
            least=[int(is_mentor and 0 < e.free_places == e.capacity) for e in rows],
            open=[e.status == Enrolment.Status.READY for e in rows],
            cleared=[not is_mentor or arrays.is_cleared(e, self.programme) for e in rows],
            flagged=[e.person_id in self.held for e in rows],
            pace=[self.paces.get(e.person_id, UNKNOWN) for e in rows],
            feedback=[self.feedback.get(e.person_id, UNKNOWN) if is_mentor else UNKNOWN for e in rows],
            waited=[0 if is_mentor else arrays.days_waited(e, self.at) for e in rows],
            texts=[_own_words(e) for e in rows],
            **told,
        )


def _own_words(enrolment: Enrolment) -> str:
    """What somebody wrote for the other side to read: hopes and "about me"; of a mentor also the line on what they do."""
    headline = enrolment.headline if enrolment.is_mentor else ""
    return " ".join(part for part in (headline, enrolment.goals, enrolment.person.about) if part)


def _levels(rows: list[Enrolment], concepts: Sequence[str], levels: list[EnrolmentConcept]) -> np.ndarray:
    row_of = {e.pk: row for row, e in enumerate(rows)}
    column_of = {slug: column for column, slug in enumerate(concepts)}
    table = np.zeros((len(rows), len(concepts)), np.uint8)
    for row in levels:
        if row.enrolment_id in row_of:
            table[row_of[row.enrolment_id], column_of[row.concept]] = row.level
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
