"""Pairs that a conflict of interest forbids, from who answers to whom."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .people import Ints


def managed_by(
    manager_of: Mapping[int, int], mentees: Mapping[int, int], mentors: Mapping[int, int], *, levels: int = 1
) -> Ints:
    """(mentee key, mentor key) of which one person is a manager of the other, up to `levels` above; for "conflict".

    `manager_of` goes from person to person, `mentees` and `mentors` from keys to persons. A circle of managers ends
    where it began.
    """
    pairs: set[tuple[int, ...]] = set()
    for one, others, turn in ((mentees, mentors, 1), (mentors, mentees, -1)):
        found_by: dict[int, list[int]] = {}
        for key, person in others.items():
            found_by.setdefault(person, []).append(key)
        for key, person in one.items():
            above = person
            for _ in range(levels):
                if above not in manager_of or manager_of[above] == person:
                    break
                above = manager_of[above]
                pairs.update((key, other)[::turn] for other in found_by.get(above, ()))
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)
