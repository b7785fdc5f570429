"""Waves open, are announced, are answered and close."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from core.jobs import enqueue
from evaluation.facts import TAKING_PART
from evaluation.models import Answer, Response, Wave
from evaluation.questionnaire import NOT_SHOWN, SKIPPED, form_items, minutes
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship
from notifications.services import notify

REMIND_AFTER = timedelta(days=5)


class WaveIsOpenAlready(DomainError):
    code = "wave_is_open_already"
    default = _("A questionnaire of this kind is already open, or will be in this time. Close it first.")


class WaveIsClosed(DomainError):
    code = "wave_is_closed"
    default = _("This questionnaire is closed. What you had answered until then is kept.")


class WaveIsNotOpenYet(DomainError):
    code = "wave_is_not_open_yet"
    default = _("This questionnaire is not open yet.")


@transaction.atomic
def open_wave(
    programme: Programme, *, form: str, opens_at: datetime, closes_at: datetime | None, by: User, at: datetime
) -> Wave:
    """Open a form to everybody who takes part, now or later: they hear of it once, and once again if they have not answered.

    Raises WaveIsOpenAlready when the same form is open in that time.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    others = Wave.objects.filter(programme=programme, form=form).filter(Q(closes_at=None) | Q(closes_at__gt=opens_at))
    if closes_at is not None:
        others = others.filter(opens_at__lt=closes_at)
    if others.exists():
        raise WaveIsOpenAlready
    last = Wave.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    wave = Wave.objects.create(
        programme=programme, form=form, number=last + 1, opens_at=opens_at, closes_at=closes_at, created_by=by
    )
    record("evaluation.opened", by=by, at=at, target=wave, institution_id=programme.institution_id)
    due_at = opens_at if opens_at > at else None
    enqueue("evaluation.announce_wave", key=f"wave:{wave.pk}:opens", due_at=due_at, wave_id=wave.pk)
    remind_at = opens_at + REMIND_AFTER
    if closes_at is None or remind_at < closes_at:
        enqueue("evaluation.remind_wave", key=f"wave:{wave.pk}:reminder", due_at=remind_at, wave_id=wave.pk)
    if closes_at is not None:
        enqueue(
            "evaluation.recompute_programme", key=f"wave:{wave.pk}:ends", due_at=closes_at, programme_id=programme.pk
        )
    return wave


@transaction.atomic
def close_wave(wave: Wave, *, by: User, at: datetime) -> None:
    """Close now, and compute the scores with what was answered. A wave that had not begun is taken back. Closed stays closed."""
    if wave.is_over(at):
        return
    record("evaluation.closed", by=by, at=at, target=wave, institution_id=wave.programme.institution_id)
    if wave.opens_at >= at:
        wave.delete()
        return
    Wave.objects.filter(pk=wave.pk).update(closes_at=at)
    enqueue("evaluation.recompute_programme", key=f"wave:{wave.pk}:closed", programme_id=wave.programme_id)


def announce(wave: Wave, *, at: datetime, again: bool = False) -> int:
    """Tell everybody who has not answered that the wave is open; the same news reaches nobody twice. Returns how many."""
    if not wave.is_open(at):
        return 0
    answered = Response.objects.filter(wave=wave, submitted_at__isnull=False).values("enrolment")
    people = User.objects.filter(
        enrolments__in=Enrolment.objects.filter(programme=wave.programme_id, status__in=TAKING_PART).exclude(
            pk__in=answered
        )
    ).distinct()
    kind = "evaluation.reminder" if again else "evaluation.opened"
    told = 0
    for person in people.iterator(chunk_size=500):
        made = notify(
            kind,
            to=person,
            key=f"{kind}:{wave.pk}:{person.pk}",
            at=at,
            url=reverse("survey", args=[wave.pk]),
            programme=str(wave.programme),
            minutes=minutes(wave.form),
        )
        told += made is not None
    return told


@transaction.atomic
def answer(
    wave: Wave,
    *,
    enrolment: Enrolment,
    relationship: Relationship | None,
    values: Mapping[str, int],
    position: int,
    finish: bool = False,
    at: datetime,
) -> Response:
    """Keep answers (1 to 5, or a code that says why there is none) about one relationship, or about the programme alone.

    With `finish` the response is sent: what was shown and left open counts as skipped, what was not asked as not shown. A
    response that was sent stays as it is. Raises WaveIsClosed, WaveIsNotOpenYet.
    """
    if wave.is_over(at):
        raise WaveIsClosed
    if not wave.is_open(at):
        raise WaveIsNotOpenYet
    response, _new = Response.objects.get_or_create(
        wave=wave, enrolment=enrolment, relationship=relationship, defaults={"started_at": at}
    )
    response = Response.objects.select_for_update().get(pk=response.pk)
    if response.submitted_at is not None:
        return response
    known = {item.code for item in form_items(wave.form)}
    _keep(response, {code: value for code, value in values.items() if code in known})
    response.position = max(response.position, position)
    if finish:
        given = set(response.answers.values_list("item", flat=True))
        left = {
            item.code: NOT_SHOWN if item.needs_partner and relationship is None else SKIPPED
            for item in form_items(wave.form)
            if item.code not in given
        }
        _keep(response, left)
        response.submitted_at = at
    response.save(update_fields=["position", "submitted_at"])
    return response


def _keep(response: Response, values: Mapping[str, int]) -> None:
    Answer.objects.bulk_create(
        [Answer(response=response, item=code, value=value) for code, value in values.items()],
        update_conflicts=True,
        unique_fields=["response", "item"],
        update_fields=["value"],
    )
