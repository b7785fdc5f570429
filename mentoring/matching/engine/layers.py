"""One sum over measures for every pair, a few mentees at a time: what a strip of scores is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, hstack

from . import text
from .criteria import MEASURES, Criteria
from .eligibility import Eligibility
from .measures import entries
from .people import Ints
from .week import NO_WEEK, Room, points_by_slots

Strip = NDArray[np.float32]

ABSENT = np.float32(-(2.0**40))
"""Added where a hard rule removes a pair."""
THRESHOLD = np.float32(-(2**19))
"""Scores below are no scores: the pair is absent."""
LOOKUP_CELLS = 1 << 22
"""Lookups are joined into one while the joined rows stay below 16 MB."""
DENSE = 12
"""A dense product costs as much per column as a sparse one per 1/12 entry (measured)."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Thousandths of points for every pair: products, lookups, shared time, scattered entries, texts."""

    left: Any
    """Mentees x columns, sparse or dense."""
    right: NDArray[np.float32]
    lookups: tuple[tuple[Ints, NDArray[np.float32]], ...]
    by_slots: NDArray[np.uint64] | None
    """What shared slots are worth, for two neighbours at a time: two float32 in each, which halves the looking up."""
    scattered: csr_array
    texts: tuple[csr_array, csr_array] | None
    """Texts of the mentees, and of the mentors n-gram by n-gram."""
    goals: int

    def sums(self, rows: Ints) -> Strip:
        """The product and everything sparse, for one block."""
        if self.left.shape[1]:
            sums = np.asarray(self.left[rows] @ self.right, np.float32)
        else:
            sums = np.zeros((len(rows), self.right.shape[1]), np.float32)
        if self.texts:
            shared = coo_array(self.texts[0][rows] @ self.texts[1])
            sums[shared.coords] += text.likeness(shared.data).astype(np.float32) * self.goals
        if self.scattered.nnz:
            place, column, points = entries(self.scattered, rows)
            sums[place, column] += points.astype(np.float32)
        return sums

    def finish(self, sums: Strip, rows: Ints, slots: NDArray[np.uint8] | None, room: Room) -> None:
        """Add lookups and shared time to some rows, in place."""
        more = room.points[: sums.size]
        for codes, values in self.lookups:
            sums += np.take(values, codes[rows], axis=0, out=more.reshape(sums.shape), mode="clip")
        if self.by_slots is not None and slots is not None:
            flat, counts, even = sums.reshape(-1), slots.reshape(-1), sums.size & ~1
            two = room.words[: even // 2].view(np.int64)
            two[:] = counts[:even].view("<u2")
            np.take(self.by_slots, two, out=more[:even].view(np.uint64), mode="clip")
            flat[:even] += more[:even]
            flat[even:] += self.by_slots[counts[even:]].view(np.float32)[::2]

    def narrowed(self, columns: Ints) -> Layer:
        """The same for some of the mentors."""
        return replace(
            self,
            right=np.ascontiguousarray(self.right[:, columns]),
            lookups=tuple((codes, values[:, columns]) for codes, values in self.lookups),
            scattered=csr_array(self.scattered[:, columns]),
            texts=(self.texts[0], self.texts[1][:, columns]) if self.texts else None,
        )


def _for_two(by_slots: NDArray[np.float32]) -> NDArray[np.uint64]:
    """What two neighbours are worth, by the number of slots of the first plus 256 times that of the second."""
    first, second = np.broadcast_arrays(by_slots[None, :], by_slots[:, None])
    return np.stack([first, second], axis=2).view(np.uint64).reshape(-1)


def layer(criteria: Criteria, weights: Ints, rules: Eligibility | None) -> Layer:
    """The measures at these weights (thousandths), with the rules if there are any: soft ones cost points."""
    size = len(criteria.week.known[0]), len(criteria.week.known[1])
    weight = {name: int(w) for name, w in zip(MEASURES, weights, strict=True)}
    left, right = _product(criteria, weight, size)
    lookups = [(one.codes, _floats(one.rows, weight[name])) for name, one in criteria.lookups.items() if weight[name]]
    by_slots = points_by_slots(weight["time"]) if weight["time"] else np.zeros(NO_WEEK + 1, np.float32)
    scattered = [table * weight[name] for name, table in criteria.wishes.items() if weight[name] and table.nnz]
    if rules:
        soft = rules.rules.soft
        cost = {code: -1000 * soft[code] if code in soft else int(ABSENT) for code in rules.codes}
        lookups += [
            (gate.codes, _floats(gate.fails, cost[code])) for code, gate in rules.gates.items() if gate.fails.any()
        ]
        scattered += [table.astype(np.int64) * cost[code] for code, table in rules.listed.items()]
        if "overlap" in rules.codes:
            by_slots += rules.fails_by_slots() * np.float32(cost["overlap"])
    compared = weight["goals"] if criteria.has_texts else 0
    return Layer(
        left=left,
        right=right,
        lookups=_joined(lookups, size[1]),
        by_slots=_for_two(by_slots) if by_slots.any() else None,
        scattered=csr_array(sum(scattered[1:], scattered[0]) if scattered else csr_array(size, dtype=np.int64)),
        texts=(criteria.texts[0], csr_array(criteria.texts[1].T)) if compared else None,
        goals=compared,
    )


def _product(criteria: Criteria, weight: dict[str, int], size: tuple[int, int]) -> tuple[Any, NDArray[np.float32]]:
    """All bilinear measures as one product; dense where that is quicker. Both ways count exactly."""
    lefts: list[csr_array] = []
    rights: list[NDArray[np.float32]] = []
    for product in criteria.products:
        used = [name for name in product.rights if weight[name]]
        columns = np.flatnonzero(np.bincount(product.left.indices, minlength=product.left.shape[1]))
        if used and len(columns):
            lefts.append(product.left[:, columns])
            first, *others = (_floats(product.rights[name][product.rows[name][columns]], weight[name]) for name in used)
            for other in others:
                first += other
            rights.append(first)
    if not lefts:
        return np.zeros((size[0], 0), np.float32), np.zeros((0, size[1]), np.float32)
    right = rights[0] if len(rights) == 1 else np.concatenate(rights)
    left = lefts[0] if len(lefts) == 1 else csr_array(hstack(lefts, format="csr"))
    return (left.toarray() if left.nnz * DENSE > size[0] * len(right) else left), right


def _floats(rows: NDArray[Any], times: int) -> NDArray[np.float32]:
    """Whole numbers that float32 counts exactly, save beyond ABSENT, where it does not matter."""
    return np.asarray(np.multiply(rows, np.float32(times), dtype=np.float32))


def _joined(
    lookups: list[tuple[Ints, NDArray[np.float32]]], width: int
) -> tuple[tuple[Ints, NDArray[np.float32]], ...]:
    """Lookups over the same mentees made into few, one row per combination that occurs."""
    found: list[tuple[Ints, NDArray[np.float32]]] = []
    for codes, rows in sorted(lookups, key=lambda one: len(one[1])):
        if found:
            kinds, joined = np.unique(found[-1][0] * len(rows) + codes, return_inverse=True)
            if len(kinds) * width <= LOOKUP_CELLS and len(kinds) * 8 <= len(codes):
                found[-1] = joined, found[-1][1][kinds // len(rows)] + rows[kinds % len(rows)]
                continue
        found.append((codes, rows))
    return tuple((codes, np.maximum(rows, 2 * ABSENT, out=rows)) for codes, rows in found)


def to_points(part: Strip) -> None:
    """Thousandths to whole points, half up, in place."""
    part += 500
    part /= 1000
    np.floor(part, out=part)
