"""What a coordinator sets before a run: hard rules, weights, how two views of a pair become one, the aim."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Literal, Self

ENGINE_VERSION = "2.8"
"""Stored with every run; a change of any score or tie raises it."""

REFUSALS: dict[str, tuple[str, ...]] = {
    "weights_are_zero": (),
    "weights_must_sum_to_100": ("sum",),
    "value_out_of_range": ("what", "least", "most"),
    "unknown_rule": ("rule",),
    "rule_cannot_be_soft": ("rule",),
    "aims_exclude_each_other": ("one", "other"),
    "locks_contradict": ("mentee",),
    "more_locks_than_places": ("mentor", "places", "locks"),
    "lock_breaks_a_safety_rule": ("rule", "mentee", "mentor"),
    "lock_of_somebody_not_in_the_pool": ("mentee", "mentor"),
    "parity_without_groups": (),
    "parity_cannot_be_reached": ("within",),
    "circles_cannot_be_formed": ("smallest", "largest"),
    "time_is_up": ("seconds",),
    "aim_has_no_prices": ("objective",),
    "too_few_closed": ("found", "needed"),
    "outcomes_all_alike": (),
}
"""Every code a `Refused` can carry, with the names in its `about`: enough for one sentence that says what to change."""


class Refused(Exception):
    """What was asked cannot be done as asked; `code` and `about` (keys, numbers) say what to change."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(f"{code} {about}" if about else code)
        self.code = code
        self.about = about


class Objective(StrEnum):
    """What "best" means. All are solved exactly."""

    TOTAL = "total"
    """The highest sum of scores (and, among equals, the most people)."""
    MOST = "most"
    """The most people matched first, then the highest sum of scores."""
    WORST = "worst"
    """The most people first, then the lowest score as high as possible, then the highest sum."""
    EVEN = "even"
    """The most people first, then the highest sum of a concave curve of the score (`Aim.evenness`)."""
    STABLE = "stable"
    """No two people would rather have each other; among stable results the best for the mentees."""
    STABLE_MENTORS = "stable_mentors"
    """No two people would rather have each other; among stable results the best for the mentors."""


SOFT = ("language", "overlap", "seniority", "institution", "must_have", "gender", "unit", "previous")
"""Rules that may be soft: a pair that breaks one loses points instead of being absent."""
RULES = (
    *("place", "safeguarding", "cleared", "programme", "institution", "language", "overlap", "seniority"),
    *("must_have", "gender", "unit", "blocked", "never", "conflict", "previous"),
)
"""The code of every hard rule, in the order they are told. A rule that nobody's answers touch is left out of reports."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Hard rules: a pair that fails one is absent, never merely low. A missing answer passes and is flagged,
    unless `answers_needed`. "place", "safeguarding" and "blocked" always hold.
    """

    language: bool = True
    """The two share a language,"""
    language_level: int = 0
    """at this level or better (0 any, 1..6 for A1..C2; people without a level count as able)."""
    overlap: bool = True
    """The two share at least `overlap_minutes` of the week."""
    overlap_minutes: int = 60
    seniority: bool = False
    """The mentor stands at least `seniority_gap` steps above the mentee, and at most `seniority_most`."""
    seniority_gap: int = 1
    seniority_most: int | None = None
    never: bool = True
    """Neither named the other on the private list of people they cannot work with."""
    conflict: bool = True
    """No conflict of interest: supervisor, examiner, line manager, relative."""
    unit: bool = True
    """The two do not belong to the same laboratory or team."""
    previous: bool = False
    """The two have not been a pair before."""
    same_programme: bool = True
    """Only within one programme (people without a programme fit everywhere)."""
    institution: Literal["any", "same", "other"] = "any"
    must_have: Literal["all", "any", "off"] = "all"
    """The mentor offers all (or any) of the concepts a mentee cannot do without."""
    gender: bool = False
    """A mentee's wish for a mentor of one gender is kept. Off by default: only where law and programme allow it."""
    cleared: bool = True
    """The mentor is trained and cleared."""
    answers_needed: bool = False
    """People who have not answered fail the rules on language, time and seniority."""
    soft: Mapping[str, int] = field(default_factory=dict)
    """Rule code -> points a pair loses for breaking it, instead of being absent (the rule must be on)."""

    def __post_init__(self) -> None:
        for code, points in self.soft.items():
            if code not in RULES:
                raise Refused("unknown_rule", rule=code)
            if code not in SOFT:
                raise Refused("rule_cannot_be_soft", rule=code)
            _within("soft", points, 0, 10_000)
        _within("overlap_minutes", self.overlap_minutes, 0, 100 * 60)
        _within("language_level", self.language_level, 0, 6)


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Shares of a score, in per cent: they sum to 100. Field order is the order of every list of contributions."""

    skills: int = 35
    """Levels offered on the concepts wanted."""
    needs: int = 10
    """The kinds of help wanted against the mentor's strengths in them."""
    goals: int = 10
    """What both wrote in their own words."""
    field: int = 15
    """Distance on the tree of study fields."""
    experience: int = 10
    """Steps between the two on the ladder of seniority."""
    time: int = 10
    """Shared hours of the week."""
    wishes: int = 10
    """Each side's ranked wishes."""
    likeness: int = 0
    """Answers to closed questions (values, style of communication, openness, conscientiousness)."""
    interests: int = 0
    """Interests and life experience that both have."""
    contact: int = 0
    """Channels both use, and how fast each answers."""
    feedback: int = 0
    """What former mentees said of the mentor, shrunk towards the mean."""
    waiting: int = 0
    """How long the mentee has waited."""

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
        if sum(parts.values()) <= 0 or min(parts.values()) < 0:
            raise Refused("weights_are_zero")
        names = sorted(parts, key=CRITERIA.index)
        return cls(**dict.fromkeys(CRITERIA, 0) | dict(zip(names, shares([parts[n] for n in names], 100), strict=True)))


CRITERIA: tuple[str, ...] = tuple(f.name for f in fields(Weights))
PARTS: tuple[str, ...] = (*CRITERIA, "rules")
"""Names of the contributions of a score: the criteria, and what soft rules take away."""


def shares(parts: list[int], whole: int) -> list[int]:
    """Non-negative proportions scaled to sum to `whole` by largest remainders; at ties the earlier."""
    total = sum(parts)
    found = [part * whole // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda k: (-(parts[k] * whole % total), k))
    for k in by_remainder[: whole - sum(found)]:
        found[k] += 1
    return found


@dataclass(frozen=True, kw_only=True)
class Fusion:
    """How the mentee's view u and the mentor's view v of a pair become one score.

    mean      u and v weighted by `mentee_share` per cent
    harmonic  2uv / (u + v): lopsided pairs lose      min  the less pleased of the two      product  uv
    """

    kind: Literal["mean", "harmonic", "min", "product"] = "mean"
    mentee_share: int = 50
    mentors: Weights | None = None
    """Weights of the mentors' view; None = the same as the mentees'. (Wishes are always each side's own.)"""

    def __post_init__(self) -> None:
        _within("mentee_share", self.mentee_share, 0, 100)


@dataclass(frozen=True, kw_only=True)
class Parity:
    """No named group may differ from all mentees by more than `within` percentage points.

    Groups enter the optimisation only here, never a score.
    """

    labels: tuple[tuple[int, int], ...]
    """(mentee key, group) of the people who said; the others count towards "all" only."""
    within: float = 5.0
    measure: Literal["rate", "score"] = "rate"
    """What is compared: the share matched, or the mean score of all members (0 for those without a mentor)."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a run is to reach. `objective` alone is enough; the rest refines it."""

    objective: Objective = Objective.MOST
    evenness: int = 4
    """For EVEN: 1 is the plain sum, higher helps those with low scores of their pool more (up to 10)."""
    keep: int = 0
    """Points that keeping a pair of `Cohort.current` is worth: how dear a change is."""
    previous_bonus: int = 0
    """Points that a pair of `forbidden["previous"]` is worth when the rule is off: people who know each other."""
    balance: int = 0
    """Points that each mentee beyond a mentor's first must bring more than the one before: spreads the load."""
    wishes_first: bool = False
    """Granted wishes go before points: the most and highest wishes first, then the objective."""
    quotas: bool = False
    """Lower quotas first: as many of every mentor's `People.least` places as possible are filled."""
    mentors_each: int = 1
    """2: a second mentor from another field for as many as possible, the first for everybody before that."""
    circle: tuple[int, int] | None = None
    """(smallest, largest): a mentor leads so many mentees, or none at all."""
    parity: Parity | None = None
    fusion: Fusion = field(default_factory=Fusion)
    seconds: float = 20.0
    """Time for the aims solved by branch and bound (parity, circle); their bound is stored if it runs out."""

    def __post_init__(self) -> None:
        for what, value, least, most in (
            ("evenness", self.evenness, 1, 10),
            ("keep", self.keep, 0, 10_000),
            ("previous_bonus", self.previous_bonus, 0, 10_000),
            ("balance", self.balance, 0, 10_000),
            ("mentors_each", self.mentors_each, 1, 2),
        ):
            _within(what, value, least, most)
        if self.circle and not 1 <= self.circle[0] <= self.circle[1]:
            raise Refused("value_out_of_range", what="circle", least=1, most=self.circle[1])
        solvers = [name for name, on in self._solvers().items() if on]
        barred = {"stable": ("keep", "previous_bonus", "balance", "quotas", "wishes_first"), "mentors_each": ()}
        for solver in solvers:
            more = [name for name in barred.get(solver, ("balance", "quotas", "wishes_first")) if getattr(self, name)]
            if others := [name for name in solvers if name != solver] + more:
                raise Refused("aims_exclude_each_other", one=solver, other=others[0])

    @property
    def is_stable(self) -> bool:
        """Whether nobody may rather have each other."""
        return self.objective in (Objective.STABLE, Objective.STABLE_MENTORS)

    @property
    def is_curved(self) -> bool:
        """Whether low scores count more than they are."""
        return self.objective is Objective.EVEN and self.evenness > 1

    def _solvers(self) -> dict[str, bool]:
        """Aims that need a solver of their own and so cannot be combined."""
        return {
            "stable": self.is_stable,
            "worst": self.objective is Objective.WORST,
            "circle": self.circle is not None,
            "parity": self.parity is not None,
            "mentors_each": self.mentors_each > 1,
        }

    @classmethod
    def of(cls, wanted: Objective | Aim) -> Aim:
        """An aim from an objective alone."""
        return wanted if isinstance(wanted, Aim) else cls(objective=wanted)


def as_text(rules: Rules, weights: Weights, aim: Aim, seed: int) -> str:
    """One canonical line of all settings, for the input hash."""
    settings: dict[str, Any] = {"rules": asdict(rules), "weights": asdict(weights), "aim": asdict(aim), "seed": seed}
    return json.dumps(settings, sort_keys=True, separators=(",", ":"), default=dict)


def _within(what: str, value: float, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Refused("value_out_of_range", what=what, least=least, most=most)
