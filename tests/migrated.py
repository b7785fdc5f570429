"""A migrated database to copy from. Migrating takes a dozen seconds; every process and the next run want the same."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
FILE = "peyvand.sqlite3"
MIGRATE = """
import gc
from django.core.management import execute_from_command_line
gc.disable()
execute_from_command_line(["manage.py", "migrate", "--verbosity", "0"])
"""
"""A quarter of its time went to looking for garbage among the models of each step, of which the next one needs most."""
URL = os.environ.get("DATABASE_URL")


def migrated() -> str:
    """The file (embedded lane) or the name of the database beside ours (server lane), made unless it is there."""
    kept = ROOT / ".pytest_cache"
    kept.mkdir(exist_ok=True)
    with (kept / "migrating").open("w") as lock:
        flock(lock, LOCK_EX)
        return _database(URL) if URL else str(_file(kept))


def _state() -> str:
    """Changes with our migrations and those of what is installed."""
    paths = [ROOT / "requirements.lock", *sorted(ROOT.glob("[!.]*/**/migrations/*.py"))]
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()[:16]


def _file(kept: Path) -> Path:
    file = kept / f"migrated-{_state()}.sqlite3"
    if not file.exists():
        for old in kept.glob("migrated-*.sqlite3"):
            old.unlink()
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            _migrate(PEYVAND_DATA=folder)
            with sqlite3.connect(Path(folder) / FILE) as log:
                log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.move(Path(folder) / FILE, file)
    return file


def _database(url: str) -> str:
    """Made under another name first: a half migrated one is none. Others on the same server have theirs."""
    own = f"{urlsplit(url).path.strip('/')}_migrat"
    name = f"{own}ed_{_state()}"
    there = [old for (old,) in run_sql(url, "SELECT datname FROM pg_database") if old.startswith(own)]
    if name not in there:
        for old in there:
            run_sql(url, f'DROP DATABASE "{old}" WITH (FORCE)')
        run_sql(url, f'CREATE DATABASE "{own}ing"')
        _migrate(DATABASE_URL=beside(url, f"{own}ing"))
        run_sql(url, f'ALTER DATABASE "{own}ing" RENAME TO "{name}"')
    return name


def _migrate(**sets: str) -> None:
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "to migrate"} | sets
    subprocess.run([sys.executable, "-c", MIGRATE], cwd=ROOT, env=own, check=True)


def run_sql(url: str, sql: str) -> list[tuple]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(sql)
    found = cursor.fetchall() if cursor.description else []
    connection.close()
    return found


def beside(url: str, name: str) -> str:
    """The address of the database `name` on the same server."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{name}{query}"  # urlunsplit loses the empty place of `postgresql:///`
