from celery import shared_task
from django.utils import timezone

from accounts.models import User
from notifications.models import Device
from notifications.queries import still_news
from notifications.services import ask_for_digests, push, send_letter
from notifications.services import send_digest as send_digest_to


@shared_task(name="notifications.send_mail")
def send_mail(
    *,
    recipient_id: int,
    kind: str,
    mail_key: str,
    params: dict[str, str | int],
    url: str,
    held: bool = False,
    **_newer_arguments: object,
) -> None:
    recipient = User.objects.filter(pk=recipient_id, is_active=True).first()
    if recipient is not None and still_news(kind, key=mail_key, recipient=recipient, url=url, held=held):
        send_letter(kind, to=recipient, key=mail_key, url=url, params=params, at=timezone.now())


@shared_task(name="notifications.digests", ignore_result=True)
def digests() -> None:
    """Asked every quarter of an hour, because everybody's hour is another."""
    ask_for_digests(at=timezone.now())


@shared_task(name="notifications.send_digest")
def send_digest(*, person_id: int, **_newer_arguments: object) -> None:
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is not None:
        send_digest_to(person, at=timezone.now())


@shared_task(name="notifications.send_push")
def send_push(
    *,
    device_id: int,
    kind: str,
    news_key: str,
    params: dict[str, str | int],
    url: str,
    held: bool = False,
    **_newer_arguments: object,
) -> None:
    found = Device.objects.filter(pk=device_id, person__is_active=True).select_related("person").first()
    if found is not None and still_news(kind, key=news_key, recipient=found.person, url=url, held=held):
        push(found, kind=kind, key=news_key, url=url, params=params, at=timezone.now())
