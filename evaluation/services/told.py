"""What is told of people in a stretch of time once it is over, and never again."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Institution
from core.dates import months_after
from evaluation.models import Told
from evaluation.queries.fairness import groups_in
from evaluation.queries.told import blocks_over, ratings_in, sides_in
from mentoring.planning.models import Programme

YEAR, TWO_YEARS = 12, 24


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
    """Write down, in the first night of each month, how the people of both sides found their sessions in the twelve months
    before, and what became of the mentees of each group approved in the two years before. One query where the month is told."""
    until = timezone.localdate(at).replace(day=1)
    last = until - timedelta(days=1)
    if Told.objects.filter(institution=institution, programme=None, until_on=last).exists():
        return
    asked = ((Told.Kind.SIDES, YEAR, sides_in), (Told.Kind.GROUPS, TWO_YEARS, groups_in))
    Told.objects.bulk_create(
        [
            Told(
                institution=institution,
                kind=kind,
                from_on=(first := months_after(until, -months)),
                until_on=last,
                content=count(institution, first, last),
                told_at=at,
            )
            for kind, months, count in asked
        ],
        ignore_conflicts=True,
    )
