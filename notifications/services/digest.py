"""One mail a day for those who want no more: what came since the last one and was not read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.letters import Letter, in_words_of
from accounts.models import User
from core.dates import format_moment, localise
from core.jobs import Order, enqueue_all
from notifications.models import Mail, Notification, Rhythm
from notifications.queries import mail_pause_of, waiting_for_digest
from notifications.quiet import quiet_until
from notifications.services.letters import sent, written

DIGEST = "notifications.digest"
MOST = 20
LATE = timedelta(hours=6)
"""After a pause of the clock a digest may come so much later than its hour; later it waits for the next day."""


def ask_for_digests(*, at: datetime) -> int:
    """Ask for the digest of everybody whose hour has come, once per person and day of theirs; held on quiet days.

    Returns how many are due.
    """
    orders = []
    for rhythm in Rhythm.objects.filter(daily=True, person__is_active=True).select_related("person"):
        here = at.astimezone(rhythm.person.zone)
        hour = here.replace(hour=rhythm.daily_at.hour, minute=rhythm.daily_at.minute, second=0, microsecond=0)
        if timedelta(0) <= here - hour < LATE and quiet_until(rhythm, rhythm.person.zone, at) is None:
            orders.append(Order(f"digest:{rhythm.person_id}:{here.date()}", {"person_id": rhythm.person_id}, at))
    if orders:
        enqueue_all("notifications.send_digest", orders)
    return len(orders)


def send_digest(person: User, *, at: datetime) -> Mail | None:
    """Mail what waits unread and was not mailed yet; nothing when nothing waits, or where mails do not arrive."""
    news = [] if mail_pause_of(person) else waiting_for_digest(person)
    if not news:
        return None
    with in_words_of(person):
        letter = Letter(
            subject=_counted(len(news)),
            paragraphs=[_("Hello %(name)s,") % {"name": person}, *_lines(news)],
            button_url=reverse("inbox"),
            button_label=_("To the inbox"),
            small=_("You asked for one mail a day. You can change this under “What reaches me”."),
        )
        mail, message = written(letter, kind=DIGEST, to=person, key=f"digest:{person.pk}:{news[0].pk}", at=at)
    return sent(mail, message)


def _counted(n: int) -> str:
    return ngettext("%(n)s thing waits for you", "%(n)s things wait for you", n) % {"n": localise(n)}


def _lines(news: Sequence[Notification]) -> list[str]:
    lines = [f"{each.title}\n{format_moment(each.created_at)}" for each in news[:MOST]]
    more = len(news) - MOST
    if more > 0:
        lines.append(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": localise(more)})
    return lines
