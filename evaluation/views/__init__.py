from evaluation.views.actions import action, action_done, action_drop, actions, component_actions
from evaluation.views.indicators import indicator_anchors, indicators
from evaluation.views.programmes import (
    alert,
    alert_done,
    alert_snooze,
    health_page,
    health_recompute,
    wave_close,
    wave_plan,
    waves,
)
from evaluation.views.reports import report, report_pdf, reports
from evaluation.views.research import research, research_file
from evaluation.views.surveys import my_scores_page, pulse, survey, survey_result, survey_section

__all__ = [
    "action",
    "action_done",
    "action_drop",
    "actions",
    "alert",
    "alert_done",
    "alert_snooze",
    "component_actions",
    "health_page",
    "health_recompute",
    "indicator_anchors",
    "indicators",
    "my_scores_page",
    "pulse",
    "report",
    "report_pdf",
    "reports",
    "research",
    "research_file",
    "survey",
    "survey_result",
    "survey_section",
    "wave_close",
    "wave_plan",
    "waves",
]
