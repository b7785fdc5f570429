import numpy as np
import pytest
from scipy.stats import theilslopes

from evaluation.statistics.effects import g_z, independent_g, independent_g_of, paired_g, paired_g_of
from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.goals import goal_t
from evaluation.statistics.multiplicity import benjamini_hochberg, holm
from evaluation.statistics.slopes import slope

pytestmark = pytest.mark.once

# Benjamini and Hochberg (1995), section 3.2: 15 p-values of a trial of thrombolysis.
FIFTEEN = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_the_paired_example_of_borenstein():
    """Borenstein et al. (2009), ch. 4: 103 after 100, S_difference 5.5, r .7, 50 pairs: S_within 7.1005, d .4225, J .9846,
    g .4160, variance of g .0127 (its root is printed as .1127, from the rounded variance)."""
    found = paired_g_of(3.0, 5.5, 0.7, 50)
    assert [found.sd, found.d, found.j, found.value, found.se**2] == pytest.approx(
        [7.1005, 0.4225, 0.9846, 0.4160, 0.0127], abs=1e-4
    )
    assert [found.low, found.high] == pytest.approx([0.4160 - 1.96 * 0.1126, 0.4160 + 1.96 * 0.1126], abs=2e-4)


def test_the_independent_example_of_borenstein():
    """Same chapter: 103 (5.5) against 100 (4.5), 50 each: S_within 5.0249, d .5970, J .9923, g .5924, standard error .2028."""
    found = independent_g_of(103, 5.5, 50, 100, 4.5, 50)
    assert [found.sd, found.d, found.j, found.value, found.se] == pytest.approx(
        [5.0249, 0.5970, 0.9923, 0.5924, 0.2028], abs=1e-4
    )


def test_a_change_from_raw_data_states_both_kinds():
    before, after = [1.0, 2, 3, 4, 5, np.nan], [2.0, 2, 5, 4, 7, 4]
    change = np.array([1.0, 0, 2, 0, 2])
    r = np.corrcoef([1, 2, 3, 4, 5], [2, 2, 5, 4, 7])[0, 1]
    within, own = paired_g(before, after), g_z(before, after)
    assert within.d == pytest.approx(change.mean() / (change.std(ddof=1) / np.sqrt(2 * (1 - r))))
    assert own.d == pytest.approx(change.mean() / change.std(ddof=1))
    assert own.value == pytest.approx(own.d * (1 - 3 / (4 * 4 - 1)))
    assert (within.measure, own.measure) == ("paired-g", "g-z")
    assert (within.n, within.missing, within.note) == (
        5,
        "listwise: 1 of 6 rows left out",
        "too few: 5 pairs, at least 20 are wanted",
    )


def test_groups_from_raw_data_equal_their_summary():
    first, second = [4.0, 5, 6, np.nan], [1.0, 2, 3, 4]
    found = independent_g(first, second)
    assert found.value == independent_g_of(5, 1, 3, 2.5, np.std([1, 2, 3, 4], ddof=1), 4).value
    assert (found.n, found.missing) == (7, "complete cases: 1 of 8 rows left out")


def test_benjamini_and_hochberg_find_four_where_bonferroni_finds_three():
    found = benjamini_hochberg(FIFTEEN)
    assert [each.rejected for each in found.tests] == [True] * 4 + [False] * 11
    assert found.tests[3].adjusted == pytest.approx(0.0095 * 15 / 4)
    assert found.value == 4
    assert holm(FIFTEEN).value == 3


def test_holm_is_that_of_r():
    """R, `p.adjust(c(.01, .04, .03, .005), "holm")`: .03 .06 .06 .02."""
    found = holm([0.01, 0.04, 0.03, 0.005], names=["a", "b", "c", "d"])
    assert [each.adjusted for each in found.tests] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert [each.name for each in found.tests] == ["a", "b", "c", "d"]
    assert holm([0.01, np.nan]).missing == "tests without a p-value: 1 of 2 rows left out"


def test_the_slope_of_sen_1968():
    """Sen (1968), p. 1385: slope 4, 93 % limits 26/7 and 35/8."""
    at, values = [1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]
    found = slope(values, at, level=0.93)
    assert [found.value, found.low, found.high] == pytest.approx([4.0, 26 / 7, 35 / 8])
    assert found.intercept == 4.0


@pytest.mark.parametrize("seed", range(5))
def test_the_slope_with_many_ties_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    at, values = rng.integers(0, 30, 60).astype(float), rng.choice([1.0, 1, 1, 2, 3.5, 7], 60) + rng.integers(0, 2, 60)
    found, expected = slope(values, at, level=0.9), theilslopes(values, at, alpha=0.9)
    assert [found.value, found.intercept, found.low, found.high] == pytest.approx(list(expected))


def test_three_goals_a_step_better_than_hoped_are_63_69():
    found = goal_t([1, 1, 1])
    assert found.value == pytest.approx(63.69, abs=0.005)
    assert (found.low, found.level, found.n) == (None, None, 3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: paired_g([1, 2], [2, 3]), "At least 3 pairs are needed; there are 2."),
        (lambda: paired_g([1, 2, 3], [2, 3, 4]), "Everybody changed by the same amount"),
        (lambda: g_z([2, 2, 2], [1, 2, 3]), "Everybody has the same value before or after"),
        (lambda: independent_g([1], [2, 3]), "At least 2 people in each group are needed"),
        (lambda: independent_g([1, 1], [2, 2]), "Within the groups everybody has the same value"),
        (lambda: holm([0.5, 1.5]), "A p-value lies between 0 and 1"),
        (lambda: benjamini_hochberg([]), "At least 1 p-values are needed"),
        (lambda: slope([1, 2, 3], [5, 5, 5]), "All values are of one moment"),
        (lambda: goal_t([]), "At least 1 goals are needed"),
        (lambda: goal_t([3]), "Goals are rated -2, -1, 0, 1 or 2"),
        (lambda: goal_t([1, 1], [1.0]), "Weights are positive, one for each goal."),
    ],
)
def test_what_carries_no_effect_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(StatisticsError, match=sentence):
        call()
