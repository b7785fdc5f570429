"""`make test`: the whole suite on the embedded parts, then again on PostgreSQL and Redis where they answer. What neither can
change (the engine, the statistics, how a browser draws a page: marked `once`) is not proven twice.

Environment: CI=true requires both lanes and the browser; PYTEST_ARGS adds arguments (split at spaces).
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple

import psycopg2
import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
DATABASES = [os.environ.get("DATABASE_URL"), "postgresql:///postgres", "postgresql://postgres@127.0.0.1:5432/postgres"]
HASTY = {"PGOPTIONS": "-c synchronous_commit=off"}
"""A test's commit need not survive the failure of the machine."""
SUITE = ["tests", "--ignore=tests/journeys"]
JOURNEYS = ["tests/journeys", "--dist=load", "--maxschedchunk=1"]
AGAIN = ["-m", "not once", "--ignore-glob=*/test_engine_*", "--ignore=tests/evaluation/statistics"]
"""What the second lane leaves out; whole files of it are not even read."""
REDIS = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/9"


def first_database() -> str | None:
    """The first PostgreSQL that lets us in and make a test database."""
    for url in filter(None, DATABASES):
        try:
            psycopg2.connect(url, connect_timeout=2).close()
        except psycopg2.Error:
            continue
        return url
    return None


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS, socket_timeout=2).ping())
    except (redis.RedisError, OSError):
        return False


class Lane(NamedTuple):
    """One way to run the platform: what it sets, and which tests it takes."""

    name: str
    sets: dict[str, str]
    words: list[str]


class Outcome(NamedTuple):
    code: int
    seconds: float
    name: str


def run(lane: Lane, what: str, tests: list[str], out: IO[bytes] | None = None) -> Outcome:
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")} | lane.sets
    pytest = [sys.executable, "-m", "pytest", *lane.words, *tests, *os.environ.get("PYTEST_ARGS", "").split()]
    started = time.monotonic()
    code = subprocess.run(pytest, cwd=ROOT, env=clean, stdout=out, stderr=out and subprocess.STDOUT).returncode
    return Outcome(code, time.monotonic() - started, f"{lane.name}: {what}")


def suites(lanes: list[Lane]) -> list[Outcome]:
    done = []
    for lane in lanes:
        print(f"\n=== {lane.name}: the suite ===", flush=True)
        done.append(run(lane, "the suite", SUITE))
    return done


def journeys(lanes: list[Lane], out: IO[bytes]) -> list[Outcome]:
    """In processes beside the suites: they wait for pages half of their time, and a browser's loop and the ORM do not share
    a process well."""
    return [run(lane, "the journeys", JOURNEYS, out) for lane in lanes]


def main() -> int:
    ci = os.environ.get("CI") == "true"
    notes = []
    if not chromium():
        notes.append("No chromium here: the browser journeys were skipped.")
    lanes = [Lane("Embedded (SQLite, in memory)", {}, [])]
    database = first_database()
    if database and redis_answers():
        own = {"DATABASE_URL": database, "REDIS_URL": REDIS} | HASTY
        lanes.append(Lane("Server (PostgreSQL and Redis)", own, AGAIN))
    else:
        missing = " and ".join(["PostgreSQL"] * (not database) + ["Redis"] * (not redis_answers()))
        notes.append(
            f"{missing} did not answer: the second lane was skipped. Set DATABASE_URL and REDIS_URL to run it."
        )
    started = time.monotonic()
    with ThreadPoolExecutor() as pool, tempfile.TemporaryFile() as out:
        beside = pool.submit(journeys, lanes, out)
        done = [*suites(lanes), *beside.result()]
        out.seek(0)
        print("\n=== The journeys, lane by lane ===\n", out.read().decode(), sep="")
    for code, seconds, name in done:
        print(f"{'passed' if code == 0 else 'FAILED':7} {seconds:5.0f} s  {name}")
    print(f"{time.monotonic() - started:13.0f} s  in all")
    for note in notes:
        print(f"note    {note}")
    if ci and notes:
        print("FAILED  CI lets nothing be skipped.")
        return 1
    return max(outcome.code for outcome in done)


if __name__ == "__main__":
    sys.exit(main())
