"""`make bench-matching`: the matching engine beside its peers, on the same seeded cohorts, in one run.

One JSON object per line on standard output, `ratio` being ours / theirs; everything else on standard error; the table in
bench/README.md. Each measurement has a process of its own. `--quick` measures the small cases only and writes no table.
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.matching_cases import CASES, Case, Line

PEERS = ROOT / ".venv-bench"
MENTOR_MATCH = PEERS / "mentor-match"
"""Where `mentor-match` is installed: it calls its package `matching`, as the package `matching` does."""
LIMIT = 3_600
"""Seconds after which a measurement is given up."""
REACHED = {None: "", True: "yes", False: "**no**"}
BEGIN, END = "<!-- matching: begin -->", "<!-- matching: end -->"


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(case: str, spec: dict[str, Any]) -> dict[str, Any] | None:
    """One measurement in a process of its own; None where it could not be made."""
    peer = spec["what"] == "peer"
    python = PEERS / "bin/python" if peer else Path(sys.executable)
    if peer and not python.exists():
        tell(f"{case}: no {spec['name']} here; `make bench-matching` sets them up")
        return None
    if peer and spec["name"] == "mentor-match":
        spec = {**spec, "package": str(MENTOR_MATCH)}
    who = f"{case}: {spec['name'] if peer else spec['what']}"
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [str(python), str(ROOT / "bench/matching_measure.py"), json.dumps(spec)]
    started = time.monotonic()
    try:
        done = subprocess.run(command, cwd=ROOT, env=os.environ | one, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        tell(f"{who}: not measured (given up after {LIMIT} s)")
        return None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
        tell(f"{who}: not measured ({last[0]})")
        return None
    found = json.loads(done.stdout)
    cost = f"{found['cpu_s']:.3f} CPU s" if "cpu_s" in found else "ready"
    tell(f"{who}: {cost} in {time.monotonic() - started:.0f} s")
    return found


def median(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """One of several measurements of the same: the median of its costs."""
    costs = {
        name: statistics.median(one[name] for one in found)
        for name in ("cpu_s", "peak_mb")
        if found and name in found[0]
    }
    return {**found[0], **costs} if found else None


def free_mb() -> float:
    """Memory that a process could have now."""
    known = Path("/proc/meminfo")
    if not known.exists():
        return float("inf")
    return int(dict(line.split(":", 1) for line in known.read_text().splitlines())["MemAvailable"].split()[0]) / 1024


def measure(case: Case, folder: Path, *, once: bool) -> list[Line]:
    """Ours and theirs in turn, as often as the case asks for."""
    path = str(folder / f"{case.name}.npz")
    if case.peers and not run(case.name, {**case.table, "path": path}):
        return []
    ours: list[dict[str, Any]] = []
    theirs: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in case.peers}
    for turn in range(1 if once else case.turns):
        if found := run(case.name, case.ours):
            ours.append(found)
        for peer in case.peers:
            if turn >= peer.turns:
                continue
            if peer.needs_mb > (free := free_mb()):
                tell(f"{case.name}: {peer.name} not measured (needs {peer.needs_mb:.0f} MB, {free:.0f} are free)")
            elif found := run(case.name, {"what": "peer", "name": peer.name, "table": path}):
                theirs[peer.name].append(found)
    if not (own := median(ours)):
        return []
    others = {name: other for name, found in theirs.items() if (other := median(found))}
    return case.lines(own, others)


def rounded(value: float) -> float:
    """Four figures; whole numbers stay whole."""
    return value if isinstance(value, int) else float(f"{value:.4g}")


def as_json(line: Line) -> str:
    told = {"case": line.case, "measure": line.measure, "ours": rounded(line.ours), "peer": line.peer}
    return json.dumps({**told, "theirs": rounded(line.theirs), "ratio": rounded(line.ratio)})


def written(lines: list[Line], kept: list[str], load: float, jobs: int) -> str:
    """The table for the README: these lines, and rows of cases that were not measured now, in the order of the cases."""
    rows = kept + [
        f"| {line.case} | {line.measure} | {rounded(line.ours):,} | {line.peer} | {rounded(line.theirs):,}"
        f" | {rounded(line.ratio)} | {line.goal_text} | {REACHED[line.met]} |"
        for line in lines
    ]
    order = [case.name for case in CASES]
    rows.sort(key=lambda row: order.index(row.split(" | ")[0].removeprefix("| ")))
    yes, no = (sum(row.endswith(f" {REACHED[met]} |") for row in rows) for met in (True, False))
    return "\n".join(
        [
            f"Measured on {platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}. Load of the "
            f"machine: {load:.1f}, {jobs} case{'s' * (jobs > 1)} at a time (more makes every figure higher, on both sides). "
            f"{yes} of {yes + no} goals are reached.",
            "",
            "| case | measure | ours | peer | theirs | ours / theirs | goal | reached |",
            "|---|---|---:|---|---:|---:|---|---|",
            *rows,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the small cases only, and no table")
    parser.add_argument(
        "--only", action="append", metavar="CASE", help="these cases only; their rows of the table are written anew"
    )
    parser.add_argument(
        "--jobs", type=int, default=1, help="cases measured at a time (1); more is sooner and less exact"
    )
    asked = parser.parse_args()
    cases = [case for case in CASES if (not asked.quick or case.quick) and (not asked.only or case.name in asked.only)]
    lines: list[Line] = []
    loads = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.jobs) as pool:
        for found in pool.map(lambda case: measure(case, Path(folder), once=asked.quick), cases):
            for line in found:
                print(as_json(line), flush=True)
            lines += found
            loads.append(os.getloadavg()[0])
    if asked.quick:
        return
    readme = ROOT / "bench/README.md"
    text = readme.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    again = tuple(f"| {case.name} |" for case in cases)
    kept = [row for row in text[start:end].splitlines()[5:] if row and not row.startswith(again)]
    table = written(lines, kept, statistics.mean(loads), asked.jobs)
    readme.write_text(f"{text[:start]}\n{table}\n{text[end:]}")


if __name__ == "__main__":
    main()
