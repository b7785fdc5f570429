from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from accounts.models import User
from notifications.models import Mail


class KeptMail(BaseEmailBackend):
    """Where there is no mail server: mails are kept, readable in the demonstration by who they are for, and go nowhere."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            self._keep(message)
        return len(email_messages)

    def _keep(self, message: EmailMessage) -> None:
        if message.extra_headers.get("X-Peyvand-Kept"):
            return
        now = timezone.now()
        html: list[Any] = [part for part, kind in getattr(message, "alternatives", []) if kind == "text/html"]
        people = {person.email: person for person in User.objects.filter(email__in=message.to)}
        for address in message.to:
            Mail.objects.get_or_create(
                key=f"{message.extra_headers.get('Message-ID') or uuid4()}:{address}"[:200],
                defaults={
                    "recipient": people.get(address),
                    "to": address,
                    "kind": "account",
                    "subject": message.subject[:250],
                    "body_text": message.body,
                    "body_html": html[0] if html else "",
                    "created_at": now,
                    "sent_at": now,
                },
            )
