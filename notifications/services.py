"""Verbs about reaching people."""

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
from core.jobs import enqueue
from notifications.kinds import kind as kind_of
from notifications.kinds import kinds
from notifications.models import Mail, Notification, Preference
from notifications.texts import body_of, filled


@transaction.atomic
def notify(kind: str, *, to: User, key: str, at: datetime, url: str = "", **params: str | int) -> Notification | None:
    """Tell one person something once: the same `key` again changes nothing.

    In the inbox in this transaction, by mail through the outbox, each as the person prefers. `params` fill the texts of
    the kind. Returns the notification, or None when it was already told, is not wanted in the inbox, or `to` has left.
    """
    if not to.is_active:
        return None
    wanted = Preference.objects.filter(person=to, kind=kind).first()
    made = None
    if wanted is None or wanted.in_app:
        made, is_new = Notification.objects.get_or_create(
            key=key, defaults={"recipient": to, "kind": kind, "params": params, "url": url, "created_at": at}
        )
        if not is_new:
            return None
    if kind_of(kind).mail and (wanted is None or wanted.mail):
        enqueue(
            "notifications.send_mail",
            key=f"mail:{key}",
            recipient_id=to.pk,
            kind=kind,
            mail_key=key,
            params=params,
            url=url,
        )
    return made


def mark_read(person: User, *, at: datetime, only: Notification | None = None) -> int:
    """Mark one piece of news, or all, as read. Returns how many were unread."""
    unread = Notification.objects.visible_to(person).unread()
    marked: int = (unread.filter(pk=only.pk) if only else unread).update(read_at=at)
    return marked


@transaction.atomic
def keep_preferences(person: User, wanted: Mapping[str, tuple[bool, bool]]) -> None:
    """Store what `person` wants: for each kind whether in the inbox and whether by mail. Kinds not named stay as they are."""
    for kind in kinds():
        if kind.slug in wanted:
            in_app, mail = wanted[kind.slug]
            Preference.objects.update_or_create(
                person=person, kind=kind.slug, defaults={"in_app": in_app, "mail": mail}
            )


def send_letter(kind: str, *, to: User, key: str, url: str, params: Mapping[str, str | int], at: datetime) -> Mail:
    """Mail one piece of news, written in the recipient's language, calendar and zone.

    The row is written before and marked after: sent at least once, and a second run after success sends nothing. The
    Message-ID is made from the key, so that a mail that went out twice is shown once.
    """
    mail, message = write_letter(kind, to=to, key=key, url=url, params=params, at=at)
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


@transaction.atomic
def write_letter(
    kind: str, *, to: User, key: str, url: str, params: Mapping[str, str | int], at: datetime
) -> tuple[Mail, EmailMultiAlternatives]:
    """Write down one mail, once per key, without sending it."""
    news = kind_of(kind)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    with in_words_of(to):
        body = body_of(news, params)
        letter = Letter(
            subject=filled(news.title, params),
            paragraphs=[_("Hello %(name)s,") % {"name": to}, *([body] if body else [])],
            button_url=url,
            button_label=str(news.action) or _("Open it"),
        )
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
