"""What a person may read of an exception."""

import sqlite3

import pytest
from django.db import ConnectionHandler, IntegrityError, OperationalError

from core.errors import Busy, refusal


@pytest.mark.django_db  # for it opens a database
def test_a_file_that_somebody_else_writes_to_is_a_refusal_to_come_back(tmp_path):
    file = tmp_path / "a.sqlite3"
    held = sqlite3.connect(file, isolation_level=None)
    held.execute("CREATE TABLE t (n)")
    held.execute("BEGIN IMMEDIATE")
    mine = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": {"timeout": 0.01}}}
    )["default"]

    with pytest.raises(OperationalError) as locked, mine.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
    mine.close()
    held.close()

    assert isinstance(refusal(locked.value), Busy)


@pytest.mark.parametrize("error", [OperationalError("no such table: t"), IntegrityError("twice"), ValueError("locked")])
def test_what_nobody_foresaw_is_no_refusal(error):
    assert refusal(error) is None
