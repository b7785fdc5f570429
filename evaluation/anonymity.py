"""Rows that do not single anybody out: every combination of what others may know stands for `k` rows or more. Pure Python.

Each column has steps, from as it was to one value for all. While a combination is too rare, the column that has most values is
taken one step up, for everybody (global recoding, as in Sweeney 2002, Int. J. Uncertainty 10(5), "Achieving k-anonymity").
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

K = 5
ANY = "*"
Row = dict[str, Any]
Step = Callable[[Any], Any]
Ladders = Mapping[str, Sequence[Step]]
"""Column -> its steps."""


@dataclass(frozen=True)
class Generalised:
    """`rows` with their columns as coarse as they had to become; `levels`: column -> how many steps were taken;
    `smallest`: rows of the rarest combination (0 without rows); `classes`: how many combinations there are."""

    rows: list[Row]
    levels: dict[str, int]
    smallest: int
    classes: int


def everybody(_value: Any) -> str:
    """The last step of every column."""
    return ANY


def generalise(rows: Sequence[Row], steps: Ladders, k: int = K) -> Generalised:
    """`rows` with the columns of `steps` made coarser until each combination stands for `k` rows. Other columns stay.

    A table of fewer than `k` rows is made as coarse as it can be; `smallest` says that it is still too small.
    """
    levels = dict.fromkeys(steps, 0)
    ladders = {name: [*ladder, everybody] for name, ladder in steps.items()}
    while True:
        made = [{**row, **{name: _at(row[name], ladders[name], levels[name]) for name in steps}} for row in rows]
        classes = Counter(tuple(row[name] for name in steps) for row in made)
        smallest = min(classes.values(), default=0)
        open_ = [name for name in steps if levels[name] < len(ladders[name])]
        if smallest >= k or not open_ or not rows:
            return Generalised(made, levels, smallest, len(classes))
        widest = max(open_, key=lambda name: (len({row[name] for row in made}), name))
        levels[widest] += 1


def in_turn(rows: Sequence[Row], ladders: Ladders, known: Collection[str] = (), k: int = K) -> Generalised:
    """`rows` with one column after the other as fine as it can be while every combination with those before it, and with the
    columns of `known`, stands for `k` rows. So what comes first survives longest; `generalise` has no such order."""
    made, levels, columns = list(rows), {}, list(known)
    for name, ladder in ladders.items():
        columns.append(name)
        for level, step in enumerate([None, *ladder, everybody]):
            tried = [{**row, name: step(row[name])} for row in made] if step else made
            classes = Counter(tuple(row[each] for each in columns) for row in tried)
            levels[name] = level
            if min(classes.values(), default=k) >= k:
                break
        made = tried
    return Generalised(made, levels, min(classes.values(), default=0), len(classes))


def _at(value: Any, ladder: Sequence[Step], level: int) -> Any:
    return value if level == 0 else ladder[level - 1](value)
