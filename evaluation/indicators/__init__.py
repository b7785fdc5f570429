"""The registry: every behaviour indicator, one file per stage. An indicator belongs to exactly one component."""

from evaluation.indicators import causal, consequence, contextual, intervening, strategy
from evaluation.indicators.base import Figures, Indicator

ALL: tuple[Indicator, ...] = (
    *causal.INDICATORS,
    *contextual.INDICATORS,
    *intervening.INDICATORS,
    *strategy.INDICATORS,
    *consequence.INDICATORS,
)
BY_CODE = {indicator.code: indicator for indicator in ALL}

__all__ = ["ALL", "BY_CODE", "Figures", "Indicator"]
