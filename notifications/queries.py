"""What waits for a person, and what they want to be told."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.kinds import Kind, find, kinds
from notifications.models import Absence, Mail, MailPause, Notification, Preference, Rhythm
from notifications.quiet import quiet_until


@dataclass(frozen=True, slots=True)
class Ways:
    """In which ways somebody wants to be told something."""

    in_app: bool = True
    mail: bool = True
    push: bool = True

    def as_fields(self) -> dict[str, bool]:
        return asdict(self)


def unread_count(user: Any) -> int:
    """How many pieces of news `user` has not seen; one query."""
    count: int = Notification.objects.visible_to(user).unread().count()
    return count


def ways_of(person: User, kind: str) -> Ways:
    """In which ways `person` wants news of this kind."""
    row = Preference.objects.filter(person=person, kind=kind).first()
    return Ways(row.in_app, row.mail, row.push) if row else Ways()


def rhythm_of(person: User) -> Rhythm:
    """When `person` may be reached; not stored where they have chosen nothing."""
    return Rhythm.objects.filter(person=person).first() or Rhythm(person=person)


def mail_pause_of(person: User) -> MailPause | None:
    """Why nothing is mailed to `person` just now."""
    pause: MailPause | None = MailPause.objects.standing().filter(person=person).first()
    return pause


def quiet_now(people: Iterable[User], *, at: datetime) -> set[int]:
    """The ids of those who want to be left in peace at this moment; one query."""
    rows = Rhythm.objects.filter(person__in=people).select_related("person")
    return {row.person_id for row in rows if quiet_until(row, row.person.zone, at)}


def away_among(people: Iterable[User], *, at: datetime) -> list[tuple[User, date]]:
    """Those who are away on their own day of this moment, each with the last day of it; one query."""
    known = {person.pk: person for person in people}
    rows = Absence.objects.filter(person__in=known, until_on__gte=at.date() - timedelta(days=1)).order_by("until_on")
    last: dict[int, date] = {}
    for row in rows:
        if row.from_on <= at.astimezone(known[row.person_id].zone).date() <= row.until_on:
            last[row.person_id] = row.until_on
    return [(known[pk], until_on) for pk, until_on in last.items()]


def still_news(kind: str, *, key: str, recipient: User, url: str, held: bool) -> bool:
    """Whether something is still to be told by mail: what was `held` and has been read meanwhile is not."""
    if held and Notification.objects.filter(key=key, recipient=recipient).exclude(read_at=None).exists():
        return False
    known = find(kind)
    return known is not None and (known.still is None or known.still(recipient.pk, url))


def way_to(kind: str, *, key: str, recipient: User, url: str) -> str:
    """The address that a link to a piece of news outside the inbox has: opened there, it counts as read. Straight to its page
    where it is not in the inbox, or stands there for moments only. At most one query."""
    if (known := find(kind)) is None or known.lasts_s is not None or not url.startswith("/"):
        return url
    news = Notification.objects.filter(key=key, recipient=recipient).first()
    return news.get_absolute_url() if news is not None and news.url == url else url


def waiting_for_digest(person: User) -> list[Notification]:
    """What `person` has not read and was not mailed, alone or in an earlier digest; the latest first, in four queries."""
    unread = Notification.objects.visible_to(person).unread().order_by("-created_at", "-pk")
    last = (
        Mail.objects.visible_to(person)
        .filter(kind="notifications.digest")
        .exclude(sent_at=None)
        .order_by("-created_at")
        .first()
    )
    if last:
        unread = unread.filter(created_at__gt=last.created_at)
    unmailed = unread.exclude(key__in=Mail.objects.visible_to(person).values("key"))
    no_mail = {row.kind for row in Preference.objects.visible_to(person).filter(mail=False)}
    mailed = {kind.slug for kind in kinds() if kind.mail and not kind.urgent}
    return [
        news
        for news in unmailed
        if news.kind in mailed and (news.kind not in no_mail if news.by_mail is None else news.by_mail)
    ]


def preference_groups(user: User) -> list[dict[str, Any]]:
    """Every kind of news with what `user` wants of it, by the part of the platform that tells it; what only those who run a
    programme are told is a group of its own. One query."""
    stored = {row.kind: Ways(row.in_app, row.mail, row.push) for row in Preference.objects.visible_to(user)}
    groups: dict[str, dict[str, Any]] = {}
    for kind in sorted(kinds(), key=lambda kind: (kind.desk, _part(kind), str(kind.label))):
        name = _("When you run a programme") if kind.desk else _part(kind)
        group = groups.setdefault(
            name, {"name": name, "desk": kind.desk, "rows": [], "in_app": 0, "push": 0, "mail": 0, "mails": 0}
        )
        ways = stored.get(kind.slug, Ways())
        group["rows"].append({"kind": kind, "ways": ways})
        group["in_app"] += ways.in_app
        group["push"] += ways.push
        group["mails"] += kind.mail
        group["mail"] += kind.mail and ways.mail
    return list(groups.values())


def _part(kind: Kind) -> str:
    label = kind.slug.partition(".")[0]
    return str(apps.get_app_config(label).verbose_name) if label in apps.app_configs else _("Other news")
