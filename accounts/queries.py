"""Lists that need more than one model."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.apps import apps
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from accounts.models import AuditEvent, User
from accounts.words import ACTIONS, TARGETS


def tell(events: Iterable[AuditEvent]) -> list[dict[str, object]]:
    """Audit events as sentences' parts: who, what, on what, when. Three queries however many events there are."""
    events = list(events)
    wanted = {event.actor_id for event in events if event.actor_id}
    wanted |= {int(event.target_id) for event in events if event.target_type == "accounts.user" and event.target_id}
    people = User.objects.in_bulk(wanted)
    return [
        {
            "event": event,
            "who": people.get(event.actor_id) if event.actor_id else None,
            "what": ACTIONS.get(event.action, event.action),
            "on": people.get(int(event.target_id)) if event.target_type == "accounts.user" else None,
            "kind": _kind(event.target_type),
        }
        for event in events
    ]


def _kind(label: str) -> str:
    if label in TARGETS:
        return str(TARGETS[label])
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""


def signed_in(people: Mapping[str, int], *, at: datetime) -> set[str]:
    """Of these {session key: person}, the sessions in which that person is still signed in: not over, not signed out, the
    password not changed since, the account open. Two queries however many there are."""
    users = User.objects.filter(is_active=True).in_bulk(set(people.values()))
    found = set()
    for session in Session.objects.filter(pk__in=people, expire_date__gt=at):
        user, data = users.get(people[session.pk]), session.get_decoded()
        if (
            user is not None
            and data.get(SESSION_KEY) == str(user.pk)
            and constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        ):
            found.add(session.pk)
    return found


def people_of_demonstration() -> dict[str, list[User]]:
    """Who can be played in the demonstration, by language."""
    groups: dict[str, list[User]] = defaultdict(list)
    for person in User.objects.for_demonstration().order_by("language", "pk"):
        groups[person.language].append(person)
    return dict(groups)
