import time

import numpy as np
import pytest
from scipy.stats import bootstrap

from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.paths import mediation

from .published import tal_or

pytestmark = pytest.mark.once

NAMES = ["cond", "pmi", "reaction"]


def test_the_simple_mediation_of_hayes_on_tal_or():
    """Hayes (2022), ch. 3, PROCESS model 4: a .4765, b .5064, direct .2544, total .4957, indirect .2413, bootstrap standard
    error about .13. PyProcessMacro 2.2, 5,000 percentile draws, gives limits .0037 and .5135."""
    d = tal_or()
    found = mediation(d["cond"], [d["pmi"]], d["reaction"], names=NAMES)
    paths = {each.name: each.value for each in found.paths}
    assert paths == pytest.approx(
        {"cond -> pmi": 0.4765, "pmi -> reaction": 0.5064, "cond -> reaction": 0.2544}, abs=1e-4
    )
    assert [found.value, found.direct.value, found.total.value] == pytest.approx([0.2413, 0.2544, 0.4957], abs=1e-4)
    assert [found.low, found.high, found.indirect[0].se] == pytest.approx([0.0037, 0.5135, 0.13], abs=0.02)
    assert found.n == found.rows == 123
    assert found.note == "exploratory: under 150 rows; observational: associated with, never caused by"


def test_the_serial_mediation_of_hayes_on_tal_or():
    """Hayes (2022), ch. 5, PROCESS model 6, importance before presumed influence: indirect .2033, .1402 and .0488, direct
    .1034, total indirect .3923."""
    d = tal_or()
    found = mediation(d["cond"], [d["import"], d["pmi"]], d["reaction"], names=["cond", "import", "pmi", "reaction"])
    assert {each.name: each.value for each in found.indirect} == pytest.approx(
        {
            "cond -> import -> reaction": 0.2033,
            "cond -> pmi -> reaction": 0.1402,
            "cond -> import -> pmi -> reaction": 0.0488,
        },
        abs=1e-4,
    )
    assert [found.value, found.direct.value, found.total.value] == pytest.approx([0.3923, 0.1034, 0.4957], abs=1e-4)


@pytest.mark.parametrize(("interval", "method"), [("percentile", "percentile"), ("bca", "BCa")])
def test_limits_equal_those_of_an_independent_bootstrap(interval, method):
    """`scipy.stats.bootstrap` with the same draws on the data of Tal-Or et al."""
    d = tal_or()

    def indirect(x, m, y, axis=-1):
        x, m, y = (each - each.mean(axis=axis, keepdims=True) for each in (x, m, y))
        xx, mm, xm, xy, my = ((p * q).sum(axis=axis) for p, q in ((x, x), (m, m), (x, m), (x, y), (m, y)))
        return xm / xx * (my * xx - xy * xm) / (mm * xx - xm**2)

    found = mediation(d["cond"], [d["pmi"]], d["reaction"], interval=interval)
    expected = bootstrap(
        (d["cond"], d["pmi"], d["reaction"]), indirect, paired=True, vectorized=True, n_resamples=5000, batch=500,
        method=method, rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    assert [found.low, found.high] == pytest.approx([expected.low, expected.high], abs=1e-6)


def test_the_same_seed_gives_the_same_limits_and_another_seed_others():
    d = tal_or()
    first, again, other = (mediation(d["cond"], [d["pmi"]], d["reaction"], seed=seed, draws=500) for seed in (1, 1, 2))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_everybody_counted_twice_within_a_relationship_makes_nothing_surer():
    """Whole relationships are resampled: copies within one change no limit. Resampled by row they would."""
    d = tal_or()
    single = mediation(d["cond"], [d["pmi"]], d["reaction"], draws=1000)
    x, m, y = (np.repeat(d[name], 2) for name in NAMES)
    pairs = mediation(x, [m], y, clusters=list(np.repeat(np.arange(123), 2)), draws=1000)
    rows = mediation(x, [m], y, draws=1000)
    assert [pairs.low, pairs.high] == pytest.approx([single.low, single.high])
    assert (pairs.n, pairs.rows) == (123, 246)
    assert rows.high - rows.low < 0.85 * (single.high - single.low)


def test_covariates_enter_every_equation():
    """Total = direct + indirect, and both paths are those of plain least squares with the covariate."""
    d = tal_or()
    found = mediation(d["cond"], [d["pmi"]], d["reaction"], covariates=[d["import"]], draws=200)
    one = np.ones(123)
    a = np.linalg.lstsq(np.column_stack([one, d["cond"], d["import"]]), d["pmi"], rcond=None)[0][1]
    b = np.linalg.lstsq(np.column_stack([one, d["cond"], d["import"], d["pmi"]]), d["reaction"], rcond=None)[0]
    assert found.value == pytest.approx(a * b[3])
    assert found.direct.value == pytest.approx(b[1])
    assert found.total.value == pytest.approx(found.value + found.direct.value)


def test_the_sensitivity_is_where_the_last_path_would_be_gone():
    """Imai, Keele and Yamamoto (2010): the correlation of the residuals of m on x and of y on x."""
    d = tal_or()
    design = np.column_stack([np.ones(123), d["cond"]])
    rest = [d[name] - design @ np.linalg.lstsq(design, d[name], rcond=None)[0] for name in ("pmi", "reaction")]
    found = mediation(d["cond"], [d["pmi"]], d["reaction"], draws=100)
    assert found.sensitivity == pytest.approx(np.corrcoef(rest)[0, 1])


def test_five_thousand_draws_of_a_thousand_relationships_take_seconds_at_most():
    rng = np.random.default_rng(4)
    x = rng.normal(size=2000)
    m = 0.4 * x + rng.normal(size=2000)
    y = 0.3 * m + rng.normal(size=2000)
    begun = time.process_time()
    found = mediation(x, [m], y, clusters=list(np.arange(2000) // 2), interval="bca")
    assert time.process_time() - begun < 5
    assert found.low < 0.12 < found.high
    assert (found.n, found.note) == (1000, "observational: associated with, never caused by")


def test_relationships_below_the_gates_are_said():
    d = tal_or()
    found = mediation(d["cond"][:40], [d["pmi"][:40]], d["reaction"][:40], draws=200)
    assert found.note.startswith("off: 40 rows, at least 50 are wanted")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: mediation([1] * 20, [range(20)], range(20)), "X has the same value in every row"),
        (lambda: mediation(range(20), [range(20)], [1, 2] * 10), "follow exactly from others"),
        (lambda: mediation([1, 2], [[1, 2]], [1, 2]), "At least 10 complete rows are needed; there are 2."),
        (lambda: mediation(range(20), [], range(20)), "At least 1 mediators are needed"),
        (lambda: mediation(range(20), [range(19)], range(20)), "The columns have different lengths."),
        (
            lambda: mediation(range(20), [[1, 2, 4, 3] * 5], [1, 3, 2, 4, 7] * 4, interval="normal"),
            "percentile or bca, not normal",
        ),
    ],
)
def test_what_carries_no_path_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(StatisticsError, match=sentence):
        call()
