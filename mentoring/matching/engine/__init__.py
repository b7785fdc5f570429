"""The matching engine: arrays of people in, an exact assignment with its proof out. Needs no framework.

from mentoring.matching.engine import Cohort, People, match

cohort = Cohort(mentees=People.of([1, 2], languages=[1, 3]), mentors=People.of([7], languages=[1], places=[2]))
match(cohort).as_dict()
"""

from .audit import rule_costs
from .certificate import proven_gap
from .changes import Comparison, Move, Repair, compare, repair
from .conflicts import managed_by
from .criteria import shrunk
from .explain import FairMentor, PairStory, WhyNot, best_mentors, explain, fair_mentors, ranks_of, why_not
from .figures import GroupFigures, Limits, RunReport, Shortage, run_report
from .learn import Suggestion, criterion_values, proxies, suggest_weights
from .people import SLOTS, TOP_LEVEL, UNKNOWN, Cohort, People, pack_weeks
from .result import Blocking, Certificate, MentorLoad, Result, RuleCost, Unmatched
from .run import Assignment, match, match_scores
from .settings import (
    CRITERIA,
    ENGINE_VERSION,
    PARTS,
    REFUSALS,
    RULES,
    SOFT,
    Aim,
    Fusion,
    Objective,
    Parity,
    Refused,
    Rules,
    Weights,
)
from .standing import Standing, help_most
from .table import Table
from .week import week_bits

__all__ = [
    "CRITERIA",
    "ENGINE_VERSION",
    "PARTS",
    "REFUSALS",
    "RULES",
    "SLOTS",
    "SOFT",
    "TOP_LEVEL",
    "UNKNOWN",
    "Aim",
    "Assignment",
    "Blocking",
    "Certificate",
    "Cohort",
    "Comparison",
    "FairMentor",
    "Fusion",
    "GroupFigures",
    "Limits",
    "MentorLoad",
    "Move",
    "Objective",
    "PairStory",
    "Parity",
    "People",
    "Refused",
    "Repair",
    "Result",
    "RuleCost",
    "Rules",
    "RunReport",
    "Shortage",
    "Standing",
    "Suggestion",
    "Table",
    "Unmatched",
    "Weights",
    "WhyNot",
    "best_mentors",
    "compare",
    "criterion_values",
    "explain",
    "fair_mentors",
    "help_most",
    "managed_by",
    "match",
    "match_scores",
    "pack_weeks",
    "proven_gap",
    "proxies",
    "ranks_of",
    "repair",
    "rule_costs",
    "run_report",
    "shrunk",
    "suggest_weights",
    "week_bits",
    "why_not",
]
