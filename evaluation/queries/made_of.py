"""What a score was made of, as far as that may be told beside it."""

from typing import Any

from evaluation.disclosure import K
from evaluation.models import Score

GIVEN_BY_ONE = frozenset({"MT1", "MF2", "ID2", "RP1", "ST2", "SU1", "SU2", "SS1", "SS2"})
"""Indicators that rest on what single people rate, answer, wish, name or are tested on. Their sums would move by one person's
stars from one reading to the next: they are not told, nor anything finer than the score."""
LOW_ANSWERS = frozenset({"RP1"})
"""Here to be counted says already what somebody answered: how many they are is told five at a time."""
SUMS = ("raw", "numerator", "denominator", "below_50")
POINTS = ("low", "high", "gap", "mentor", "mentee")
"""What is in points like the score itself, and as finely told."""


def points(score: Score) -> int | None:
    """In whole points, as on every page: parts told more finely would give away what they were made of."""
    return None if score.value is None else round(score.value)


def counted(score: Score) -> int:
    """How many units stand behind it."""
    return _by_five(score.n) if score.code in LOW_ANSWERS else score.n


def made_of(score: Score) -> dict[str, Any]:
    """As stored, without what would tell of single people."""
    told = {name: round(value) if name in POINTS else value for name, value in score.inputs.items()}
    if told.get("single_item", K) < K:
        del told["single_item"]
    if score.code in GIVEN_BY_ONE:
        told = {name: value for name, value in told.items() if name not in SUMS}
    if score.code in LOW_ANSWERS and "people" in told:
        told["people"] = _by_five(told["people"])
    return told


def _by_five(n: int) -> int:
    return n - n % K
