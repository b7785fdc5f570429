"""`make bench-pages`: queries and server time of the pages and lists, on the small and on the medium demonstration.

One JSON object per line on standard output, and the table in bench/README.md. On PostgreSQL where it answers, else SQLite.
Server time is the time of the whole handler in this process: middleware, view, template; no network.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROOT = Path(__file__).resolve().parent.parent
RUNS = 30
BEGIN, END = "<!-- pages: begin -->", "<!-- pages: end -->"


def measure(runs: int) -> None:
    """In a process of its own on a planted database: one JSON row per page; without `runs` no times."""
    import config.asgi  # noqa: F401, PLC0415 - begins as the server does, with the environment of this process
    from bench.pages_list import callers  # noqa: PLC0415

    for who, name, call in callers():
        row = {"who": who, "page": name, **counted(call)}
        print(json.dumps(row | timed(call, runs) if runs else row), flush=True)


def counted(call: Callable[[], Any]) -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415

    call()  # warm: templates, catalogues
    queries = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        answer = call()
    if answer.status_code >= 400:
        sys.exit(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    return {"status": answer.status_code, "queries": queries, "kb": round(len(answer.content) / 1024, 1)}


def timed(call: Callable[[], Any], runs: int) -> dict[str, Any]:
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    ranked = sorted(times)
    return {"median_ms": round(statistics.median(times), 1), "p95_ms": round(ranked[int(0.95 * (runs - 1))], 1)}


def planted(size: str, *, runs: int) -> list[dict[str, Any]]:
    """Plant a demonstration of this size in a database of its own and measure there."""
    from tests.journeys.platform import new_site, run_sql  # noqa: PLC0415
    from tools.test import REDIS, first_database, redis_answers  # noqa: PLC0415

    database = first_database()
    if database and redis_answers():
        os.environ |= {"DATABASE_URL": database, "REDIS_URL": REDIS}
    else:
        database = None
    with tempfile.TemporaryDirectory() as folder:
        site, remove = new_site(Path(folder), Path(folder))
        try:
            if database:
                run_sql(database, f'CREATE DATABASE "{urlsplit(site.env["DATABASE_URL"]).path.strip("/")}"')
            site.manage("migrate", "--verbosity", "0")
            started = time.perf_counter()
            site.manage("seed_demo", "--size", size)
            print(f"planted {size} in {time.perf_counter() - started:.0f} s", file=sys.stderr)
            command = [sys.executable, __file__, "--measure", str(runs)]
            done = subprocess.run(command, cwd=ROOT, env=site.env, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(done.stderr[-3000:])
            return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        finally:
            remove()


def table(small: list[dict[str, Any]], medium: list[dict[str, Any]]) -> str:
    lines = [
        f"Measured on {platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{'PostgreSQL' if os.environ.get('DATABASE_URL') else 'SQLite'}; {RUNS} calls each, server time in milliseconds. "
        f"Load of the machine over the last five minutes: {os.getloadavg()[1]:.1f}; it is about 1 where nothing else runs.",
        "",
        "| who | page | queries, 39 people | queries, 597 people | median ms | 95th percentile ms | kB |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for few, many in zip(small, medium, strict=True):
        lines.append(
            f"| {many['who']} | {many['page']} | {few['queries']} | {many['queries']} | {many['median_ms']}"
            f" | {many['p95_ms']} | {many['kb']} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    if (runs := parser.parse_args().measure) is not None:
        measure(runs)
        return
    small, medium = planted("small", runs=0), planted("medium", runs=RUNS)
    for few, many in zip(small, medium, strict=True):
        print(json.dumps({**many, "queries_small": few["queries"]}))
    readme = ROOT / "bench/README.md"
    text = readme.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    readme.write_text(f"{text[:start]}\n{table(small, medium)}\n{text[end:]}")


if __name__ == "__main__":
    main()
