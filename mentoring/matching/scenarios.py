"""Two or more runs of a programme side by side: what each gives, and for whom they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Avg, Count, Exists, Max, Min, OuterRef

from mentoring.matching.engine import explain
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.queries import load_pool
from mentoring.matching.services.runs import table_of
from mentoring.planning.models import Enrolment, Wish


@dataclass(frozen=True)
class Scenario:
    """One run in figures. `mean` and `worst` fit are 0..10,000 under the run's own settings; None when it made no pair."""

    run: MatchRun
    pairs: int
    left: int
    mean: float | None
    worst: int | None
    wishing: int
    """Mentees with a first wish; `wishes` of them got it."""
    wishes: int
    mentors: int
    """Mentors with a mentee; the busiest has `most`."""
    most: int
    gained: int
    """Mentees who fit better than in the first run; `lost` fit worse."""
    lost: int


@dataclass(frozen=True)
class Place:
    """Whom a mentee gets in one run; nobody is a fit of None, and counts as 0 in the gain over the first run."""

    run: MatchRun
    mentor: Enrolment | None
    fit: int | None
    gain: int


@dataclass(frozen=True)
class Change:
    """A mentee for whom the runs differ, with one place per run."""

    mentee: Enrolment
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Comparison:
    scenarios: tuple[Scenario, ...]
    changes: tuple[Change, ...]
    """Largest gains and losses first."""
    same: int
    apart: int
    """Mentees who are not in all of the runs: whoever has a mentor by now has lost nothing in a later one."""


def compare_runs(runs: Sequence[MatchRun]) -> Comparison:
    """Runs of one programme against the first of them. Every fit is measured with the first run's settings, so that a gain is
    one of the pair and not of the scale. Queries do not depend on how many pairs there are."""
    base = runs[0]
    pairs = [_standing(run) for run in runs]
    looked_at = [_looked_at(run) for run in runs]
    in_all = set.intersection(*looked_at)
    mentees = sorted(in_all.intersection(set().union(*pairs)))
    moved = [pk for pk in mentees if len({given.get(pk) for given in pairs}) > 1]
    wanted = sorted({(pk, mentor) for pk in moved for given in pairs if (mentor := given.get(pk)) is not None})
    pool = load_pool(base.programme, also={key for pair in wanted for key in pair})
    stories = explain(table_of(base, pool), pairs=wanted)
    fit = {(story.mentee, story.mentor): story.score for story in stories}

    def place(mentee: int, run: MatchRun, given: dict[int, int]) -> Place:
        mentor, before = given.get(mentee), pairs[0].get(mentee)
        score = fit[mentee, mentor] if mentor is not None else 0
        return Place(
            run,
            mentor=pool.people[mentor] if mentor is not None else None,
            fit=score if mentor is not None else None,
            gain=score - (fit[mentee, before] if before is not None else 0),
        )

    changes = [Change(pool.people[pk], tuple(map(partial(place, pk), runs, pairs))) for pk in moved]
    changes.sort(key=lambda row: (-max(abs(place.gain) for place in row.places), row.mentee.pk))
    gains = [[row.places[column].gain for row in changes] for column in range(len(runs))]
    return Comparison(
        scenarios=tuple(
            scenario(run, gained=sum(gain > 0 for gain in column), lost=sum(gain < 0 for gain in column))
            for run, column in zip(runs, gains, strict=True)
        ),
        changes=tuple(changes),
        same=len(mentees) - len(moved),
        apart=len(set().union(*looked_at) - in_all),
    )


def _standing(run: MatchRun) -> dict[int, int]:
    """mentee -> mentor of the pairs nobody turned down."""
    rows = Pair.objects.filter(run=run).standing()
    return dict(rows.order_by("-score", "pk").values_list("mentee", "mentor"))


def _looked_at(run: MatchRun) -> set[int]:
    """The mentees of a run, with a mentor or without."""
    return {*run.pairs.values_list("mentee", flat=True), *run.unmatched.values_list("enrolment", flat=True)}


def scenario(run: MatchRun, *, gained: int = 0, lost: int = 0) -> Scenario:
    """The figures of one run from its standing pairs."""
    standing = Pair.objects.filter(run=run).standing()
    figures = standing.aggregate(pairs=Count("pk"), mean=Avg("score"), worst=Min("score"))
    loads = standing.values("mentor").annotate(n=Count("pk")).aggregate(most=Max("n"), mentors=Count("n"))
    first = Wish.objects.filter(rank=1, enrolment__programme=run.programme, enrolment__role=Enrolment.Role.MENTEE)
    given = standing.filter(mentee=OuterRef("enrolment"), mentor=OuterRef("wished"))
    wishes = first.aggregate(wishing=Count("pk"), wishes=Count("pk", filter=Exists(given)))
    return Scenario(
        run,
        **figures,
        **wishes,
        most=loads["most"] or 0,
        mentors=loads["mentors"],
        left=run.unmatched.count(),
        gained=gained,
        lost=lost,
    )
