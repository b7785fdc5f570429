"""Goal attainment: how far the goals that somebody set were reached, on one scale for all."""

from collections.abc import Sequence

from evaluation.statistics.estimate import Estimate, StatisticsError, need
from evaluation.statistics.scoring import goal_attainment


def goal_t(ratings: Sequence[int], weights: Sequence[float] | None = None, *, p: float = 0.3) -> Estimate:
    """Goal attainment T (Kiresuk and Sherman 1968), 50 = as hoped; see `scoring.goal_attainment`. It has no interval.

    Missing data: goals without a rating are not given. Raises StatisticsError without a goal, for ratings other than whole
    numbers from -2 to 2, for weights that are not positive or not one for each goal, and for p outside 0 to 1.
    """
    need(len(ratings), 1, "goals")
    if any(rating not in (-2, -1, 0, 1, 2) for rating in ratings):
        raise StatisticsError("Goals are rated -2, -1, 0, 1 or 2, where 0 is as hoped.")
    if weights is not None and (len(weights) != len(ratings) or any(weight <= 0 for weight in weights)):
        raise StatisticsError("Weights are positive, one for each goal.")
    if not 0.0 <= p <= 1.0:
        raise StatisticsError("The assumed correlation p of goals lies between 0 and 1.")
    return Estimate(
        measure="goals",
        variant=f"goal attainment T, p = {p:g}, {'equal' if weights is None else 'given'} weights",
        value=goal_attainment(ratings, weights, p),
        n=len(ratings),
        missing="only rated goals count",
    )
