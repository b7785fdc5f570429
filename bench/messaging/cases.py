"""What is measured, against whom, and what is to be reached."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

TUTORIALS, NODES, LIMIT = ("tutorial-redis", "tutorial-pubsub"), ("ws", "socketio"), ("echo",)
MORE = ("msg_per_s", "reconnects_per_s")
"""Measures of which more is better."""
LABELS = {"msg_per_s": "messages/s", "p50_ms": "p50 ms", "p99_ms": "p99 ms", "cpu_us": "CPU µs a message",
          "kb_per_socket": "KB a socket", "reconnects_per_s": "reconnects/s", "back_s": "s until all are back",
          "last_ms": "ms until the last"}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One comparison: of each round one ratio ours / theirs. `peer` "goal": theirs is what is to be reached."""

    case: str
    measure: str
    peer: str
    ours: float
    theirs: float
    ratios: tuple[float, ...]
    goal: float | None = None

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.measure in MORE else self.ratio <= self.goal

    @property
    def goal_text(self) -> str:
        if self.goal is None:
            return ""
        return f"{'at least' if self.measure in MORE else 'at most'} {self.goal:g}"


@dataclass(frozen=True)
class Case:
    """`spec` is what the load does; `goals` {measure: to be reached}; `ratios` {peer: how many times its msg_per_s}."""

    name: str
    spec: dict[str, Any]
    measures: tuple[str, ...]
    peers: tuple[str, ...] = ()
    goals: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    rounds: int = 3
    quick: bool = False

    def lines(self, found: dict[str, list[dict[str, float]]]) -> list[Line]:
        """`found`: of each site its rounds; ours and theirs of a round were measured one after the other."""
        lines = []
        for measure in self.measures:
            ours = [one[measure] for one in found["ours"]]
            if (goal := self.goals.get(measure)) is not None:
                ratios = tuple(value / goal for value in ours)
                lines.append(Line(self.name, measure, "goal", statistics.median(ours), goal, ratios, 1))
            for peer in self.peers:
                theirs = [one[measure] for one in found.get(peer, ())]
                pairs = [(a, b) for a, b in zip(ours, theirs, strict=False) if b and not math.isnan(b)]
                if not pairs:
                    continue
                ratios = tuple(a / b for a, b in pairs)
                wanted = self.ratios.get(peer) if measure == "msg_per_s" else None
                lines.append(
                    Line(self.name, measure, peer, statistics.median(ours), middle(b for _, b in pairs), ratios, wanted)
                )
        return lines


def middle(values: Any) -> float:
    return statistics.median(list(values))


EVERYBODY = (*TUTORIALS, *NODES, *LIMIT)
FOUR = ("msg_per_s", "p50_ms", "p99_ms", "cpu_us")
CASES: Sequence[Case] = (
    Case(
        "200 sockets, 50 in flight",
        {"kind": "saturated", "sockets": 200, "in_flight": 50, "warm": 1.5, "seconds": 5},
        FOUR,
        EVERYBODY,
        {"msg_per_s": 2700, "cpu_us": 220},
        {"tutorial-redis": 40, "tutorial-pubsub": 25, "ws": 1.5, "socketio": 1.8},
        rounds=4,
        quick=True,
    ),
    Case(
        "1,000 sockets, 400 in flight",
        {"kind": "saturated", "sockets": 1000, "in_flight": 400, "warm": 1.5, "seconds": 4},
        FOUR,
        NODES,
        {"msg_per_s": 5000},
    ),
    Case(
        "1,000 sockets, 500 a second",
        {"kind": "steady", "sockets": 1000, "rate": 500, "warm": 2, "seconds": 6},
        ("p50_ms", "p99_ms", "cpu_us"),
        NODES,
        {"p50_ms": 5, "p99_ms": 25},
    ),
    Case(
        "2,000 sockets, 2,000 a second",
        {"kind": "steady", "sockets": 2000, "rate": 2000, "warm": 2, "seconds": 6},
        ("p50_ms", "p99_ms", "cpu_us"),
        NODES,
        {"p99_ms": 50},
        rounds=2,
    ),
    Case(
        "5,000 idle sockets",
        {"kind": "idle", "sockets": 5000, "seconds": 2},
        ("kb_per_socket",),
        ("tutorial-redis", *NODES, *LIMIT),
        {"kb_per_socket": 25},
        rounds=1,
    ),
    Case(
        "reconnecting",
        {"kind": "reconnecting", "sockets": 1000, "seconds": 4},
        ("reconnects_per_s", "cpu_us"),
        ("tutorial-redis", *NODES),
        {"reconnects_per_s": 500},
        rounds=2,
    ),
    Case(
        "2,000 sockets, the server killed",
        {"kind": "storm", "sockets": 2000},
        ("back_s",),
        NODES,
        {"back_s": 6},
        rounds=2,
    ),
    Case(
        "800 at one instant",
        {"kind": "burst", "sockets": 800},
        ("p50_ms", "last_ms"),
        NODES,
        {"last_ms": 300},
        quick=True,
    ),
)
