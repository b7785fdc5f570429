"""Verbs of matching: runs, their review, their publication."""

from mentoring.matching.services.publishing import publish_pair, publish_run
from mentoring.matching.services.review import (
    approve_all,
    approve_pair,
    assign_mentor,
    lock_pair,
    reject_pair,
    swap_pairs,
)
from mentoring.matching.services.runs import cancel_run, compute_run, keep_settings, preview, start_run

__all__ = [
    "approve_all",
    "approve_pair",
    "assign_mentor",
    "cancel_run",
    "compute_run",
    "keep_settings",
    "lock_pair",
    "preview",
    "publish_pair",
    "publish_run",
    "reject_pair",
    "start_run",
    "swap_pairs",
]
