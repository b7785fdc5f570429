"""Where a programme stands among those of its institution that are over: a number of its own, mixed into no score.

It is made of what these programmes show and of nothing else (each figure stands for five people or more), so it says nothing of
anybody that was not to be seen already. Which programme stands where is not told. A stage measured with another formula or other
anchors is not set beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from core.dates import localise
from evaluation.anchors import Own, by_version
from evaluation.disclosure import K
from evaluation.indicators import BY_CODE
from evaluation.models import Anchors, Score
from evaluation.queries.beside import measured_otherwise
from evaluation.queries.upstream import Rows
from mentoring.planning.models import Programme
from paradigm.model import Stage, stage_of, stages

FEWEST = K
"""Under so many programmes a place says little, and much about each."""
MEASURED_ALIKE = gettext_lazy("Figures measured with another formula or other anchors are not set side by side.")


@dataclass(frozen=True)
class Place:
    """One stage: `n` past programmes in which it is measured alike, how many of them stand `below` and how many at the `same`
    whole points; `otherwise`: in how many more it was measured with another formula or other anchors."""

    stage: Stage
    value: int | None
    n: int
    below: int
    same: int
    otherwise: int = 0

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
        told = {"n": localise(self.n), "least": localise(FEWEST), "others": localise(self.otherwise)}
        if not self.is_told and self.otherwise:
            return _("measured alike in %(n)s of them, otherwise in %(others)s; it takes %(least)s") % told
        if not self.is_told:
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
        if any(place.otherwise for place in self.stages):
            few = _("No place can be told: it takes %(least)s earlier programmes that were measured alike.")
            return f"{few % {'least': localise(FEWEST)}} {MEASURED_ALIKE}"
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
    """The newest stages of these programmes among the last figures of those that had ended by then. Four queries."""
    chosen = list(programmes)
    rows = Score.objects.filter(institution__in={row.institution_id for row in chosen}, programme__isnull=False)
    wanted = Q(code="both", component__in=[stage.slug for stage in stages()]) | Q(code__in=BY_CODE, state="scored")
    known: dict[int, Rows] = {}
    for row in rows.filter(wanted).latest().select_related("programme"):
        if row.programme_id is not None:
            known.setdefault(row.programme_id, {})[row.component, row.code] = row
    own = by_version(Anchors.objects.filter(programme__in=known))
    return [_of(programme, known, own) for programme in chosen]


def _of(programme: Programme, known: dict[int, Rows], own: Own) -> Places:
    mine = known.get(programme.pk, {})
    as_of_on = next((row.as_of_on for row in mine.values()), None)
    past = [rows for pk, rows in known.items() if as_of_on is not None and pk != programme.pk
            and _was_over(next(iter(rows.values())), programme, as_of_on)]  # fmt: skip
    otherwise = [_measured_otherwise(rows, mine, own) for rows in past]
    return Places(programme, as_of_on, len(past), [_place(stage, mine, past, otherwise) for stage in stages()])


def _was_over(row: Score, programme: Programme, day: date) -> bool:
    other = row.programme
    return other is not None and other.institution_id == programme.institution_id and other.ends_on < day


def _measured_otherwise(there: Rows, here: Rows, own: Own) -> set[str]:
    """The stages in which some figure of theirs was measured otherwise than here."""
    return {stage_of(row.component).slug for row in there.values() if measured_otherwise(row, here, own)}


def _place(stage: Stage, mine: Rows, past: Sequence[Rows], otherwise: Sequence[set[str]]) -> Place:
    value = _points(mine, stage)
    alike = [rows for rows, stages_of_it in zip(past, otherwise, strict=True) if stage.slug not in stages_of_it]
    found = [points for rows in past if (points := _points(rows, stage)) is not None]
    others = [points for rows in alike if (points := _points(rows, stage)) is not None]
    apart = len(found) - len(others)
    if value is None:
        return Place(stage, None, len(others), 0, 0, apart)
    below, same = sum(each < value for each in others), sum(each == value for each in others)
    return Place(stage, value, len(others), below, same, apart)


def _points(rows: Rows, stage: Stage) -> int | None:
    """As it is shown: in whole points; None where there is no figure."""
    row = rows.get((stage.slug, "both"))
    return None if row is None or row.value is None else round(row.value)
