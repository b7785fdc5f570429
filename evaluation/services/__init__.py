"""Verbs of the evaluation: waves and answers, scores, alerts."""

from evaluation.services.alerts import AlertIsClosed, mark_done, refresh_alerts, send_note, snooze
from evaluation.services.scores import ask_to_recompute, recompute
from evaluation.services.waves import (
    WaveIsClosed,
    WaveIsNotOpenYet,
    WaveIsOpenAlready,
    announce,
    answer,
    close_wave,
    open_wave,
)

__all__ = [
    "AlertIsClosed",
    "WaveIsClosed",
    "WaveIsNotOpenYet",
    "WaveIsOpenAlready",
    "announce",
    "answer",
    "ask_to_recompute",
    "close_wave",
    "mark_done",
    "open_wave",
    "recompute",
    "refresh_alerts",
    "send_note",
    "snooze",
]
