"""What the full report says of how well the built-in questionnaire measured."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.dates import format_day
from evaluation.queries import measured_waves, questionnaire_quality
from evaluation.queries.quality import WaveQuality
from mentoring.planning.models import Programme

WAVES = 6
DASH = "–"


def quality_tables(programme: Programme, *, at: datetime) -> dict[str, Any]:
    """A table for each time that the questionnaire was asked, the newest first. Empty where it never was. Three queries."""
    asked = measured_waves(programme).filter(opens_at__lte=at)[:WAVES]
    results = questionnaire_quality(asked, until=at)
    if not results:
        return {}
    return {
        "title": _("Quality of the questionnaire"),
        "text": _("How far the statements of a scale speak of one thing, from 0 to 1. n: people of a side who answered every "
                  "statement; they enter five at a time."),
        "columns": [_("Scale"), _("Who answered"), _("Alpha (interval)"), _("Omega (interval)")],
        "waves": [_table(each) for each in results],
    }  # fmt: skip


def _table(result: WaveQuality) -> dict[str, Any]:
    wave = result.wave
    return {
        "name": f"{wave.get_moment_display() or wave.title} · {format_day(wave.opens_at)}",
        "rows": [[row.name, row.who, row.alpha, row.omega or DASH] for row in result.categories],
        "note": " ".join(result.too_few),
    }
