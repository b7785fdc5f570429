from celery import shared_task
from django.utils import timezone

from accounts.models import User
from notifications.services import send_letter


@shared_task(name="notifications.send_mail")
def send_mail(
    *, recipient_id: int, kind: str, mail_key: str, params: dict[str, str | int], url: str, **_newer_arguments: object
) -> None:
    recipient = User.objects.filter(pk=recipient_id, is_active=True).first()
    if recipient is not None:
        send_letter(kind, to=recipient, key=mail_key, url=url, params=params, at=timezone.now())
