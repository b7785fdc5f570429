"""Fields that make people's answers easy on any device: concepts with levels, a field of study, a week of free time.

Both work as plain inputs; `static/js/concepts.js` and `static/js/availability.js` make them quicker.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.dates import in_persian, localise, weekday_name
from core.text import to_ascii_digits
from mentoring.planning.concepts import PICKED, Concept, by_group, concept, has_concept
from mentoring.planning.models import EnrolmentConcept

MOST_CONCEPTS = 12
DAY = 24 * 60
EMPTY_ROWS = 3
Stretch = tuple[int, int, int]

WANTED_LEVELS = {1: _("a little"), 2: _("somewhat"), 3: _("quite a lot"), 4: _("very much"), 5: _("most of all")}
MUST_LEVEL = {EnrolmentConcept.MUST: _("I cannot do without it")}
OFFERED_LEVELS = {
    1: _("the basics"),
    2: _("some experience"),
    3: _("good experience"),
    4: _("very well"),
    5: _("as an expert"),
}


class ConceptPicker(forms.Widget):
    """Checkboxes in groups, each with its level, the chosen ones first; the value is {slug: level}."""

    use_fieldset = True
    offered = False
    musts = False
    """Whether one may say of a subject that one cannot do without it."""
    own: Mapping[str, Any] | None = None
    """The field for what no concept says: its `name` and `label`."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {slug: data.get(f"{name}_level_{slug}", "3") for slug in data.getlist(name)}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {slug: str(level) for slug, level in (value or {}).items() if has_concept(slug)}
        language = get_language()
        options = _options(name, language, self.offered, self.musts)
        groups = [
            {
                "slug": group.slug,
                "name": group.name(language),
                "n": len(rows),
                "options": [options[row.slug] for row in rows if row.slug not in chosen],
            }
            for group, rows in by_group(*PICKED)
        ]
        context = {
            "groups": groups,
            "chosen": [
                _option(name, concept(slug), language, self.offered, self.musts, level)
                for slug, level in chosen.items()
            ],
            "id": (attrs or {}).get("id", f"id_{name}"),
            "most": MOST_CONCEPTS,
            "own": self.own,
        }
        return render_to_string("planning/_concept_picker.html", context)


@lru_cache(maxsize=8)
def _options(name: str, language: str | None, offered: bool, musts: bool) -> dict[str, SafeString]:
    """Every concept, not chosen: the same for everybody and too many to make anew for each visit."""
    return {
        row.slug: _option(name, row, language, offered, musts) for _group, rows in by_group(*PICKED) for row in rows
    }


def _option(name: str, row: Concept, language: str | None, offered: bool, musts: bool, level: str = "") -> SafeString:
    known = (OFFERED_LEVELS if offered else WANTED_LEVELS) | (MUST_LEVEL if musts else {})
    levels = [(str(value), label) for value, label in known.items()]
    context = {
        "name": name,
        "row": row,
        "label": row.name(language),
        "levels": levels,
        "level": level,
    }
    return render_to_string("planning/_concept.html", context)


class FieldOfStudyPicker(forms.Select):
    """A select; with scripts a field to type in, which knows synonyms and both languages."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = {
            "id": (attrs or {}).get("id", f"id_{name}"),
            "example": _("For example: nursing, law, computer"),
            "none": _(
                "Choose one of the list; the nearest is enough. "
                "You can name yours exactly under “What you do, in one line”."
            ),
            "of": "field",
        }
        return super().render(name, value, attrs, renderer) + render_to_string("planning/_suggest.html", context)


class ConceptField(forms.Field):
    """Gives {slug: level}; the level is EnrolmentConcept.MUST for what somebody cannot do without."""

    widget = ConceptPicker
    default_error_messages = {
        "required": _("Choose at least one."),
        "most": _("Choose at most %(most)s; the most important ones help most."),
        "unknown": _("Choose from the list, please."),
    }

    def clean(self, value: dict[str, str]) -> dict[str, int]:
        if not value and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(value) > MOST_CONCEPTS:
            raise ValidationError(self.error_messages["most"], code="most", params={"most": localise(MOST_CONCEPTS)})
        levels = {str(level) for level in WANTED_LEVELS | (MUST_LEVEL if self.widget.musts else {})}
        if any(not has_concept(slug) or level not in levels for slug, level in value.items()):
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return {slug: int(level) for slug, level in value.items()}


def weekdays() -> list[tuple[int, Any]]:
    """The days in the reader's order: Saturday first in Persian, Monday first else."""
    first = 5 if in_persian() else 0
    return [((first + n) % 7, weekday_name((first + n) % 7)) for n in range(7)]


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class WeekPicker(forms.Widget):
    """Rows of day, from, until; the value is a list of (day, from, until) as typed or as kept."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str, str]]:
        columns = [data.getlist(f"{name}_{part}") for part in ("day", "from", "to")]
        return [row for row in zip(*columns, strict=False) if row[1] or row[2]]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = [_as_typed(row) for row in value or []]
        days = weekdays()
        rows += [(str(days[n % 7][0]), "", "") for n in range(EMPTY_ROWS)]
        times = [(clock(minutes), localise(clock(minutes))) for minutes in range(0, DAY + 1, 30)]
        context = {
            "name": name,
            "rows": [{"day": day, "from": begins, "to": ends} for day, begins, ends in rows],
            "days": [(str(day), label) for day, label in days],
            "times": times,
            "id": (attrs or {}).get("id", f"id_{name}"),
        }
        return render_to_string("planning/_week_picker.html", context)


def _as_typed(row: tuple[Any, Any, Any]) -> tuple[str, str, str]:
    day, begins, ends = row
    return (str(day), *(clock(at) if isinstance(at, int) else at for at in (begins, ends)))


class WeekField(forms.Field):
    widget = WeekPicker
    default_error_messages = {
        "required": _("Mark at least one time of the week."),
        "not_a_time": _("“%(text)s” is not a time. Write it as 18:30."),
        "backwards": _("On %(day)s the end (%(ends)s) is not after the beginning (%(begins)s)."),
    }

    def clean(self, value: list[tuple[str, str, str]]) -> list[Stretch]:
        """Stretches (weekday, starts, ends) in minutes, in order, those that touch joined."""
        if not value and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return _joined([self._stretch(row) for row in value])

    def _stretch(self, row: tuple[str, str, str]) -> Stretch:
        day, begins, ends = row
        if day not in {"0", "1", "2", "3", "4", "5", "6"}:
            raise ValidationError(self.error_messages["required"], code="required")
        starts, stops = self._minutes(begins), self._minutes(ends)
        if stops <= starts:
            words = {"day": weekday_name(int(day)), "begins": localise(begins), "ends": localise(ends)}
            raise ValidationError(self.error_messages["backwards"], code="backwards", params=words)
        return int(day), starts, stops

    def _minutes(self, text: str) -> int:
        hours, _colon, minutes = to_ascii_digits(text).strip().partition(":")
        if not hours.isdecimal() or not (minutes or "0").isdecimal() or len(hours) > 2 or len(minutes) > 2:
            raise ValidationError(self.error_messages["not_a_time"], code="not_a_time", params={"text": text})
        at = int(hours) * 60 + int(minutes or 0)
        if at > DAY or int(minutes or 0) > 59:
            raise ValidationError(self.error_messages["not_a_time"], code="not_a_time", params={"text": text})
        return at


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for day, starts, ends in sorted(stretches):
        if found and found[-1][0] == day and starts <= found[-1][2]:
            found[-1] = (day, found[-1][1], max(ends, found[-1][2]))
        else:
            found.append((day, starts, ends))
    return found
