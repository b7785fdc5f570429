"""Where a programme stands among those of its institution that are over: a number of its own, mixed into no score.

It is made of what these programmes show and of nothing else (each figure stands for five people or more), so it says nothing of
anybody that was not to be seen already. Which programme stands where is not told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.dates import localise
from evaluation.disclosure import K
from evaluation.models import Score
from mentoring.planning.models import Programme
from paradigm.model import Stage, stages

FEWEST = K
"""Under so many programmes a place says little, and much about each."""


@dataclass(frozen=True)
class Place:
    """One stage: `n` past programmes in which it is measured, how many of them stand `below` and how many at the `same` whole
    points."""

    stage: Stage
    value: int | None
    n: int
    below: int
    same: int

    @property
    def is_told(self) -> bool:
        return self.value is not None and self.n >= FEWEST

    @property
    def percentile(self) -> int | None:
        """The share of past programmes below, those level with it counted half (mid-rank percentile rank), 0 to 100."""
        return round(100 * (self.below + self.same / 2) / self.n) if self.is_told else None

    @property
    def name(self) -> str:
        return self.stage.name(get_language())

    @property
    def said(self) -> str:
        """The place in words, or what is missing for one."""
        if self.value is None:
            return _("not measured here yet")
        if not self.is_told:
            told = {"n": localise(self.n), "least": localise(FEWEST)}
            return _("measured in %(n)s of them; it takes %(least)s") % told
        numbers = {"below": localise(self.below), "n": localise(self.n), "same": localise(self.same)}
        if self.same:
            return _("higher than %(below)s of %(n)s, level with %(same)s") % numbers
        return _("higher than %(below)s of %(n)s") % numbers


@dataclass(frozen=True)
class Places:
    """`past`: how many programmes of the institution were over when this one was last computed and have figures."""

    programme: Programme
    as_of_on: date | None
    past: int
    stages: list[Place]

    @property
    def are_told(self) -> bool:
        return any(place.is_told for place in self.stages)

    @property
    def too_few(self) -> str:
        """Why there is no place."""
        numbers = {"n": localise(self.past), "least": localise(FEWEST)}
        if not self.past:
            return (
                _("No earlier programme of this institution has figures yet; among %(least)s a place can be told.")
                % numbers
            )
        return (
            ngettext(
                "%(n)s earlier programme of this institution has figures; among %(least)s a place can be told.",
                "%(n)s earlier programmes of this institution have figures; among %(least)s a place can be told.",
                self.past,
            )
            % numbers
        )


def places(programmes: Iterable[Programme]) -> list[Places]:
    """The newest stages of these programmes among the last figures of those that had ended by then. Three queries."""
    chosen = list(programmes)
    rows = Score.objects.filter(institution__in={row.institution_id for row in chosen}, programme__isnull=False)
    newest = rows.filter(code="both", component__in=[stage.slug for stage in stages()]).latest()
    known: dict[int, dict[str, Score]] = {}
    for row in newest.select_related("programme"):
        if row.programme_id is not None:
            known.setdefault(row.programme_id, {})[row.component] = row
    return [_of(programme, known) for programme in chosen]


def _of(programme: Programme, known: dict[int, dict[str, Score]]) -> Places:
    mine = known.get(programme.pk, {})
    as_of_on = next((row.as_of_on for row in mine.values()), None)
    past = [rows for pk, rows in known.items() if as_of_on is not None and pk != programme.pk
            and _was_over(next(iter(rows.values())), programme, as_of_on)]  # fmt: skip
    return Places(programme, as_of_on, len(past), [_place(stage, mine, past) for stage in stages()])


def _was_over(row: Score, programme: Programme, day: date) -> bool:
    other = row.programme
    return other is not None and other.institution_id == programme.institution_id and other.ends_on < day


def _place(stage: Stage, mine: dict[str, Score], past: list[dict[str, Score]]) -> Place:
    value = _points(mine.get(stage.slug))
    others = [points for rows in past if (points := _points(rows.get(stage.slug))) is not None]
    if value is None:
        return Place(stage, None, len(others), 0, 0)
    return Place(stage, value, len(others), sum(each < value for each in others), sum(each == value for each in others))


def _points(row: Score | None) -> int | None:
    """As it is shown: in whole points; None where there is no figure."""
    return None if row is None or row.value is None else round(row.value)
