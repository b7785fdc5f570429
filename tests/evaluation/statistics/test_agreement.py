import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from evaluation.statistics.agreement import (
    agreement_of,
    fleiss,
    fleiss_of_ratings,
    kappa,
    kappa_errors,
    kappa_of_table,
    percent_agreement,
)
from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.icc import icc
from evaluation.statistics.proportions import wilson

pytestmark = pytest.mark.once

# 10 subjects, 14 raters, 5 categories: the example by which Fleiss' kappa (1971) is usually explained.
TEN_BY_FOURTEEN = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
# Shrout and Fleiss (1979), table 2: 6 targets rated by 4 judges.
SIX_BY_FOUR = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Agresti (1990): sexual fun as husbands and wives see it, `vcd::SexualFun`.
SEXUAL_FUN = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]


def test_the_retest_of_the_paper_agrees_in_39_of_45():
    found = percent_agreement(39, 45)
    assert found.value == pytest.approx(0.8667, abs=1e-4)
    assert [found.low, found.high] == pytest.approx([0.7382, 0.9374], abs=1e-4)


def test_wilson_is_that_of_newcombe():
    """Newcombe (1998), method 3: 81/263 .2553 .3662; 15/148 .0624 .1605; 0/20 0 .1611; 1/29 .0061 .1718."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (count, n), limits in published.items():
        found = wilson(count, n)
        assert (found.low, found.high) == pytest.approx(limits, abs=1e-4)


def test_kappa_of_cohen_1960():
    """200 people, two diagnosticians, three categories: .70 observed, .41 by chance, kappa .492."""
    found = kappa_of_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert [found.agreement, found.expected] == pytest.approx([0.70, 0.41])
    assert found.value == pytest.approx(0.29 / 0.59, abs=1e-4)
    assert found.table[0] == (88, 14, 18)


def test_standard_errors_of_fleiss_cohen_and_everitt_1969():
    """Their example, n = 200: kappa .429, its variance .002885, under no agreement .003082."""
    shares = np.array([[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]])
    value = kappa_of_table(np.round(shares * 200)).value
    error, null = kappa_errors(shares, np.eye(3), value, 200)
    assert value == pytest.approx(0.429, abs=5e-4)
    assert [error**2, null**2] == pytest.approx([0.002885, 0.003082], abs=2e-6)


def test_linear_weights_are_those_of_vcd():
    """`vcd::Kappa(SexualFun)`: unweighted .1293 (standard error .06860), weighted with equal spacing .2374 (.07832)."""
    plain, linear = kappa_of_table(SEXUAL_FUN), kappa_of_table(SEXUAL_FUN, weights="linear")
    assert [plain.value, linear.value] == pytest.approx([0.1293, 0.2374], abs=1e-4)
    errors = [(each.high - each.low) / 2 / 1.959964 for each in (plain, linear)]
    assert errors == pytest.approx([0.06860, 0.07832], abs=1e-4)


@pytest.mark.parametrize(("weights", "theirs"), [("none", None), ("linear", "linear"), ("quadratic", "quadratic")])
def test_kappa_equals_that_of_statsmodels(weights, theirs):
    found, expected = kappa_of_table(SEXUAL_FUN, weights=weights), cohens_kappa(np.array(SEXUAL_FUN), wt=theirs)
    assert found.value == pytest.approx(expected.kappa, abs=1e-10)
    assert [found.low, found.high] == pytest.approx([expected.kappa_low, expected.kappa_upp], abs=1e-6)


def test_codings_in_words_with_a_gap_are_counted_listwise():
    first, second = ["yes", "no", None, "yes", "no"], ["yes", "no", "yes", "no", "no"]
    found = kappa(first, second)
    assert (found.categories, found.table, found.n) == (("no", "yes"), ((2, 0), (1, 1)), 4)
    assert found.missing == "listwise: 1 of 5 rows left out"
    assert agreement_of(first, second).value == 0.75


def test_a_category_nobody_used_keeps_its_place():
    first, second = [1.0, 2.0, 4.0, 4.0], [1.0, 4.0, 4.0, 4.0]
    whole = kappa(first, second, weights="linear", categories=[1, 2, 3, 4])
    assert whole.table[2] == (0, 0, 0, 0)
    assert whole.value != kappa(first, second, weights="linear").value


def test_fleiss_of_ten_subjects_and_fourteen_raters():
    found = fleiss(TEN_BY_FOURTEEN)
    assert [found.agreement, found.expected, found.value] == pytest.approx([0.378, 0.213, 0.210], abs=5e-4)
    assert found.value == pytest.approx(0.2099, abs=1e-4)
    assert (found.n, found.raters) == (10, 14)
    assert found.low < found.value < found.high
    ratings = [[place for place, count in enumerate(row) for _ in range(count)] for row in TEN_BY_FOURTEEN]
    assert fleiss_of_ratings(ratings).value == found.value
    assert fleiss_of_ratings([*ratings, [None] * 14]).missing == "listwise: 1 of 11 rows left out"


def test_all_six_intraclass_correlations_of_shrout_and_fleiss():
    """Values of their table 4; limits as `psych::ICC(sf)` prints them."""
    found = icc(SIX_BY_FOUR)
    assert [round(form.value, 2) for form in found.forms] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    exact = [0.165742, 0.289764, 0.714841, 0.442797, 0.620051, 0.909316]
    assert [form.value for form in found.forms] == pytest.approx(exact, abs=1e-4)
    limits = [(-0.133, 0.723), (0.019, 0.761), (0.342, 0.946), (-0.884, 0.912), (0.071, 0.927), (0.676, 0.986)]
    assert [(form.low, form.high) for form in found.forms] == [pytest.approx(each, abs=6e-4) for each in limits]
    assert (found.value, found.variant[:8]) == (found.forms[1].value, "ICC(2,1)")


def test_the_interval_of_fleiss_kappa_is_that_of_a_jackknife_over_subjects():
    found = fleiss(TEN_BY_FOURTEEN)
    left = np.array([fleiss(TEN_BY_FOURTEEN[:place] + TEN_BY_FOURTEEN[place + 1 :]).value for place in range(10)])
    error = np.sqrt(0.9 * ((left - left.mean()) ** 2).sum())
    assert (found.high - found.low) / 2 == pytest.approx(2.262157 * error, rel=0.15)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: percent_agreement(46, 45), "46 of 45 is not a share"),
        (lambda: wilson(0, 0), "0 of 0 is not a share"),
        (lambda: kappa([1, 1, 1], [1, 1, 1]), "Both always chose the same category"),
        (lambda: kappa([1, 2], [1]), "different lengths"),
        (lambda: kappa(["a", "b"], ["a", "b"], weights="linear"), "Weighted kappa needs an order"),
        (lambda: kappa([1, 2], [1, 3], categories=[1, 2]), "“3” is not among the categories"),
        (lambda: kappa_of_table([[1, 2, 3], [4, 5, 6]]), "Kappa needs a square table"),
        (lambda: fleiss([[2, 1], [1, 1]]), "Every subject needs the same number of ratings."),
        (lambda: fleiss([[3, 0], [3, 0]]), "Everybody always chose the same category"),
        (lambda: icc([[3, 3], [3, 3], [3, 3]]), "All ratings are the same"),
        (lambda: icc([[1, 2], [2, 3], [3, 4]]), "no error is left to compare with"),
        (lambda: icc(SIX_BY_FOUR, form="4,1"), "There is no ICC"),
        (lambda: fleiss([[2.5, 0.5], [1, 2]]), "Counts are whole numbers"),
        (lambda: icc([[1, 3], [3, 1], [2, 2]]), "Everything rated has the same mean"),
        (lambda: icc([[1, 2]]), "At least 2 rated by everybody are needed"),
    ],
)
def test_what_carries_no_agreement_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(StatisticsError, match=sentence):
        call()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=5, max_size=30))
def test_kappa_does_not_care_who_is_first_and_in_which_order(pairs):
    first, second = zip(*pairs, strict=True)
    try:
        value = kappa(first, second, weights="quadratic").value
    except StatisticsError:
        return
    assert -1.0 - 1e-9 <= value <= 1.0 + 1e-9
    assert kappa(second[::-1], first[::-1], weights="quadratic").value == pytest.approx(value)
