"""Who may do what; the same predicates decide whether a button is drawn."""

import rules

from accounts.models import User
from mentoring.planning.models import Coordination
from mentoring.relationships.models import Block


@rules.predicate
def is_own_wish(user: User, block: Block) -> bool:
    return not block.order and block.one_id == user.pk


@rules.predicate
def is_order_of_theirs(user: User, block: Block) -> bool:
    return block.order and Coordination.objects.filter(programme=block.programme_id, person=user.pk).exists()


rules.add_perm("safeguarding.lift_block", is_own_wish)
rules.add_perm("safeguarding.lift_order", is_order_of_theirs)
