"""The cases of `bench/matching.py` with their goals, from the small to the large."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.matching_cohorts import SHAPES

Found = dict[str, Any]
MOMENT = 0.001
"""A thousandth of a second of CPU time is quick enough, whatever the peer needs."""


@dataclass(frozen=True)
class Line:
    """One comparison. The goal is a ratio: at most, or (with `least`) at least so much."""

    case: str
    measure: str
    ours: float
    peer: str
    theirs: float
    goal: float | None = None
    least: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs if self.theirs else float(self.ours == self.theirs)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        if self.measure == "cpu_s" and self.ours < MOMENT:
            return True
        return self.ratio >= self.goal if self.least else self.ratio <= self.goal

    @property
    def goal_text(self) -> str:
        if self.goal is None:
            return ""
        part = f"1/{round(1 / self.goal)}" if self.goal < 0.5 else f"{self.goal:g}"
        return f"at {'least' if self.least else 'most'} {part}"


@dataclass(frozen=True)
class Peer:
    """A peer in a case; `goals` are ratios at most, by measure."""

    name: str
    goals: dict[str, float] = field(default_factory=dict)
    turns: int = 1
    exact: bool = True
    """Whether it maximises what we do, so that the totals must be equal."""
    needs_mb: float = 0


@dataclass(frozen=True)
class Case:
    """What is measured of ours, of whom besides, and how often."""

    name: str
    ours: Found
    peers: tuple[Peer, ...] = ()
    turns: int = 1
    quick: bool = False
    told: Callable[[str, Found], Iterator[Line]] | None = None
    """Lines that need no peer."""

    @property
    def table(self) -> Found:
        """How the peers' table is made."""
        if self.ours["what"] == "scores":
            return {"what": "hard_table", "name": self.ours["name"]}
        return {
            "what": "table",
            **{name: value for name, value in self.ours.items() if name not in ("what", "objective")},
        }

    def lines(self, own: Found, others: dict[str, Found]) -> list[Line]:
        found = list(self.told(self.name, own)) if self.told else []
        for peer in self.peers:
            if not (theirs := others.get(peer.name)):
                continue
            for measure in ("cpu_s", "peak_mb"):
                found.append(
                    Line(self.name, measure, own[measure], peer.name, theirs[measure], peer.goals.get(measure))
                )
            if peer.exact:
                equal = own["total"] == theirs["total"] and own["people"] == theirs["people"]
                found.append(Line(self.name, "total", own["total"], peer.name, theirs["total"], 1, least=equal))
        return found


def goal(measure: str, at_most: float) -> Callable[[str, Found], Iterator[Line]]:
    """A goal in the measure's own unit."""
    return lambda case, own: iter([Line(case, measure, own[measure], "goal", at_most, 1)])


def proven(**at_most: float) -> Callable[[str, Found], Iterator[Line]]:
    """The goals, and what the assignment is worth beside the bound that its prices prove: 1 is a gap of 0."""

    def lines(case: str, own: Found) -> Iterator[Line]:
        yield from (Line(case, measure, own[measure], "goal", most, 1) for measure, most in at_most.items())
        yield Line(case, "total", own["worth"], "proven bound", own["bound"], 1, least=True)

    return lines


def kept(case: str, own: Found) -> Iterator[Line]:
    yield Line(case, "extra_changes", own["extra"], "forced changes", own["forced"], 0.25)
    yield Line(case, "total", own["total"], "free optimum", own["free"], 0.997, least=True)


def exact(case: str, own: Found) -> Iterator[Line]:
    yield Line(case, "exact_sums", own["exact"], "pairs", own["pairs"], 1, least=True)


def even(case: str, own: Found) -> Iterator[Line]:
    plain = own["plain"]
    yield Line(case, "cpu_s", own["cpu_s"], "highest total", plain["cpu_s"], 2)
    yield Line(case, "low", own["low"], "highest total", plain["low"], 1.1, least=True)
    yield Line(case, "low", own["low"], "possible", own["possible"])
    yield Line(case, "total", own["total"], "highest total", plain["total"], 0.98, least=True)


def _size(mentees: int, mentors: int, **more: Any) -> Found:
    return {"mentees": mentees, "mentors": mentors, **more}


THOUSAND, THOUSANDS = _size(1_000, 500), _size(5_000, 2_500)
CROWDING = 1.2
"""Many ask for the same few subjects: two in three for the best known."""
SCIPY_20K_MB = 9_000
"""A table of 20,000 mentees and as many single places, and the copy that scipy makes of it."""

CASES = (
    Case("what-if 300x150", {"what": "what_if", **_size(300, 150)}, turns=3, quick=True, told=goal("cpu_s", 0.05)),
    Case("why not 1000x500", {"what": "why", **THOUSAND}, quick=True, told=goal("cpu_s", 0.005)),
    Case("explanations 1000x500", {"what": "parts", **THOUSAND}, quick=True, told=exact),
    *(
        Case(name, {"what": "scores", "name": name}, (Peer("scipy dense", {"cpu_s": 1}, 3),), 3, quick=True)
        for name in SHAPES
    ),
    Case("even 1000x500", {"what": "even", **THOUSAND}, quick=True, told=even),
    Case(
        "even 1000x500 crowded",
        {"what": "even", **THOUSAND, "crowding": CROWDING},
        quick=True,
        told=even,
    ),
    Case("re-match 1000x500", {"what": "left", **THOUSAND}, quick=True, told=kept),
    Case(
        "1000x500 stable",
        {"what": "optimum", "objective": "stable", **THOUSAND},
        (Peer("matching", {"cpu_s": 1 / 500}),),
        5,
        quick=True,
    ),
    Case(
        "1000x500",
        {"what": "optimum", **THOUSAND},
        (
            Peer("matching", {"cpu_s": 1 / 200}, exact=False),
            Peer("mentor-match", {"cpu_s": 1 / 250}),
            Peer("networkx", {"cpu_s": 1 / 500}),
            Peer("munkres", turns=3),
            Peer("scipy dense", turns=3),
        ),
        5,
        told=proven(),
    ),
    Case(
        "1000x500 with free texts",
        {"what": "optimum", **THOUSAND, "texts": True},
        (Peer("scipy dense", turns=3),),
        3,
        told=proven(),
    ),
    Case(
        "5000x2500",
        {"what": "optimum", **THOUSANDS},
        (Peer("scipy dense", {"cpu_s": 1 / 8, "peak_mb": 1 / 15}, 3),),
        3,
        told=proven(),
    ),
    Case("re-match 5000x2500", {"what": "left", **THOUSANDS}, told=kept),
    Case(
        "100000x50000 in 60 programmes",
        {"what": "optimum", **_size(100_000, 50_000, programmes=60)},
        told=proven(cpu_s=5, peak_mb=1_000),
    ),
    Case(
        "20000x10000",
        {"what": "optimum", **_size(20_000, 10_000)},
        (Peer("scipy dense", {"cpu_s": 1 / 15, "peak_mb": 1 / 30}, needs_mb=SCIPY_20K_MB),),
        told=proven(cpu_s=6, peak_mb=400),
    ),
    Case(
        "100000x50000 in one programme",
        {"what": "optimum", **_size(100_000, 50_000)},
        told=proven(cpu_s=180, peak_mb=1_000),
    ),
)
