"""Two ways to look at mentees and mentors together: a block of the table, or a list of pairs.

Criteria and rules are written once against `View` and give the same integers in both. Every product stays below
2**24, where float32 still counts exactly, so results are equal on every platform and number of threads.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .people import Ints

Array = NDArray[Any]


class View(Protocol):
    """`mentee(x)` and `mentor(x)` broadcast against each other and against every other answer."""

    def mentee(self, values: Array) -> Array: ...
    def mentor(self, values: Array) -> Array: ...
    def dot(self, mentees: NDArray[np.float32], mentors: NDArray[np.float32]) -> Array: ...
    def sparse_dot(self, mentees: csr_array, mentors: csr_array) -> Array: ...
    def common_bits(self, mentees: NDArray[np.uint64], mentors: NDArray[np.uint64]) -> Array: ...
    def lookup(self, table: csr_array) -> Array: ...


class Block:
    """All mentors beside the mentees `start` to `stop`: answers are (rows x mentors)."""

    def __init__(self, start: int, stop: int) -> None:
        self.rows = slice(start, stop)
        self._bits: dict[int, Array] = {}

    def mentee(self, values: Array) -> Array:
        return np.asarray(values[self.rows])[:, None]

    def mentor(self, values: Array) -> Array:
        return values[None, :]

    def dot(self, mentees: NDArray[np.float32], mentors: NDArray[np.float32]) -> Array:
        product: Array = mentees[self.rows] @ mentors.T
        return product.astype(np.int32)

    def sparse_dot(self, mentees: csr_array, mentors: csr_array) -> Array:
        return np.asarray((mentees[self.rows] @ mentors.T).toarray())

    def common_bits(self, mentees: NDArray[np.uint64], mentors: NDArray[np.uint64]) -> Array:
        """Counted once per block: the rule on time and the criterion ask for the same."""
        if id(mentees) not in self._bits:
            total = np.zeros((len(mentees[self.rows]), len(mentors)), np.int32)
            for word in range(mentees.shape[1]):
                total += np.bitwise_count(mentees[self.rows, word, None] & mentors[None, :, word])
            self._bits[id(mentees)] = total
        return self._bits[id(mentees)]

    def lookup(self, table: csr_array) -> Array:
        return np.asarray(table[self.rows].toarray())


class Pairs:
    """Chosen pairs, rows of mentees beside rows of mentors: answers are (pairs,)."""

    def __init__(self, mentees: Ints, mentors: Ints) -> None:
        self.mentees = mentees
        self.mentors = mentors

    def mentee(self, values: Array) -> Array:
        return np.asarray(values[self.mentees])

    def mentor(self, values: Array) -> Array:
        return np.asarray(values[self.mentors])

    def dot(self, mentees: NDArray[np.float32], mentors: NDArray[np.float32]) -> Array:
        return np.asarray(np.einsum("pc,pc->p", mentees[self.mentees], mentors[self.mentors]), np.int32)

    def sparse_dot(self, mentees: csr_array, mentors: csr_array) -> Array:
        return np.asarray(mentees[self.mentees].multiply(mentors[self.mentors]).sum(axis=1)).reshape(-1)

    def common_bits(self, mentees: NDArray[np.uint64], mentors: NDArray[np.uint64]) -> Array:
        common = np.bitwise_count(mentees[self.mentees] & mentors[self.mentors])
        return np.asarray(common.sum(axis=1, dtype=np.int32))

    def lookup(self, table: csr_array) -> Array:
        return np.asarray(table[self.mentees, self.mentors]).reshape(-1) if len(self.mentees) else np.zeros(0, np.int32)
