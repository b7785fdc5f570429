"""Looking at what a programme's rules have found: each reading is an event of the audit trail."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import record
from mentoring.messaging.models import Flag, ScheduledMessage, WordRules
from mentoring.messaging.services import release_held, send_back
from mentoring.planning.models import Programme
from mentoring.safeguarding.queries import programme_of_room


@transaction.atomic
def set_rules(programme: Programme, *, by: User, at: datetime, **rules: Any) -> WordRules:
    """What happens from now on; what was said before is not looked through."""
    kept, _is_new = WordRules.objects.update_or_create(programme=programme, defaults=rules)
    record("rules.changed", by=by, at=at, target=programme, institution_id=programme.institution_id)
    return kept


@transaction.atomic
def read_flagged(flag: Flag, *, by: User, at: datetime) -> None:
    """Somebody reads the one message that was marked, and it is looked at with that."""
    record("message.read", by=by, at=at, target=flag.message, institution_id=flag.programme.institution_id)
    Flag.objects.filter(pk=flag.pk, looked_at=None).update(looked_at=at, looked_by=by)


@transaction.atomic
def settle_flag(flag: Flag, *, by: User, at: datetime) -> bool:
    """Nothing more is to be done about it: it leaves the desk. False when somebody said so before."""
    if not Flag.objects.open().filter(pk=flag.pk).update(settled_at=at, settled_by=by):
        return False
    record("flag.settled", by=by, at=at, target=flag.message, institution_id=flag.programme.institution_id)
    return True


@transaction.atomic
def read_held(later: ScheduledMessage, *, by: User, at: datetime) -> None:
    record("message.read", by=by, at=at, target=later, institution_id=_institution(later))


@transaction.atomic
def let_go(later: ScheduledMessage, *, by: User, at: datetime) -> bool:
    """Say it now. False when it was changed or dropped meanwhile."""
    record("message.released", by=by, at=at, target=later, institution_id=_institution(later))
    return release_held(later, at=at)


@transaction.atomic
def give_back(later: ScheduledMessage, *, by: User, at: datetime) -> bool:
    """It stays with its writer."""
    record("message.sent_back", by=by, at=at, target=later, institution_id=_institution(later))
    return send_back(later)


def _institution(later: ScheduledMessage) -> int:
    institution: int = programme_of_room(later.room).institution_id
    return institution
