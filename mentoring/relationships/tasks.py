"""Jobs of relationships: each finds its row and calls one service."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from mentoring.relationships.models import Relationship, Session
from mentoring.relationships.outside import leave
from mentoring.relationships.services import finish_closing
from mentoring.relationships.services.session import remind


@shared_task(name="relationships.remind_session")
def remind_session(*, session_id: int, sequence: int, hours: int, **_newer_arguments: object) -> None:
    for session in Session.objects.for_rows().filter(pk=session_id):  # none, if it was erased in the meantime
        remind(session, hours=hours, sequence=sequence, at=timezone.now())


@shared_task(name="relationships.end_meeting")
def end_meeting(*, relationship_id: int, **_newer_arguments: object) -> None:
    for relationship in Relationship.objects.select_related("programme").filter(pk=relationship_id):
        leave(relationship, at=timezone.now())


@shared_task(name="relationships.finish_closing")
def finish_closing_later(*, relationship_id: int, since: str, **_newer_arguments: object) -> None:
    for relationship in Relationship.objects.filter(pk=relationship_id):
        finish_closing(relationship, since=datetime.fromisoformat(since), at=timezone.now())
