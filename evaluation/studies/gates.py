"""What every analysis of a study shares: its states, its gates, whose answers are in it, and how a figure is kept."""

import json
from typing import Any

from django.utils.crypto import salted_hmac

from evaluation.disclosure import K
from evaluation.studies.data import StudyData

OK, FEW, NOT_ASKED, NOT_YET, CANNOT, NOT_INSTALLED = "ok", "few", "not_asked", "not_yet", "cannot", "not_installed"
Found = dict[str, Any]
Basis = dict[str, str]


class Gate(Exception):
    """What was found is not enough: `n` units (None where fewer than five would be named), `wanted` at least."""

    def __init__(self, n: int, wanted: int, unit: str) -> None:
        self.n, self.wanted, self.unit = n if n >= K or n == 0 else None, wanted, unit


class Used:
    """Who put what into one analysis, as keyed digests: two results can be told to differ by too few people."""

    def __init__(self) -> None:
        self._parts: dict[int, list[Any]] = {}

    def add(self, person: int, *values: Any) -> None:
        self._parts.setdefault(person, []).append(values)

    @property
    def basis(self) -> Basis:
        return {
            str(person): salted_hmac(
                "evaluation.studies.analyses", json.dumps(sorted(parts, key=str)), algorithm="sha256"
            ).hexdigest()[:16]
            for person, parts in sorted(self._parts.items())
        }


def rounded(value: Any) -> Any:
    """Four decimals: more would say more than was measured."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value


def figures_of(estimate: Any) -> Found:
    return {"measure": estimate.measure, "value": estimate.value, "low": estimate.low, "high": estimate.high,
            "n": estimate.n, "variant": estimate.variant}  # fmt: skip


def level_of(data: StudyData) -> float:
    return 1.0 - float(data.plan["alpha"])


def need_of(n: int, wanted: int, unit: str) -> None:
    if n < wanted:
        raise Gate(n, wanted, unit)
