"""What an institution looks after: keys and what they call, mails, consents, and what is erased by age."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Belonging, Consent, Institution
from accounts.page_times import CALLS
from core.dates import format_day, localise, months_after
from core.models import Tally
from core.tallies import utc_day
from mentoring.messaging.models import Room
from notifications.models import Mail

SOON = timedelta(days=30)
IDLE = timedelta(days=90)


@dataclass(frozen=True)
class KeyUse:
    key: ApiKey
    calls: int
    failures: int
    said: str
    tone: str


@dataclass(frozen=True)
class Kept:
    """One kind of what is erased by age."""

    name: str
    how_long: str
    due: int
    erased: int


def keys_of(institution: Institution, now: datetime) -> list[KeyUse]:
    """Keys in use with what they asked for in 30 days. One query."""
    calls = Tally.objects.filter(what=CALLS, owner=OuterRef("pk"), day_on__gt=utc_day(now) - SOON).order_by()

    def summed(rows: QuerySet[Tally]) -> Coalesce:
        return Coalesce(Subquery(rows.values("owner").annotate(n=Sum("count")).values("n")), 0)

    keys = ApiKey.objects.filter(institution=institution, revoked_at=None).annotate(
        calls=summed(calls), failures=summed(calls.filter(bucket__gte=4))
    )
    found = []
    for key in keys.order_by("name"):
        said, tone = _key_state(key, now)
        found.append(KeyUse(key, key.calls, key.failures, said, tone))
    return found


def _key_state(key: ApiKey, now: datetime) -> tuple[str, str]:
    if key.expires_at is not None and key.expires_at <= now:
        return _("has run out"), "quiet"
    if key.expires_at is not None and key.expires_at <= now + SOON:
        return _("runs out on %(day)s") % {"day": format_day(key.expires_at)}, "care"
    if (key.last_used_at or key.created_at) < now - IDLE:
        return _("unused for 90 days: revoke it if nothing needs it"), "care"
    return (_("in use"), "good") if key.last_used_at else (_("not used yet"), "quiet")


def mails_of(institution: Institution, now: datetime) -> tuple[int, int]:
    """How many mails to its people left in 30 days, and how many were refused. One query."""
    lately = Mail.objects.filter(
        created_at__gte=now - SOON, recipient__in=Belonging.objects.filter(institution=institution).values("person")
    )
    row = lately.aggregate(
        sent=Count("pk", filter=~Q(sent_at=None)), failed=Count("pk", filter=Q(sent_at=None) & ~Q(error=""))
    )
    return row["sent"], row["failed"]


def consents_of(institution: Institution) -> dict[str, int]:
    """Of those who belong to it: who agreed to the present terms, to earlier ones only, to research. One query."""
    mine = Consent.objects.filter(person=OuterRef("person"), withdrawn_at=None)
    now, ever = Exists(mine.in_force("terms")), Exists(mine.filter(kind=Consent.Kind.TERMS))
    row: dict[str, int] = (
        Belonging.objects.filter(institution=institution)
        .annotate(agrees=now, agreed=ever, shares=Exists(mine.in_force("research")))
        .aggregate(
            people=Count("pk"),
            agree=Count("pk", filter=Q(agrees=True)),
            earlier=Count("pk", filter=Q(agreed=True, agrees=False)),
            research=Count("pk", filter=Q(shares=True)),
        )
    )
    return row | {"not_yet": row["people"] - row["agree"] - row["earlier"]}


def kept_rooms(institution: Institution, now: datetime) -> Kept:
    """Conversations whose relationship is over. One query."""
    closed = Room.objects.filter(institution=institution, relationship__isnull=False, closed_at__isnull=False)
    rows = (
        closed.annotate(day=TruncDate("closed_at"))
        .order_by()
        .values_list("day", "relationship__programme__words_months", "emptied_at")
        .annotate(n=Count("pk"))
    )
    due = erased = 0
    months = set()
    for day, kept, emptied_at, n in rows:
        months.add(kept)
        if emptied_at is not None:
            erased += n
        elif months_after(datetime.combine(day, now.timetz()), kept) <= now + SOON:
            due += n
    how_long = _("as each programme says, in months after the end: %(months)s") % {
        "months": localise(_and(sorted(months)))
    }
    return Kept(_("Words and files of conversations"), how_long if months else _("as each programme says"), due, erased)


def kept_lists(files: Iterable[Sequence[Any]], now: datetime) -> Kept:
    due = erased = 0
    days = set()
    for _programme, _bad, since, kept, emptied_at in files:
        days.add(kept)
        erased += emptied_at is not None
        due += emptied_at is None and since + timedelta(days=kept) <= now + SOON
    how_long = _("as each programme says, in days after the import: %(days)s") % {"days": localise(_and(sorted(days)))}
    return Kept(_("Lists of people"), how_long if days else _("as each programme says"), due, erased)


def _and(numbers: Sequence[int]) -> str:
    return " · ".join(map(str, numbers))
