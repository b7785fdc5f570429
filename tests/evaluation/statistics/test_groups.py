"""Languages beside each other, hidden causes, tests of means, conditions."""

import numpy as np
import pytest
from scipy.stats import pearsonr, ttest_ind, ttest_rel

from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.invariance import congruence, invariance, mantel
from evaluation.statistics.means import paired_p, welch_p
from evaluation.statistics.moderation import moderation
from evaluation.statistics.sensitivity import e_value, e_value_of

pytestmark = pytest.mark.once

# Bickel, Hammel and O'Connell (1975), as UCBAdmissions of R: admitted and rejected men, admitted and rejected women.
BERKELEY = {
    "A": (512, 313, 89, 19), "B": (353, 207, 17, 8), "C": (120, 205, 202, 391),
    "D": (138, 279, 131, 244), "E": (53, 138, 94, 299), "F": (22, 351, 24, 317),
}  # fmt: skip


def test_two_answers_give_the_statistic_of_mantel_and_haenszel():
    """R: mantelhaen.test(UCBAdmissions, correct = FALSE): 1.5246, df 1, p .2169."""
    rows = [
        (answer, woman, department)
        for department, counts in BERKELEY.items()
        for (answer, woman), n in zip([(1, False), (0, False), (1, True), (0, True)], counts, strict=True)
        for _ in range(n)
    ]
    answers, women, departments = zip(*rows, strict=True)
    assert mantel(answers, women, departments) == pytest.approx((1.5246, 0.2169), abs=1e-4)


def test_in_one_stratum_it_is_the_squared_correlation():
    """Mantel (1963): (N - 1) r squared."""
    rng = np.random.default_rng(3)
    answers, second = rng.integers(1, 6, 90), rng.random(90) < 0.4
    assert mantel(answers, second, np.zeros(90))[0] == pytest.approx(89 * pearsonr(answers, second)[0] ** 2)


def test_the_one_statement_that_works_otherwise_is_found_and_no_other():
    rng = np.random.default_rng(5)

    def answers(n):
        trait = rng.normal(size=(n, 1))
        return np.clip(np.round(3 + trait + rng.normal(scale=0.8, size=(n, 6))), 1, 5)

    first, second = answers(400), answers(400)
    alike = invariance(first, second)
    second[:, 2] = np.clip(second[:, 2] - 1, 1, 5)
    found = invariance(first, second)
    assert (alike.value, found.value) == (0, 1)
    assert (found.items[2].size, found.items[2].difference < -0.25) == ("C", True)
    assert found.congruence is not None and found.congruence > 0.95
    assert (found.note, invariance(first[:50], second).note[:3]) == ("not a multi-group factor analysis", "off")
    assert congruence(first, first, names=list("abcdef")) == pytest.approx(1.0)


def test_the_e_values_of_vanderweele_and_ding():
    """2017: a risk ratio of 3.9 (1.8 to 8.7) has 7.26 and 3.0; R: evalues.MD(0.5, se = 0.25) has 2.529 and 1.111."""
    assert [e_value(3.9), e_value(1.8), e_value(1 / 3.9)] == pytest.approx([7.26, 3.0, 7.26], abs=5e-3)
    found = e_value_of(0.5, 0.25, 80)
    assert [found.value, found.for_limit] == pytest.approx([2.529, 1.111], abs=1e-3)
    assert e_value_of(-0.5, 0.25, 80).value == pytest.approx(found.value)
    assert e_value_of(0.2, 0.25, 80).for_limit == 1.0


def test_p_values_of_means_equal_those_of_scipy():
    rng = np.random.default_rng(7)
    one, other = rng.normal(size=30), rng.normal(0.4, 2, size=30)
    assert paired_p(one, other) == pytest.approx(ttest_rel(one, other).pvalue)
    assert welch_p(one[:20], other) == pytest.approx(ttest_ind(one[:20], other, equal_var=False).pvalue)
    with pytest.raises(StatisticsError):
        welch_p([1, 1], [2, 2])


def test_a_condition_is_the_product_of_least_squares_on_centred_columns():
    rng = np.random.default_rng(9)
    x, z = rng.normal(size=(2, 200))
    y = x + 0.5 * x * z + rng.normal(size=200)
    found = moderation(x, z, y, draws=400)
    a, b = x - x.mean(), z - z.mean()
    assert found.value == pytest.approx(
        np.linalg.lstsq(np.column_stack([np.ones(200), a, b, a * b]), y, rcond=None)[0][3]
    )
    assert 0 < found.low < 0.5 < found.high
    assert moderation(x[:60], z[:60], y[:60], draws=200).note.startswith("exploratory")
