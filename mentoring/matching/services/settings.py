"""What a run is asked for from outside: the programme's own settings, and what is wanted otherwise this once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mentoring.matching.engine import Refused
from mentoring.matching.models import MatchRun
from mentoring.matching.services.refusals import refusal
from mentoring.matching.services.runs import rules_of, weights_of
from mentoring.planning.models import Programme


def settings_for(programme: Programme, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `start_run` and `preview`: as the programme keeps them, except for what is `asked`.

    `asked` may name "objective", "seed", "weights" (proportions; a criterion left out counts for nothing), single
    "rules" and single details of the "aim" (see `aim_of`). Raises MatchingRefused for what cannot be.
    """
    stored = programme.match_settings
    try:
        return {
            "rules": rules_of({**stored.get("rules", {}), **asked.get("rules", {})}),
            "weights": weights_of(asked.get("weights") or stored.get("weights", {})),
            "objective": asked.get("objective") or stored.get("objective", MatchRun.Objective.MOST),
            "seed": asked.get("seed", stored.get("seed", 1)),
            "aim": {**stored.get("aim", {}), **asked.get("aim", {})},
        }
    except Refused as error:
        raise refusal(error) from error
