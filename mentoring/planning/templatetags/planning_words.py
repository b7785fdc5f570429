"""States and times of planning in words."""

from typing import Any

from django import template

from core.dates import localise, weekday_name
from mentoring.planning.models import Enrolment, ImportRow, PeopleImport, Programme

register = template.Library()

_TONES = {
    Programme: {"draft": "quiet", "open": "good", "running": "info", "closed": "quiet"},
    Enrolment: {
        "applied": "care", "approved": "info", "training": "info", "ready": "good", "completed": "good",
        "rejected": "alarm", "suspended": "alarm",
    },
    PeopleImport: {"done": "good", "running": "info", "cancelled": "care"},
    ImportRow: {"new": "info", "changed": "care", "bad": "alarm", "done": "good"},
}  # fmt: skip


@register.inclusion_tag("components/_status.html")
def state(row: Any) -> dict[str, Any]:
    """The state of a programme, enrolment, import or row as a chip."""
    shown = row.outcome if isinstance(row, ImportRow) else row.status
    label = row.get_outcome_display() if isinstance(row, ImportRow) else row.get_status_display()
    return {"label": label, "tone": _TONES[type(row)].get(shown, "quiet")}


@register.filter
def day_of_week(weekday: int) -> str:
    return weekday_name(weekday)


@register.filter
def minutes(value: int) -> str:
    """Minutes from midnight as a time."""
    return localise(f"{value // 60:02d}:{value % 60:02d}")


@register.filter
def parts(text: str) -> list[dict[str, Any]]:
    """A text in paragraphs: the first line of each is its heading where more lines follow, the others are points."""
    found = []
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        found.append({"heading": lines[0], "lines": lines[1:]} if len(lines) > 1 else {"heading": "", "lines": lines})
    return [part for part in found if part["heading"] or part["lines"]]
