"""Waves open, are announced, are answered and close."""

from collections.abc import Mapping, Sequence
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
from evaluation.plan import Planned
from evaluation.questionnaire import NOT_SHOWN, SKIPPED, form_items, items, minutes
from evaluation.statistics.scoring import straight_lined
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship
from notifications.services import notify

REMIND_EVERY, REMINDERS = timedelta(days=5), 2


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
    programme: Programme,
    *,
    form: str,
    opens_at: datetime,
    closes_at: datetime | None,
    by: User,
    at: datetime,
    moment: str = "",
) -> Wave:
    """Open a form to everybody who takes part, now or later: they hear of it once, and twice more while they have not answered.

    Raises WaveIsOpenAlready when the same form is open in that time.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    _refuse_another(programme, form, opens_at, closes_at)
    last = Wave.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    wave = Wave.objects.create(
        programme=programme,
        form=form,
        number=last + 1,
        moment=moment,
        opens_at=opens_at,
        closes_at=closes_at,
        created_by=by,
    )
    record("evaluation.opened", by=by, at=at, target=wave, institution_id=programme.institution_id)
    _write_down(wave, at)
    return wave


def _refuse_another(
    programme: Programme, form: str, opens_at: datetime, closes_at: datetime | None, but: int = 0
) -> None:
    others = Wave.objects.filter(programme=programme, form=form).exclude(pk=but)
    others = others.filter(Q(closes_at=None) | Q(closes_at__gt=opens_at))
    if closes_at is not None:
        others = others.filter(opens_at__lt=closes_at)
    if others.exists():
        raise WaveIsOpenAlready


def _write_down(wave: Wave, at: datetime) -> None:
    """What happens by itself and when. Keys carry the day, so that a wave that is shifted gets jobs of its own; the earlier
    ones find nothing to do."""
    key = f"wave:{wave.pk}:{wave.opens_at:%Y%m%d%H%M}"
    due_at = wave.opens_at if wave.opens_at > at else None
    enqueue("evaluation.announce_wave", key=f"{key}:opens", due_at=due_at, wave_id=wave.pk)
    for number in range(1, REMINDERS + 1):
        remind_at = wave.opens_at + number * REMIND_EVERY
        if wave.closes_at is None or remind_at < wave.closes_at:
            enqueue(
                "evaluation.remind_wave",
                key=f"{key}:reminder:{number}",
                due_at=remind_at,
                wave_id=wave.pk,
                number=number,
            )
    if wave.closes_at is not None:
        enqueue(
            "evaluation.recompute_programme",
            key=f"wave:{wave.pk}:{wave.closes_at:%Y%m%d%H%M}:ends",
            due_at=wave.closes_at,
            programme_id=wave.programme_id,
        )


@transaction.atomic
def keep_plan(programme: Programme, rows: Sequence[Planned], *, by: User, at: datetime) -> None:
    """Make the waves of a programme as planned, shift those that have not opened, and take back those that are not wanted.
    What has opened stays as it is. Raises WaveIsOpenAlready."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    there = {wave.moment: wave for wave in Wave.objects.filter(programme=programme).exclude(moment="")}
    for row in rows:
        wave = there.get(row.moment)
        if wave is not None and wave.opens_at <= at:
            continue
        if not row.wanted:
            if wave is not None:
                close_wave(wave, by=by, at=at)
        elif wave is None:
            open_wave(
                programme,
                form=row.form,
                opens_at=row.opens_at,
                closes_at=row.closes_at,
                by=by,
                at=at,
                moment=row.moment,
            )
        elif (wave.opens_at, wave.closes_at) != (row.opens_at, row.closes_at):
            _refuse_another(programme, row.form, row.opens_at, row.closes_at, but=wave.pk)
            wave.opens_at, wave.closes_at = row.opens_at, row.closes_at
            wave.save(update_fields=["opens_at", "closes_at"])
            record("evaluation.shifted", by=by, at=at, target=wave, institution_id=programme.institution_id)
            _write_down(wave, at)


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


def announce(wave: Wave, *, at: datetime, reminder: int = 0) -> int:
    """Tell everybody who has not answered that the wave is open, or remind them; the same news reaches nobody twice. Mails and
    devices wait for the end of a person's quiet time. A reminder before its day (the wave was shifted) is none. Returns how
    many were told."""
    if not wave.is_open(at) or at < wave.opens_at + reminder * REMIND_EVERY:
        return 0
    answered = Response.objects.filter(wave=wave, submitted_at__isnull=False).values("enrolment")
    people = User.objects.filter(
        enrolments__in=Enrolment.objects.filter(programme=wave.programme_id, status__in=TAKING_PART).exclude(
            pk__in=answered
        )
    ).distinct()
    kind = "evaluation.reminder" if reminder else "evaluation.opened"
    told = 0
    for person in people.iterator(chunk_size=500):
        made = notify(
            kind,
            to=person,
            key=f"{kind}:{wave.pk}:{reminder}:{person.pk}",
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
        response.left_out = _rule_against(dict(response.answers.values_list("item", "value")))
    response.save(update_fields=["position", "submitted_at", "left_out"])
    return response


def _rule_against(answers: Mapping[str, int]) -> str:
    """The rule by which a response stays out of every score; empty where none speaks against it."""
    asked = {code: value for code, value in answers.items() if value != NOT_SHOWN}
    answered_all = all(value > 0 for value in asked.values())
    both_ways = {items()[code].reverse for code in asked} == {True, False}
    if answered_all and both_ways and straight_lined(list(asked.values())):
        return Response.LeftOut.SAME_ANSWER
    return ""


def _keep(response: Response, values: Mapping[str, int]) -> None:
    Answer.objects.bulk_create(
        [Answer(response=response, item=code, value=value) for code, value in values.items()],
        update_conflicts=True,
        unique_fields=["response", "item"],
        update_fields=["value"],
    )
