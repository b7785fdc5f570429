import json
import threading
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEvent
from accounts.services import broken_link, record
from tests.factories import NOW, BelongingFactory, PersonFactory

migration = import_module("accounts.migrations.0002_audit_is_append_only")
TRIGGER = {"postgresql": migration.POSTGRESQL.partition("$$;")[2], "sqlite": migration.SQLITE}


def events(count):
    person = PersonFactory()
    return [record("test.done", by=person, at=NOW, target=person) for _ in range(count)]


def forge(**change):
    """Change a row as somebody with the database in hand would: with the trigger taken away."""
    with connection.schema_editor() as editor:
        table = " ON accounts_auditevent" if connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER accounts_audit_append_only{table}")
    AuditEvent.objects.filter(seq=2).update(**change)


def test_a_whole_chain_holds(db, capsys):
    events(3)
    assert broken_link() is None
    call_command("verify_audit", "--json")
    assert json.loads(capsys.readouterr().out) == {"events": 3, "whole": True, "broken_at": None}


def test_the_database_refuses_to_change_an_event(db):
    events(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(action="test.else")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite tables are emptied by DELETE between tests")
def test_the_database_refuses_to_remove_an_event(db):
    events(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"action": "test.else"}, {"actor_id": 99}, {"reason": "x"}, {"seq": 9}])
def test_a_changed_event_is_found(change, capsys, restored_trigger):
    events(3)
    forge(**change)
    assert broken_link() is not None
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert "broken at event" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_events_cut_off_at_the_end_are_found(restored_trigger):
    last = events(3)[-1]
    forge()
    AuditEvent.objects.filter(pk=last.pk).delete()
    assert broken_link() == 3


@pytest.fixture
def restored_trigger(transactional_db):
    """The forging tests take the trigger away; put it back for those that follow."""
    yield
    with connection.schema_editor() as editor:
        editor.execute(TRIGGER[connection.vendor])


def test_an_event_stands_only_if_its_fact_stands(db):
    events(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        record("test.undone", by=None, at=NOW)
        raise RuntimeError
    record("test.after", by=None, at=NOW)
    assert list(AuditEvent.objects.order_by("seq").values_list("seq", "action")) == [
        (1, "test.done"),
        (2, "test.after"),
    ]
    assert broken_link() is None


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer anyway")
@pytest.mark.django_db(transaction=True)
def test_two_threads_make_one_chain_without_a_gap():
    ready = threading.Barrier(2)

    def write():
        ready.wait(60)
        for _ in range(20):
            record("test.done", by=None, at=NOW)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 41))
    assert broken_link() is None


def test_events_are_seen_by_whom_they_concern_and_by_the_administrator(db):
    belonging = BelongingFactory(administrator=True)
    member = BelongingFactory(institution=belonging.institution).person
    elsewhere = BelongingFactory(administrator=True).person
    record("test.done", by=member, at=NOW, institution_id=belonging.institution_id)
    record("login.failed", by=None, at=NOW, target=member)

    def seen(person):
        return list(AuditEvent.objects.visible_to(person).order_by("seq").values_list("action", flat=True))

    assert seen(member) == ["test.done", "login.failed"]
    assert seen(belonging.person) == ["test.done"]
    assert seen(elsewhere) == []
