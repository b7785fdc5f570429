"""What is told of people in a stretch of time once it is over, and never again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.models import Institution
from evaluation.models import Told
from evaluation.queries.fairness import are_enough, groups_in
from evaluation.queries.told import blocks_over, half_years_over, have_rated, ratings_in, sides_in
from mentoring.planning.models import Programme


def tell_blocks(programme: Programme, *, at: datetime) -> None:
    """Write down how people found their sessions in every block of four weeks that is over, once. One query where none is new."""
    Told.objects.bulk_create(
        [
            Told(
                institution_id=programme.institution_id,
                programme=programme,
                kind=Told.Kind.RATINGS,
                from_on=first,
                until_on=last,
                content=ratings_in(programme, first, last),
                told_at=at,
            )
            for first, last in blocks_over(programme, at=at)
        ],
        ignore_conflicts=True,
    )


def tell_months(institution: Institution, *, at: datetime) -> None:
    """Write down, when half a year is over, how the people of both sides found their sessions in it and what became of the
    mentees who came in it. While they are too few for anything to be shown, more months come to it. No day is told of twice, so
    no two tables can be subtracted. Whether they are enough is asked of their number alone: when a table comes tells nothing of
    what anybody said. One query where half a year is not over, two while some kind was never told."""
    asked: dict[Told.Kind, tuple[Callable[..., Any], Callable[[Any], bool]]] = {
        Told.Kind.SIDES: (sides_in, have_rated),
        Told.Kind.GROUPS: (groups_in, are_enough),
    }
    rows = []
    for kind, (first, last) in half_years_over(institution, asked, at=at).items():
        count, suffices = asked[kind]
        content = count(institution, first, last)
        if suffices(content):
            rows.append(
                Told(institution=institution, kind=kind, from_on=first, until_on=last, content=content, told_at=at)
            )
    Told.objects.bulk_create(rows, ignore_conflicts=True)
