"""Verbs of the evaluation: waves and answers, scores, alerts, actions."""

from evaluation.services.actions import ActionIsClosed, ActionIsUnderWay, accept_action, drop_action, finish_action
from evaluation.services.alerts import AlertIsClosed, mark_done, refresh_alerts, send_note, snooze
from evaluation.services.anchors import AnchorsAreLocked, anchors_are_locked, set_anchors, set_points
from evaluation.services.certificates import NotFinished, make_certificate
from evaluation.services.exports import ask_for_export, make_export
from evaluation.services.foresight import fit_risk_model
from evaluation.services.instruments import (
    InstrumentAsksNothing,
    InstrumentIsFrozen,
    LicenceIsMissing,
    OthersDependOnIt,
    activate,
    arrange,
    begin_instrument,
    keep_question,
    keep_settings,
    load_instrument,
    new_version,
    put_away,
)
from evaluation.services.reports import make_report
from evaluation.services.scores import ask_to_recompute, recompute, recompute_institution
from evaluation.services.studies import amend, ask_for_results, lock_plan, make_results, make_study, write_plan
from evaluation.services.units import update_person, update_person_soon, update_relationship, update_relationship_soon
from evaluation.services.waves import (
    InstrumentIsNotReady,
    NothingIsAsked,
    WaveIsClosed,
    WaveIsNotOpenYet,
    WaveIsOpenAlready,
    announce,
    answer,
    close_wave,
    keep_plan,
    open_wave,
)

__all__ = [
    "ActionIsClosed",
    "ActionIsUnderWay",
    "AlertIsClosed",
    "AnchorsAreLocked",
    "InstrumentAsksNothing",
    "InstrumentIsFrozen",
    "InstrumentIsNotReady",
    "LicenceIsMissing",
    "NotFinished",
    "NothingIsAsked",
    "OthersDependOnIt",
    "WaveIsClosed",
    "WaveIsNotOpenYet",
    "WaveIsOpenAlready",
    "accept_action",
    "activate",
    "amend",
    "anchors_are_locked",
    "announce",
    "answer",
    "arrange",
    "ask_for_export",
    "ask_for_results",
    "ask_to_recompute",
    "begin_instrument",
    "close_wave",
    "drop_action",
    "finish_action",
    "fit_risk_model",
    "keep_plan",
    "keep_question",
    "keep_settings",
    "load_instrument",
    "lock_plan",
    "make_certificate",
    "make_export",
    "make_report",
    "make_results",
    "make_study",
    "mark_done",
    "new_version",
    "open_wave",
    "put_away",
    "recompute",
    "recompute_institution",
    "refresh_alerts",
    "send_note",
    "set_anchors",
    "set_points",
    "snooze",
    "update_person",
    "update_person_soon",
    "update_relationship",
    "update_relationship_soon",
    "write_plan",
]
