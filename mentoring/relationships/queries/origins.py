"""What steps and sessions came of; the apps above know."""

from collections.abc import Sequence
from typing import Any

from accounts.models import User
from mentoring.relationships.models import GoalStep, Session
from mentoring.relationships.signals import origins_asked


def with_origins(things: Sequence[GoalStep] | Sequence[Session], reader: User) -> None:
    """Give each its `came_of`, where the reader may read it: one query for all of them."""
    if not things:
        return
    answers: list[tuple[Any, Any]] = origins_asked.send(type(things[0]), things=things, reader=reader)
    for _receiver, found in answers:
        for thing in things:
            thing.came_of = found.get(thing, thing.came_of)
