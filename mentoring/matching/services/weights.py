"""A coordinator takes over the weights that earlier pairs suggest."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.matching.engine import CRITERIA, Weights
from mentoring.matching.learning import lesson_of, present_weights
from mentoring.matching.services.runs import keep_settings
from mentoring.planning.models import Programme


class SuggestionChanged(DomainError):
    code = "suggestion_changed"
    default = _("Another relationship has ended in the meantime, and with it the suggestion. Please look again.")


@transaction.atomic
def accept_weights(programme: Programme, shown: Weights, *, by: User, at: datetime) -> None:
    """Match with the suggested weights from the next run on; the audit trail holds what was and what is.

    `shown` is what the coordinator saw. Raises SuggestionChanged, TooFewClosed, AllAlike.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    before, after = present_weights(programme), lesson_of(programme).suggestion.weights
    if after != shown:
        raise SuggestionChanged
    weights = dict(zip(CRITERIA, after.values(), strict=True))
    keep_settings(programme, {**programme.match_settings, "weights": weights, "sliders": weights})
    moved = zip(CRITERIA, before.values(), after.values(), strict=True)
    told = ", ".join(f"{name} {old}→{new}" for name, old, new in moved if old != new)
    record("matching.weights", by=by, at=at, target=programme, institution_id=programme.institution_id, reason=told)
