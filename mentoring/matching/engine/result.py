"""What a run returns: arrays, immutable, the same bytes for the same input; details are computed when first read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .people import Bools, Ints
from .settings import PARTS


@dataclass(frozen=True)
class Certificate:
    """The proof of a run. `worth` is what the aim counts (people and points in one number), `bound` the most possible.

    rounds      flows solved          rescored  pairs scored more than once       candidates  pairs the flow saw
    exact       False where time ran out before branch and bound had finished
    floor       for the aim WORST: no other assignment of as many people has a higher lowest score
    band        for the aim EVEN: the scores between which its curve bends (see `worth.concave`)
    """

    worth: int
    bound: int
    rounds: int = 1
    rescored: int = 0
    candidates: int = 0
    exact: bool = True
    floor: int | None = None
    band: tuple[int, int] | None = None

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.worth == self.bound


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
    """What one rule removes: pairs in all, pairs that fail nothing else, mentees it alone leaves without anybody.

    A soft rule removes nobody: `soft` says what it costs, `pairs` how many it touches.
    """

    code: str
    pairs: int
    pairs_alone: int
    mentees_left: int
    soft: int = 0


@dataclass(frozen=True)
class MentorLoad:
    """One mentor: places filled of places offered, what one more place would bring and one fewer would cost.

    Told as people and points because the objective may put people first. Locked places are left out of both. Aims
    without prices (stable, circles, parity) tell 0.
    """

    mentor: int
    filled: int
    places: int
    one_more_people: int
    one_more_points: int
    one_fewer_people: int
    one_fewer_points: int


@dataclass(frozen=True)
class Blocking:
    """Pairs who would both rather have each other: how many, and those that would gain most.

    `pairs` are (mentee, mentor, gain of the mentee, gain of the mentor) in points of each side's own view.
    """

    count: int
    pairs: tuple[tuple[int, int, int, int], ...]


class Details(Protocol):
    """Who can tell more about a finished run."""

    def parts(self) -> NDArray[np.int64]: ...
    def overlap(self) -> Ints: ...
    def ranks(self) -> tuple[Ints, Ints]: ...
    def broken(self) -> tuple[tuple[str, ...], ...]: ...
    def unknown(self) -> tuple[tuple[str, ...], ...]: ...
    def unmatched(self) -> tuple[Unmatched, ...]: ...
    def rules(self) -> tuple[RuleCost, ...]: ...
    def load(self) -> tuple[MentorLoad, ...]: ...
    def blocking(self) -> Blocking: ...


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run. Row p of every pair array is one pair, by mentee key and mentor key."""

    mentees: Ints
    mentors: Ints
    scores: Ints
    locked: Bools
    """Pairs that were fixed before the run (locked or frozen)."""
    left: Ints
    """Mentees without a mentor, by key."""
    certificate: Certificate
    seed: int
    input_hash: str
    engine: str
    details: Details

    @cached_property
    def parts(self) -> NDArray[np.int64]:
        """Pairs x PARTS, summing exactly to the score."""
        return self.details.parts()

    @cached_property
    def overlap(self) -> Ints:
        """Shared minutes a week."""
        return self.details.overlap()

    @cached_property
    def _ranks(self) -> tuple[Ints, Ints]:
        return self.details.ranks()

    @property
    def rank_for_mentee(self) -> Ints:
        """1 = nobody possible fits the mentee better; 0 = not counted (very large pools)."""
        return self._ranks[0]

    @property
    def rank_for_mentor(self) -> Ints:
        """1 = nobody possible fits the mentor better; 0 = not counted (very large pools)."""
        return self._ranks[1]

    @cached_property
    def broken(self) -> tuple[tuple[str, ...], ...]:
        """Rules a pair breaks: hard ones only where it is locked, soft ones anywhere."""
        return self.details.broken()

    @cached_property
    def unknown(self) -> tuple[tuple[str, ...], ...]:
        """Rules that could not be checked because an answer is missing."""
        return self.details.unknown()

    @cached_property
    def unmatched(self) -> tuple[Unmatched, ...]:
        """Everybody without a mentor, with the reason."""
        return self.details.unmatched()

    @cached_property
    def rules(self) -> tuple[RuleCost, ...]:
        """What each hard rule removes."""
        return self.details.rules()

    @cached_property
    def load(self) -> tuple[MentorLoad, ...]:
        """Every mentor's places and what one more or fewer would change."""
        return self.details.load()

    @cached_property
    def blocking(self) -> Blocking:
        """Pairs who would both rather have each other."""
        return self.details.blocking()

    @property
    def total(self) -> int:
        """Sum of the scores."""
        return int(self.scores.sum())

    @property
    def gap(self) -> int:
        """Distance to the proven bound in the aim's own unit; 0 = nothing better exists."""
        return self.certificate.bound - self.certificate.worth

    @property
    def matched(self) -> int:
        """Mentees with at least one mentor."""
        return len(np.unique(self.mentees))

    @property
    def mean(self) -> float | None:
        """Mean score, 0..100; None without a pair."""
        return float(self.scores.mean()) / 100 if len(self.scores) else None

    @property
    def worst(self) -> float | None:
        """Lowest score, 0..100; None without a pair."""
        return float(self.scores.min()) / 100 if len(self.scores) else None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        pairs = [
            {
                "mentee": int(self.mentees[p]),
                "mentor": int(self.mentors[p]),
                "score": int(self.scores[p]),
                "parts": dict(zip(PARTS, map(int, self.parts[p]), strict=True)),
                "overlap_minutes": int(self.overlap[p]),
                "rank_for_mentee": int(self.rank_for_mentee[p]),
                "rank_for_mentor": int(self.rank_for_mentor[p]),
                "locked": bool(self.locked[p]),
                "broken": list(self.broken[p]),
                "unknown": list(self.unknown[p]),
            }
            for p in range(len(self.mentees))
        ]
        return {"pairs": pairs, **self.report()}

    def report(self) -> dict[str, Any]:
        """Everything but the pairs."""
        return {
            "total": self.total,
            "gap": self.gap,
            "matched": self.matched,
            "certificate": asdict(self.certificate),
            "unmatched": _rows(self.unmatched),
            "rules": _rows(self.rules),
            "load": _rows(self.load),
            "blocking": asdict(self.blocking),
            "seed": self.seed,
            "input_hash": self.input_hash,
            "engine": self.engine,
        }

    def as_bytes(self) -> bytes:
        """One canonical form, to compare runs byte by byte."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":")).encode()


def _rows(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [dict(vars(row)) for row in rows]
