"""What a programme sets for itself in measuring: changed freely until people are asked, in new versions from a later day
afterwards."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from evaluation.anchors import check_anchors
from evaluation.indicators import Indicator
from evaluation.models import Anchors, RiskPoints, Versioned, Wave
from evaluation.risk import LIMITS, check_points
from evaluation.services.scores import ask_to_recompute
from mentoring.planning.models import Programme


class AnchorsAreLocked(DomainError):
    code = "anchors_are_locked"
    default = _("People have been asked already, so a new version counts from a later day. Choose tomorrow or later.")


@transaction.atomic
def set_anchors(
    programme: Programme, indicator: Indicator, *, values: Sequence[float], from_on: date | None, by: User, at: datetime
) -> Versioned:
    """Make the next version of an indicator's anchors; see `_next_version`. Raises AnchorsMakeNoSense, AnchorsAreLocked."""
    check_anchors(indicator, values)
    code = indicator.code
    return _next_version(Anchors, programme, list(values), from_on=from_on, by=by, at=at, reason=code, code=code)


@transaction.atomic
def set_points(
    programme: Programme, *, points: Mapping[str, int], from_on: date | None, by: User, at: datetime
) -> Versioned:
    """Make the next version of the points and limits (where none are given, the platform's) of the rules of risk; see
    `_next_version`. Alerts keep the version they were raised by. Raises PointsMakeNoSense, LimitsMakeNoSense,
    AnchorsAreLocked."""
    values = {**LIMITS, **points}
    check_points(values)
    return _next_version(RiskPoints, programme, values, from_on=from_on, by=by, at=at, reason="")


def _next_version(
    model: type[Versioned],
    programme: Programme,
    values: Any,
    *,
    from_on: date | None,
    by: User,
    at: datetime,
    reason: str,
    **which: str,
) -> Versioned:
    """Until the first wave opens it counts at once, whatever `from_on`; then from a day after today, and figures of earlier days
    keep the version they were computed with."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    today, locked = timezone.localdate(at), anchors_are_locked(programme, at)
    if not locked or from_on is None:
        from_on = today
    if locked and from_on <= today:
        raise AnchorsAreLocked
    mine = model.objects.filter(programme=programme, **which)
    row: Versioned = model.objects.create(
        programme=programme,
        version=(mine.aggregate(last=Max("version"))["last"] or 1) + 1,
        values=values,
        from_on=from_on,
        made_by=by,
        made_at=at,
        **which,
    )
    what = f"evaluation.{model._meta.model_name}"
    record(what, by=by, at=at, target=row, institution_id=programme.institution_id, reason=reason)
    if not locked:
        ask_to_recompute(programme, by=by, at=at)
    return row


def anchors_are_locked(programme: Programme, at: datetime) -> bool:
    """Whether a wave has ever opened: from then on figures are compared with each other."""
    return Wave.objects.filter(programme=programme, opens_at__lte=at).exists()
