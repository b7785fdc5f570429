"""Scores are computed for a whole programme at once and replace those of the same day."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts.models import Institution, User
from core.jobs import enqueue, report_progress
from core.models import Job
from evaluation.facts import Facts
from evaluation.institutions import InstitutionBoard, share_of
from evaluation.measure import Board
from evaluation.models import Score
from evaluation.rolling import Result, Whole, bounded
from evaluation.services.actions import read_again
from evaluation.services.alerts import refresh_alerts
from evaluation.services.told import tell_blocks, tell_months
from evaluation.services.units import forget_vanished, keep_units, still_measured
from evaluation.statistics.rollup import SCORED, SUPPRESSED
from mentoring.planning.models import Programme


def recompute(programme: Programme, *, at: datetime) -> int:
    """Compute every score of the programme as of `at`, refresh its alerts and read its actions again. Running it again gives
    the same rows.

    Rows of the programme are kept day by day, those of single relationships and people week by week. Returns how many rows
    were written: none when a computation that began later was stored first, for it read newer facts.
    """
    return store(Board(Facts(programme, at)))


@transaction.atomic
def store(board: Board) -> int:
    """Write down what was computed; see `recompute`."""
    facts = board.facts
    Programme.objects.select_for_update(no_key=True).get(pk=facts.programme.pk)
    mine = Score.objects.filter(programme=facts.programme)
    if mine.filter(computed_at__gt=facts.at).exists():
        return 0
    mine.filter(as_of_on=facts.today).delete()
    written = len(Score.objects.bulk_create(_programme_rows(board))) + keep_units(facts, board.kept)
    forget_vanished(facts.programme, at=facts.at)
    refresh_alerts(facts)
    read_again(facts.programme, today=facts.today, at=facts.at)
    return written


def ask_to_recompute(programme: Programme, *, by: User, at: datetime) -> Job:
    """Compute again as a job. While one waits, asking again asks nothing; one that has begun may have missed the news."""
    asked = Job.objects.due(at).filter(name="evaluation.recompute_programme", payload={"programme_id": programme.pk})
    waiting: Job | None = asked.filter(lease_until=None).first()
    key = f"recompute:{programme.pk}:{at.isoformat()}"
    return waiting or enqueue("evaluation.recompute_programme", key=key, programme_id=programme.pk)


def recompute_institution(institution: Institution, *, at: datetime) -> int:
    """Compute every score of the institution as of `at`: of its programmes one by one with all below them, then its own from
    those that run, kept day by day; and write down what is told once. Returns how many rows of scores were written."""
    measured = still_measured(timezone.localdate(at)).filter(institution=institution)
    programmes = list(measured.select_related("institution").order_by("pk"))
    written, shares = 0, []
    for done, programme in enumerate(programmes):
        report_progress(done, len(programmes))
        board = Board(Facts(programme, at))
        written += store(board)
        tell_blocks(programme, at=at)
        if programme.status == Programme.Status.RUNNING:
            shares.append(share_of(board))
    tell_months(institution, at=at)
    rows = list(_institution_rows(InstitutionBoard(shares), institution, at)) if shares else []
    with transaction.atomic():
        Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
        mine = Score.objects.filter(institution=institution, programme=None)
        if mine.filter(computed_at__gt=at).exists():
            return written
        mine.filter(as_of_on=timezone.localdate(at)).delete()
        return written + len(Score.objects.bulk_create(rows))


def _institution_rows(board: InstitutionBoard, institution: Institution, at: datetime) -> Iterator[Score]:
    when = {"institution": institution, "as_of_on": timezone.localdate(at), "computed_at": at}
    for place, result in enumerate(board.results):
        yield _of_indicator(result, board.inputs(place), **when)
    yield from (_of_whole(whole, **when) for whole in board.wholes())


def _programme_rows(board: Board) -> Iterator[Score]:
    facts, programme = board.facts, board.facts.programme
    when = {
        "institution_id": programme.institution_id,
        "programme": programme,
        "as_of_on": facts.today,
        "computed_at": facts.at,
    }
    for result in board.results:
        yield _of_indicator(result, _evidence(board, result) if result.state == SCORED else {}, **when)
    yield from (_of_whole(whole, **when) for whole in board.wholes())


def _of_indicator(result: Result, inputs: dict[str, Any], **when: Any) -> Score:
    indicator = result.indicator
    return Score(
        component=indicator.component,
        code=indicator.code,
        facet=Score.Facet.BEHAVIOUR,
        state=result.state,
        value=bounded(result.value) if result.state == SCORED else None,
        n=0 if result.state == SUPPRESSED else result.n,
        inputs=inputs,
        version=indicator.version,
        anchors_version=indicator.anchors_version,
        **when,
    )


def _of_whole(whole: Whole, **when: Any) -> Score:
    return Score(
        component=whole.slug,
        code=whole.facet,
        facet=whole.facet,
        state=whole.state,
        value=whole.value,
        n=whole.n,
        inputs=whole.inputs,
        **when,
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
    if figures.short:
        inputs["short"] = True
    if result.people is not None:
        inputs["people"] = result.people
    if result.indicator.per != "G":
        inputs["below_50"] = round(float((result.scores[used] < 50).mean()), 4)
    if ends := board.intervals.get((result.indicator.code, "behaviour")):
        inputs["low"], inputs["high"] = (round(end, 2) for end in ends)
    return inputs


def _sum(values: np.ndarray) -> float | None:
    return None if np.isnan(values).any() else round(float(values.sum()), 4)
