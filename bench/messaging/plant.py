"""`plant.py PEOPLE`: people in pairs with their conversations, signed in; prints what the load needs to know of them."""

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Institution, User
from mentoring.messaging.models import Room, RoomMember
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, RelationshipMember

BACKEND = "django.contrib.auth.backends.ModelBackend"


def pairs(people: list[User]) -> list[Room]:
    """A relationship with its conversation for every two, as `open_room` makes it."""
    now, today = timezone.now(), date.today()
    institution = Institution.objects.create(slug="bench", name_en="Bench", name_fa="میز")
    programme = Programme.objects.create(
        institution=institution, slug="bench", name_en="Bench", name_fa="میز", status=Programme.Status.RUNNING,
        starts_on=today, ends_on=today + timedelta(days=120), languages=["en", "fa"],
    )  # fmt: skip
    roles = (Enrolment.Role.MENTOR, Enrolment.Role.MENTEE)
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            programme=programme, person=person, role=roles[n % 2], status=Enrolment.Status.READY, status_at=now,
            languages=["en"], applied_at=now, decided_at=now, ready_at=now, **({} if n % 2 else {"capacity": 1}),
        )
        for n, person in enumerate(people)
    )  # fmt: skip
    relationships = Relationship.objects.bulk_create(
        Relationship(
            programme=programme, status=Relationship.Status.ACTIVE, status_at=now, started_at=now,
            planned_end_on=today + timedelta(days=120), pair_key=f"{mentor.pk}:{mentee.pk}",
        )
        for mentor, mentee in zip(people[::2], people[1::2], strict=True)
    )  # fmt: skip
    RelationshipMember.objects.bulk_create(
        RelationshipMember(
            relationship=relationships[n // 2], enrolment=enrolments[n], person=person, role=roles[n % 2], joined_at=now
        )
        for n, person in enumerate(people)
    )
    rooms = Room.objects.bulk_create(
        Room(relationship=relationship, institution=institution, created_at=now) for relationship in relationships
    )
    RoomMember.objects.bulk_create(
        RoomMember(room=rooms[n // 2], person=person, joined_at=now) for n, person in enumerate(people)
    )
    return rooms


def plant(many: int) -> list[dict[str, object]]:
    call_command("migrate", verbosity=0)
    people = User.objects.bulk_create(
        User(
            email=f"person{n}@bench.invalid", name=f"Person {n}", password="!",
            **({"language": "fa", "calendar": "jalali", "time_zone": "Asia/Tehran"} if n % 2 else {}),
        )
        for n in range(many)
    )  # fmt: skip
    rooms = pairs(people)
    until, store = timezone.now() + timedelta(days=1), SessionStore()
    keys = [f"{n:032x}" for n in range(many)]
    Session.objects.bulk_create(
        Session(
            session_key=key,
            expire_date=until,
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: BACKEND,
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
        )
        for key, person in zip(keys, people, strict=True)
    )
    return [
        {"id": person.pk, "room": rooms[n // 2].pk, "cookie": key}
        for n, (person, key) in enumerate(zip(people, keys, strict=True))
    ]


if __name__ == "__main__":
    print(json.dumps(plant(int(sys.argv[1]))))
