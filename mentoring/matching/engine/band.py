"""The band in which the scores of a pool lie: where the curve of `EVEN` is anchored."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .candidates import Source
from .layers import THRESHOLD
from .people import Ints
from .worth import Band

ASKED = 1 << 10
"""Mentees whose best score is looked up, at most."""
LOW, HIGH = 1, 15
"""Per cent of the mentees for whom nobody scores higher than the ends of the band."""


def asked(keys: Ints) -> Ints:
    """The mentees to ask: everybody, or an even choice by key, which no seed changes."""
    return np.sort(keys)[:: max(-(-len(keys) // ASKED), 1)]


def band_of(sources: Iterable[tuple[Source, Ints]]) -> Band | None:
    """Percentiles LOW and HIGH of the best possible scores of some mentees (rows of each source); None without a pair."""
    best = [np.zeros(0, np.int64)]
    for source, rows in sources:
        for _, strip in source.strips(rows if source.size[1] else rows[:0]):
            most = strip.max(axis=1)
            best.append(most[most > THRESHOLD].astype(np.int64))
    found = np.sort(np.concatenate(best))
    if not len(found):
        return None
    low, high = (int(found[len(found) * part // 100]) for part in (LOW, HIGH))
    return low, max(high, low + 1)
