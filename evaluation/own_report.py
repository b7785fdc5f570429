"""What a report says of the questionnaires that an institution brought along itself."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.dates import format_day, localise
from evaluation.queries import own_results, own_waves
from evaluation.queries.instruments import Said, WaveResult
from mentoring.planning.models import Programme

WAVES, SCALES_IN_BRIEF = 12, 4
DASH = "–"


def own_tables(programme: Programme, *, at: datetime) -> dict[str, Any]:
    """A table for each time that an own questionnaire was asked, the newest first. Empty where none was. Three queries."""
    results = _results(programme, at, WAVES)
    if not results:
        return {}
    return {
        "title": _("What our own questionnaires say"),
        "text": _("They stand beside the model and are not mixed into its scores. The exception is “Improved learning”: asked "
                  "twice, how far people changed counts there. Each mean stands for five people or more of a side; n: people."),
        "columns": [_("Scale"), _("Mentors"), _("Mentees"), _("Internal consistency")],
        "waves": [_table(each) for each in results],
    }  # fmt: skip


def own_line(programme: Programme, *, at: datetime) -> list[str]:
    """The last time that an own questionnaire was asked, in one line with its first scales: a page is soon full."""
    return [_line(each) for each in _results(programme, at, 1)]


def _results(programme: Programme, at: datetime, waves: int) -> list[WaveResult]:
    asked = own_waves(programme).filter(opens_at__lte=at)[:waves]
    return [each for each in own_results(asked, until=at) if each.rows]


def _head(result: WaveResult) -> str:
    when = str(result.wave.get_moment_display()) if result.wave.moment else format_day(result.wave.opens_at)
    version = _("version %(n)s") % {"n": localise(result.instrument.version)}
    return f"{result.instrument} · {version} · {when}"


def _table(result: WaveResult) -> dict[str, Any]:
    rows = []
    for row in result.rows:
        by_role = {side.role: _said(side) for side in row.sides}
        rows.append([row.name, by_role.get("mentor", DASH), by_role.get("mentee", DASH), row.reliability or DASH])
    return {"name": _head(result), "rows": rows, "note": result.scoring}


def _line(result: WaveResult) -> str:
    told = []
    for row in result.rows[:SCALES_IN_BRIEF]:
        sides = [
            (_("mentors: %(said)s") if side.role == "mentor" else _("mentees: %(said)s")) % {"said": _said(side)}
            for side in row.sides
        ]
        told.append(f"{row.name} ({_(', ').join(sides)})")
    more = [_("the other scales stand in the full report")] if len(result.rows) > SCALES_IN_BRIEF else []
    return f"{_head(result)}: {_('; ').join([*told, *more])}"


def _said(side: Said) -> str:
    if side.value is None:
        return _("fewer than five people")
    return f"{side.shown}{_(', ')}{_('n = %(n)s') % {'n': localise(side.n)}}"
