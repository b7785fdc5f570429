"""Mails that carry news, each written down once."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.letters import Letter, in_words_of
from accounts.models import User
from notifications.kinds import kind as kind_of
from notifications.models import Mail
from notifications.texts import body_of, filled


def send_letter(kind: str, *, to: User, key: str, url: str, params: Mapping[str, str | int], at: datetime) -> Mail:
    """Mail one piece of news, written in the recipient's language, calendar and zone.

    The row is written before and marked after: sent at least once, and a second run after success sends nothing. The
    Message-ID is made from the key, so that a mail that went out twice is shown once.
    """
    mail, message = write_letter(kind, to=to, key=key, url=url, params=params, at=at)
    return sent(mail, message)


@transaction.atomic
def write_letter(
    kind: str, *, to: User, key: str, url: str, params: Mapping[str, str | int], at: datetime
) -> tuple[Mail, EmailMultiAlternatives]:
    """Write down one mail, once per key, without sending it."""
    news = kind_of(kind)
    with in_words_of(to):
        body = body_of(news, params)
        letter = Letter(
            subject=filled(news.title, params),
            paragraphs=[_("Hello %(name)s,") % {"name": to}, *([body] if body else [])],
            button_url=url,
            button_label=str(news.action) or _("Open it"),
        )
        return written(letter, kind=kind, to=to, key=key, at=at)


def written(letter: Letter, *, kind: str, to: User, key: str, at: datetime) -> tuple[Mail, EmailMultiAlternatives]:
    """The row of a mail, once per key, and the mail itself. Call it under the reader's language."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    message = letter.to(
        to.email, **{"Message-ID": f"<{sha256(key.encode()).hexdigest()[:40]}@{host}>", "X-Peyvand-Kept": "yes"}
    )
    mail, _is_new = Mail.objects.get_or_create(
        key=key,
        defaults={
            "recipient": to,
            "to": to.email,
            "kind": kind,
            "subject": message.subject[:250],
            "body_text": str(message.body),
            "body_html": str(message.alternatives[0][0]),
            "created_at": at,
        },
    )
    return mail, message


def sent(mail: Mail, message: EmailMultiAlternatives) -> Mail:
    """Send it unless it has left already, and mark it."""
    if mail.sent_at is not None:
        return mail
    try:
        message.send()
    except OSError as error:
        Mail.objects.filter(pk=mail.pk).update(error=str(error)[:300])
        raise
    mail.sent_at = timezone.now()
    Mail.objects.filter(pk=mail.pk).update(sent_at=mail.sent_at, error="")
    return mail
