"""Waves of questions, what people answered, the scores computed from all of it, and alerts with what was done."""

from evaluation.models.alerts import COOLING, Alert
from evaluation.models.anchors import Anchors
from evaluation.models.exports import ResearchExport
from evaluation.models.reports import ProgrammeReport
from evaluation.models.scores import Score
from evaluation.models.waves import Answer, Response, Wave

__all__ = ["COOLING", "Alert", "Anchors", "Answer", "ProgrammeReport", "ResearchExport", "Response", "Score", "Wave"]
