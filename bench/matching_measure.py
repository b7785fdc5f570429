"""One measurement in a process of its own: `python bench/matching_measure.py '{"what": …}'` prints one JSON object.

`cpu_s` are user and system seconds of this process, `peak_mb` is what the call needed beyond what stood before it. Both
begin after imports, the making of the input, and one run on a handful of people.
"""

import contextlib
import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: a peer is called like a file in it

SHORT, AGAIN = 0.005, 20
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def measured(call: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What the call returns, and what it cost; very short calls are made again and their cost is the mean."""
    gc.collect()
    with contextlib.suppress(OSError):
        RESET.write_text("5")  # the peak of memory counts from here (Linux)
    before, started = _memory()[0], time.process_time()
    found = call()
    cost, peak = time.process_time() - started, (_memory()[1] - before) / 1024
    if cost < SHORT:
        started = time.process_time()
        for _ in range(AGAIN):
            call()
        cost = (time.process_time() - started) / AGAIN
    return found, {"cpu_s": cost, "peak_mb": peak}


def _memory() -> tuple[int, int]:
    """Memory now and at its peak, in kilobytes."""
    if not STATUS.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak, peak
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines["VmRSS"].split()[0]), int(lines["VmHWM"].split()[0])


def peer(name: str, table: str) -> dict[str, Any]:
    """A peer on a table of scores; totals are counted in scores."""
    peers = import_module("bench.matching_peers")
    ask = peers.PEERS[name]
    tiny = np.arange(12).reshape(4, 3).astype(np.int16)
    ask(tiny, np.array([1, 2, 1]))
    with np.load(table) as given:
        scores, places, *views = (given[key] for key in given.files)
    views = views if name == "matching" else []
    mate, cost = measured(lambda: ask(*([views[0], places, views[1]] if views else [scores, places])))
    some = np.flatnonzero(mate >= 0)
    return {**cost, "people": len(some), "total": int(scores[some, mate[some]].sum(dtype=np.int64))}


def main() -> None:
    spec = json.loads(sys.argv[1])
    what, path = spec.pop("what"), spec.pop("package", None)
    if path:
        sys.path.insert(0, path)
    ask = peer if what == "peer" else getattr(import_module("bench.matching_ours"), what)
    print(json.dumps(ask(**spec)))


if __name__ == "__main__":
    main()
