"""Waves open, are announced, are answered and close."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from core.jobs import enqueue
from evaluation.asking import codes_for_the_rest, items_of, may_be_answered, minutes_of, open_items_of
from evaluation.models import Answer, Instrument, OpenAnswer, Response, Wave
from evaluation.plan import Planned, in_the_morning, last_minute, planned_pulses, pulses
from evaluation.queries.surveys import standings
from evaluation.questionnaire import NOT_SHOWN, ROLES
from evaluation.services.units import recompute_soon
from evaluation.statistics.scoring import straight_lined
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship
from notifications.services import notify

REMIND_EVERY, REMINDERS = timedelta(days=5), 2
ANSWERS_WITHIN = timedelta(hours=1)
"""Answers may ask for somebody soon, and many come in the same hours."""


class WaveIsOpenAlready(DomainError):
    code = "wave_is_open_already"
    default = _("A questionnaire of this kind is already open, or will be in this time. Close it first.")


class WaveIsClosed(DomainError):
    code = "wave_is_closed"
    default = _("This questionnaire is closed. What you had answered until then is kept.")


class WaveIsNotOpenYet(DomainError):
    code = "wave_is_not_open_yet"
    default = _("This questionnaire is not open yet.")


class InstrumentIsNotReady(DomainError):
    code = "instrument_is_not_ready"
    default = _("This questionnaire cannot be asked: its licence is not confirmed, or it was put away.")


class NothingIsAsked(DomainError):
    code = "nothing_is_asked"
    default = _("This questionnaire asks nothing at that time. Choose the wave for which its questions are meant.")


@transaction.atomic
def open_wave(
    programme: Programme,
    *,
    form: str,
    instrument: Instrument | None = None,
    opens_at: datetime,
    closes_at: datetime | None,
    by: User,
    at: datetime,
    moment: str = "",
) -> Wave:
    """Open a form to everybody who takes part, now or later: they hear of it once, and twice more while they have not answered.

    Raises WaveIsOpenAlready when the same form is open in that time, InstrumentIsNotReady and NothingIsAsked for an
    instrument of the institution's own.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    if instrument is not None:
        _refuse_unready(programme, instrument, moment)
    _refuse_another(programme, form, opens_at, closes_at, instrument=instrument)
    last = Wave.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    wave = Wave.objects.create(
        programme=programme,
        form=form,
        instrument=instrument,
        number=last + 1,
        moment=moment,
        opens_at=opens_at,
        closes_at=closes_at,
        created_by=by,
    )
    record("evaluation.opened", by=by, at=at, target=wave, institution_id=programme.institution_id)
    _write_down(wave, at)
    return wave


def _refuse_unready(programme: Programme, instrument: Instrument, moment: str) -> None:
    ready = Instrument.objects.active().filter(pk=instrument.pk, institution=programme.institution_id)
    if not ready.select_for_update().exists():
        raise InstrumentIsNotReady
    if not any(instrument.definition.asked(role, moment, True) for role in ROLES):
        raise NothingIsAsked


def _refuse_another(
    programme: Programme,
    form: str,
    opens_at: datetime,
    closes_at: datetime | None,
    but: int = 0,
    instrument: Instrument | None = None,
) -> None:
    others = Wave.objects.filter(programme=programme, form=form).exclude(pk=but)
    if instrument is not None:
        others = others.filter(instrument__name=instrument.name)
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
def keep_plan(
    programme: Programme, rows: Sequence[Planned], *, with_pulses: bool | None = None, by: User, at: datetime
) -> None:
    """Make the waves of a programme as planned, shift those that have not opened, and take back those that are not wanted.
    What has opened stays as it is. `with_pulses`: between them a pulse every four weeks, or none; None leaves them as they are.
    Raises WaveIsOpenAlready."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    planned = Wave.objects.filter(programme=programme).exclude(moment="").exclude(form=Wave.Form.OWN)
    there = {wave.moment: wave for wave in planned}
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
    if with_pulses is not None:
        _keep_pulses(programme, with_pulses, by=by, at=at)


def _keep_pulses(programme: Programme, wanted: bool, *, by: User, at: datetime) -> None:
    waves = list(Wave.objects.filter(programme=programme, instrument=None))
    there = planned_pulses(programme, waves, at)
    others = [wave.days for wave in waves if wave not in there.values()]
    weeks = dict(pulses(programme, others, timezone.localdate(at))) if wanted else {}
    for day in there.keys() - weeks.keys():
        close_wave(there[day], by=by, at=at)
    for day, end in weeks.items():
        if day not in there:
            opens_at, closes_at = in_the_morning(day, at), last_minute(end)
            open_wave(programme, form=Wave.Form.PULSE, opens_at=opens_at, closes_at=closes_at, by=by, at=at)


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
    """Tell everybody for whom a page waits that the wave is open, or remind them; the same news reaches nobody twice. Mails and
    devices wait for the end of a person's quiet time. A reminder before its day (the wave was shifted) is none. Returns how
    many were told."""
    if not wave.is_open(at) or at < wave.opens_at + reminder * REMIND_EVERY:
        return 0
    waiting = [person for person, done in standings([wave])[wave.pk].items() if not done]
    people = User.objects.filter(pk__in=waiting)
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
            minutes=minutes_of(wave),
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
    texts: Mapping[str, str] | None = None,
    language: str = "",
    position: int,
    finish: bool = False,
    at: datetime,
) -> Response:
    """Keep answers (on the scale, or a code that says why there is none) about one relationship, or about the programme
    alone; `texts` are answers in words, `language` is the one in which these questions were read.

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
    known = {item.code for item in items_of(wave)}
    _keep(response, {code: value for code, value in values.items() if code in known and may_be_answered(wave, value)})
    _keep_texts(response, {code: text for code, text in (texts or {}).items() if code in open_items_of(wave)})
    if language and (values or any((texts or {}).values())):
        response.language = language if response.language in ("", language) else Response.ReadIn.BOTH
    response.position = max(response.position, position)
    if finish:
        given = dict(response.answers.values_list("item", "value"))
        written = dict.fromkeys(response.open_answers.values_list("item", flat=True), 1)
        rest = codes_for_the_rest(
            wave, role=enrolment.role, has_partner=relationship is not None, given=given | written
        )
        _keep(response, rest)
        response.open_answers.filter(item__in=rest).delete()
        response.submitted_at = at
        response.left_out = _rule_against(wave, given | rest)
        recompute_soon(wave.programme, at=at, within=ANSWERS_WITHIN)
    response.save(update_fields=["position", "submitted_at", "left_out", "language"])
    return response


def _rule_against(wave: Wave, answers: Mapping[str, int]) -> str:
    """The rule by which a response stays out of every score; empty where none speaks against it."""
    asked = {each: answers[each.code] for each in items_of(wave) if answers.get(each.code, NOT_SHOWN) != NOT_SHOWN}
    answered_all = all(value >= 0 for value in asked.values())
    both_ways = {each.reverse for each in asked} == {True, False}
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


def _keep_texts(response: Response, texts: Mapping[str, str]) -> None:
    written = {code: text for code, text in texts.items() if text}
    OpenAnswer.objects.bulk_create(
        [OpenAnswer(response=response, item=code, text=text) for code, text in written.items()],
        update_conflicts=True,
        unique_fields=["response", "item"],
        update_fields=["text"],
    )
    response.open_answers.filter(item__in=[code for code in texts if code not in written]).delete()
