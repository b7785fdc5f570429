import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.factor import omega
from evaluation.statistics.reliability import alpha, spearman_brown

from .published import bfi, holzinger_swineford

pytestmark = pytest.mark.once


def test_alpha_of_the_agreeableness_of_bfi_as_psych_prints_it():
    """psych 2.x, `alpha(bfi[1:5], check.keys=TRUE)`, pairwise: raw .70, standardised .71, Feldt .69 to .72, r.drop, raw alpha
    if dropped. The exact raw alpha, .7030184, is that of psych's pairwise covariances."""
    found = alpha(bfi("A"), names=["A1", "A2", "A3", "A4", "A5"], missing="pairwise")
    assert found.value == pytest.approx(0.7030184, abs=1e-4)
    assert [round(each, 2) for each in (found.value, found.standardised, found.low, found.high)] == [
        0.70,
        0.71,
        0.69,
        0.72,
    ]
    assert [round(item.item_rest_r, 2) for item in found.items] == [0.31, 0.56, 0.59, 0.39, 0.49]
    assert [round(item.alpha_if_deleted, 2) for item in found.items] == [0.72, 0.62, 0.60, 0.69, 0.64]
    assert found.n == 2751
    assert found.missing == "pairwise: 0 of 2800 rows left out, n is the smallest of the pairs (of 2800)"


@pytest.mark.parametrize(("scale", "published"), [("A", 0.70), ("C", 0.73), ("E", 0.76), ("N", 0.81), ("O", 0.60)])
def test_alpha_of_all_five_scales_of_bfi(scale, published):
    """psych's help page of `scoreItems(bfi)` prints .70 .73 .76 .81 .60; listwise and pairwise round to the same."""
    for rule in ("listwise", "pairwise"):
        assert round(alpha(bfi(scale), missing=rule).value, 2) == published


def test_listwise_alpha_says_whom_it_left_out():
    found = alpha(bfi("A"))
    assert found.value == pytest.approx(0.7037559, abs=1e-4)
    assert (found.n, found.missing, found.note) == (2709, "listwise: 91 of 2800 rows left out", "")


def test_alpha_of_holzinger_and_swineford():
    """`semTools::reliability` on lavaan's HolzingerSwineford1939: visual .6261171, textual .8827069, speed .6884550, all nine
    .7604886 (raw alpha)."""
    tests = holzinger_swineford()
    found = [alpha(part).value for part in (tests[:, :3], tests[:, 3:6], tests[:, 6:], tests)]
    assert found == pytest.approx([0.6261171, 0.8827069, 0.6884550, 0.7604886], abs=1e-6)


def test_one_factor_for_holzinger_and_swineford_fits_as_badly_as_lavaan_says():
    """lavaan, one factor for x1 to x9: chi-squared 312.264 on 27 degrees of freedom (there n F, here (n - 1) F)."""
    found = omega(holzinger_swineford())
    assert found.chi2 * 301 / 300 == pytest.approx(312.264, abs=0.001)
    assert (found.df, found.n) == (27, 301)


def omega_of_three(items: np.ndarray) -> float:
    """The closed form: squared loadings are r12 r13 / r23 and so on."""
    r, sd = np.corrcoef(items, rowvar=False), items.std(axis=0, ddof=1)
    squared = np.array([r[0, 1] * r[0, 2] / r[1, 2], r[0, 1] * r[1, 2] / r[0, 2], r[0, 2] * r[1, 2] / r[0, 1]])
    common = (np.sqrt(squared) * sd).sum() ** 2
    return common / (common + ((1 - squared) * sd**2).sum())


def test_omega_of_three_items_is_the_closed_form():
    """`semTools::reliability` gives .8851754 for the textual tests in the model of three factors, which one factor alone
    meets within .005."""
    textual = holzinger_swineford()[:, 3:6]
    found = omega(textual)
    assert found.value == pytest.approx(omega_of_three(textual), abs=1e-6)
    assert found.value == pytest.approx(0.8851754, abs=0.005)
    assert (found.chi2, found.df, found.p) == (None, 0, None)


def test_the_interval_of_omega_is_that_of_a_bootstrap():
    textual, rng = holzinger_swineford()[:, 3:6], np.random.default_rng(1)
    found = omega(textual)
    drawn = [omega_of_three(textual[rng.integers(0, 301, 301)]) for _ in range(1000)]
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)


LAVAAN = {"A": 0.7121290, "C": 0.7330223, "E": 0.7673336, "N": 0.8128444, "O": 0.6103741}


@pytest.mark.parametrize(("scale", "theirs"), LAVAAN.items())
def test_omega_of_bfi_is_that_of_lavaan(scale, theirs):
    """lavaan 0.6-14, `cfa("f =~ A1 + ... + A5", bfi, std.lv = TRUE)`, listwise, unstandardised: (sum of loadings)^2 over itself
    plus the sum of residual variances, as `semTools::reliability` has it."""
    assert omega(bfi(scale)).value == pytest.approx(theirs, abs=1e-5)


def test_omega_of_holzinger_and_swineford_is_that_of_lavaan():
    """lavaan 0.6-14 on its HolzingerSwineford1939, one factor alone for each: visual, textual, speed, all nine."""
    tests = holzinger_swineford()
    found = [omega(part).value for part in (tests[:, :3], tests[:, 3:6], tests[:, 6:], tests)]
    assert found == pytest.approx([0.6325532, 0.8858809, 0.6961353, 0.7380692], abs=1e-5)


def test_an_item_that_the_others_determine_is_named_as_a_heywood_case():
    """.9 x .9 / .5 > 1: the first item would need a negative uniqueness."""
    wanted = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1.0]])
    found = omega(with_correlations(wanted, 200), names=["a", "b", "c"])
    assert found.note == "uniqueness at its bound of 0.005: a"
    assert min(found.uniquenesses) == pytest.approx(0.005)


def with_correlations(wanted: np.ndarray, rows: int) -> np.ndarray:
    """Data whose correlations are exactly `wanted`."""
    raw = np.random.default_rng(1).normal(size=(rows, len(wanted)))
    basis = np.linalg.qr(raw - raw.mean(axis=0))[0]
    return basis @ np.linalg.cholesky(wanted).T


def test_two_items_are_spearman_brown():
    """Eisinga, Te Grotenhuis and Pelzer (2013): 2r/(1+r); r = .5 gives .6667, where raw alpha of equal variances agrees."""
    pair = with_correlations(np.array([[1, 0.5], [0.5, 1.0]]), 100)
    found = spearman_brown(pair[:, 0], pair[:, 1])
    assert [found.value, found.r] == pytest.approx([2 / 3, 0.5])
    assert alpha(pair).value == pytest.approx(2 / 3)
    assert found.low < found.value < found.high
    z = np.arctanh(0.5) - 1.959964 / np.sqrt(97)
    assert found.low == pytest.approx(2 * np.tanh(z) / (1 + np.tanh(z)), abs=1e-6)


def test_a_few_people_and_a_forgotten_reversal_are_said():
    items = with_correlations(np.full((4, 4), 0.6) + 0.4 * np.eye(4), 20) * [1, 1, -1, 1]
    assert alpha(items, names=["A1", "A2", "A3", "A4"]).note == (
        "too few: 20 people, at least 30 are wanted; runs against the other items, is it reversed? A3"
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: alpha([[1], [2], [3]]), "At least 2 items are needed; there are 1."),
        (lambda: alpha([[1, 2], [2, 1]]), "At least 3 complete rows are needed; there are 2."),
        (lambda: alpha([[1, 2], [1, 3], [1, 5]]), "Everybody has the same value in item 1"),
        (lambda: alpha([[1, 3], [2, 2], [3, 1]]), "The items cancel each other out"),
        (lambda: alpha([["a", "b"], ["c", "d"]]), "Only numbers can be computed with"),
        (lambda: alpha([1, 2, 3]), "A table of 2 dimension"),
        (lambda: alpha([[1, 2], [2, 4], [3, np.inf]]), "Infinity is not a measurement"),
        (lambda: alpha([[1, 2], [2, 4], [3, 1]], level=1.5), "A level of confidence lies between 0 and 1"),
        (lambda: alpha([[1, 2], [2, 4], [3, 1]], missing="mean"), "listwise or pairwise, not mean"),
        (lambda: omega([[1, 2], [2, 3], [3, 1], [4, 4]]), "A factor needs at least 3 items"),
        (lambda: omega([[1, 1, 2], [2, 2, 3], [3, 3, 1], [4, 4, 4], [1, 1, 1]]), "Some items determine each other"),
        (lambda: spearman_brown([1, 2, 3, 4], [4, 3, 2, 1]), "exact opposites"),
    ],
)
def test_what_carries_no_reliability_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(StatisticsError, match=sentence.replace("(", r"\(")):
        call()


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_a_shift_of_an_item_change_no_alpha(random):
    items = holzinger_swineford()[:40]
    mixed = items[random.sample(range(40), 40)] + [random.uniform(-5, 5) for _ in range(9)]
    assert alpha(mixed).value == pytest.approx(alpha(items).value)
