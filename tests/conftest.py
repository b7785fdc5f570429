"""What every test may ask for."""

import gc
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import translation

from core import jobs
from mentoring.messaging import hub, limits
from tests.migrated import migrated

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
APPEND_ONLY = {"accounts_auditevent"}
"""Tables whose rows the database itself does not let go."""
FROM_THE_BEGINNING = {"django_content_type", "auth_permission"}
"""Tables that migrating fills, and nobody else."""


LONG = ("test_pages", "test_query_counts")

# A machine that stalls says nothing about what is tried. Loaded here, before any `@settings` of a test is read.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no process is left with one while the other has nothing to do."""
    items.sort(key=lambda item: item.path.stem not in LONG)


def pytest_collection_finish() -> None:
    """What is loaded stays for good: looked through again and again, it takes a ninth of the time of most tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)


def pytest_configure(config: pytest.Config) -> None:
    """Plain static files, looked for when they are asked for and not by every client; a quick hash of passwords; a database
    that need not survive the failure of the machine."""
    if settings.EMBEDDED:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        options = settings.DATABASES["default"]["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.TALLY_EVERY_S = 0
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test's database begins as a copy of a migrated one."""
    source, test = migrated(), settings.DATABASES["default"]["TEST"]
    if settings.EMBEDDED:
        for end in ("", "-wal", "-shm"):
            Path(f"{test['NAME']}{end}").unlink(missing_ok=True)
        shutil.copy(source, test["NAME"])
    else:
        test["TEMPLATE"] = source


@pytest.fixture(scope="session")
def django_db_createdb() -> bool:
    """A file was just copied; a database is made from its template."""
    return not settings.EMBEDDED


@pytest.fixture(scope="session", autouse=True)
def emptied_by_row() -> None:
    """After a test that commits, the few rows it made are deleted, and what every installation has from the beginning stays:
    truncating every table, or making that anew, takes longer than most tests."""
    connection.ops.sql_flush = deletions
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


def deletions(style: object, tables: list[str], **_options: bool) -> list[str]:
    gone = [table for table in tables if table not in FROM_THE_BEGINNING]
    if connection.vendor == "sqlite":
        return [f'DELETE FROM "{table}"' for table in gone]
    verb = dict.fromkeys(APPEND_ONLY, "TRUNCATE")
    return ["; ".join(f'{verb.get(table, "DELETE FROM")} "{table}"' for table in gone)]


@pytest.fixture(scope="session", autouse=True)
def hubs_go_at_once() -> None:
    """A test leaves no thread behind that holds the database."""
    hub.LINGER_S = 0.0


@pytest.fixture(autouse=True)
def nobody_has_chosen_a_language() -> None:
    """A page that was asked for in Persian leaves its language behind in this thread."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def nobody_has_spoken_yet() -> None:
    """Every test counts its people anew: what one has said within seconds is not said by the next with that number."""
    limits._recent.clear()
    limits._buckets.clear()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def run_jobs(db) -> Callable[[], int]:
    """Do every job that is due, until none is left; returns how many ran."""

    def until_quiet() -> int:
        total = 0
        while ran := jobs.run_due():
            total += ran
        return total

    return until_quiet


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """A browser in which this person is signed in."""

    def signed_in(person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
