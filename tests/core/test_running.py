"""Starting, looking whether all is well, being asked whether one is alive."""

import socket
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import jobs
from core.management.commands.up import Command as Up
from core.models import Job, SentForm


def test_a_busy_port_costs_one_sentence_that_names_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} is in use. Choose another one: make run PORT={port + 1}"):
            Up().listen("127.0.0.1", port)


def test_a_free_port_is_taken_before_anything_else():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    with Up().listen("127.0.0.1", port) as listening:
        assert listening.getsockname()[1] == port


@pytest.mark.django_db
def test_the_doctor_says_in_words_what_is_there(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "of this installation")
    told = StringIO()
    call_command("doctor", stdout=told, no_color=True)

    assert "All migrations are applied." in told.getvalue()
    assert "Database:" in told.getvalue()
    assert "missing" not in told.getvalue()


@pytest.mark.django_db
def test_the_doctor_finds_a_redis_that_does_not_answer(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    told = StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", stdout=told, no_color=True)
    assert "Redis does not answer" in told.getvalue()


def test_a_living_process_says_so_without_a_database(client):
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_a_process_is_ready_while_the_outbox_moves(client):
    assert client.get("/readyz").json()["outbox"] is True

    Job.objects.create(name="core.run_job", key="stuck", due_at=timezone.now() - timedelta(minutes=5))

    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_what_is_long_over_is_forgotten():
    now = timezone.now()
    Job.objects.create(name="x", key="old", due_at=now, done_at=now - timedelta(days=31))
    Job.objects.create(name="x", key="new", due_at=now, done_at=now - timedelta(days=1))
    SentForm.objects.create(fingerprint="f")
    SentForm.objects.update(sent_at=now - timedelta(days=2))

    jobs.tidy(now=now)

    assert list(Job.objects.values_list("key", flat=True)) == ["new"]
    assert not SentForm.objects.exists()
