"""Waves of questions, what people answered, the scores computed from all of it, alerts and actions with what came of them."""

from evaluation.models.actions import Action
from evaluation.models.alerts import COOLING, Alert
from evaluation.models.anchors import Anchors
from evaluation.models.exports import ResearchExport
from evaluation.models.reports import ProgrammeReport
from evaluation.models.scores import Score
from evaluation.models.waves import Answer, Response, Wave

__all__ = [
    "COOLING",
    "Action",
    "Alert",
    "Anchors",
    "Answer",
    "ProgrammeReport",
    "ResearchExport",
    "Response",
    "Score",
    "Wave",
]
