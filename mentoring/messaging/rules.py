"""Who may do what; the same predicates decide whether a button is drawn."""

import rules

from accounts.models import User
from mentoring.messaging.models import Message


@rules.predicate
def is_author(person: User, message: Message) -> bool:
    return message.sender_id == person.pk


rules.add_perm("messaging.edit_message", is_author)
