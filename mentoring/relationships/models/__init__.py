"""The heart: a mentor and one or more mentees, what they agreed, what they aim at, when they meet, how it ends."""

from mentoring.relationships.models.agreement import Agreement, Signature
from mentoring.relationships.models.blocks import Block
from mentoring.relationships.models.checkins import CheckIn, CoordinatorTouch, ExitAnswer
from mentoring.relationships.models.feeds import CalendarFeed
from mentoring.relationships.models.goals import Goal, GoalStep
from mentoring.relationships.models.notes import Note
from mentoring.relationships.models.relationship import (
    Pause,
    Relationship,
    RelationshipMember,
    Session,
    SessionQuerySet,
    SessionRating,
    SessionSlot,
)

__all__ = [
    "Agreement",
    "Block",
    "CalendarFeed",
    "CheckIn",
    "CoordinatorTouch",
    "ExitAnswer",
    "Goal",
    "GoalStep",
    "Note",
    "Pause",
    "Relationship",
    "RelationshipMember",
    "Session",
    "SessionQuerySet",
    "SessionRating",
    "SessionSlot",
    "Signature",
]
