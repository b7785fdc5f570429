"""Compute a stored run once more and compare: the same input, settings and seed must give the same bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mentoring.matching.engine import ENGINE_VERSION, match
from mentoring.matching.models import MatchRun
from mentoring.matching.services.runs import aim_of, pool_of, rules_of, weights_of


@dataclass(frozen=True)
class Again:
    """`same_input`: nobody's answers, places or wishes have changed since. `same_result` is None where they have, or
    where another engine computed."""

    same_engine: bool
    same_input: bool
    same_result: bool | None


def same_again(run: MatchRun) -> Again:
    """The report of the engine is compared byte by byte in its canonical form; takes as long as the run itself."""
    pool = pool_of(run)
    result = match(
        pool.cohort,
        rules=rules_of(run.rules),
        weights=weights_of(run.weights),
        objective=aim_of(run.objective, run.aim, pool),
        seed=run.seed,
    )
    same_engine, same_input = run.engine_version == ENGINE_VERSION, result.input_hash == run.input_hash
    same = _bytes(result.report()) == _bytes(run.report) if same_engine and same_input else None
    return Again(same_engine, same_input, same)


def _bytes(report: object) -> bytes:
    return json.dumps(report, sort_keys=True, separators=(",", ":"), default=list).encode()
