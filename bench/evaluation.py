"""`make bench-evaluation`: scores of 20,000 people, 10,000 relationships and a million events, on PostgreSQL.

One JSON object per line on standard output, `ratio` being ours / theirs (or ours / goal); everything else on standard error; the
table in bench/README.md. Each measurement has a process of its own. `--quick` does the same with 120 relationships and writes no
table.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.test import REDIS, first_database, redis_answers

PAIRS, QUICK = 10_000, 120
EVENTS, LOOP = 200, 400
BEGIN, END = "<!-- evaluation: begin -->", "<!-- evaluation: end -->"
REACHED = {None: "", True: "yes", False: "**no**"}


@dataclass(frozen=True)
class Line:
    """One figure beside its goal (at most) or beside the loop; a goal of a loop's line is a ratio."""

    case: str
    measure: str
    ours: float
    peer: str
    theirs: float
    goal: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def met(self) -> bool | None:
        return None if self.goal is None else self.ratio <= self.goal

    def as_json(self) -> str:
        told = {"case": self.case, "measure": self.measure, "ours": rounded(self.ours), "peer": self.peer}
        return json.dumps({**told, "theirs": rounded(self.theirs), "ratio": rounded(self.ratio), "met": self.met})


def rounded(value: float) -> float:
    """Four figures; whole numbers stay whole."""
    return value if isinstance(value, int) else float(f"{value:.4g}")


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def to_goal(case: str, measure: str, ours: float, goal: float) -> Line:
    return Line(case, measure, ours, "goal", goal, 1.0)


def lines(found: dict[str, dict[str, Any]]) -> Iterator[Line]:
    """Everything that was measured, beside its goal or the loop."""
    night, loop = found["night"], found["loop"]
    yield to_goal("full recompute", "cpu_s", night["cpu_s"], 10.0)
    yield to_goal("full recompute", "cpu_s with the database's", night["cpu_s"] + night["database_s"], 10.0)
    yield to_goal("full recompute", "peak_mb", night["peak_mb"], 500.0)
    for case in ("message", "lesson"):
        yield to_goal(f"one event: {case}", "cpu_ms", found[case]["cpu_ms"], 10.0)
        yield to_goal(f"one event: {case}", "wall_ms", found[case]["wall_ms"], 10.0)
    for case in ("page", "small page"):
        name = f"health page, {found[case]['relationships']:,} relationships"
        yield to_goal(name, "cpu_ms", found[case]["cpu_ms"], 200.0)
        yield to_goal(name, "wall_ms", found[case]["wall_ms"], 200.0)
        yield to_goal(name, "queries", found[case]["queries"], 20)
    each = night["cpu_s"] * 1000 / found["planted"]["relationships"]
    with_database = (night["cpu_s"] + night["database_s"]) * 1000 / found["planted"]["relationships"]
    theirs, name = loop["cpu_s"] * 1000 / loop["relationships"], f"ORM loop, {loop['relationships']:,} relationships"
    yield Line("one relationship of a full recompute", "cpu_ms", each, name, theirs)
    theirs += loop["database_s"] * 1000 / loop["relationships"]
    yield Line("one relationship of a full recompute", "cpu_ms with the database's", with_database, name, theirs)


def measured(env: dict[str, str], what: str, **given: Any) -> dict[str, Any]:
    command = [sys.executable, str(ROOT / "bench/evaluation_measure.py"), json.dumps({"what": what, **given})]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    tell(
        f"{what}: {json.dumps({name: rounded(value) for name, value in found.items()})} in {time.monotonic() - started:.0f} s"
    )
    return found


def measure(pairs: int, env: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Everything, on a database that was just migrated."""
    found = {"planted": measured(env, "planted", pairs=pairs)}
    found["night"] = measured(env, "night")
    found["loop"] = measured(env, "loop", pairs=min(LOOP, pairs))
    found["message"] = measured(env, "message", events=min(EVENTS, pairs // 2))
    found["lesson"] = measured(env, "lesson", events=min(EVENTS, pairs // 2))
    found["page"] = measured(env, "page", pairs_at_least=pairs)
    found["small page"] = measured(env, "page", pairs_at_least=1)
    return found


def written(rows: list[Line], found: dict[str, dict[str, Any]], loads: list[float]) -> str:
    """The table for the README."""
    planted, night = found["planted"], found["night"]
    told = [
        f"| {line.case} | {line.measure} | {rounded(line.ours):,} | {line.peer} | {rounded(line.theirs):,}"
        f" | {rounded(line.ratio)} | {REACHED[line.met]} |"
        for line in rows
    ]
    return "\n".join(
        [
            f"Measured on {platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL on "
            f"the same machine; load {loads[0]:.1f} before and {loads[1]:.1f} after (0 where nothing else runs). "
            f"{planted['people']:,} people, {planted['relationships']:,} relationships in 20 programmes, "
            f"{planted['events']:,} events and {planted['answers']:,} answers; a recompute writes {night['rows']:,} rows and "
            f"scores {night['indicators_scored']} indicators.",
            "",
            "| case | measure | ours | beside | theirs | ours / theirs | reached |",
            "|---|---|---:|---|---:|---:|---|",
            *told,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} relationships, and no table")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"how many relationships ({PAIRS})")
    asked = parser.parse_args()
    database = first_database()
    if not database or not redis_answers():
        sys.exit("PostgreSQL and Redis must answer: set DATABASE_URL and REDIS_URL.")
    os.environ |= {"DATABASE_URL": database, "REDIS_URL": REDIS, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    from tests.journeys.platform import scratch_database  # noqa: PLC0415 - with the environment just set
    from tests.migrated import migrated, run_sql  # noqa: PLC0415

    url, remove = scratch_database(database)
    env = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
        "PEYVAND_MANIFEST": "0",
    }
    before = os.getloadavg()[0]
    try:
        run_sql(database, f'CREATE DATABASE "{urlsplit(url).path.strip("/")}" TEMPLATE "{migrated()}"')
        found = measure(QUICK if asked.quick else asked.pairs, env)
    finally:
        remove()
    rows = list(lines(found))
    for row in rows:
        print(row.as_json(), flush=True)
    if asked.quick or asked.pairs != PAIRS:
        return
    readme = ROOT / "bench/README.md"
    text = readme.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    readme.write_text(f"{text[:start]}\n{written(rows, found, [before, os.getloadavg()[0]])}\n{text[end:]}")


if __name__ == "__main__":
    main()
