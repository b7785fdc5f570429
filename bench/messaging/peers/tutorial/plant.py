"""`plant.py PEOPLE`: people in rooms of two, signed in; prints what the load needs to know of them."""

import json
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from chat.models import Member, Room
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

call_command("migrate", verbosity=0)
call_command("migrate", "--run-syncdb", verbosity=0)
many = int(sys.argv[1])
people = User.objects.bulk_create([User(username=f"person {n}", password="!") for n in range(many)])
rooms = Room.objects.bulk_create([Room(name=f"room {n}") for n in range(many // 2)])
Member.objects.bulk_create([Member(room=rooms[n // 2], person=person) for n, person in enumerate(people)])
until, store = timezone.now() + timedelta(days=1), SessionStore()
backend = "django.contrib.auth.backends.ModelBackend"
Session.objects.bulk_create(
    Session(
        session_key=f"{n:032x}",
        expire_date=until,
        session_data=store.encode(
            {
                SESSION_KEY: str(person.pk),
                BACKEND_SESSION_KEY: backend,
                HASH_SESSION_KEY: person.get_session_auth_hash(),
            }
        ),
    )
    for n, person in enumerate(people)
)
print(json.dumps([{"id": p.pk, "room": rooms[n // 2].pk, "cookie": f"{n:032x}"} for n, p in enumerate(people)]))
