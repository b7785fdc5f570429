"""When mails do not arrive: after some of them nothing more is mailed to that address, and its owner is told where they look."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from notifications.models import Mail, MailPause
from notifications.returns import COMPLAINT, HARD, id_of, returned
from notifications.services.telling import notify

MOST_HARD = 3
"""So many mails that no such mailbox took, and the address is not tried any more."""
REMEMBERED = timedelta(days=90)


@transaction.atomic
def take_return(raw: bytes, *, at: datetime) -> bool:
    """Note that a mail of ours came back, or that its reader complained; the same report again changes nothing. Whether it is
    such a report: about one of ours or not, nobody has to answer it.

    A complaint, or `MOST_HARD` mails to an address that is none, end what is mailed there until its owner sets it right.
    """
    report = returned(raw)
    if report is None:
        return False
    sent = Mail.objects.filter(to__in=report.addresses, created_at__gt=at - REMEMBERED, returned="")
    mail = next((mail for mail in sent.defer("body_text", "body_html") if id_of(mail.key) == report.id), None)
    if mail is None or mail.recipient is None:
        return True
    Mail.objects.filter(pk=mail.pk).update(returned=report.kind, returned_at=at, return_code=report.code)
    _pause_where_it_is_enough(mail.recipient, mail.to, report.kind, at)
    return True


def _pause_where_it_is_enough(person: User, address: str, kind: str, at: datetime) -> None:
    pause = MailPause.objects.select_for_update().filter(person=person, address=address).first()
    if pause and pause.lifted_at is None:
        return
    failed = Mail.objects.filter(recipient=person, to=address, returned=HARD, created_at__gt=at - REMEMBERED)
    if pause:
        failed = failed.filter(created_at__gt=pause.lifted_at)
    if kind != COMPLAINT and failed.count() < MOST_HARD:
        return
    why = MailPause.Why.COMPLAINED if kind == COMPLAINT else MailPause.Why.RETURNED
    facts = {"address": address, "why": why, "since": at, "lifted_at": None}
    MailPause.objects.update_or_create(person=person, defaults=facts)
    if address == person.email:
        key, url = f"mail_paused:{person.pk}:{at.isoformat()}", f"{reverse('preferences')}#mail"
        notify("notifications.mail_paused", to=person, key=key, at=at, url=url, address=address)


def resume_mail(person: User, *, at: datetime) -> bool:
    """Their mailbox works, they say: from now on mails go there again, and only those that come back from now on count. False
    where nothing was paused."""
    return bool(MailPause.objects.filter(person=person, lifted_at=None).update(lifted_at=at))
