"""Saying that something was not right, and working on it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError, NotAllowed
from mentoring.messaging.models import Message
from mentoring.planning.models import Programme
from mentoring.safeguarding.models import EvidenceFile, Report, ReportStep
from mentoring.safeguarding.queries import handlers_of, people_around, programme_of_both, programme_of_room
from mentoring.safeguarding.services.blocking import NotTheirs
from mentoring.safeguarding.services.freezing import freeze
from notifications.services import notify

MOST_A_DAY = 5
KEPT = timedelta(days=6 * 365 + 2)
Desk, State = Report.Desk, Report.State


class TooManyReports(DomainError):
    code = "too_many_reports"
    status = 429
    default = _(
        "You have reported five times today, and all of it has arrived. If there is more, write to the coordinators; if"
        " somebody is in danger, call the emergency number."
    )


class NothingToSay(DomainError):
    code = "nothing_to_say"
    status = 422
    default = _("Tell it in a sentence or two, so that we understand.")


@transaction.atomic
def report_message(message: Message, *, reason: str, words: str, by: User, at: datetime) -> Report:
    """Report what somebody said: it and what stands around it is frozen in this moment. The same message again, as long as it is
    being worked on, is the same report. Raises NotTheirs, TooManyReports.
    """
    visible = Message.objects.visible_to(by).filter(pk=message.pk).select_related("room", "sender").first()
    if visible is None or visible.sender_id == by.pk:
        raise NotTheirs
    known: Report | None = Report.objects.open().filter(reporter=by, message_id=message.pk).first()
    if known:
        return known
    programme = programme_of_room(visible.room)
    report = _report(programme, visible.sender, reason=reason, words=words, by=by, at=at, message_id=message.pk)
    report.digest = freeze(report, visible)
    report.save(update_fields=["digest"])
    _note_and_tell(report, by, at)
    return report


@transaction.atomic
def report_person(person: User, *, reason: str, words: str, by: User, at: datetime) -> Report:
    """Report somebody; nothing of a conversation is read for it. Raises NotTheirs, NothingToSay, TooManyReports."""
    programme = programme_of_both(by, person)
    if programme is None or not people_around(by).filter(pk=person.pk).exists():
        raise NotTheirs
    if not words.strip():
        raise NothingToSay
    report = _report(programme, person, reason=reason, words=words, by=by, at=at)
    _note_and_tell(report, by, at)
    return report


def _report(
    programme: Programme,
    accused: User,
    *,
    reason: str,
    words: str,
    by: User,
    at: datetime,
    message_id: int | None = None,
) -> Report:
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk))  # two at once are counted one after the other
    if Report.objects.filter(reporter=by, made_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooManyReports
    desk, _people = handlers_of(programme, accused=accused, reporter=by)
    return Report.objects.create(
        programme=programme,
        desk=desk,
        reporter=by,
        accused=accused,
        message_id=message_id,
        reason=reason,
        words=words,
        severity=Report.Severity.NOW if reason in Report.AT_ONCE else Report.Severity.SOON,
        made_at=at,
        kept_until=at + KEPT,
    )


def _note_and_tell(report: Report, by: User, at: datetime) -> None:
    record(
        "report.made", by=by, at=at, target=report, reason=report.digest
    )  # of no institution: it would name who reported
    _desk, people = handlers_of(report.programme, accused=report.accused, reporter=by)
    for person in people:
        key, url = f"safeguarding.report:{report.pk}:{person.pk}", report.get_case_url()
        _notify("safeguarding.report", person, report, key, url, at)


@transaction.atomic
def work_on(report: Report, *, state: str, severity: int, note: str, answer: str, by: User, at: datetime) -> ReportStep:
    """Move a report on, or only note something. Who reported hears that it moved, and `answer` word for word; nobody else hears
    anything. Raises NotAllowed."""
    held: Report = (
        Report.objects.select_for_update(of=("self",)).select_related("programme", "reporter").get(pk=report.pk)
    )
    if not Report.objects.handled_by(by).filter(pk=held.pk).exists() or (state == State.RAISED != held.state):
        raise NotAllowed
    moved = state != held.state or bool(answer)
    held.state, held.severity, held.handler = state, severity, by
    held.answer = answer or held.answer
    held.first_look_at = held.first_look_at or (at if state != State.RAISED else None)
    held.closed_at = None if held.is_open else held.closed_at or at
    held.save()
    step = ReportStep.objects.create(report=held, by=by, state=state, severity=severity, note=note, at=at)
    record("report.moved", by=by, at=at, target=held, institution_id=institution_of(held), reason=state)
    if moved:
        key = f"safeguarding.moved:{step.pk}"
        _notify("safeguarding.moved", held.reporter, held, key, held.get_absolute_url(), at)
    return step


@transaction.atomic
def open_evidence(report: Report, *, by: User, at: datetime, file: EvidenceFile | None = None) -> None:
    """Write down that somebody who works on it reads what was frozen. Raises NotAllowed."""
    if not Report.objects.handled_by(by).filter(pk=report.pk).exists():
        raise NotAllowed
    what = f"file {file.pk}" if file else ""
    record("evidence.read", by=by, at=at, target=report, institution_id=institution_of(report), reason=what)


@transaction.atomic
def forget_reports(*, at: datetime) -> int:
    """Let go of reports and what was frozen for them when their time is over. Returns how many."""
    over = Report.objects.filter(kept_until__lt=at)
    for report in over:
        record("report.forgotten", by=None, at=at, target=report, institution_id=institution_of(report))
    return over.delete()[1].get(Report._meta.label, 0)


def institution_of(report: Report) -> int | None:
    """In whose audit trail it stands; what concerns coordinators and administrators stands in none that they could read."""
    return report.programme.institution_id if report.desk == Desk.PROGRAMME else None


def _notify(kind: str, person: User, report: Report, key: str, url: str, at: datetime) -> None:
    with translation.override(person.language):
        programme = str(report.programme)
    notify(kind, to=person, key=key, at=at, url=url, programme=programme)
