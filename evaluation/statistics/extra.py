"""What needs statsmodels, the optional extra `stats`. It is slow to import and not everybody needs it, so it is looked for
only when a model is fitted."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from numpy.typing import ArrayLike

from evaluation.statistics.estimate import StatisticsError, around, numbers, two_sided_p
from evaluation.statistics.regression import Coefficient


class NotInstalled(StatisticsError):
    """This model needs an extra that is not installed here."""


def statsmodels(module: str) -> Any:
    """A module of statsmodels. Raises NotInstalled with what to do where there is none."""
    try:
        return import_module(f"statsmodels.{module}")
    except ImportError as error:
        raise NotInstalled(
            "Mixed models and Cox regression need statsmodels, which is not installed here: pip install statsmodels."
        ) from error


def wald(names: Sequence[str], values: ArrayLike, errors: ArrayLike, level: float) -> tuple[Coefficient, ...]:
    """Coefficients with value -/+ z standard errors."""
    found = []
    for name, value, error in zip(names, numbers(values).tolist(), numbers(errors).tolist(), strict=True):
        low, high = around(value, error, level)
        found.append(
            Coefficient(name, value, error, low, high, two_sided_p(value / error) if error > 0 else float("nan"))
        )
    return tuple(found)
