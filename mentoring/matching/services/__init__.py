"""Verbs of matching: runs, their review, their publication; requests of mentees."""

from mentoring.matching.services.journal import undo
from mentoring.matching.services.mending import mend, place_newcomer, take_out_dead, tell_of_loss
from mentoring.matching.services.publishing import publish_pair, publish_run
from mentoring.matching.services.request_turns import ask_next, close_between, expire_request, settle, settle_later
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
from mentoring.matching.services.weekly import match_weekly, set_weekly, settle_run

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
    "close_between",
    "compute_run",
    "decline_request",
    "directory_of",
    "drop_choice",
    "expire_request",
    "keep_settings",
    "lock_pair",
    "match_weekly",
    "mend",
    "move_choice",
    "place_newcomer",
    "preview",
    "publish_pair",
    "publish_run",
    "reject_pair",
    "see_request",
    "send_first",
    "set_weekly",
    "settings_for",
    "settle",
    "settle_later",
    "settle_run",
    "start_run",
    "swap_pairs",
    "take_out_dead",
    "tell_of_loss",
    "undo",
    "withdraw_request",
]
