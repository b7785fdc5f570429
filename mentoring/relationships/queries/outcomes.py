"""What became of relationships that are over, in one figure: did it go well?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from django.db.models import Avg

from mentoring.planning.models import Programme
from mentoring.relationships.models import ExitAnswer, Relationship, SessionRating
from mentoring.relationships.rules import OVER

TARGET = 0.6
"""From here on it went well; the target of every score of this platform."""
Status = Relationship.Status


@dataclass(frozen=True)
class Outcome:
    """The consequences of the model, 0 to 1 each, as far as the relationship itself knows them; None is not known.

    completed     1 when it came to its planned end or reached its goals, 0 when it ended before
    satisfaction  what its people said at the end; where nobody did, how they rated their sessions
    continued     the share of its time after which they were still in contact; with it, at equal weight, whether they
                  want to stay in touch
    """

    completed: float
    satisfaction: float | None
    continued: float | None

    @property
    def value(self) -> float:
        """The mean of what is known."""
        return fmean(part for part in (self.completed, self.satisfaction, self.continued) if part is not None)

    @property
    def went_well(self) -> bool:
        return self.value >= TARGET


def outcomes(programme: Programme) -> dict[Relationship, Outcome]:
    """Every closed relationship of a programme with its outcome; one that was a mistake (voided) counts nowhere.

    Three queries.
    """
    rows = Relationship.objects.filter(programme=programme, status__in=OVER, closed_at__isnull=False).order_by("pk")
    of_them = {"relationship__programme": programme}
    said = {
        row["relationship"]: row
        for row in ExitAnswer.objects.filter(**of_them)
        .order_by()
        .values("relationship")
        .annotate(satisfaction=Avg("satisfaction"), stay=Avg("stay_in_touch"))
    }
    stars = dict(
        SessionRating.objects.filter(session__relationship__programme=programme)
        .order_by()
        .values_list("session__relationship")
        .annotate(stars=Avg("stars"))
    )
    told = {}
    for row in rows:
        answers = said.get(row.pk)
        stay = _share(answers["stay"] if answers else None)
        told[row] = Outcome(
            completed=float(row.status != Status.ENDED),
            satisfaction=_share(answers["satisfaction"] if answers else stars.get(row.pk)),
            continued=fmean(_known([_in_contact(row), stay])),
        )
    return told


def _share(stars: float | None) -> float | None:
    """1..5 as 0..1."""
    return None if stars is None else (stars - 1) / 4


def _known(parts: Iterable[float | None]) -> list[float]:
    return [part for part in parts if part is not None]


def _in_contact(row: Relationship) -> float:
    if row.last_contact_at is None or row.closed_at is None or row.closed_at <= row.started_at:
        return 0.0
    return min(1.0, max(0.0, (row.last_contact_at - row.started_at) / (row.closed_at - row.started_at)))
