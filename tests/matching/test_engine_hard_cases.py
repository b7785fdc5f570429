"""Hundreds of tables against scipy's exact assignment, the awkward ones among them, with all pairs and with few."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from mentoring.matching.engine import Aim, Objective, Refused, match_scores
from mentoring.matching.engine import known as known_module
from mentoring.matching.engine import optimum as optimum_module
from mentoring.matching.engine.worth import concave

pytestmark = pytest.mark.once


def random(n, m, rng):
    return rng.integers(0, 10_001, (n, m)), rng.integers(0, 4, m)


def identical(n, m, rng):
    return np.broadcast_to(rng.integers(0, 10_001, m), (n, m)), rng.integers(0, 3, m)


def all_ties(n, m, rng):
    return np.full((n, m), 5_000), rng.integers(0, 3, m)


def two_values(n, m, rng):
    return np.where(rng.random((n, m)) < 0.3, 7_000, 3_000), rng.integers(0, 3, m)


def popular(n, m, rng):
    return (rng.integers(0, 9_000, m)[None, :] + rng.integers(0, 1_000, (n, m))), rng.integers(0, 3, m)


def machol_wien(n, m, rng):
    return np.outer(np.arange(1, n + 1), np.arange(1, m + 1)) * 10_000 // (n * m), np.ones(m, int)


def short(n, m, rng):
    return rng.integers(0, 10_001, (n, m)), (rng.random(m) < 0.4).astype(int)


def sparse(n, m, rng):
    return np.where(rng.random((n, m)) < 0.06, rng.integers(0, 10_001, (n, m)), -1), rng.integers(0, 3, m)


def blocks(n, m, rng):
    """Two groups that do not meet: places short in one, plenty in the other."""
    mine, theirs = np.arange(n) % 2, np.arange(m) % 2
    return np.where(mine[:, None] == theirs, rng.integers(0, 10_001, (n, m)), -1), np.where(theirs, 1, 3)


def nobody_eligible(n, m, rng):
    return np.full((n, m), -1), rng.integers(0, 4, m)


SHAPES = [random, identical, all_ties, two_values, popular, machol_wien, short, sparse, blocks, nobody_eligible]


def best_by_scipy(scores, places, *, most):
    """(people, total) of the best assignment by scipy on expanded places."""
    seats = np.repeat(np.arange(scores.shape[1]), places)
    bonus = 1_000_000 if most else 0
    dense = np.where(scores >= 0, scores + bonus, 0)[:, seats]
    rows, columns = linear_sum_assignment(dense, maximize=True)
    used = scores[rows, seats[columns]] >= 0
    return int(used.sum()), int(scores[rows, seats[columns]][used].sum())


@pytest.fixture(params=["dense", "flow on candidates", "flow on few candidates"])
def candidates(request, monkeypatch):
    """The dense way, the flow on candidates, and with so few of them that prices have to ask for the others."""
    if request.param != "dense":
        monkeypatch.setattr(optimum_module, "SMALL", 0)
        monkeypatch.setattr(optimum_module, "LARGEST", 0)
    if request.param == "flow on few candidates":
        monkeypatch.setattr(optimum_module, "KEPT", 3)
        monkeypatch.setattr(known_module, "ACTIVE", 2)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_totals_equal_scipys_and_are_proven(shape, candidates):
    for seed in range(12):
        rng = np.random.default_rng(seed)
        scores, places = shape(int(rng.integers(1, 40)), int(rng.integers(1, 25)), rng)
        for objective in (Objective.MOST, Objective.TOTAL):
            found = match_scores(scores, places, objective=objective)
            most = objective is Objective.MOST
            told = (found.people, found.total) if most else found.total
            best = best_by_scipy(scores, places, most=most)
            assert told == (best if most else best[1])
            assert found.certificate.proven
            assert bound_by_hand(scores, places, found, objective) == found.certificate.bound


def bound_by_hand(scores, places, found, objective):
    """Weak duality with the prices told, over every pair of the table."""
    pairs = max(min(len(scores), int(places.sum())), 1)
    scale, person = (2, 1) if objective is Objective.TOTAL else (1, 2 * 10_000 * pairs + 1)
    worth = np.where((scores >= 0) & (places > 0), scores * scale + person - found.prices, 0)
    return int(worth.max(axis=1, initial=0).clip(min=0).sum() + found.prices @ places)


@pytest.mark.parametrize("shape", [random, popular, two_values, short, blocks], ids=lambda shape: shape.__name__)
def test_large_tables_are_proven_without_looking_at_all_pairs_in_the_flow(shape, monkeypatch):
    monkeypatch.setattr(optimum_module, "SMALL", 0)
    monkeypatch.setattr(optimum_module, "LARGEST", 0)
    scores, places = shape(700, 350, np.random.default_rng(3))
    found = match_scores(scores, places)
    assert (found.people, found.total) == best_by_scipy(scores, places, most=True)
    assert found.certificate.proven
    assert found.certificate.candidates < scores.size


def test_thousands_with_one_mentor():
    scores = np.random.default_rng(1).integers(0, 10_001, (3_000, 1))
    found = match_scores(scores, [40])
    assert (found.people, found.total) == (40, int(np.sort(scores[:, 0])[-40:].sum()))
    assert found.certificate.proven


def test_one_mentee_and_thousands_of_mentors():
    scores = np.random.default_rng(1).integers(0, 10_001, (1, 3_000))
    assert match_scores(scores).total == scores.max()


@pytest.mark.parametrize("size", [(0, 0), (0, 3), (3, 0)])
def test_nobody_on_one_side_is_an_empty_assignment(size):
    found = match_scores(np.zeros(size, int))
    assert (found.people, found.total, found.mate.tolist()) == (0, 0, [-1] * size[0])
    assert found.certificate.proven


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_stable_assignments_of_tables_leave_no_two_who_would_rather_have_each_other(shape):
    rng = np.random.default_rng(5)
    scores, places = shape(120, 60, rng)
    for objective in (Objective.STABLE, Objective.STABLE_MENTORS):
        mate = match_scores(scores, places, objective=objective).mate
        own = np.where(mate >= 0, scores[np.arange(len(mate)), mate], -1)
        load = np.bincount(mate[mate >= 0], minlength=len(places))
        least = np.array([scores[mate == c, c].min(initial=20_000) for c in range(len(places))])
        least = np.where(load < places, -1, np.where(places > 0, least, 20_000))
        assert (load <= places).all()
        assert not ((scores > own[:, None]) & (scores > least) & (scores >= 0)).any()


def test_the_concave_aim_lifts_the_lowest_scores_for_little_of_the_total():
    rng = np.random.default_rng(7)
    scores = rng.normal(4_500, 1_300, (600, 300)).clip(0, 10_000).astype(int)
    places = np.full(300, 2)
    plain, even = match_scores(scores, places), match_scores(scores, places, objective=Aim(objective=Objective.EVEN))
    low = [np.percentile(scores[np.arange(600), found.mate], 5) for found in (plain, even)]
    assert low[1] > low[0]
    assert even.total >= 0.98 * plain.total
    curve = concave(4, *even.certificate.band)
    assert curve[scores[np.arange(600), even.mate]].sum() > curve[scores[np.arange(600), plain.mate]].sum()


def test_aims_that_need_people_are_refused_for_a_table():
    with pytest.raises(Refused):
        match_scores(np.zeros((2, 2), int), objective=Aim(circle=(2, 2)))
