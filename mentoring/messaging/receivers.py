"""A relationship brings its conversation with it."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from mentoring.messaging.services import close_room, join_room, open_room, reopen_room
from mentoring.relationships.models import Relationship, RelationshipMember
from mentoring.relationships.signals import (
    mentee_joined,
    relationship_closed,
    relationship_reopened,
    relationship_started,
)


@receiver(relationship_started)
def open_its_room(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    open_room(relationship, at=at)


@receiver(mentee_joined)
def let_into_room(member: RelationshipMember, at: datetime, **_rest: Any) -> None:
    join_room(member, at=at)


@receiver(relationship_closed)
def close_its_room(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    close_room(relationship, at=at)


@receiver(relationship_reopened)
def reopen_its_room(relationship: Relationship, **_rest: Any) -> None:
    reopen_room(relationship)
