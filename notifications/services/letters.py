"""Mails that carry news, each written down once."""

from collections.abc import Mapping
from datetime import datetime
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
from notifications.queries import mail_pause_of, way_to
from notifications.returns import id_of
from notifications.texts import body_of, filled


def send_letter(
    kind: str, *, to: User, key: str, url: str, params: Mapping[str, str | int], at: datetime
) -> Mail | None:
    """Mail one piece of news, written in the recipient's language, calendar and zone; nothing where mails do not arrive.

    The row is written before and marked after: sent at least once, and a second run after success sends nothing. The
    Message-ID is made from the key, so that a mail that went out twice is shown once.
    """
    if mail_pause_of(to):
        return None
    mail, message = write_letter(kind, to=to, key=key, url=url, params=params, at=at)
    return sent(mail, message)


@transaction.atomic
def write_letter(
    kind: str, *, to: User, key: str, url: str, params: Mapping[str, str | int], at: datetime
) -> tuple[Mail, EmailMultiAlternatives]:
    """Write down one mail, once per key, without sending it."""
    news = kind_of(kind)
    answer_to = news.reply_to(to.pk, url) if news.reply_to else ""
    with in_words_of(to):
        body = body_of(news, params)
        hint = _("You can answer this mail: your words, without what you quote, go into the conversation.")
        letter = Letter(
            subject=filled(news.title, params),
            paragraphs=[_("Hello %(name)s,") % {"name": to}, *([body] if body else [])],
            button_url=way_to(kind, key=key, recipient=to, url=url),
            button_label=str(news.action) or _("Open it"),
            small=hint if answer_to else "",
        )
        return written(letter, kind=kind, to=to, key=key, at=at, answer_to=answer_to)


def written(
    letter: Letter, *, kind: str, to: User, key: str, at: datetime, answer_to: str = ""
) -> tuple[Mail, EmailMultiAlternatives]:
    """The row of a mail, once per key, and the mail itself. Call it under the reader's language."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{id_of(key)}@{host}>",
        "Auto-Submitted": "auto-generated",  # so that no machine answers
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Peyvand-Kept": "yes",
    }
    message = letter.to(to.email, **headers, **({"Reply-To": answer_to} if answer_to else {}))
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
