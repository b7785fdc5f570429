"""Who has signed which version of an agreement, and from when on all had."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evaluation.facts.tables import PEOPLE, Members, places_in
from evaluation.statistics.events import Bools, Ints, first_by
from evaluation.statistics.scoring import Floats


@dataclass(frozen=True)
class Hands:
    """Signatures: the place of the relationship, the version, who and when; and the members, who have to sign."""

    pair: Ints
    version: Floats
    person: Floats
    at: Floats
    members: Members

    def first_complete(self, size: int) -> Floats:
        """Per relationship the first moment at which one version carried the signatures of all who were there then; NaN where
        there was none. Only a signature, or that somebody leaves who has not signed, completes a version."""
        row, member = self._by_member(self.pair)
        gone = np.isfinite(self.members.left[member])
        row, leaves = row[gone], self.members.left[member[gone]]
        pair, version = (np.concatenate((each, each[row])) for each in (self.pair, self.version))
        moment = np.concatenate((self.at, np.maximum(self.at[row], leaves)))
        row, member = self._by_member(pair)
        there = (self.members.joined[member] <= moment[row]) & (self.members.left[member] > moment[row])
        row, member = row[there], member[there]
        signed = self._signed_at(pair[row], version[row], self.members.person[member]) <= moment[row]
        asked, given = (np.bincount(each, minlength=len(pair)) for each in (row, row[signed]))
        complete = (asked > 0) & (given == asked)
        return first_by(pair[complete], moment[complete], size)

    def complete_now(self, version: Floats) -> Bools:
        """Whether that version of each relationship's agreement carries the signatures of all who are there now."""
        pair, person = self.members.pair[self.members.present], self.members.person[self.members.present]
        signed = ~np.isnan(self._signed_at(pair, version[pair], person))
        asked, given = (np.bincount(each, minlength=len(version)) for each in (pair, pair[signed]))
        return (asked > 0) & (given == asked)

    def _by_member(self, pair: Ints) -> tuple[Ints, Ints]:
        """Every row with every member of its relationship: the rows, and the places of the members."""
        order = np.argsort(self.members.pair, kind="stable")
        first, last = (np.searchsorted(self.members.pair[order], pair, side) for side in ("left", "right"))
        row = np.repeat(np.arange(len(pair)), last - first)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
        return row, order[first[row] + nth]

    def _signed_at(self, pair: Ints, version: Floats, person: Floats | Ints) -> Floats:
        """When this person signed this version there; NaN where they have not."""
        keys, at = self._keyed
        found = places_in(keys, self._keys(pair, version, person))
        return np.where(found >= 0, np.append(at, np.nan)[found], np.nan)

    @cached_property
    def _keyed(self) -> tuple[Ints, Floats]:
        keys = self._keys(self.pair, self.version, self.person)
        order = np.argsort(keys)
        return keys[order], self.at[order]

    @cached_property
    def _versions(self) -> int:
        return int(self.version.max(initial=0)) + 1

    def _keys(self, pair: Ints, version: Floats, person: Floats | Ints) -> Ints:
        known = np.where(version < self._versions, version, 0).astype(np.int64)  # 0: nobody has signed it
        return (pair * self._versions + known) * PEOPLE + person.astype(np.int64)
