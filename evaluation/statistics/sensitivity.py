"""How strong an unmeasured common cause would have to be to explain a difference away."""

from dataclasses import dataclass
from math import exp, sqrt

from evaluation.statistics.estimate import Estimate, check_level

PER_D, PER_SE = 0.91, 1.78
"""ln RR is about .91 d (Chinn 2000); VanderWeele and Ding (2017) take 1.78 standard errors for its 95 % interval."""


@dataclass(frozen=True, kw_only=True)
class EValue(Estimate):
    """`value` for the estimate, `for_limit` for the limit of its interval that is nearer to no difference (1: the interval
    holds none already). `risk_ratio`: what the difference amounts to."""

    for_limit: float
    risk_ratio: float


def e_value(risk_ratio: float) -> float:
    """RR + sqrt(RR (RR - 1)) for a risk ratio of 1 or more; one below 1 is turned round (VanderWeele and Ding 2017)."""
    ratio = risk_ratio if risk_ratio >= 1.0 else 1.0 / risk_ratio
    return ratio + sqrt(ratio * (ratio - 1.0))


def e_value_of(difference: float, se: float, n: int, *, level: float = 0.95) -> EValue:
    """E-value of a standardised difference of two groups: how strongly, as a risk ratio, an unmeasured common cause would have
    to go with both the group and the outcome to leave nothing of it.

    RR = exp(.91 d), limits exp(.91 d -/+ 1.78 se), which are those of 95 % (VanderWeele and Ding 2017, Ann Intern Med 167:268;
    the conversion is Chinn's and holds where the outcome is roughly normal). Missing data: as in the difference.
    """
    check_level(level)
    ratio = exp(PER_D * difference)
    near = exp(PER_D * difference + (-PER_SE if difference >= 0 else PER_SE) * se)
    holds_none = (near <= 1.0) if difference >= 0 else (near >= 1.0)
    return EValue(
        measure="e-value",
        variant="E-value of a standardised difference, RR = exp(.91 d)",
        value=e_value(ratio),
        n=n,
        missing="as in the difference",
        for_limit=1.0 if holds_none else e_value(near),
        risk_ratio=ratio,
    )
