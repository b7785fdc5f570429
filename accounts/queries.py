"""Lists that need more than one model."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.apps import apps
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.crypto import constant_time_compare

from accounts.models import AuditEvent, User
from accounts.words import ACTIONS, TARGETS
from core.sql import places

_SESSIONS = "SELECT session_key, session_data FROM django_session WHERE expire_date > %s AND session_key IN ({})"
_PEOPLE = "SELECT * FROM accounts_user WHERE is_active AND id IN ({})"
"""Asked for everybody who comes."""


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


def people_of_sessions(keys: Collection[str], *, at: datetime) -> dict[str, User]:
    """By session key, who is signed in there: not over, not signed out, the password not changed since, the account open. Two
    queries however many there are."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(at)
        cursor.execute(_SESSIONS.format(places(keys)), [now, *keys])
        store = Session.get_session_store_class()()  # type: ignore[misc]
        sessions = {key: store.decode(data) for key, data in cursor.fetchall()}
    ids = {int(data[SESSION_KEY]) for data in sessions.values() if SESSION_KEY in data}
    people = {user.pk: user for user in User.objects.raw(_PEOPLE.format(places(ids)), [*ids])} if ids else {}
    found = {}
    for key, data in sessions.items():
        user = people.get(int(data.get(SESSION_KEY, 0)))
        if user and constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            found[key] = user
    return found


def signed_in(people: Mapping[str, int], *, at: datetime) -> set[str]:
    """Of these {session key: person}, the sessions in which that person is still signed in."""
    return {key for key, user in people_of_sessions(people, at=at).items() if user.pk == people[key]}


def people_of_demonstration() -> dict[str, list[User]]:
    """Who can be played in the demonstration, by language."""
    groups: dict[str, list[User]] = defaultdict(list)
    for person in User.objects.for_demonstration().order_by("language", "pk"):
        groups[person.language].append(person)
    return dict(groups)
