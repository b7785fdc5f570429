"""A programme that matches by itself once a week: always into the review, never beyond it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from accounts.services import record
from mentoring.matching.between import STANDING, waiting
from mentoring.matching.models import MatchRun, Pair, PairQuerySet, ReviewStep
from mentoring.matching.services.runs import AlreadyRunning, start_run
from mentoring.matching.services.settings import settings_for
from mentoring.planning.models import Enrolment, Programme
from notifications.services import notify

KEEP = 500
"""Points that keeping a pair of the draft before is worth at least, so that drafts do not churn."""


def set_weekly(programme: Programme, *, on: bool, by: User, at: datetime) -> None:
    """Match weekly from now on, or no more."""
    if Programme.objects.filter(pk=programme.pk).exclude(match_weekly=on).update(match_weekly=on):
        action = "matching.weekly_on" if on else "matching.weekly_off"
        record(action, by=by, at=at, target=programme, institution_id=programme.institution_id)


def match_weekly(programme: Programme, *, at: datetime) -> MatchRun | None:
    """Start this week's run; its draft follows the one before. None, when nobody waits or nobody has a place, when a run
    is going, or when a draft is under review of which something is decided: then the coordinators are told.
    """
    mentors = Enrolment.objects.filter(programme=programme, role=Enrolment.Role.MENTOR, free_places__gt=0).ready()
    if not programme.match_weekly or not mentors.exists() or not waiting(programme).exists():
        return None
    drafts = MatchRun.objects.filter(programme=programme, status=MatchRun.Status.STAGED)
    begun = drafts.filter(pk__in=_decided(drafts)).order_by("-created_at").first()
    if begun is not None:
        _tell(begun, "matching.review_waits", key=at.date().isoformat(), at=at)
        return None
    settings = settings_for(programme, {})
    settings["aim"] = {**settings["aim"], "keep": max(KEEP, settings["aim"].get("keep", 0))}
    try:
        return start_run(programme, **settings, origin=MatchRun.Origin.WEEKLY, by=None, at=at)
    except AlreadyRunning:
        return None


def settle_run(run: MatchRun, *, at: datetime) -> None:
    """After a run is computed: compare it with the draft whose pairs it was to keep, let a weekly one take the place of
    the weekly drafts nobody has touched, and tell the coordinators of a run that nobody of them started. Safe to run twice.
    """
    if run.status != MatchRun.Status.STAGED:
        return
    before = MatchRun.objects.filter(pk=run.aim.get("kept_from")).first()
    if before is not None and _standing(before).exists():
        MatchRun.objects.filter(pk=run.pk).update(report={**run.report, "rematch": rematch(before, run)})
    if run.origin == MatchRun.Origin.WEEKLY:
        older = MatchRun.objects.filter(
            programme=run.programme, origin=run.origin, status=MatchRun.Status.STAGED, created_at__lt=run.created_at
        )
        older.exclude(pk__in=_decided(older)).update(status=MatchRun.Status.REPLACED)
    if run.started_by_id is None:
        _tell(run, "matching.draft_ready", key="", at=at)


def _decided(drafts: QuerySet[MatchRun]) -> set[int]:
    """The drafts of these about which somebody has decided something, and has not undone it."""
    return set(ReviewStep.objects.filter(run__in=drafts, undone_at=None).values_list("run", flat=True))


def rematch(before: MatchRun, after: MatchRun) -> dict[str, Any]:
    """How much a run changed of the one before, among mentees who still wait: `kept`, `changed`, and of these `forced`
    (their mentor left or has fewer places) and `extra`.
    """
    old, new = (dict(_standing(run).values_list("mentee", "mentor")) for run in (before, after))
    looked_at = new.keys() | set(after.unmatched.values_list("enrolment", flat=True))
    old = {mentee: mentor for mentee, mentor in old.items() if mentee in looked_at}
    changed = sum(new.get(mentee) != mentor for mentee, mentor in old.items())
    here = Enrolment.objects.filter(pk__in=set(old.values())).ready()
    places = dict(here.values_list("pk", "free_places"))
    forced = sum(max(0, load - places.get(mentor, 0)) for mentor, load in Counter(old.values()).items())
    return {
        "before": before.pk,
        "kept": len(old) - changed,
        "changed": changed,
        "forced": min(forced, changed),
        "extra": max(0, changed - forced),
    }


def _standing(run: MatchRun) -> PairQuerySet:
    return Pair.objects.filter(run=run, status__in=STANDING)


def _tell(run: MatchRun, kind: str, *, key: str, at: datetime) -> None:
    for coordinator in run.programme.coordinators.all():
        with override(coordinator.language):
            programme = run.programme.name
        notify(
            kind,
            to=coordinator,
            key=f"{kind}:{run.pk}:{coordinator.pk}:{key}",
            at=at,
            url=reverse("matching_run", args=[run.pk]),
            programme=programme,
            pairs=_standing(run).count(),
        )
