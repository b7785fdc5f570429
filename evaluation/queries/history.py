"""Scores of several days beside each other, so that no two of them tell of fewer than five people."""

from collections.abc import Sequence
from datetime import date

from evaluation.disclosure import comparable
from evaluation.models import Score
from evaluation.queries.beside import PAIR
from paradigm.model import categories, components, stages

Place = tuple[int, int | None]
"""An institution, and one of its programmes or None."""
Series = tuple[Place, str, str]


def beside_each_other(rows: Sequence[Score]) -> list[Score]:
    """The rows, of stages and categories, suppressed where between their day and another of the fixed days fewer than five
    people came or went: then all of the stage is suppressed on that day, which would give it away. Two queries."""
    people: dict[Series, dict[date, int]] = {}
    newest: dict[Place, date] = {}
    institutions = {row.institution_id for row in rows}
    there = Score.objects.filter(institution__in=institutions).over_time().filter(state="scored")
    for institution, programme, component, code, day, n, known in there.values_list(
        "institution", "programme", "component", "code", "as_of_on", "n", "inputs__people"
    ):
        place = (institution, programme)
        people.setdefault((place, component, code), {})[day] = PAIR * n if known is None else known
        newest[place] = max(day, newest.get(place, day))
    hidden = {(key, day) for key, counts in people.items() for day in _not_beside(counts, newest[key[0]])}
    of_stage = _stages()
    away = {(key[0], day, of_stage[key[1]]) for key, day in hidden}
    for row in rows:
        place = (row.institution_id, row.programme_id)
        series = (place, row.component, row.code)
        if (series, row.as_of_on) in hidden or (place, row.as_of_on, of_stage[row.component]) in away:
            row.state, row.value, row.n, row.inputs = Score.State.SUPPRESSED, None, 0, {}
    return list(rows)


def stage_of_any(slug: str) -> str:
    """The stage of a component, of a category, or of a stage: itself."""
    return _stages()[slug]


def _stages() -> dict[str, str]:
    """The stage of everything that has scores: of stages, categories and components."""
    found = {stage.slug: stage.slug for stage in stages()}
    found |= {category.slug: category.stage for category in categories()}
    return found | {part.slug: found[part.category] for part in components()}


def _not_beside(people: dict[date, int], newest: date) -> list[date]:
    """The days that are hidden beside the newest of all, which is always shown, and beside those before them."""
    days = sorted(day for day in people if day != newest)
    _now, *kept = comparable([people.get(newest), *(people[day] for day in days)])
    return [day for day, may in zip(days, kept, strict=True) if not may]
