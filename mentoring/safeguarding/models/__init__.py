"""What somebody says is not right, what was frozen for it, and who read a conversation of others for a stated reason."""

from mentoring.safeguarding.models.readings import LASTS, Reading, between, rooms_near
from mentoring.safeguarding.models.reports import Evidence, EvidenceFile, EvidencePart, Report, ReportStep

__all__ = [
    "LASTS",
    "Evidence",
    "EvidenceFile",
    "EvidencePart",
    "Reading",
    "Report",
    "ReportStep",
    "between",
    "rooms_near",
]
