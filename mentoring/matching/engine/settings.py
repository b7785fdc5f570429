"""What a coordinator sets before a run: hard rules, weights, the aim."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Self

ENGINE_VERSION = "1.0"
"""Stored with every run; a change of any score or tie raises it."""


class Refused(Exception):
    """The run cannot start as asked; `code` and `about` (keys, numbers) say what to change."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(f"{code} {about}" if about else code)
        self.code = code
        self.about = about


class Objective(StrEnum):
    """What "best" means. Both are solved exactly."""

    TOTAL = "total"
    """The highest sum of scores (and, among equals, the most people)."""
    MOST = "most"
    """The most people matched first, then the highest sum of scores."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Hard rules: a pair that fails one is absent, never merely low. A missing answer passes and is flagged,
    unless `answers_needed`."""

    language: bool = True
    """The two share a language."""
    overlap: bool = True
    """The two share at least `overlap_minutes` of the week."""
    overlap_minutes: int = 60
    seniority: bool = False
    """The mentor stands at least `seniority_gap` steps above the mentee."""
    seniority_gap: int = 1
    never: bool = True
    """Neither named the other on the private list of people they cannot work with."""
    conflict: bool = True
    """No conflict of interest: supervisor, examiner, relative, same laboratory."""
    previous: bool = False
    """The two have not been a pair before."""
    answers_needed: bool = False
    """People who have not answered fail the rules on language, time and seniority."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Shares of a score, in per cent: they sum to 100. Field order is the order of every list of contributions."""

    skills: int = 35
    needs: int = 10
    goals: int = 10
    field: int = 15
    experience: int = 10
    time: int = 10
    wishes: int = 10

    def __post_init__(self) -> None:
        values = self.values()
        if min(values) < 0 or sum(values) != 100:
            raise Refused("weights_must_sum_to_100", sum=sum(values))

    def values(self) -> tuple[int, ...]:
        """The weights in the order of CRITERIA."""
        return tuple(getattr(self, f.name) for f in fields(self))

    @classmethod
    def from_parts(cls, **parts: int) -> Self:
        """Any non-negative proportions (sliders) scaled to 100 by largest remainders; criteria left out get 0.

        Raises Refused("weights_are_zero") when nothing at all is to count.
        """
        whole = sum(parts.values())
        if whole <= 0 or min(parts.values()) < 0:
            raise Refused("weights_are_zero")
        shares = {name: part * 100 // whole for name, part in parts.items()}
        by_remainder = sorted(parts, key=lambda name: (-(parts[name] * 100 % whole), CRITERIA.index(name)))
        for name in by_remainder[: 100 - sum(shares.values())]:
            shares[name] += 1
        return cls(**{name: shares.get(name, 0) for name in CRITERIA})


CRITERIA: tuple[str, ...] = tuple(f.name for f in fields(Weights))


def as_text(rules: Rules, weights: Weights, objective: Objective, seed: int) -> str:
    """One canonical line of all settings, for the input hash."""
    settings = {"rules": asdict(rules), "weights": asdict(weights), "objective": str(objective), "seed": seed}
    return json.dumps(settings, sort_keys=True, separators=(",", ":"))
