import numpy as np
from scipy.stats import theilslopes

from evaluation.statistics.slopes import theil_sen


def test_the_slope_equals_the_one_of_scipy():
    rng = np.random.default_rng(7)
    for size in (2, 5, 30):
        at, values = np.sort(rng.uniform(0, 9, size)), rng.integers(1, 6, size).astype(float)
        assert abs(theil_sen(values, at) - theilslopes(values, at).slope) < 1e-12


def test_points_at_one_moment_have_no_slope():
    assert np.isnan(theil_sen(np.array([1.0, 5.0]), np.array([2.0, 2.0])))
