from datetime import datetime

from celery import shared_task
from django.utils import timezone

from mentoring.messaging.models import Call, Message, Room
from mentoring.messaging.services import empty_rooms, forget_files, forget_mails, forget_revisions, tell_unread
from mentoring.messaging.services import send_scheduled as say_now
from mentoring.messaging.services import watch_call as look_after
from mentoring.relationships.signals import relationship_moved


@shared_task(name="messaging.tell")
def tell(*, room_id: int, until: str, **_newer_arguments: object) -> None:
    room, now = Room.objects.get(pk=room_id), timezone.now()
    tell_unread(room, until=datetime.fromisoformat(until), at=now)
    if room.relationship_id:  # half a minute of words is one piece of news: saying something costs nothing more for it
        relationship_moved.send(Message, relationship_id=room.relationship_id, at=now)


@shared_task(name="messaging.tidy", ignore_result=True)
def tidy() -> None:
    forget_revisions(at=timezone.now())
    forget_files(at=timezone.now())
    forget_mails(at=timezone.now())
    empty_rooms(at=timezone.now())


@shared_task(name="messaging.send_scheduled")
def send_scheduled(*, scheduled_id: int, **_newer_arguments: object) -> None:
    say_now(scheduled_id, at=timezone.now())


@shared_task(name="messaging.watch_call")
def watch_call(*, call_id: str, **_newer_arguments: object) -> None:
    look_after(Call.objects.with_people().get(pk=call_id), at=timezone.now())
