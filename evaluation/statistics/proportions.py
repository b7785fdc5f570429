"""Shares and how sure they are."""

import math
from dataclasses import dataclass

from evaluation.statistics.estimate import Estimate, StatisticsError, normal_quantile


@dataclass(frozen=True, kw_only=True)
class Proportion(Estimate):
    """A share with the count behind it."""

    count: int


def wilson_limits(count: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of count/n, without continuity correction (Wilson 1927)."""
    z, share = normal_quantile(level), count / n
    spread = z * math.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    centre, scale = share + z * z / (2.0 * n), 1.0 + z * z / n
    return max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0)


def wilson(count: int, n: int, *, level: float = 0.95) -> Proportion:
    """A share with the Wilson score interval (Wilson 1927), without continuity correction.

    Missing data: none, since the input is counts. Raises StatisticsError unless 0 <= count <= n and n >= 1.
    """
    if n < 1 or not 0 <= count <= n:
        raise StatisticsError(
            f"{count} of {n} is not a share: the count must lie between 0 and n, and n be at least 1."
        )
    low, high = wilson_limits(count, n, level)
    return Proportion(
        measure="wilson",
        variant="Wilson score interval, no continuity correction",
        value=count / n,
        low=low,
        high=high,
        level=level,
        n=n,
        count=count,
    )
