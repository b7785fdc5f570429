"""Who may do what with a request for help."""

import rules

from accounts.models import User
from mentoring.planning.models import Coordination
from mentoring.support.models import HelpRequest


@rules.predicate
def asked_it(user: User, request: HelpRequest) -> bool:
    return request.person_id == user.pk


@rules.predicate
def coordinates(user: User, request: HelpRequest) -> bool:
    return Coordination.objects.filter(programme=request.programme_id, person=user.pk).exists()


rules.add_perm("support.handle_request", coordinates & ~asked_it)
