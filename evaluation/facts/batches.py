"""What people say in confidence enters what a programme tells five people at a time."""

import numpy as np

from evaluation.disclosure import K
from evaluation.statistics.events import Bools, Ints, first_by
from evaluation.statistics.scoring import Floats


def let_in(unit: Ints, person: Ints, at: Floats, *, least: int = 1, span: float = 0.0) -> Bools:
    """Which of these words of people about units may be told of: those said before or with the last one by which five people had
    said something that counts, as in `disclosure.Batches`; what has come since stays outside. Of a unit they count from when
    there are `least` of them, over `span` seconds or more."""
    since = _since(unit, at, least, span)
    order = np.lexsort((person, unit, since))
    order = order[np.isfinite(since[order])]
    ends = np.ones(len(order), dtype=bool)  # of what begins to count at once none stays behind
    ends[:-1] = (unit[order][1:] != unit[order][:-1]) | (since[order][1:] != since[order][:-1])
    inside, waiting = 0, set[int]()
    for place, (each, is_end) in enumerate(zip(person[order].tolist(), ends.tolist(), strict=True), start=1):
        waiting.add(each)
        if is_end and len(waiting) >= K:
            inside, waiting = place, set()
    found = np.zeros(len(unit), dtype=bool)
    found[order[:inside]] = True
    return found


def _since(unit: Ints, at: Floats, least: int, span: float) -> Floats:
    """From when each of them counts; infinite: not yet."""
    units = int(unit.max(initial=-1)) + 1
    order = np.lexsort((at, unit))
    nth = np.arange(len(order)) - np.searchsorted(unit[order], unit[order])
    lasted = at[order] - first_by(unit, at, units)[unit[order]]
    enough = order[(nth >= least - 1) & (lasted >= span)]
    since: Floats = np.maximum(at, np.nan_to_num(first_by(unit[enough], at[enough], units), nan=np.inf)[unit])
    return since
