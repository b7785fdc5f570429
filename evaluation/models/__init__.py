"""Waves of questions, what people answered, the scores computed from all of it, alerts and actions with what came of them,
papers and studies."""

from evaluation.models.actions import Action
from evaluation.models.alerts import COMPARED, COOLING, FOLLOW_UP, LEAST_COMPARED, Alert
from evaluation.models.anchors import Anchors, RiskPoints, Versioned
from evaluation.models.certificates import Certificate
from evaluation.models.coding import Code, Coded, CodedClosing, Coding
from evaluation.models.exports import ResearchExport
from evaluation.models.foresight import RiskModel
from evaluation.models.instruments import Instrument
from evaluation.models.reports import ProgrammeReport
from evaluation.models.scores import Score
from evaluation.models.studies import Study, StudyAmendment, StudyResult
from evaluation.models.told import Told
from evaluation.models.units import Measured, UnitScore
from evaluation.models.waves import Answer, OpenAnswer, Response, Wave

__all__ = [
    "COMPARED",
    "COOLING",
    "FOLLOW_UP",
    "LEAST_COMPARED",
    "Action",
    "Alert",
    "Anchors",
    "Answer",
    "Certificate",
    "Code",
    "Coded",
    "CodedClosing",
    "Coding",
    "Instrument",
    "Measured",
    "OpenAnswer",
    "ProgrammeReport",
    "ResearchExport",
    "Response",
    "RiskModel",
    "RiskPoints",
    "Score",
    "Study",
    "StudyAmendment",
    "StudyResult",
    "Told",
    "UnitScore",
    "Versioned",
    "Wave",
]
