"""Who needs a coordinator, why, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from evaluation import words
from evaluation.models import Alert
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

    @property
    def reasons(self) -> list[str]:
        return [self.headline, *self.others]

    @property
    def why(self) -> str:
        """The further reasons in one line."""
        return " · ".join(self.others)


def worklist(
    user: User, now: datetime, *, programme: Programme | None = None, watched: bool = False, limit: int = 50
) -> list[WorkItem]:
    """The alerts a coordinator should look at now, the heaviest first; with `watched` then those of whom the people themselves
    have heard. Three queries, however many."""
    alerts = Alert.objects.visible_to(user).waiting(now, or_watched=watched).for_rows()
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
    )
