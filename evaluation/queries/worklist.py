"""Who needs a coordinator, why, and what to do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import User
from evaluation import words
from evaluation.models import Alert
from evaluation.models.alerts import AlertQuerySet
from evaluation.words import Suggestion
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship


@dataclass(frozen=True)
class WorkItem:
    """One relationship that needs somebody: `headline` is its heaviest reason, `others` the further ones, in words."""

    alert: Alert
    relationship: Relationship
    people: list[User]
    headline: str
    others: list[str]
    unknown: list[str]
    suggestion: Suggestion
    url: str
    came_after: str

    @property
    def reasons(self) -> list[str]:
        return [self.headline, *self.others]

    @property
    def why(self) -> str:
        """The further reasons in one line."""
        return " · ".join(self.others)


LISTS: Mapping[str, Callable[[AlertQuerySet, User, datetime], AlertQuerySet]] = {
    "waiting": lambda alerts, _user, now: alerts.waiting(now).for_rows(),
    "mine": lambda alerts, user, _now: alerts.in_hands_of(user).for_rows(),
    "watched": lambda alerts, _user, _now: alerts.watched().for_rows(),
    "resting": lambda alerts, _user, now: alerts.resting(now).for_rows(),
    "seen": lambda alerts, _user, _now: alerts.seen_to().for_rows().order_by("-acted_at", "pk"),
}
"""What a coordinator can list of a programme's alerts."""


def alert_list(user: User, programme: Programme, which: str, now: datetime) -> AlertQuerySet:
    """One of `LISTS`, in its order."""
    return LISTS[which](Alert.objects.visible_to(user).filter(relationship__programme=programme), user, now)


def alert_counts(user: User, programme: Programme, now: datetime) -> dict[str, int]:
    """How many stand on each of `LISTS`. One query."""
    every = {which: alert_list(user, programme, which, now).order_by().values("pk") for which in LISTS}
    mine = Alert.objects.visible_to(user).filter(relationship__programme=programme)
    counts: dict[str, int] = mine.aggregate(
        **{which: Count("pk", filter=Q(pk__in=rows)) for which, rows in every.items()}
    )
    return counts


def worklist(user: User, now: datetime, *, programme: Programme | None = None, limit: int = 50) -> list[WorkItem]:
    """The alerts a coordinator should look at now, the heaviest first. Three queries, however many."""
    alerts = Alert.objects.visible_to(user).waiting(now).for_rows()
    if programme is not None:
        alerts = alerts.filter(relationship__programme=programme)
    return work_items(alerts[:limit])


def work_items(alerts: Iterable[Alert]) -> list[WorkItem]:
    """Alerts (from AlertQuerySet.for_rows) in words."""
    return [work_item(alert) for alert in alerts if alert.reasons]


def work_item(alert: Alert) -> WorkItem:
    members = [member for member in alert.relationship.members.all() if member.left_at is None]
    names = {role: " · ".join(str(m.person) for m in members if m.role == role) for role in words.BOTH}
    first, *rest = alert.reasons
    return WorkItem(
        alert=alert,
        relationship=alert.relationship,
        people=[member.person for member in sorted(members, key=lambda member: member.role != "mentor")],
        headline=words.reason(first),
        others=[words.reason(row) for row in rest],
        unknown=[str(words.UNKNOWN[name]) for name in alert.unknown if name in words.UNKNOWN],
        suggestion=words.suggestion(first, names),
        url=alert.get_absolute_url(),
        came_after=words.before_and_after(alert),
    )
