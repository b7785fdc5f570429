"""Verbs of matching: runs, their review, their publication; requests of mentees."""

from mentoring.matching.services.journal import undo
from mentoring.matching.services.publishing import publish_pair, publish_run
from mentoring.matching.services.request_turns import ask_next, expire_request, settle, settle_later
from mentoring.matching.services.requests import (
    accept_request,
    answer_question,
    ask_for_more,
    change_message,
    choose_mentor,
    decline_request,
    directory_of,
    drop_choice,
    move_choice,
    see_request,
    send_first,
    withdraw_request,
)
from mentoring.matching.services.review import (
    approve_all,
    approve_pair,
    assign_mentor,
    lock_pair,
    reject_pair,
    swap_pairs,
)
from mentoring.matching.services.runs import cancel_run, compute_run, keep_settings, preview, start_run
from mentoring.matching.services.settings import settings_for

__all__ = [
    "accept_request",
    "answer_question",
    "approve_all",
    "approve_pair",
    "ask_for_more",
    "ask_next",
    "assign_mentor",
    "cancel_run",
    "change_message",
    "choose_mentor",
    "compute_run",
    "decline_request",
    "directory_of",
    "drop_choice",
    "expire_request",
    "keep_settings",
    "lock_pair",
    "move_choice",
    "preview",
    "publish_pair",
    "publish_run",
    "reject_pair",
    "see_request",
    "send_first",
    "settings_for",
    "settle",
    "settle_later",
    "start_run",
    "swap_pairs",
    "undo",
    "withdraw_request",
]
