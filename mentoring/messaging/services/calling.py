"""Who is called by name in what is said."""

from collections.abc import Mapping, Sequence

from accounts.models import User
from mentoring.messaging.models import Mention, Message, RoomMember
from mentoring.messaging.words import mentioned


def note_mentions(new: Sequence[Message], present: Mapping[int, set[int]]) -> None:
    """Write down who is called in messages that were just said, in two queries; in none where nobody is."""
    calling = [message for message in new if "@" in message.body]
    if not calling:
        return
    people = set().union(*(present[message.room_id] for message in calling))
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    rows: list[Mention] = []
    for message in calling:
        others = {pk: names[pk] for pk in present[message.room_id] if pk in names and pk != message.sender_id}
        found = mentioned(message.body, others)
        message.called = tuple(found.values())
        rows += [Mention(message=message, person_id=pk, words=words) for pk, words in found.items()]
    Mention.objects.bulk_create(rows)


def note_mentions_again(message: Message) -> None:
    """After an edit."""
    Mention.objects.filter(message=message).delete()
    members = RoomMember.objects.filter(room=message.room_id, left_at=None)
    note_mentions([message], {message.room_id: set(members.values_list("person", flat=True))})
