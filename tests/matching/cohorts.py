"""Cohorts for the engine's tests: small ones drawn by hypothesis, larger ones from a seed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from unittest import mock

import numpy as np
from hypothesis import strategies as st

from mentoring.matching.engine import SLOTS, Cohort, Objective, People, Rules, Table, Weights, pack_weeks
from mentoring.matching.engine import known as known_module
from mentoring.matching.engine import optimum as optimum_module
from mentoring.matching.engine.layers import THRESHOLD

MENTOR_KEYS = 1000
WAYS = st.sampled_from(["dense", "flow"])
TREE = np.array([-1, -1, 0, 0, 1, 1])
CATEGORIES = np.array([0, 0, 1, 2, 3])


@contextmanager
def solved_by(way: str) -> Iterator[None]:
    """Solve small cohorts densely, as usual, or by the flow on few candidates that large ones are solved by."""
    with ExitStack() as stack:
        if way == "flow":
            for module, name, value in (
                (optimum_module, "SMALL", 0),
                (optimum_module, "LARGEST", 0),
                (optimum_module, "KEPT", 2),
                (known_module, "ACTIVE", 1),
            ):
                stack.enter_context(mock.patch.object(module, name, value))
        yield


def weeks(rng, people: int):
    """Free hours in whole blocks; some people have not answered."""
    bits = np.repeat(rng.random((people, SLOTS // 4)) < 0.15, 4, axis=1)
    return pack_weeks(bits & (rng.random((people, 1)) < 0.9))


def seeded(mentees: int, mentors: int, seed: int, *, places: int = 2, text: bool = False) -> Cohort:
    """A plausible cohort, the same for the same seed."""
    rng = np.random.default_rng(seed)
    words = np.array(["thesis", "writing", "career", "پایان‌نامه", "نوشتن", "statistics"])

    def side(n: int, first: int, **more) -> People:
        return People.of(
            first + np.arange(n),
            skills=np.where(rng.random((n, 5)) < 0.5, rng.integers(1, 6, (n, 5)), 0),
            languages=rng.integers(0, 8, n),
            week=weeks(rng, n),
            field=rng.integers(-1, 6, n),
            seniority=rng.integers(-1, 5, n),
            texts=[" ".join(rng.choice(words, 3)) if text and rng.random() < 0.8 else "" for _ in range(n)],
            **more,
        )

    pairs = [(e, MENTOR_KEYS + r) for e in range(mentees) for r in range(mentors)]
    drawn = rng.permutation(len(pairs)) if pairs else []
    some = [pairs[k] for k in drawn]
    return Cohort(
        mentees=side(mentees, 0),
        mentors=side(mentors, MENTOR_KEYS, places=rng.integers(0, places + 1, mentors)),
        concept_category=CATEGORIES,
        field_parent=TREE,
        forbidden={"never": some[: len(some) // 10], "blocked": some[len(some) // 10 : len(some) // 8]},
        mentee_wishes=[(*pair, 1 + k % 5) for k, pair in enumerate(some[: len(some) // 4])],
        mentor_wishes=[(*pair, 1 + k % 5) for k, pair in enumerate(some[len(some) // 2 : len(some) // 2 + 3])],
    )


def everything(mentees: int, mentors: int, seed: int) -> Cohort:
    """A cohort in which every answer there is occurs, and is missing now and then."""
    rng = np.random.default_rng(seed)
    plain = seeded(mentees, mentors, seed, text=True)

    def maybe(values, missing=-1):
        return np.where(rng.random(len(values)) < 0.2, missing, values)

    def more(people: People) -> People:
        n = len(people)
        return replace(
            people,
            kinds=rng.integers(0, 6, (n, 4)).astype(np.uint8) * (rng.random((n, 1)) < 0.8)
            if seed % 2
            else people.kinds,
            fluency=rng.integers(0, 7, (n, 3)).astype(np.uint8),
            programme=maybe(rng.integers(0, 2, n)),
            institution=maybe(rng.integers(0, 3, n)),
            unit=maybe(rng.integers(0, 6, n)),
            gender=maybe(rng.integers(0, 2, n)),
            wants_gender=np.where(rng.random(n) < 0.3, rng.integers(0, 2, n), -1),
            profile=np.where(rng.random((n, 3)) < 0.2, 255, rng.integers(0, 5, (n, 3))).astype(np.uint8),
            interests=(rng.random((n, 4)) < 0.4).astype(np.uint8),
            channels=rng.integers(0, 8, n).astype(np.uint64),
            pace=maybe(rng.integers(0, 4, n)),
            feedback=maybe(rng.integers(0, 10_001, n)),
            waited=rng.integers(0, 120, n),
            least=rng.integers(0, 2, n),
            open=rng.random(n) < 0.95,
            cleared=rng.random(n) < 0.95,
            flagged=rng.random(n) < 0.05,
        )

    drawn = rng.permutation(mentees * mentors)[: mentees * mentors // 6]
    pairs = np.stack([drawn // max(mentors, 1), MENTOR_KEYS + drawn % max(mentors, 1)], axis=1)
    return replace(
        plain,
        mentees=more(plain.mentees),
        mentors=more(plain.mentors),
        forbidden={**plain.forbidden, "previous": pairs[::2], "conflict": pairs[1::2]},
        must_have=np.stack([rng.integers(0, max(mentees, 1), mentees // 3), rng.integers(0, 5, mentees // 3)], axis=1),
        current=pairs[::3],
    )


@st.composite
def small_cohorts(draw) -> Cohort:
    """Up to 4 mentees and 3 mentors: small enough to try every assignment."""
    size = draw(st.tuples(st.integers(0, 4), st.integers(0, 3)))
    return seeded(*size, seed=draw(st.integers(0, 10_000)), text=draw(st.booleans()))


def table(cohort: Cohort, rules: Rules | None = None, weights: Weights | None = None):
    """Scores of every pair, -1 where a rule removes it."""
    whole = np.full((len(cohort.mentees), len(cohort.mentors)), -1, np.int64)
    for some, strip in Table(cohort, rules, weights).strips(np.arange(len(cohort.mentees))):
        whole[some] = np.where(strip > THRESHOLD, strip, -1)
    return whole


def best_by_trying_everything(cohort: Cohort, objective: Objective) -> tuple[int, int]:
    """(matched, total) of the best assignment, by brute force."""
    scores, places = table(cohort), cohort.mentors.places
    best = (0, 0)
    for choice in itertools.product(range(-1, len(places)), repeat=len(scores)):
        used = [c for c in choice if c >= 0]
        if any(scores[row, c] < 0 for row, c in enumerate(choice) if c >= 0):
            continue
        if any(used.count(c) > places[c] for c in set(used)):
            continue
        reached = (len(used), int(sum(scores[row, c] for row, c in enumerate(choice) if c >= 0)))
        order = (lambda pair: pair) if objective is Objective.MOST else (lambda pair: pair[::-1])
        best = max(best, reached, key=order)
    return best
