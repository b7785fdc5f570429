"""Seeded input for `bench/matching.py`: plausible cohorts, and tables of scores that are hard for solvers. No framework."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mentoring.matching.engine import SLOTS, Cohort, People, pack_weeks

CONCEPTS, CATEGORIES = 400, 7
FACULTIES, DEPARTMENTS, FIELDS = 8, 56, 200
FIRST_MENTOR = 10_000_000
WISHES = 3
DAYTIME, LASTING = 16, 4
"""Free times begin between 8:00 and 20:00 and last two hours (in half-hours)."""
WORDS = (
    "thesis writing career statistics method interview grant teaching conference supervisor deadline network software "
    "analysis language confidence planning publication feedback leadership research proposal data survey ethics reading "
    "argument structure motivation balance industry academia portfolio presentation laboratory archive theory practice"
).split()


def cohort(
    mentees: int, mentors: int, *, seed: int = 1, programmes: int = 0, texts: bool = False, crowding: float = 0.6
) -> Cohort:
    """People with 3 or 4 wanted concepts of 400, six free times a week, one or two languages, a field of a tree of 264, a
    step on the ladder; three in ten mentees rank three mentors. Mentors have one to three places. The k-th best known
    concept is named k**-crowding times as often as the best known, which with 0.6 one mentee in seven wants, with 1.2 two in
    three.
    """
    rng = np.random.default_rng(seed)
    wishing = np.repeat(np.flatnonzero(rng.random(mentees) < 0.3), WISHES)
    wished = FIRST_MENTOR + rng.integers(0, mentors, len(wishing))
    wishes = np.stack([wishing, wished, np.arange(len(wishing)) % WISHES + 1], axis=1)
    tree = [np.full(FACULTIES, -1), np.arange(DEPARTMENTS) % FACULTIES, FACULTIES + np.arange(FIELDS) % DEPARTMENTS]
    more = {"programmes": programmes, "texts": texts, "crowding": crowding}
    sides = [
        _side(rng, np.arange(mentees), concepts=4, steps=(0, 3), **more),
        _side(rng, FIRST_MENTOR + np.arange(mentors), concepts=8, steps=(2, 6), **more),
    ]
    return Cohort(
        mentees=People.of(**sides[0]),
        mentors=People.of(**sides[1], places=rng.integers(1, 4, mentors)),
        concept_category=np.arange(CONCEPTS) % CATEGORIES,
        field_parent=np.concatenate(tree),
        mentee_wishes=wishes,
    )


def _side(
    rng: np.random.Generator,
    keys: NDArray,
    *,
    concepts: int,
    steps: tuple[int, int],
    programmes: int,
    texts: bool,
    crowding: float,
) -> dict[str, ArrayLike]:
    n = len(keys)
    known = np.arange(1, CONCEPTS + 1) ** -crowding  # a few subjects are asked for often, most seldom
    skills = np.zeros((n, CONCEPTS), np.uint8)
    named = rng.choice(CONCEPTS, (n, concepts), p=known / known.sum())
    skills[np.arange(n)[:, None], named] = rng.integers(1, 6, (n, concepts))
    days, hours = np.divmod(rng.integers(0, 7 * 12, (n, 6)), 12)
    free = np.zeros((n, SLOTS), np.bool_)
    for slot in range(LASTING):
        free[np.arange(n)[:, None], days * 48 + DAYTIME + hours * 2 + slot] = True
    side = {
        "keys": keys,
        "skills": skills,
        "week": pack_weeks(free),
        "languages": rng.choice([1, 2, 3, 3], n),
        "field": FACULTIES + DEPARTMENTS + rng.integers(0, FIELDS, n),
        "seniority": rng.integers(*steps, n),
    }
    if programmes:
        side["programme"] = rng.integers(0, programmes, n)
    if texts:
        side["texts"] = [" ".join(words) for words in rng.choice(WORDS, (n, 6))]
    return side


def identical(n: int, m: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """All mentees think alike."""
    return np.tile(rng.integers(0, 10_001, m), (n, 1)), rng.integers(1, 4, m)


def all_ties(n: int, m: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.full((n, m), 5_000), rng.integers(1, 4, m)


def popular(n: int, m: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """One term of quality that all see, and a little taste."""
    return rng.integers(0, 9_000, m) + rng.integers(0, 1_000, (n, m)), rng.integers(1, 4, m)


def machol_wien(n: int, m: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Row times column: the matrix on which the Hungarian method is slowest."""
    return np.outer(np.arange(1, n + 1), np.arange(1, m + 1)) * 10_000 // (n * m), np.ones(m, int)


def short(n: int, m: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Places for four in ten."""
    return rng.integers(0, 10_001, (n, m)), np.where(rng.random(m) < 0.4, n // m, 0)


def nobody_eligible(n: int, m: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    return np.full((n, m), -1), rng.integers(1, 4, m)


def plain(n: int, m: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Scores without any structure."""
    return rng.integers(0, 10_001, (n, m)), rng.integers(1, 4, m)


SHAPES = {
    "identical preferences": (identical, 1_000, 500),
    "all ties": (all_ties, 1_000, 500),
    "popular mentors": (popular, 1_000, 500),
    "Machol-Wien": (machol_wien, 1_000, 1_000),
    "capacity short": (short, 1_000, 500),
    "nobody eligible": (nobody_eligible, 1_000, 500),
    "one person": (plain, 1, 1),
    "thousands with one mentor": (plain, 5_000, 1),
}
"""The hard cases: how the table is made, mentees, mentors."""


def hard(name: str, seed: int = 1) -> tuple[NDArray, NDArray]:
    """(scores, places) of a hard case; a score below 0 is a pair that may not be."""
    make, n, m = SHAPES[name]
    scores, places = make(n, m, np.random.default_rng(seed))
    return scores.astype(np.int16), places
