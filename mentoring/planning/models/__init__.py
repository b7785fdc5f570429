"""Programmes, who takes part in them, what they bring and want, and lists of people that arrive as files."""

from mentoring.planning.matching_answers import (
    Channel,
    Conflict,
    Gender,
    GroupLabel,
    Interest,
    LanguageLevel,
    MoreAnswers,
    UnderReview,
)
from mentoring.planning.models.answers import Availability, EnrolmentConcept, Never, Wish
from mentoring.planning.models.imports import ImportMapping, ImportRow, PeopleImport
from mentoring.planning.models.programme import (
    FILE_KINDS,
    FILES_MEGABYTES,
    MORE_QUESTIONS,
    QUESTIONS,
    Coordination,
    Enrolment,
    Milestone,
    Programme,
    Spoken,
    all_file_kinds,
    concept_name,
)

__all__ = [
    "FILES_MEGABYTES",
    "FILE_KINDS",
    "MORE_QUESTIONS",
    "QUESTIONS",
    "Availability",
    "Channel",
    "Conflict",
    "Coordination",
    "Enrolment",
    "EnrolmentConcept",
    "Gender",
    "GroupLabel",
    "ImportMapping",
    "ImportRow",
    "Interest",
    "LanguageLevel",
    "Milestone",
    "MoreAnswers",
    "Never",
    "PeopleImport",
    "Programme",
    "Spoken",
    "UnderReview",
    "Wish",
    "all_file_kinds",
    "concept_name",
]
