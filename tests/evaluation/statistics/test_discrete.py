"""Discrete-time hazards and how well they predict."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from evaluation.statistics.discrete import Found, auc, auc_gain, brier, calibration, fit_hazard, found
from evaluation.statistics.estimate import StatisticsError

pytestmark = pytest.mark.once
RNG = np.random.default_rng(7)


def test_with_one_yes_or_no_predictor_the_hazard_is_the_share_in_either_group():
    """A saturated logistic regression: its fitted chances are the observed shares, its coefficient the log odds ratio."""
    x = np.repeat([0.0, 1.0], [50, 40])
    y = np.concatenate((np.repeat([1, 0], [5, 45]), np.repeat([1, 0], [20, 20])))
    model = fit_hazard(x[:, None], y, ["late"], penalty=0.0)

    assert model.predict([[0.0], [1.0]]) == pytest.approx([0.1, 0.5], abs=1e-9)
    assert model.coefficients[0] / model.sds[0] == pytest.approx(np.log((20 / 20) / (5 / 45)), abs=1e-8)


def test_maximum_likelihood_equals_that_of_statsmodels():
    api = pytest.importorskip("statsmodels.api")
    x = RNG.normal(size=(400, 3))
    y = RNG.random(400) < 1 / (1 + np.exp(2 - x @ [0.8, -0.5, 0.0]))
    model = fit_hazard(x, y, ["a", "b", "c"], penalty=0.0)
    theirs = api.Logit(y.astype(float), api.add_constant(x)).fit(disp=0)

    assert model.predict(x) == pytest.approx(theirs.predict(), abs=1e-6)


def test_a_predictor_that_tells_every_end_stays_finite_under_the_penalty_and_a_constant_one_is_refused():
    x, y = np.arange(40.0)[:, None], np.arange(40) >= 30
    assert np.isfinite(fit_hazard(x, y, ["day"]).coefficients[0])
    with pytest.raises(StatisticsError):
        fit_hazard(np.ones((40, 1)), y, ["day"])
    with pytest.raises(StatisticsError):
        fit_hazard(x, np.zeros(40), ["day"])


def test_auc_is_that_of_mann_and_whitney_with_ties_and_weights_are_copies_of_rows():
    scores, y = RNG.integers(0, 6, 80), RNG.random(80) < 0.3
    u = mannwhitneyu(scores[y], scores[~y]).statistic
    assert auc(scores, y) == pytest.approx(u / (y.sum() * (~y).sum()))
    by = RNG.integers(0, 3, 80)
    assert auc(scores, y, by) == pytest.approx(auc(np.repeat(scores, by), np.repeat(y, by)))
    assert auc(scores, np.zeros(80)) is None


def test_a_gain_that_is_there_has_an_interval_above_nothing_and_none_has_not():
    y, noise = np.tile([0, 0, 1], 60).astype(bool), RNG.normal(size=180)
    units = np.repeat(np.arange(60), 3)
    low, high = auc_gain(y + 0.5 * noise, noise, y, units, times=200)
    assert 0.2 < low < high
    assert auc_gain(noise, noise, y, units, times=200) == (0.0, 0.0)
    assert auc_gain(noise, noise, np.zeros(180), units, times=200) is None


def test_brier_calibration_and_what_was_found_count_what_they_say():
    p, y = [0.1, 0.2, 0.8, 0.9], [0, 1, 1, 1]
    assert brier(p, y) == pytest.approx((0.01 + 0.64 + 0.04 + 0.01) / 4)
    assert [(b.n, round(b.expected, 9), b.observed) for b in calibration(p, y, bins=2)] == [(2, 0.3, 1), (2, 1.7, 2)]
    counted = found([1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1], [1, 1, 2, 2, 3, 4])
    assert counted == Found(flagged_ended=1, ended=2, flagged_others=1, others=2)
    assert (counted.sensitivity, counted.specificity) == (0.5, 0.5)
