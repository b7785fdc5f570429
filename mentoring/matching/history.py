"""What each decision about a draft changed, in whole: who has whom before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mentoring.matching.models import Pair, ReviewStep
from mentoring.planning.models import Enrolment

SHOWN = 30
"""Changes told by name for one decision."""


@dataclass(frozen=True)
class Change:
    """A mentee who goes from one mentor to another; None is nobody. `gain` is in points of fit."""

    mentee: Enrolment | None
    before: Enrolment | None
    after: Enrolment | None
    gain: int


@dataclass(frozen=True)
class Told:
    """The changes of one decision, the largest gains first; `more` are not named. `gained`/`lost` count mentees."""

    changes: tuple[Change, ...]
    more: int
    gained: int
    lost: int


def told(steps: Iterable[ReviewStep]) -> dict[int, Told]:
    """The changes of some decisions by their ids. One query."""
    moves = {step.pk: _moves(step) for step in steps}
    keys = {key for found in moves.values() for *people, _gain in found[:SHOWN] for key in people if key}
    people = Enrolment.objects.select_related("person").in_bulk(keys)
    return {
        pk: Told(
            tuple(Change(*(people.get(key) for key in keys), gain) for *keys, gain in found[:SHOWN]),
            more=max(len(found) - SHOWN, 0),
            gained=sum(gain > 0 for *_people, gain in found),
            lost=sum(gain < 0 for *_people, gain in found),
        )
        for pk, found in moves.items()
    }


def _moves(step: ReviewStep) -> list[tuple[int, int | None, int | None, int]]:
    """(mentee, mentor before, mentor after, gain) where the mentor is another one."""
    before, after = _having(step.before), _having(step.after)
    nobody: tuple[None, int] = (None, 0)
    moves = []
    for mentee in before.keys() | after.keys():
        (one, score_before), (other, score_after) = before.get(mentee, nobody), after.get(mentee, nobody)
        if one != other:
            moves.append((mentee, one, other, score_after - score_before))
    return sorted(moves, key=lambda move: (-move[3], move[0]))


def _having(rows: dict[str, list[dict[str, Any]]]) -> dict[int, tuple[int, int]]:
    """mentee -> (mentor, score) of the pairs that hold."""
    held = [row for row in rows.get("pairs", []) if row["status"] != Pair.Status.REJECTED]
    return {row["mentee_id"]: (row["mentor_id"], row["score"]) for row in held}
