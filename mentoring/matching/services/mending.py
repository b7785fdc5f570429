"""Between runs: put a newcomer, or the least change after a loss, into the review. Nothing is published from here."""

from __future__ import annotations

from datetime import datetime
from itertools import product

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.matching.between import STANDING, Loss, draft_of, last_run, losses, waiting
from mentoring.matching.models import MatchRun, Pair, ReviewStep
from mentoring.matching.services.journal import decision
from mentoring.matching.services.review import assign_mentor, propose
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship
from notifications.services import notify

READY = Enrolment.Status.READY


class NoRunYet(DomainError):
    code = "no_run_yet"
    default = _("Match the programme once; from then on newcomers can be placed between runs.")


class NothingToMend(DomainError):
    code = "nothing_to_mend"
    default = _("This has changed in the meantime. Please look at the page again.")


@transaction.atomic
def review_draft(programme: Programme, *, by: User | None, at: datetime) -> MatchRun:
    """The draft under review; where there is none, an empty one with the settings of the last run. Raises NoRunYet."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    draft = draft_of(programme)
    if draft is not None:
        return draft
    run = last_run(programme)
    if run is None:
        raise NoRunYet
    draft = MatchRun.objects.create(
        programme=programme,
        origin=MatchRun.Origin.BY_HAND,
        status=MatchRun.Status.STAGED,
        objective=run.objective,
        aim=run.aim,
        weights=run.weights,
        rules=run.rules,
        seed=run.seed,
        mentees=waiting(programme).count(),
        mentors=run.mentors,
        started_by=by,
        created_at=at,
        finished_at=at,
    )
    record("matching.draft", by=by, at=at, target=draft, institution_id=programme.institution_id)
    return draft


@transaction.atomic
def place_newcomer(programme: Programme, *, mentee: Enrolment, mentor: Enrolment, by: User, at: datetime) -> Pair:
    """Propose this mentor for somebody who came after the run. Raises NoRunYet, MentorFullHere, NeverTogether."""
    return assign_mentor(review_draft(programme, by=by, at=at), mentee=mentee, mentor=mentor, by=by, at=at)


@transaction.atomic
def mend(
    programme: Programme, *, mentee: Enrolment, mentor: Enrolment | None = None, by: User, at: datetime
) -> list[Pair]:
    """Put the least change after a loss into the draft, as it is computed now; every pair of it waits for approval.

    `mentor` is whom the coordinator saw proposed. Raises NoRunYet, NothingToMend when it has become another.
    """
    draft = review_draft(programme, by=by, at=at)
    loss: Loss | None = next(iter(losses(programme, only=mentee).rows), None)
    if loss is None or loss.after is None or mentor not in (None, loss.after):
        raise NothingToMend
    moved = [change.mentee.pk for change in loss.changes]
    with decision(draft, ReviewStep.Action.MENDED, moved, by=by, at=at) as step:
        step.mentee, step.mentor = mentee, loss.after
        Pair.objects.filter(run=draft, mentee__in=moved, status__in=STANDING).delete()
        made = propose(draft, [(change.mentee, change.after) for change in loss.changes])
        for pair in made:
            record("match.mended", by=by, at=at, target=pair, institution_id=programme.institution_id)
    return made


@transaction.atomic
def take_out_dead(programme: Programme, *, by: User, at: datetime) -> int:
    """Take pairs out of the draft whose mentee has left or found a mentor; returns how many."""
    draft, dead = draft_of(programme), losses(programme).dead
    if draft is None or not dead:
        return 0
    with decision(draft, ReviewStep.Action.TAKEN_OUT, [pair.mentee_id for pair in dead], by=by, at=at) as step:
        step.count, _rows = Pair.objects.filter(pk__in=[pair.pk for pair in dead], status__in=STANDING).delete()
    return step.count


def tell_of_loss(relationship: Relationship, *, at: datetime) -> None:
    """A relationship ended early: the coordinators hear which mentee needs another mentor, where runs are made at all."""
    programme = relationship.programme
    if last_run(programme) is None:
        return
    mentees = relationship.members.filter(role=Enrolment.Role.MENTEE, left_at=None, enrolment__status=READY)
    for member, coordinator in product(mentees.select_related("person"), programme.coordinators.all()):
        with override(coordinator.language):
            name = programme.name
        notify(
            "matching.mentor_lost",
            to=coordinator,
            key=f"matching.mentor_lost:{member.pk}:{coordinator.pk}:{at.isoformat()}",
            at=at,
            url=reverse("matching_between", args=[programme.slug]),
            person=str(member.person),
            programme=name,
        )
