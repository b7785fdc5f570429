"""`make test`: the whole suite on the embedded parts, then again on PostgreSQL and Redis where they answer. What neither can
change (the engine, the statistics, how a browser draws a page: marked `once`) is not proven twice.

Environment: CI=true requires both lanes and the browser; PYTEST_ARGS adds arguments (split at spaces).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

import psycopg2
import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
DATABASES = [os.environ.get("DATABASE_URL"), "postgresql:///postgres", "postgresql://postgres@127.0.0.1:5432/postgres"]
HASTY = {"PGOPTIONS": "-c synchronous_commit=off -c lock_timeout=50000"}
"""A test's commit need not survive the failure of the machine; and where many want one row, a machine that stalls holds them up
for longer than a person should wait."""
BESIDE = ["tests/journeys", "tests/dashboard", "tests/test_query_counts.py"]
"""In one process, beside all the rest in two: so that both are done at the same time. More at once take two cores longer for
the same."""
REST = ["tests", *(f"--ignore={path}" for path in BESIDE)]
AGAIN = ["-m", "not once", "--ignore-glob=*/test_engine_*", "--ignore=tests/evaluation/statistics"]
"""What the second lane leaves out; whole files of it are not even read."""
NOTHING_CHOSEN = 5
"""How pytest ends a run in which PYTEST_ARGS chose no test: it is left out, unless it was so in all."""
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


class Run(NamedTuple):
    """One go of pytest: what it sets, and which tests it takes."""

    name: str
    sets: dict[str, str]
    words: list[str]


class Outcome(NamedTuple):
    code: int
    seconds: float
    name: str


def lane(name: str, sets: dict[str, str], words: list[str]) -> list[Run]:
    """The suite, and the journeys that go on beside it: each has a Redis database of its own."""
    beside = {key: next_number(url) for key, url in sets.items() if key == "REDIS_URL"}
    return [
        Run(f"{name}: the suite", sets, [*words, *REST]),
        Run(f"{name}: the journeys", sets | beside, [*words, *BESIDE, "-n0"]),
    ]


def next_number(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"/{int(parts.path.strip('/') or 0) + 1}").geturl()


def outcome(run: Run, out: IO[bytes] | None = None) -> Outcome:
    """Let it go; what it says is seen at once, or in `out`."""
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")}
    pytest = [sys.executable, "-m", "pytest", *run.words, *os.environ.get("PYTEST_ARGS", "").split()]
    started = time.monotonic()
    code = subprocess.run(
        pytest, cwd=ROOT, env=clean | run.sets, stdout=out, stderr=out and subprocess.STDOUT
    ).returncode
    return Outcome(code, time.monotonic() - started, run.name)


def told(run: Run) -> Outcome:
    """Let it go beside others, and say in one piece what it said."""
    with tempfile.TemporaryFile() as out:
        found = outcome(run, out)
        out.seek(0)
        print(f"\n=== {run.name} ===\n{out.read().decode()}", end="", flush=True)
    return found


def main() -> int:
    ci = os.environ.get("CI") == "true"
    notes = []
    if not chromium():
        notes.append("No chromium here: the browser journeys were skipped.")
    lanes = [lane("Embedded (SQLite, in memory)", {}, [])]
    database = first_database()
    if database and redis_answers():
        own = {"DATABASE_URL": database, "REDIS_URL": REDIS} | HASTY
        lanes.append(lane("Server (PostgreSQL and Redis)", own, AGAIN))
    else:
        missing = " and ".join(["PostgreSQL"] * (not database) + ["Redis"] * (not redis_answers()))
        notes.append(
            f"{missing} did not answer: the second lane was skipped. Set DATABASE_URL and REDIS_URL to run it."
        )
    started = time.monotonic()
    (first, *suites), journeys = zip(*lanes, strict=True)
    print(f"\n=== {first.name} ===", flush=True)
    with ThreadPoolExecutor(1) as beside:
        going = beside.map(told, journeys)
        outcomes = [outcome(first), *map(told, suites), *going]
    if any(each.code != NOTHING_CHOSEN for each in outcomes):
        outcomes = [each for each in outcomes if each.code != NOTHING_CHOSEN]
    for code, seconds, name in outcomes:
        print(f"{'passed' if code == 0 else 'FAILED':7} {seconds:5.0f} s  {name}")
    print(f"{time.monotonic() - started:13.0f} s  in all")
    for note in notes:
        print(f"note    {note}")
    if not shutil.which("Rscript"):  # the one thing that CI may go without: R is nothing the project needs to run
        print("note    No Rscript here: reading an export in R was skipped.")
    if ci and notes:
        print("FAILED  CI lets nothing be skipped.")
        return 1
    return max(code for code, _seconds, _name in outcomes)


if __name__ == "__main__":
    sys.exit(main())
