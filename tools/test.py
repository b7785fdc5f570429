"""`make test`: the whole suite on the embedded parts, then again on PostgreSQL and Redis where they answer. What neither can
change (the engine, the statistics, how a browser draws a page: marked `once`) is not proven twice.

Environment: CI=true requires both lanes and the browser; PYTEST_ARGS adds arguments (split at spaces).
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
AGAIN = ["-m", "not once"]
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


def lane(name: str, env: dict[str, str], *words: str) -> tuple[str, int, float]:
    """Run the suite and, beside it, the journeys, which wait for pages half of their time; then print what these said.

    A browser's event loop and the ORM do not share a process well. Returns the lane's name, the worst exit code and the
    seconds.
    """
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")} | env
    more = os.environ.get("PYTEST_ARGS", "").split()
    pytest = [sys.executable, "-m", "pytest", *words, *more]
    started = time.monotonic()
    print(f"\n=== {name}: the suite ===", flush=True)
    with tempfile.TemporaryFile() as said:
        journeys = subprocess.Popen([*pytest, *JOURNEYS], cwd=ROOT, env=clean, stdout=said, stderr=subprocess.STDOUT)
        suite = subprocess.run([*pytest, *SUITE], cwd=ROOT, env=clean).returncode
        print(f"{time.monotonic() - started:.0f} s\n\n=== {name}: the journeys ===", flush=True)
        worst = max(suite, journeys.wait())
        said.seek(0)
        print(said.read().decode())
    return name, worst, time.monotonic() - started


def main() -> int:
    ci = os.environ.get("CI") == "true"
    notes = []
    if not chromium():
        notes.append("No chromium here: the browser journeys were skipped.")
    lanes = [lane("Embedded: SQLite, in memory", {})]
    database = first_database()
    if database and redis_answers():
        own = {"DATABASE_URL": database, "REDIS_URL": REDIS} | HASTY
        lanes.append(lane("Server: PostgreSQL and Redis", own, *AGAIN))
    else:
        missing = " and ".join(["PostgreSQL"] * (not database) + ["Redis"] * (not redis_answers()))
        notes.append(
            f"{missing} did not answer: the second lane was skipped. Set DATABASE_URL and REDIS_URL to run it."
        )
    print()
    for name, code, seconds in lanes:
        print(f"{'passed' if code == 0 else 'FAILED':7} {seconds:5.0f} s  {name}")
    for note in notes:
        print(f"note    {note}")
    if ci and notes:
        print("FAILED  CI lets nothing be skipped.")
        return 1
    return max(code for _, code, _ in lanes)


if __name__ == "__main__":
    sys.exit(main())
