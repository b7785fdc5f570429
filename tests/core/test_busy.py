"""Who waits too long for a row that somebody else is saving reads a sentence, at every door. PostgreSQL only."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import make_api_key
from mentoring.planning.models import Enrolment
from tests.factories import NOW, BelongingFactory, EnrolmentFactory, ProgrammeFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for everything"),
]
SOON = 60


@contextmanager
def somebody_saving(rows):
    """Meanwhile these rows are locked by another connection, and nobody waits long."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(rows.select_for_update())
            held.set()
            done.wait(SOON)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(SOON)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        yield
    finally:
        done.set()
        other.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def test_a_page_says_that_the_same_is_being_saved_and_leads_back(sign_in):
    enrolment = EnrolmentFactory(status=Enrolment.Status.READY)
    client, step = sign_in(enrolment.person), reverse("enrolment_step", args=[enrolment.pk, "pause"])
    page = "http://testserver" + reverse("enrolment", args=[enrolment.pk])

    with somebody_saving(Enrolment.objects.filter(pk=enrolment.pk)):
        answer = client.post(step, headers={"referer": page})
        told = client.get(answer.url).content.decode()
        alone = client.post(step)
    done = client.post(step)

    assert (answer.status_code, answer.url) == (302, page)
    assert "The same is being saved elsewhere at this moment" in told
    assert alone.status_code == 503
    assert "The same is being saved elsewhere at this moment" in alone.content.decode()
    assert done.status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.status == Enrolment.Status.PAUSED


def test_a_system_is_told_to_come_back():
    programme = ProgrammeFactory()
    person = BelongingFactory(institution=programme.institution).person
    _key, secret = make_api_key(
        programme.institution, name="SIS", scopes=["people:read", "people:write"], by=person, at=NOW
    )

    with somebody_saving(User.objects.filter(pk=person.pk)):
        answer = Client().post(
            "/api/v1/enrolments",
            {"programme": programme.slug, "person": person.pk, "role": "mentee"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["type"].endswith("/busy")
    assert not Enrolment.objects.exists()
