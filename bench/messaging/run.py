"""`make bench-messaging`: conversations beside their peers, in interleaved rounds on the same database, Redis and cores.

One JSON object per line on standard output, `ratio` being the median of ours / theirs over the rounds, `low` and `high` the
ends; everything else on standard error; the table in bench/README.md. `--quick`: two short rounds of two cases, no table.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from bench.messaging.cases import CASES, LABELS, Case, Line
from bench.messaging.sites import PEERS, Site, known_sites
from tools.test import REDIS, first_database, redis_answers

PEOPLE = 2000
BEGIN, END = "<!-- messaging: begin -->", "<!-- messaging: end -->"
REACHED = {None: "", True: "yes", False: "**no**"}


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measured(site: Site, spec: dict[str, Any]) -> dict[str, Any]:
    """Let the load loose on a running site; what it found, with what the server used."""
    empty = site.kb()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({**spec, "port": site.port, "dialect": site.dialect, "people": site.people}, file)
        file.flush()
        command = [str(PEERS), str(ROOT / "bench/messaging/load.py"), file.name]
        load = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        begin = end = 0.0
        found: dict[str, Any] = {}
        for line in load.stdout or ():
            told = json.loads(line)
            if told["phase"] == "begin":
                begin = site.cpu_s()
            elif told["phase"] == "end":
                end = site.cpu_s()
                found["kb_per_socket"] = (site.kb() - empty) / spec["sockets"]
                if spec["kind"] == "idle":
                    answer(load, "seen")
            elif told["phase"] == "kill":
                killed = time.time()
                site.stop(kill=True)
                site.start()
                answer(load, str(killed))
            elif told["phase"] == "done":
                found |= told
        load.wait()
    if "phase" not in found:
        raise RuntimeError(f"{site.name}: the load broke off")
    if found.get("acks"):
        found["cpu_us"] = (end - begin) / found["acks"] * 1e6
    return found


def answer(load: subprocess.Popen[str], text: str) -> None:
    assert load.stdin
    load.stdin.write(f"{text}\n")
    load.stdin.flush()


def rounds(case: Case, sites: list[Site], many: int) -> dict[str, list[dict[str, Any]]]:
    """Ours, then each of the others, and again. What ours lost, doubled or disordered ends the bench."""
    found: dict[str, list[dict[str, Any]]] = {}
    for turn in range(many):
        for site in sites:
            if site.name not in ("ours", *case.peers):
                continue
            site.start()
            try:
                one = measured(site, case.spec)
            finally:
                site.stop()
            found.setdefault(site.name, []).append(one)
            wrong = {
                what: one[what] for what in ("unanswered", "lost", "doubled", "disordered", "refused") if one[what]
            }
            figures = ", ".join(f"{LABELS[m]} {rounded(one[m])}" for m in case.measures if m in one)
            tell(f"{case.name} [{turn + 1}/{many}] {site.name}: {figures} {wrong or ''}")
            if site.name == "ours" and wrong:
                sys.exit(f"{case.name}: ours {wrong}")
    return found


def rounded(value: float) -> float:
    """Three figures."""
    return float(f"{value:.3g}") if value < 100 else round(value)


def as_json(line: Line) -> str:
    told = {"case": line.case, "measure": line.measure, "ours": rounded(line.ours), "peer": line.peer}
    ends = {"low": rounded(min(line.ratios)), "high": rounded(max(line.ratios))}
    return json.dumps({**told, "theirs": rounded(line.theirs), "ratio": rounded(line.ratio), **ends})


def written(lines: list[Line], load: float) -> str:
    met = [line.met for line in lines]
    return "\n".join(
        [
            f"Measured on {platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}. Load of the "
            f"machine before: {load:.1f} (0 where nothing else runs). {met.count(True)} of {len(met) - met.count(None)} "
            "goals are reached.",
            "",
            "| case | measure | ours | peer | theirs | ours / theirs | from | to | goal | reached |",
            "|---|---|---:|---|---:|---:|---:|---:|---|---|",
            *[
                f"| {line.case} | {LABELS[line.measure]} | {rounded(line.ours):,} | {line.peer} | {rounded(line.theirs):,}"
                f" | {rounded(line.ratio)} | {rounded(min(line.ratios))} | {rounded(max(line.ratios))} | {line.goal_text}"
                f" | {REACHED[line.met]} |"
                for line in lines
            ],
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds of the short cases, and no table")
    parser.add_argument("--only", action="append", metavar="CASE", help="these cases only, and no table")
    parser.add_argument("--peers", help="only these peers, by comma; and no table")
    parser.add_argument("--rounds", type=int, help="so many rounds; and no table")
    asked = parser.parse_args()
    database = first_database()
    if not database or not redis_answers():
        sys.exit("PostgreSQL and Redis must answer: set DATABASE_URL and REDIS_URL.")
    os.environ["REDIS_URL"] = REDIS
    cases = [c for c in CASES if (c.name in asked.only if asked.only else c.quick or not asked.quick)]
    wanted = asked.peers.split(",") if asked.peers is not None else None
    sites = [s for s in known_sites() if s.name == "ours" or wanted is None or s.name in wanted]
    sites = [s for s in sites if s.name in {"ours", *(peer for case in cases for peer in case.peers)}]
    load, lines = os.getloadavg()[0], list[Line]()
    folder = tempfile.TemporaryDirectory()
    try:
        for site in sites:
            site.folder = Path(folder.name)
            site.prepare(PEOPLE, {"DATABASE_URL": database, "REDIS_URL": REDIS})
        for case in cases:
            many = asked.rounds or (2 if asked.quick else case.rounds)
            for line in case.lines(rounds(case, sites, many)):
                lines.append(line)
                print(as_json(line), flush=True)
    finally:
        for site in sites:
            site.stop()
            site.remove()
        folder.cleanup()
    if asked.quick or asked.only or asked.rounds or wanted is not None:
        return
    readme = ROOT / "bench/README.md"
    text = readme.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    readme.write_text(f"{text[:start]}\n{written(lines, load)}\n{text[end:]}")


if __name__ == "__main__":
    main()
