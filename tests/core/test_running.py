"""Starting, looking whether all is well, being asked whether one is alive."""

import os
import socket
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import jobs
from core.management.commands.up import Command as Up
from core.models import Job, SentForm
from core.network import names_of


def test_a_busy_port_costs_one_sentence_that_names_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} is in use. Choose another one: make run PORT={port + 1}"):
            Up().listen("127.0.0.1", str(port))


@pytest.mark.parametrize("port", ["abc", "0", "65536", "80000", "-1", "", "²"])
def test_a_port_that_cannot_be_costs_one_sentence(port):
    with pytest.raises(CommandError, match="has to be a number from 1 to 65535"):
        Up().listen("127.0.0.1", port)


def test_a_server_is_called_by_the_name_it_listens_on_and_everywhere_by_this_machines():
    assert names_of("127.0.0.1") == ["127.0.0.1"]
    assert names_of("::1") == ["[::1]"]
    assert names_of("0.0.0.0")[0] == socket.gethostname()


def test_a_free_port_is_taken_before_anything_else():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    with Up().listen("127.0.0.1", str(port)) as listening:
        assert listening.getsockname()[1] == port


@pytest.mark.once
@pytest.mark.skipif(not Path("/proc/self/task").exists() or os.cpu_count() == 1, reason="threads cannot be counted")
def test_a_process_of_the_platform_computes_in_one_thread():
    """Of two threads that share matrices of nine rows each waits longer for the other than it computes."""
    counted = "import config, os, numpy, scipy.optimize; print(len(os.listdir('/proc/self/task')))"
    own = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}

    told = subprocess.run([sys.executable, "-c", counted], env=own, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "1"


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


@pytest.mark.django_db
def test_the_doctor_finds_jobs_that_nobody_does(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "of this installation")
    Job.objects.create(name="x", key="later", due_at=timezone.now() + timedelta(days=1))
    Job.objects.create(name="x", key="stuck", due_at=timezone.now() - timedelta(minutes=5))
    told = StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", stdout=told, no_color=True)
    assert "Jobs: 2 planned, 0 failed. 1 should have run by now" in told.getvalue()


@pytest.mark.django_db
def test_the_doctor_finds_a_mail_server_that_does_not_answer_and_pages_without_style(settings, tmp_path):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.WHITENOISE_USE_FINDERS, settings.STATIC_ROOT = False, tmp_path
    told = StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", stdout=told, no_color=True)
    assert "The mail server 127.0.0.1:1 does not answer" in told.getvalue()
    assert "run `manage.py collectstatic`" in told.getvalue()


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
    Session.objects.create(session_key="over", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="going", expire_date=now + timedelta(hours=1))

    jobs.tidy(now=now)

    assert list(Job.objects.values_list("key", flat=True)) == ["new"]
    assert not SentForm.objects.exists()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["going"]
