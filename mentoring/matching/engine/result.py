"""What a run returns: arrays and short tables, immutable, the same bytes for the same input."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .people import Bools, Ints
from .settings import CRITERIA


@dataclass(frozen=True)
class Unmatched:
    """One mentee without a mentor, and the smallest change found that would help.

    reason  "not_open" the mentee is paused · "no_mentors" the pool has none · "rules" every mentor fails `rules`
            (several: the fewest any mentor fails) · "taken" mentors fit, but others fit them better or came first
    helps   mentors that would be possible after the change ("rules": without them; "taken": with one more place)
    mentor  the best of those; `score` with this mentor, `short` the points missing to win the place
    minutes for the rule on time: the most anybody shares
    """

    mentee: int
    reason: str
    rules: tuple[str, ...] = ()
    helps: int = 0
    mentor: int | None = None
    score: int | None = None
    short: int | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class RuleCost:
    """What one rule removes: pairs in all, pairs that fail nothing else, mentees it alone leaves without anybody."""

    code: str
    pairs: int
    pairs_alone: int
    mentees_left: int


@dataclass(frozen=True)
class MentorLoad:
    """One mentor: places filled of places offered, what one more place would bring and one fewer would cost.

    Told as people and points because the objective may put people first. Locked places are left out of both.
    """

    mentor: int
    filled: int
    places: int
    one_more_people: int
    one_more_points: int
    one_fewer_people: int
    one_fewer_points: int


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run. Row p of every pair array is one pair, by mentee key."""

    mentees: Ints
    mentors: Ints
    scores: Ints
    parts: NDArray[np.int32]
    """Pairs x CRITERIA, summing exactly to the score."""
    overlap: Ints
    """Shared minutes a week."""
    rank_for_mentee: Ints
    """1 = nobody possible fits the mentee better; 0 = not counted (large pools)."""
    rank_for_mentor: Ints
    locked: Bools
    broken: tuple[tuple[str, ...], ...]
    """Rules a locked pair breaks; empty for every other pair."""
    unknown: tuple[tuple[str, ...], ...]
    """Rules that could not be checked because an answer is missing."""
    unmatched: tuple[Unmatched, ...]
    rules: tuple[RuleCost, ...]
    load: tuple[MentorLoad, ...]
    total: int
    gap: int
    """Distance to the proven bound in the objective's own unit; 0 = nothing better exists."""
    seed: int
    input_hash: str
    engine: str

    @property
    def matched(self) -> int:
        return len(self.mentees)

    @property
    def mean(self) -> float | None:
        """Mean score, 0..100; None without a pair."""
        return float(self.scores.mean()) / 100 if self.matched else None

    @property
    def worst(self) -> float | None:
        """Lowest score, 0..100; None without a pair."""
        return float(self.scores.min()) / 100 if self.matched else None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        pairs = [
            {
                "mentee": int(self.mentees[p]),
                "mentor": int(self.mentors[p]),
                "score": int(self.scores[p]),
                "parts": dict(zip(CRITERIA, map(int, self.parts[p]), strict=True)),
                "overlap_minutes": int(self.overlap[p]),
                "rank_for_mentee": int(self.rank_for_mentee[p]),
                "rank_for_mentor": int(self.rank_for_mentor[p]),
                "locked": bool(self.locked[p]),
                "broken": list(self.broken[p]),
                "unknown": list(self.unknown[p]),
            }
            for p in range(self.matched)
        ]
        return {"pairs": pairs, **self.report()}

    def report(self) -> dict[str, Any]:
        """Everything but the pairs."""
        return {
            "total": self.total,
            "gap": self.gap,
            "matched": self.matched,
            "unmatched": [asdict(row) for row in self.unmatched],
            "rules": [asdict(row) for row in self.rules],
            "load": [asdict(row) for row in self.load],
            "seed": self.seed,
            "input_hash": self.input_hash,
            "engine": self.engine,
        }

    def as_bytes(self) -> bytes:
        """One canonical form, to compare runs byte by byte."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":")).encode()
