"""Who may do what; the same predicates decide whether a button is drawn."""

import rules

from accounts.models import User
from mentoring.messaging.models import Message, Room, Topic


@rules.predicate
def is_author(person: User, message: Message) -> bool:
    return message.sender_id == person.pk


@rules.predicate
def is_in_it(person: User, room: Room) -> bool:
    return room.members.filter(person=person, left_at=None).exists()


@rules.predicate
def is_open(person: User, room: Room) -> bool:
    return room.closed_at is None


@rules.predicate
def is_of_two(person: User, room: Room) -> bool:
    return room.kind == Room.Kind.PAIR and room.members.filter(left_at=None).count() == 2


@rules.predicate
def is_of_a_relationship(person: User, room: Room) -> bool:
    return room.relationship_id is not None


@rules.predicate
def may_write(person: User, room: Room) -> bool:
    """Nobody keeps them apart from somebody in it."""
    return not room.members.filter(person=person, left_at=None, rests_since__isnull=False).exists()


@rules.predicate
def is_awake(person: User, room: Room) -> bool:
    """Nobody in it is kept apart from somebody."""
    return not room.members.filter(left_at=None, rests_since__isnull=False).exists()


@rules.predicate
def opened_it(person: User, topic: Topic) -> bool:
    return topic.opened_by_id == person.pk


@rules.predicate
def is_office_there(person: User, topic: Topic) -> bool:
    """A coordinator who speaks for the programme in that conversation."""
    return topic.root.room.members.filter(person=person, office=True, left_at=None).exists()


rules.add_perm("messaging.edit_message", is_author)
rules.add_perm("messaging.rename_topic", opened_it | is_office_there)
# Asked by the button, by every ring and answer, and by every signal between the two.
rules.add_perm("messaging.call", is_open & is_in_it & is_of_two & is_awake)
# In the programme's room elsewhere, for more than two as well.
rules.add_perm("messaging.meet", is_of_a_relationship & is_open & is_in_it & may_write)
