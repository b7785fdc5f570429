"""Instruments of an institution's own as data."""

from evaluation.instruments.definition import OUTCOME, Definition, Question, dropped
from evaluation.instruments.file import MAX_BYTES, MAX_POINT, BadInstrument, Fault, confirmed_on, define, read

__all__ = [
    "MAX_BYTES",
    "MAX_POINT",
    "OUTCOME",
    "BadInstrument",
    "Definition",
    "Fault",
    "Question",
    "confirmed_on",
    "define",
    "dropped",
    "read",
]
