"""Reads of the evaluation, for its own pages and for the homes."""

from evaluation.queries.actions import action_rows, offers, open_actions
from evaluation.queries.coding import (
    answers_of,
    as_shown,
    closings_of,
    codes_by_hand,
    codings_of,
    compared,
    counts,
    given,
    open_questions,
)
from evaluation.queries.compare import Comparison, compare_days, compare_programmes, slices
from evaluation.queries.foresight import foresight
from evaluation.queries.growth import MyResult, my_scores
from evaluation.queries.health import Health, InstitutionHealth, health, institution_health
from evaluation.queries.history import beside_each_other
from evaluation.queries.indicators import indicator_sheet, versions_of
from evaluation.queries.instruments import also_asked, instruments_of, no_longer_asked, own_results, own_waves
from evaluation.queries.places import Places, places
from evaluation.queries.practice import checklist_of
from evaluation.queries.quality import measured_waves, questionnaire_quality
from evaluation.queries.risk import after_acts, alerts_in_sum, past_alerts, versions_of_points, weighed
from evaluation.queries.silence import silences
from evaluation.queries.surveys import (
    Target,
    may_have_been_asked,
    open_pulse,
    people_asked,
    standings,
    targets,
    waiting_waves,
    waves_of,
)
from evaluation.queries.weeks import weeks_of_person, weeks_of_relationship
from evaluation.queries.worklist import WorkItem, alert_counts, alert_list, work_item, work_items, worklist

__all__ = [
    "Comparison",
    "Health",
    "InstitutionHealth",
    "MyResult",
    "Places",
    "Target",
    "WorkItem",
    "action_rows",
    "after_acts",
    "alert_counts",
    "alert_list",
    "alerts_in_sum",
    "also_asked",
    "answers_of",
    "as_shown",
    "beside_each_other",
    "checklist_of",
    "closings_of",
    "codes_by_hand",
    "codings_of",
    "compare_days",
    "compare_programmes",
    "compared",
    "counts",
    "foresight",
    "given",
    "health",
    "indicator_sheet",
    "institution_health",
    "instruments_of",
    "may_have_been_asked",
    "measured_waves",
    "my_scores",
    "no_longer_asked",
    "offers",
    "open_actions",
    "open_pulse",
    "open_questions",
    "own_results",
    "own_waves",
    "past_alerts",
    "people_asked",
    "places",
    "questionnaire_quality",
    "silences",
    "slices",
    "standings",
    "targets",
    "versions_of",
    "versions_of_points",
    "waiting_waves",
    "waves_of",
    "weeks_of_person",
    "weeks_of_relationship",
    "weighed",
    "work_item",
    "work_items",
    "worklist",
]
