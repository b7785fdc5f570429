"""What somebody wants to say, and what became of it."""

from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import User
from core.errors import DomainError
from mentoring.messaging.models import Message
from mentoring.messaging.services.refusals import EmptyMessage, TooLong
from mentoring.messaging.words import clean

LONGEST = 8000
Name = tuple[int, UUID]
"""A message by its sender and the id their client gave it."""


@dataclass(slots=True)  # frozen it would take four times as long to make
class Send:
    """What somebody wants to say. `reply_to` is the id of a message of the same room, `topic` that of a topic there, `files`
    are clean ones of one's own; without words the message says their names. `released`: a coordinator has looked at it."""

    room_id: int
    by: User
    cid: UUID
    body: str
    reply_to: int | None = None
    files: tuple[UUID, ...] = ()
    released: bool = False
    topic: int | None = None

    @property
    def name(self) -> Name:
        return self.by.pk, self.cid


@dataclass(slots=True)
class Sent:
    """One outcome per `Send`, in order: the message, or why not. `new` are those that were not there before, in the order of
    their rooms; `present` are the people of each room; in `parted` ones somebody is kept apart from somebody."""

    present: dict[int, set[int]]
    outcomes: list[Message | DomainError] = field(default_factory=list)
    new: list[Message] = field(default_factory=list)
    parted: set[int] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    """Keys of the jobs that will tell who has not read."""


def checked(body: str) -> str:
    """The words as they are kept. Raises EmptyMessage, TooLong."""
    text = clean(body)
    if not text:
        raise EmptyMessage
    if len(text) > LONGEST:
        raise TooLong
    return text
