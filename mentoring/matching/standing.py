"""A stored run asked again: its people, its rules and the prices it found, as the engine wants them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mentoring.matching.engine import MentorLoad, Standing, Table, help_most
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.queries import Pool, load_pool
from mentoring.matching.services.runs import aim_of, table_of
from mentoring.relationships.models import Relationship

PRICES = ("one_more_people", "one_more_points", "one_fewer_people", "one_fewer_points")


@dataclass(frozen=True)
class Asked:
    """A run as it stands today. The table scores with the run's rules and weights and what people answer today."""

    run: MatchRun
    pool: Pool
    table: Table
    standing: Standing


def ask(run: MatchRun, *, also: Iterable[int] = ()) -> Asked:
    """Everything the engine needs to be asked about a finished run: `why_not`, `fair_mentors`, `ranks_of`, `repair`.

    Everybody of the run is in the table, whoever joined since, and the enrolments in `also`. A mentor has the places
    that are free today and those that published pairs of this run fill. A pair of this run that came to an early end and
    was replaced is not proposed again. Four queries more than `load_pool`.
    """
    pairs = list(run.pairs.standing().order_by("mentee", "mentor"))
    told = standing_report(run)
    prices = {row["mentor"]: row for row in told.get("load", [])}
    people = {key for pair in pairs for key in (pair.mentee_id, pair.mentor_id)}
    left = run.unmatched.values_list("enrolment", flat=True)
    locked = [(pair.mentee_id, pair.mentor_id) for pair in pairs if pair.locked]
    pool = load_pool(run.programme, locked=locked, also={*people, *prices, *left, *also}, at=run.created_at)
    began = Counter(pair.mentor_id for pair in pairs if pair.status == Pair.Status.PUBLISHED)
    places = {key: pool.people[key].free_places + began[key] for key in pool.cohort.mentors.keys.tolist()}
    mentors = replace(pool.cohort.mentors, places=np.array(list(places.values()), np.int64))
    over = run.pairs.filter(relationship__status__in=Relationship.CUT_SHORT).exclude(pk__in=[pair.pk for pair in pairs])
    parted = np.array([*over.values_list("mentee", "mentor")], np.int64).reshape(-1, 2)
    blocked = np.concatenate([pool.cohort.forbidden.get("blocked", parted[:0]), parted])
    forbidden = {**pool.cohort.forbidden, "blocked": blocked}
    pool = replace(pool, cohort=replace(pool.cohort, mentors=mentors, forbidden=forbidden))
    standing = Standing.of(
        ((pair.mentee_id, pair.mentor_id) for pair in pairs),
        (MentorLoad(**{**_unpriced(key), **prices.get(key, {}), "places": free}) for key, free in places.items()),
        aim_of(run.objective, run.aim, pool),
        told.get("certificate", {}).get("band"),
    )
    return Asked(run, pool, table_of(run, pool), standing)


def standing_report(run: MatchRun) -> dict[str, Any]:
    """What the engine said last about this draft: when the rest was solved again, else when it was computed."""
    solved = run.steps.filter(undone_at=None).exclude(report={}).order_by("-pk").values_list("report", flat=True)
    found: dict[str, Any] = solved.first() or run.report
    return found


def wanted(run: MatchRun, load: Iterable[MentorLoad]) -> list[MentorLoad]:
    """Mentors with whom one more place would help most, the first five of them: by the prices of the run (`load`), and those
    who were full before it and are all that somebody unmatched could have. One query."""
    rows = {row.mentor: row for row in load}
    for details in run.unmatched.filter(reason="rules").values_list("details", flat=True):
        mentor = details.get("mentor")
        if details.get("rules") == ["place"] and mentor in rows:
            best = max(rows[mentor].one_more_points, details.get("score") or 0)
            rows[mentor] = replace(rows[mentor], one_more_people=1, one_more_points=best)
    return list(help_most(Standing.of((), rows.values())))


def _unpriced(mentor: int) -> dict[str, int]:
    """A mentor who came after the run: nobody competes for the places yet."""
    return {"mentor": mentor, "filled": 0, **dict.fromkeys(PRICES, 0)}
