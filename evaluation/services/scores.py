"""Scores are computed for a whole programme at once and replace those of the same day."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core.jobs import enqueue
from core.models import Job
from evaluation.facts import Facts
from evaluation.measure import Board, Result, bounded
from evaluation.models import Score
from evaluation.services.actions import read_again
from evaluation.services.alerts import refresh_alerts
from evaluation.statistics.rollup import SCORED, SUPPRESSED
from mentoring.planning.models import Programme

BATCH = 2000


def recompute(programme: Programme, *, at: datetime) -> int:
    """Compute every score of the programme as of `at`, refresh its alerts and read its actions again. Running it again gives
    the same rows.

    Programme rows stay as history; rows of single relationships and people are kept for the newest day only. Returns how
    many rows were written: none when a computation that began later was stored first, for it read newer facts.
    """
    facts = Facts(programme, at)
    board = Board(facts)
    rows = chain(_programme_rows(board), _unit_rows(board))
    written = 0
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        mine = Score.objects.filter(programme=programme)
        if mine.filter(computed_at__gt=at).exists():
            return 0
        mine.filter(Q(as_of_on=facts.today) | ~Q(level=Score.Level.PROGRAMME)).delete()
        while batch := list(islice(rows, BATCH)):
            written += len(Score.objects.bulk_create(batch))
        refresh_alerts(facts)
        read_again(programme, today=facts.today, at=at)
    return written


def ask_to_recompute(programme: Programme, *, by: User, at: datetime) -> Job:
    """Compute again as a job. While one waits, asking again asks nothing; one that has begun may have missed the news."""
    asked = Job.objects.due(at).filter(name="evaluation.recompute_programme", payload={"programme_id": programme.pk})
    waiting: Job | None = asked.filter(lease_until=None).first()
    key = f"recompute:{programme.pk}:{at.isoformat()}"
    return waiting or enqueue("evaluation.recompute_programme", key=key, programme_id=programme.pk)


def _score(board: Board, **fields: Any) -> Score:
    facts = board.facts
    return Score(programme_id=facts.programme.pk, as_of_on=facts.today, computed_at=facts.at, **fields)


def _programme_rows(board: Board) -> Iterator[Score]:
    for result in board.results:
        scored = result.state == SCORED
        yield _score(
            board,
            level=Score.Level.PROGRAMME,
            component=result.indicator.component,
            code=result.indicator.code,
            facet=Score.Facet.BEHAVIOUR,
            state=result.state,
            value=bounded(result.value) if scored else None,
            n=0 if result.state == SUPPRESSED else result.n,
            inputs=_evidence(board, result) if scored else {},
            version=result.indicator.version,
            anchors_version=result.indicator.anchors_version,
        )
    for whole in board.wholes():
        yield _score(
            board,
            level=Score.Level.PROGRAMME,
            component=whole.slug,
            code=whole.facet,
            facet=whole.facet,
            state=whole.state,
            value=whole.value,
            n=whole.n,
            inputs=whole.inputs,
        )


def _evidence(board: Board, result: Result) -> dict[str, Any]:
    """What a number was made of: the typical raw figure, sums, the span of days, and how many units lie below 50."""
    figures, facts = result.figures, board.facts
    if figures is None:
        return {}
    used = figures.enough
    middle = np.nanmedian if result.indicator.unit in ("days", "hours") else np.nanmean
    inputs = {
        "raw": round(float(middle(figures.raw[used])), 4),
        "numerator": _sum(figures.numerator[used]),
        "denominator": _sum(figures.denominator[used]),
        "from": facts.programme.starts_on.isoformat(),
        "to": facts.today.isoformat(),
    }
    if result.people is not None:
        inputs["people"] = result.people
    if result.indicator.per != "G":
        inputs["below_50"] = round(float((result.scores[used] < 50).mean()), 4)
    if ends := board.intervals.get((result.indicator.code, "behaviour")):
        inputs["low"], inputs["high"] = (round(end, 2) for end in ends)
    return inputs


def _sum(values: np.ndarray) -> float | None:
    return None if np.isnan(values).any() else round(float(values.sum()), 4)


def _unit_rows(board: Board) -> Iterator[Score]:
    """One row per relationship (or person) and indicator of that level."""
    for result in board.results:
        indicator, figures = result.indicator, result.figures
        if figures is None or indicator.per == "G" or indicator.per not in indicator.levels:
            continue
        of_pair = indicator.per == "R"
        ids = (board.facts.pairs if of_pair else board.facts.people).ids.tolist()
        columns = (figures.enough, result.scores, figures.raw, figures.numerator, figures.denominator)
        for pk, missing, enough, score, *numbers in zip(
            ids, figures.missing, *(column.tolist() for column in columns), strict=True
        ):
            yield _score(
                board,
                level=Score.Level.RELATIONSHIP if of_pair else Score.Level.PARTICIPANT,
                relationship_id=pk if of_pair else None,
                enrolment_id=None if of_pair else pk,
                component=indicator.component,
                code=indicator.code,
                facet=Score.Facet.BEHAVIOUR,
                state=SCORED if enough else missing,
                value=bounded(score) if enough else None,
                n=int(enough),
                inputs=_numbers(*numbers) if enough else {},
                version=indicator.version,
                anchors_version=indicator.anchors_version,
            )


def _numbers(raw: float, numerator: float, denominator: float) -> dict[str, float]:
    named = {"raw": raw, "numerator": numerator, "denominator": denominator}
    return {name: round(value, 4) for name, value in named.items() if not np.isnan(value)}
