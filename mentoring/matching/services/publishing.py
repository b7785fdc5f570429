"""Publish approved pairs: relationships begin, places are taken, both people get their letter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core import jobs
from core.errors import DomainError
from mentoring.matching.models import MatchRun, Pair, Wave
from mentoring.matching.services.journal import NotInReview, seal
from mentoring.matching.services.letters import Letters, filled_in, letters_of, own_words
from mentoring.matching.why import letters as sentences
from mentoring.matching.why import sentence
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import start_relationship
from notifications.services import notify


class NotHereNow(DomainError):
    code = "not_here_now"
    default = _("One of the two has paused or left since the draft was made.")


class NothingApproved(DomainError):
    code = "nothing_approved"
    default = _("No pair is approved yet. Approve at least one, then publish.")


@transaction.atomic
def publish_run(run: MatchRun, *, by: User, at: datetime, only: Iterable[int] | None = None) -> Wave:
    """Ask for the approved pairs of the draft (of them `only` some, by id) to be published as a job. The rest stays in
    review. Raises NotInReview, NothingApproved."""
    key = f"matching.publish:{run.pk}:{at.isoformat()}"
    wave = open_wave(run, by=by, at=at, only=only, job_key=key)
    jobs.enqueue("matching.publish", key=key, run_id=run.pk, by_id=by.pk)
    record("matching.published", by=by, at=at, target=run, institution_id=run.programme.institution_id)
    return wave


@transaction.atomic
def open_wave(run: MatchRun, *, by: User, at: datetime, only: Iterable[int] | None = None, job_key: str = "") -> Wave:
    """Take the draft out of review and put pairs in a wave, with the letters as they are now; `publish_approved` begins
    them. Raises NotInReview, NothingApproved."""
    claimed = MatchRun.objects.filter(pk=run.pk, status=MatchRun.Status.STAGED).update(
        status=MatchRun.Status.PUBLISHING, job_key=job_key
    )
    approved = Pair.objects.filter(run=run, status=Pair.Status.APPROVED)
    ids = list((approved if only is None else approved.filter(pk__in=list(only))).values_list("pk", flat=True))
    if not ids:
        raise NothingApproved
    if not claimed:
        raise NotInReview
    letters = letters_of(run.programme)
    wave = Wave.objects.create(run=run, pairs=len(ids), letters=letters, published_by=by, published_at=at)
    approved.filter(pk__in=ids).update(wave=wave)
    seal(run)
    return wave


def publish_approved(run: MatchRun, *, by: User | None, at: datetime) -> int:
    """Publish the pairs of the present wave one by one, each in its own transaction: cut off and done again, none is
    published twice.

    A pair that cannot begin any more (a place was taken meanwhile) goes back to review with the reason. Returns how
    many began.
    """
    pairs = Pair.objects.filter(run=run, status=Pair.Status.APPROVED, wave__isnull=False).order_by("pk")
    ids = list(pairs.values_list("pk", flat=True))
    began = 0
    for done, pair_id in enumerate(ids):
        jobs.report_progress(done, len(ids))
        try:
            began += publish_pair(Pair.objects.for_rows().get(pk=pair_id), by=by, at=at) is not None
        except DomainError as refused:
            Pair.objects.filter(pk=pair_id, status=Pair.Status.APPROVED).update(
                status=Pair.Status.PROPOSED, wave=None, reason=str(refused.message)[:300]
            )
    close_publication(run, at=at)
    return began


def close_publication(run: MatchRun, *, at: datetime) -> None:
    """Back to review while pairs are undecided, else the run is published for good."""
    waiting = Pair.objects.filter(run=run, status__in=[Pair.Status.PROPOSED, Pair.Status.APPROVED]).exists()
    status = MatchRun.Status.STAGED if waiting else MatchRun.Status.PUBLISHED
    MatchRun.objects.filter(pk=run.pk, status=MatchRun.Status.PUBLISHING).update(status=status, published_at=at)


@transaction.atomic
def publish_pair(pair: Pair, *, by: User | None, at: datetime) -> Relationship | None:
    """Begin the relationship of an approved pair and write to both; None when it was published before.

    Raises NotHereNow, NoFreePlace, AlreadyTogether: then nothing of it happened.
    """
    both = Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=[pair.mentor_id, pair.mentee_id]
    )
    if any(enrolment.status != Enrolment.Status.READY for enrolment in both.order_by("pk")):
        raise NotHereNow
    claimed = Pair.objects.filter(pk=pair.pk, status=Pair.Status.APPROVED).update(status=Pair.Status.PUBLISHED)
    if not claimed:
        return None
    relationship = bring_together(
        pair.run.programme,
        mentor=pair.mentor,
        mentee=pair.mentee,
        why=pair.why,
        parts=pair.parts,
        score=pair.score,
        by=by,
        at=at,
        letters=pair.wave.letters if pair.wave else None,
    )
    Pair.objects.filter(pk=pair.pk).update(relationship=relationship, reason="")
    return relationship


@transaction.atomic
def bring_together(
    programme: Programme,
    *,
    mentor: Enrolment,
    mentee: Enrolment,
    why: dict[str, Any],
    parts: dict[str, int],
    score: int,
    by: User | None,
    at: datetime,
    was_asked: bool = False,
    letters: Letters | None = None,
) -> Relationship:
    """Begin a relationship and write to both why; `was_asked` when the mentor has accepted the mentee's own request.
    `letters` are the words of the wave it is published in.

    Raises NoFreePlace, AlreadyTogether.
    """
    relationship = start_relationship(
        programme,
        mentor=mentor,
        mentee=mentee,
        why={**why, "parts": parts, "texts": sentences(why)},
        score=score,
        by=by,
        at=at,
    )
    for to, partner in ((mentee, mentor), (mentor, mentee)):
        language = to.person.language
        own = own_words(letters or {}, to.role, language)
        notify(
            "matching.request_accepted" if was_asked and to is mentee else f"matching.{to.role}",
            to=to.person,
            key=f"match:{relationship.pk}:{to.pk}",
            at=at,
            url=relationship.get_absolute_url(),
            **letter(programme, why, to=to, partner=partner, language=language, own=own),
        )
    return relationship


def letter(
    programme: Programme, why: dict[str, Any], *, to: Enrolment, partner: Enrolment, language: str, own: str = ""
) -> dict[str, str]:
    """The words of a letter that differ from pair to pair, in the language of its reader; all of them where the
    programme has its `own`."""
    with translation.override(language):
        words = {
            "name": str(to.person),
            "partner": str(partner.person),
            "programme": str(programme),
            "why": sentence(why, to=to.role),
        }
    return {**words, "words": filled_in(own, words)} if own else words
