"""Free text compared without a language model: character n-grams, so that spelling and word forms matter little.

Texts of different languages share almost no n-grams and simply do not speak for or against each other.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

BUCKETS = 1 << 18
KEPT = 24
"""n-grams kept per text, the rarest-and-most-used first; bounds the work for large cohorts."""
UNIT = 1000
"""Weights are integers in thousandths of the unit vector, so that sums are exact on every platform."""

_LETTERS = str.maketrans("يىكةؤإأآۀ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "ییکهوااا" + "ه" + "0123456789" * 2, "\u200c\u200d\u0640")
_GAPS = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """Lower case, one form of yeh, kaf and digits, no half-spaces or marks, single spaces."""
    return _GAPS.sub(" ", text.lower().translate(_LETTERS)).strip()


@lru_cache(maxsize=4096)
def _grams(text: str) -> Counter[int]:
    """How often each n-gram occurs. Remembered, because settings are tried many times on the same people."""
    padded = f" {normalised(text)} "
    grams = (padded[start : start + size] for size in (3, 4, 5) for start in range(len(padded) - size + 1))
    return Counter(zlib.crc32(gram.encode()) % BUCKETS for gram in grams)


def vectors(mentees: Sequence[str], mentors: Sequence[str]) -> tuple[csr_array, csr_array]:
    """TF-IDF vectors of both sides over one vocabulary: sparse rows of integers whose norm is about UNIT."""
    counts = [_grams(text) if text.strip() else Counter[int]() for text in (*mentees, *mentors)]
    seen = Counter(gram for row in counts for gram in row)
    rarity = {gram: math.log((1 + len(counts)) / (1 + found)) + 1 for gram, found in seen.items()}
    data: list[int] = []
    columns: list[int] = []
    ends = [0]
    for row in counts:
        weighed = sorted(((-(1 + math.log(n)) * rarity[gram], gram) for gram, n in row.items()))[:KEPT]
        norm = math.sqrt(sum(weight**2 for weight, _ in weighed)) or 1.0
        for weight, gram in sorted(weighed, key=lambda item: item[1]):
            data.append(round(-weight / norm * UNIT))
            columns.append(gram)
        ends.append(len(data))
    whole = csr_array(
        (np.array(data, np.int32), np.array(columns, np.int32), np.array(ends, np.int32)), shape=(len(counts), BUCKETS)
    )
    return whole[: len(mentees)], whole[len(mentees) :]


def said_something(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts hold at least one letter or digit."""
    return np.array([bool(normalised(text)) for text in texts], dtype=np.bool_)
