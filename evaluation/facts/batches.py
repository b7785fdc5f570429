"""What people say in confidence enters what a programme tells five people at a time."""

import numpy as np

from evaluation.disclosure import K
from evaluation.statistics.events import Bools, Ints
from evaluation.statistics.scoring import Floats


def let_in(person: Ints, at: Floats) -> Bools:
    """Which of these were said before or with the last word by which five people had spoken anew, as `disclosure.Batches` lets
    in: what has come since stays outside."""
    inside, waiting, order = 0, set[int](), np.lexsort((person, at))
    for place, each in enumerate(person[order].tolist(), start=1):
        waiting.add(each)
        if len(waiting) >= K:
            inside, waiting = place, set()
    found = np.zeros(len(order), dtype=bool)
    found[order[:inside]] = True
    return found
