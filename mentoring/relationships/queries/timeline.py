"""The shared timeline of a relationship."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _

from mentoring.relationships.models import (
    Goal,
    Relationship,
    Session,
    Signature,
)


@dataclass(frozen=True)
class Event:
    """A point of the shared timeline. `icon` is a name of the icon set."""

    at: datetime
    icon: str
    text: str
    detail: str = ""
    url: str = ""


def timeline(relationship: Relationship, *, now: datetime) -> list[Event]:
    """What happened between the members, newest first; no private note, no rating. Four queries."""
    events = [Event(relationship.started_at, "match", _("You were brought together"))]
    events += _session_events(relationship)
    events += _goal_events(relationship)
    for signature in Signature.objects.filter(agreement__relationship=relationship).select_related("person"):
        text = _("%(name)s signed the agreement") % {"name": signature.person}
        events.append(Event(signature.signed_at, "handshake", text, url=reverse("agreement", args=[relationship.pk])))
    started_on = relationship.started_at.date()
    for milestone in relationship.programme.milestones.filter(due_on__gte=started_on, due_on__lte=now.date()):
        at = datetime.combine(milestone.due_on, time(12), UTC)
        events.append(Event(at, "flag", _("Milestone of the programme"), milestone.title))
    if relationship.closed_at is not None:
        events.append(Event(relationship.closed_at, "check", relationship.get_status_display()))
    return sorted(events, key=lambda event: event.at, reverse=True)


def _session_events(relationship: Relationship) -> list[Event]:
    shown = {
        Session.Status.HELD: ("calendar", _("You met")),
        Session.Status.NO_SHOW: ("calendar", _("A session was missed")),
        Session.Status.CONFIRMED: ("clock", _("Session planned")),
    }
    return [
        Event(session.starts_at, *shown[Session.Status(session.status)], session.topic, session.get_absolute_url())
        for session in relationship.sessions.filter(status__in=shown)
        if session.starts_at is not None
    ]


def _goal_events(relationship: Relationship) -> list[Event]:
    events = []
    for goal in relationship.goals.exclude(confirmed_at=None):
        if goal.confirmed_at is not None:
            events.append(Event(goal.confirmed_at, "goal", _("A goal was agreed"), goal.title, goal.get_absolute_url()))
        if goal.status == Goal.Status.CLOSED and goal.closed_at is not None:
            events.append(Event(goal.closed_at, "award", _("A goal was closed"), goal.title, goal.get_absolute_url()))
    return events
