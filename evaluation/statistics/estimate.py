"""What every measure gives back, and how it refuses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evaluation.statistics.scoring import Floats

NOT_ASKED = "nothing can be missing"


class StatisticsError(ValueError):
    """These data do not carry this measure; the message is one sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One figure with what a reader must know of it.

    `low`, `high`: limits of the interval at `level`; all three None where the measure has no interval. `missing`: the rule
    for missing data and what it left out. `note`: a gate that was not passed or a warning; empty when there is nothing to
    say.
    """

    measure: str
    variant: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int
    missing: str = NOT_ASKED
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The estimate as plain values for JSON; what is not a number becomes None."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def plain(value: Any) -> Any:
    """Dataclasses, arrays and tuples as what JSON knows; NaN and infinity as None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def numbers(values: ArrayLike, dimensions: int = 1) -> Floats:
    """`values` as an array of floats of so many dimensions, NaN where something is missing."""
    try:
        given = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise StatisticsError("Only numbers can be computed with; some of the values are not numbers.") from error
    if given.ndim != dimensions:
        raise StatisticsError(f"A table of {dimensions} dimension(s) is needed; this one has {given.ndim}.")
    if np.isinf(given).any():
        raise StatisticsError("Infinity is not a measurement; leave the value empty instead.")
    return given


def complete_columns(*columns: ArrayLike) -> tuple[Floats, str]:
    """Rows in which every column has a value (rows x columns), and the sentence on what was left out."""
    given = [numbers(column) for column in columns]
    if len({len(column) for column in given}) != 1:
        raise StatisticsError("The columns have different lengths.")
    return complete_rows(np.column_stack(given))


def complete_rows(table: ArrayLike) -> tuple[Floats, str]:
    """The rows of a table that lack nothing, and the sentence on what was left out."""
    given = numbers(table, dimensions=2)
    whole = ~np.isnan(given).any(axis=1)
    return given[whole], left_out("listwise", int((~whole).sum()), len(given))


def left_out(rule: str, count: int, of: int) -> str:
    """The missing-data rule with what it cost: "listwise: 91 of 2800 rows left out"."""
    return f"{rule}: {count} of {of} rows left out"


def need(count: int, at_least: int, what: str = "complete rows") -> None:
    """Refuse when there are too few to compute with at all."""
    if count < at_least:
        raise StatisticsError(f"At least {at_least} {what} are needed; there are {count}.")


def gate(count: int, at_least: int, what: str) -> str:
    """The note that a figure rests on too few; empty when it does not."""
    return "" if count >= at_least else f"too few: {count} {what}, at least {at_least} are wanted"


def notes(*said: str) -> str:
    """What there is to say, as one text."""
    return "; ".join(filter(None, said))


def check_level(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise StatisticsError(f"A level of confidence lies between 0 and 1; {level:g} does not.")


def normal_quantile(level: float) -> float:
    """The two-sided standard normal quantile: 1.96 for .95."""
    check_level(level)
    return NormalDist().inv_cdf((1.0 + level) / 2.0)


def around(value: float, error: float, level: float) -> tuple[float, float]:
    """value -/+ z standard errors."""
    z = normal_quantile(level)
    return value - z * error, value + z * error


def two_sided_p(z: float) -> float:
    """P(|Z| >= |z|) for a standard normal Z."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def named(names: Sequence[str] | None, count: int, word: str) -> tuple[str, ...]:
    """The names of columns as given, or "item 1", "item 2" and so on."""
    return tuple(names) if names is not None else tuple(f"{word} {place}" for place in range(1, count + 1))
