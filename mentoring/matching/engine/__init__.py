"""The matching engine: arrays of people in, an exact assignment with its proof out. Needs no framework.

from mentoring.matching.engine import Cohort, People, match

cohort = Cohort(mentees=People.of([1, 2], languages=[1, 3]), mentors=People.of([7], languages=[1], places=[2]))
match(cohort).as_dict()
"""

from .certificate import proven_gap
from .explain import PairStory, best_mentors, explain
from .people import SLOTS, TOP_LEVEL, UNKNOWN, Cohort, People, pack_weeks
from .result import MentorLoad, Result, RuleCost, Unmatched
from .run import match
from .settings import CRITERIA, ENGINE_VERSION, Objective, Refused, Rules, Weights

__all__ = [
    "CRITERIA",
    "ENGINE_VERSION",
    "SLOTS",
    "TOP_LEVEL",
    "UNKNOWN",
    "Cohort",
    "MentorLoad",
    "Objective",
    "PairStory",
    "People",
    "Refused",
    "Result",
    "RuleCost",
    "Rules",
    "Unmatched",
    "Weights",
    "best_mentors",
    "explain",
    "match",
    "pack_weeks",
    "proven_gap",
]
