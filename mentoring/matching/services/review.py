"""A coordinator goes through a draft: approve, turn down, lock, swap, choose somebody else, solve the rest again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.matching.engine import explain
from mentoring.matching.engine.eligibility import SAFETY_RULES
from mentoring.matching.models import BlockedPair, MatchRun, Pair, ReviewStep, Unmatched
from mentoring.matching.queries import load_pool
from mentoring.matching.services.journal import decision
from mentoring.matching.services.runs import facts, table_of
from mentoring.planning.models import Enrolment

STANDING = (Pair.Status.PROPOSED, Pair.Status.APPROVED)
"""A pair that holds its two people in the draft."""
Action = ReviewStep.Action


class AlreadyDecided(DomainError):
    code = "already_decided"
    default = _("Somebody has decided about this pair in the meantime.")


class MentorFullHere(DomainError):
    code = "mentor_full_in_this_draft"
    default = _("This mentor has no free place left in this draft. Swap with one of their pairs instead.")


class PairIsLocked(DomainError):
    code = "pair_is_locked"
    default = _("This pair is locked, so that it stays as it is. Unlock it first.")


class NeverTogether(DomainError):
    code = "never_together"
    default = _("These two must not be a pair.")


@transaction.atomic
def approve_pair(pair: Pair, *, by: User, at: datetime) -> None:
    """This pair may be published. Raises AlreadyDecided."""
    with decision(pair.run, Action.APPROVED, [pair.mentee_id], by=by, at=at, pair=pair):
        _decide(pair, [Pair.Status.PROPOSED], status=Pair.Status.APPROVED, reason="", by=by, at=at)
        _record("match.approved", pair, by=by, at=at)


@transaction.atomic
def approve_all(run: MatchRun, *, by: User, at: datetime, among: QuerySet[Pair] | None = None) -> int:
    """Approve every pair nobody has decided about (of those in `among`); returns how many."""
    rows = Pair.objects.filter(run=run, status=Pair.Status.PROPOSED)
    if among is not None:
        rows = rows.filter(pk__in=among.values("pk"))
    undecided = list(rows.values_list("mentee", flat=True))
    with decision(run, Action.APPROVED_ALL, undecided, by=by, at=at) as step:
        changes = {"status": Pair.Status.APPROVED, "reason": "", "decided_by": by, "decided_at": at}
        step.count = rows.filter(mentee__in=undecided).update(**changes)
        record(
            "match.approved",
            by=by,
            at=at,
            target=run,
            institution_id=run.programme.institution_id,
            reason=f"{step.count} pairs",
        )
    return step.count


@transaction.atomic
def reject_pair(pair: Pair, *, reason: str, by: User, at: datetime) -> None:
    """Turn a pair down: it is blocked for every later run, and the mentee goes to those not matched. Raises AlreadyDecided."""
    with decision(pair.run, Action.REJECTED, [pair.mentee_id], by=by, at=at, pair=pair):
        turn_down(pair, reason=reason, by=by, at=at)


def turn_down(pair: Pair, *, reason: str, by: User, at: datetime) -> None:
    """The rejection itself, inside a decision. Raises AlreadyDecided."""
    _decide(pair, STANDING, status=Pair.Status.REJECTED, reason=reason, locked=False, by=by, at=at)
    BlockedPair.objects.get_or_create(
        mentor=pair.mentor,
        mentee=pair.mentee,
        defaults={"programme": pair.run.programme, "reason": reason, "created_by": by, "created_at": at},
    )
    Unmatched.objects.get_or_create(run=pair.run, enrolment_id=pair.mentee_id, defaults={"reason": "rejected"})
    _record("match.rejected", pair, by=by, at=at)


@transaction.atomic
def lock_pair(pair: Pair, *, locked: bool, by: User, at: datetime) -> None:
    """Keep a pair as it is in every later run of this programme, or let it go again. Raises AlreadyDecided."""
    action = Action.LOCKED if locked else Action.UNLOCKED
    with decision(pair.run, action, [pair.mentee_id], by=by, at=at, pair=pair):
        if not Pair.objects.filter(pk=pair.pk, status__in=STANDING).update(locked=locked):
            raise AlreadyDecided
        _record("match.locked" if locked else "match.unlocked", pair, by=by, at=at)


@transaction.atomic
def swap_pairs(one: Pair, other: Pair, *, by: User, at: datetime) -> tuple[Pair, Pair]:
    """Exchange the mentors of two pairs of one draft; both wait for approval again.

    Raises NeverTogether, PairIsLocked, AlreadyDecided.
    """
    if one.run_id != other.run_id or one.pk == other.pk or one.mentor_id == other.mentor_id:
        raise DomainError(_("Only two pairs with different mentors of one draft can be swapped."))
    with decision(one.run, Action.SWAPPED, [one.mentee_id, other.mentee_id], by=by, at=at, pair=one):
        _drop(one)
        _drop(other)
        made = propose(one.run, [(one.mentee, other.mentor), (other.mentee, one.mentor)])
        for pair in made:
            _record("match.swapped", pair, by=by, at=at)
    return made[0], made[1]


@transaction.atomic
def assign_mentor(run: MatchRun, *, mentee: Enrolment, mentor: Enrolment, by: User, at: datetime) -> Pair:
    """Give a mentee of the draft this mentor, instead of the present one if there is one.

    Raises MentorFullHere, NeverTogether, PairIsLocked, AlreadyDecided.
    """
    with decision(run, Action.ASSIGNED, [mentee.pk], by=by, at=at) as step:
        step.mentee, step.mentor = mentee, mentor
        present: Pair | None = Pair.objects.filter(run=run, mentee=mentee).standing().first()
        if present is not None:
            if present.mentor_id == mentor.pk:
                return present
            _drop(present)
        load = Pair.objects.filter(run=run, mentor=mentor, status__in=STANDING).count()
        if load >= mentor.free_places:
            raise MentorFullHere
        (pair,) = propose(run, [(mentee, mentor)])
        _record("match.assigned", pair, by=by, at=at)
    return pair


def _decide(
    pair: Pair, before: Sequence[str], *, status: str, reason: str, by: User, at: datetime, locked: bool | None = None
) -> None:
    changes = {"status": status, "reason": reason, "decided_by": by, "decided_at": at}
    if locked is not None:
        changes["locked"] = locked
    if not Pair.objects.filter(pk=pair.pk, status__in=before).update(**changes):
        raise AlreadyDecided
    pair.refresh_from_db(fields=["status", "reason", "locked"])


def _drop(pair: Pair) -> None:
    """Take a pair out of the draft without judging it. Raises PairIsLocked, AlreadyDecided."""
    if Pair.objects.filter(pk=pair.pk, locked=True).exists():
        raise PairIsLocked
    dropped, _rows = Pair.objects.filter(pk=pair.pk, status__in=STANDING).delete()
    if not dropped:
        raise AlreadyDecided


def propose(run: MatchRun, wanted: list[tuple[Enrolment, Enrolment]]) -> list[Pair]:
    """New pairs of a draft, scored like all others; they replace a turned-down pair of the same two."""
    keys = [(mentee.pk, mentor.pk) for mentee, mentor in wanted]
    pool = load_pool(run.programme, also={key for pair in keys for key in pair})
    made, table = [], table_of(run, pool)
    stories = explain(table, pairs=keys)
    shares = table.shares_below([story.score for story in stories])
    for story, share in zip(stories, shares, strict=True):
        if SAFETY_RULES & set(story.broken):
            raise NeverTogether
        broken = [code for code in story.broken if code != "place"]
        Pair.objects.filter(run=run, mentee_id=story.mentee, mentor_id=story.mentor).delete()
        made.append(
            Pair.objects.create(
                run=run,
                mentee_id=story.mentee,
                mentor_id=story.mentor,
                score=story.score,
                parts=story.parts,
                why=facts(pool, story, unknown=(), broken=broken, share=share),
            )
        )
        Unmatched.objects.filter(run=run, enrolment_id=story.mentee).delete()
    return made


def _record(action: str, pair: Pair, *, by: User, at: datetime) -> None:
    record(action, by=by, at=at, target=pair, institution_id=pair.run.programme.institution_id)
