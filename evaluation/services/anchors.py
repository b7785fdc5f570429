"""A programme's own anchors: changed freely until people are asked, in new versions from a later day afterwards."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from evaluation.anchors import check_anchors
from evaluation.indicators import Indicator
from evaluation.models import Anchors, Wave
from evaluation.services.scores import ask_to_recompute
from mentoring.planning.models import Programme


class AnchorsAreLocked(DomainError):
    code = "anchors_are_locked"
    default = _("People have been asked already, so new anchors count from a later day. Choose tomorrow or later.")


@transaction.atomic
def set_anchors(
    programme: Programme, indicator: Indicator, *, values: Sequence[float], from_on: date | None, by: User, at: datetime
) -> Anchors:
    """Make the next version. Until the first wave opens it counts at once, whatever `from_on`; then from a day after today,
    and figures of earlier days keep the version they were computed with.

    Raises AnchorsMakeNoSense, AnchorsAreLocked.
    """
    check_anchors(indicator, values)
    Programme.objects.select_for_update().get(pk=programme.pk)
    today, locked = timezone.localdate(at), anchors_are_locked(programme, at)
    if not locked or from_on is None:
        from_on = today
    if locked and from_on <= today:
        raise AnchorsAreLocked
    mine = Anchors.objects.filter(programme=programme, code=indicator.code)
    row = Anchors.objects.create(
        programme=programme,
        code=indicator.code,
        version=(mine.aggregate(last=Max("version"))["last"] or 1) + 1,
        values=list(values),
        from_on=from_on,
        made_by=by,
        made_at=at,
    )
    record(
        "evaluation.anchors", by=by, at=at, target=row, institution_id=programme.institution_id, reason=indicator.code
    )
    if not locked:
        ask_to_recompute(programme, by=by, at=at)
    return row


def anchors_are_locked(programme: Programme, at: datetime) -> bool:
    """Whether a wave has ever opened: from then on figures are compared with each other."""
    return Wave.objects.filter(programme=programme, opens_at__lte=at).exists()
