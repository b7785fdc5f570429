"""Least squares and the cross-lagged panel model against statsmodels' OLS, equation by equation."""

import numpy as np
import pytest
import statsmodels.api as sm

from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.lagged import cross_lagged
from evaluation.statistics.regression import least_squares

pytestmark = pytest.mark.once


def shown(found, place):
    each = found.coefficients[place]
    return [each.value, each.se, each.low, each.high, each.p]


def theirs(model, place):
    low, high = model.conf_int()[place]
    return [model.params[place], model.bse[place], low, high, model.pvalues[place]]


def test_least_squares_equals_that_of_statsmodels_with_and_without_clusters():
    rng = np.random.default_rng(3)
    x, z = rng.normal(size=(2, 60))
    y = 0.4 * x - 0.2 * z + rng.normal(size=60) * (1 + np.abs(x))
    pairs = np.repeat(np.arange(20), 3)
    design = sm.add_constant(np.column_stack([x, z]))
    alone = sm.OLS(y, design).fit(cov_type="HC3", use_t=True)
    by_pair = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": pairs}, use_t=True)
    for place in range(3):
        assert shown(least_squares(y, [x, z]), place) == pytest.approx(theirs(alone, place), abs=1e-10)
        assert shown(least_squares(y, [x, z], clusters=list(pairs)), place) == pytest.approx(
            theirs(by_pair, place), abs=1e-10
        )


def panel():
    """Three waves of 80 people in 40 pairs; the first variable leads the second, not the other way."""
    rng = np.random.default_rng(7)
    x, y = [rng.normal(size=80)], [rng.normal(size=80)]
    for _wave in range(2):
        x.append(0.6 * x[-1] + rng.normal(size=80) * 0.7)
        y.append(0.4 * y[-1] + 0.5 * x[-2] + rng.normal(size=80) * 0.7)
    return np.column_stack(x), np.column_stack(y), np.repeat(np.arange(40), 2)


def test_a_cross_lagged_model_equals_statsmodels_equation_by_equation_and_over_all_steps():
    x, y, pairs = panel()
    y[3, 1] = np.nan
    found = cross_lagged(x, y, clusters=list(pairs))

    zx, zy = ((each - np.nanmean(each, axis=0)) / np.nanstd(each, axis=0, ddof=1) for each in (x, y))
    there = ~np.isnan(zy).any(axis=1)

    def fit(after, *columns, groups):
        keep = ~np.isnan(np.column_stack([after, *columns])).any(axis=1)
        design = sm.add_constant(np.column_stack(columns)[keep])
        kinds = {"groups": groups[keep]}
        return sm.OLS(after[keep], design).fit(cov_type="cluster", cov_kwds=kinds, use_t=True)

    for step, told in enumerate(found.steps):
        across = fit(zy[:, step + 1], zx[:, step], zy[:, step], groups=pairs)
        back = fit(zx[:, step + 1], zy[:, step], zx[:, step], groups=pairs)
        for mine, model, place in (
            (told.across, across, 1), (told.stays_second, across, 2), (told.back, back, 1), (told.stays_first, back, 2),
        ):  # fmt: skip
            assert [mine.value, mine.se] == pytest.approx([model.params[place], model.bse[place]], abs=1e-10)
    second = np.repeat([0.0, 1.0], 80)
    after, before_x, before_y = zy[:, 1:].T.ravel(), zx[:, :2].T.ravel(), zy[:, :2].T.ravel()
    whole = fit(after, before_x, before_y, second, groups=np.tile(pairs, 2))
    assert [found.value, found.low, found.high, found.p] == pytest.approx(
        [whole.params[1], *whole.conf_int()[1], whole.pvalues[1]], abs=1e-10
    )
    assert (found.n, found.rows, int(there.sum())) == (40, 158, 79)
    assert found.low > 0.2 and found.back.low < 0 < found.back.high
    assert "off" in found.note and "never caused by" in found.note


def test_what_cannot_be_told_is_refused_in_a_sentence():
    x, y, _pairs = panel()
    for bad in ((x[:, :1], y[:, :1]), (x, np.ones_like(y)), (x[:9], y[:9]), (x, y[:, :2]), (x, x)):
        with pytest.raises(StatisticsError):
            cross_lagged(*bad)
