"""Verbs of help: ask, answer, resolve; and keep what a connection check measured."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from mentoring.planning.models import Enrolment, Programme
from mentoring.support.models import ConnectionCheck, HelpReply, HelpRequest
from notifications.services import notify

Status = HelpRequest.Status


class NotTakingPart(DomainError):
    code = "not_taking_part"
    status = 403
    default = _("Only people who take part in a programme can ask its coordinators.")


@transaction.atomic
def ask_for_help(programme: Programme, *, topic: str, body: str, by: User, at: datetime) -> HelpRequest:
    """Raise a request; every coordinator of the programme is told that somebody asks, not who and not what.

    Raises NotTakingPart.
    """
    if not Enrolment.objects.filter(programme=programme, person=by).exists():
        raise NotTakingPart
    request = HelpRequest.objects.create(programme=programme, person=by, topic=topic, body=body, created_at=at)
    for coordinator in programme.coordinators.exclude(pk=by.pk):
        _tell(coordinator, "support.asked", request, key=f"support.asked:{request.pk}:{coordinator.pk}", at=at)
    return request


@transaction.atomic
def acknowledge(request: HelpRequest, *, by: User, at: datetime) -> None:
    """A coordinator has seen it; the person is told, so that nobody waits in the dark."""
    seen = HelpRequest.objects.filter(pk=request.pk, status=Status.RAISED).update(status=Status.ACKNOWLEDGED)
    if seen:
        _tell(request.person, "support.seen", request, key=f"support.seen:{request.pk}", at=at)


@transaction.atomic
def answer(request: HelpRequest, body: str, *, by: User, at: datetime) -> HelpReply:
    """Reply. The first reply of somebody else than the asker is the first human answer; a new word opens a resolved request."""
    reply = HelpReply.objects.create(request=request, author=by, body=body, created_at=at)
    same = HelpRequest.objects.filter(pk=request.pk)
    if by.pk == request.person_id:
        same.filter(status=Status.RESOLVED).update(status=Status.IN_PROGRESS, resolved_at=None)
        for coordinator in request.programme.coordinators.exclude(pk=by.pk):
            _tell(coordinator, "support.more", request, key=f"support.more:{reply.pk}:{coordinator.pk}", at=at)
        return reply
    same.filter(first_answer_at=None).update(first_answer_at=at)
    same.update(status=Status.IN_PROGRESS, resolved_at=None)
    _tell(request.person, "support.answered", request, key=f"support.answered:{reply.pk}", at=at)
    return reply


@transaction.atomic
def resolve(request: HelpRequest, *, by: User, at: datetime) -> None:
    """Close a request; the asker or a coordinator may say that it is done. Doing it again changes nothing."""
    closed = HelpRequest.objects.unresolved().filter(pk=request.pk).update(status=Status.RESOLVED, resolved_at=at)
    if closed and by.pk != request.person_id:
        _tell(request.person, "support.resolved", request, key=f"support.resolved:{request.pk}:{at.isoformat()}", at=at)


def keep_check(*, latency_ms: int, kbit_per_s: int, by: User, at: datetime) -> ConnectionCheck:
    """Keep what the browser measured: round trip in milliseconds, download in kilobits per second."""
    check = ConnectionCheck(person=by, latency_ms=latency_ms, kbit_per_s=kbit_per_s, checked_at=at)
    check.passed = check.carries == "video"
    check.save()
    return check


def _tell(person: User, kind: str, request: HelpRequest, *, key: str, at: datetime) -> None:
    with translation.override(person.language):
        programme = str(request.programme)
    notify(kind, to=person, key=key, at=at, url=request.get_absolute_url(), programme=programme)
