"""What every template needs: digits, days and moments of the reader, icons, one-time keys."""

import json
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from django import template
from django.contrib.messages.storage.base import Message
from django.template.defaultfilters import stringfilter
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core import dates
from core.idempotency import FIELD
from core.text import isolated

register = template.Library()


register.filter("isolated", stringfilter(isolated))


@register.filter
def digits(value: object) -> str:
    return "" if value is None else dates.localise(value)


@register.filter
def percent(value: float | None) -> str:
    """0.42 -> 42 % in the reader's digits and sign."""
    if value is None:
        return "–"
    return dates.localise(f"{value * 100:.0f}") + ("٪" if dates.in_persian() else "%")


@register.filter
def score(value: float | None) -> str:
    """A 0-100 score as a whole number; a dash where it was not measured."""
    return "–" if value is None else dates.localise(f"{value:.0f}")


@register.filter
def tenth(value: float | None) -> str:
    """With one decimal, behind the reader's decimal sign; a dash where it was not measured."""
    return "–" if value is None else dates.localise(round(value, 1))


@register.filter
def file_size(value: int) -> str:
    """A number of bytes as people say it."""
    if value < 1_000_000:
        return gettext("%(n)s KB") % {"n": dates.localise(max(1, round(value / 1000)))}
    return gettext("%(n)s MB") % {"n": dates.localise(round(value / 1_000_000, 1))}


@register.filter
def duration(seconds: int) -> str:
    """Minutes and seconds: 2:05."""
    return dates.localise(f"{seconds // 60}:{seconds % 60:02}")


@register.filter
def day(value: date | datetime | None) -> str:
    return dates.format_day(value) if value else ""


@register.filter
def weekday(value: date | datetime | None) -> str:
    return dates.format_day(value, weekday=True, year=False) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    return dates.format_moment(value) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    return dates.format_clock(value) if value else ""


@register.simple_tag
def ago(value: datetime | None) -> SafeString | str:
    """Relative time in a <time> element that carries the exact one."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        dates.format_moment(value),
        dates.format_ago(value, now=timezone.now()),
    )


@register.simple_tag
@cache
def icon(name: str, extra: str = "") -> SafeString:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("img/icons.svg"),
        name,
    )


@register.filter
def way_back(message: Message) -> dict[str, Any] | None:
    """Where what `message` tells can be taken back, if it can; see `core.undo`."""
    return json.loads(message.extra_tags) if message.extra_tags.startswith("{") else None


@register.simple_tag
def one_time_key() -> SafeString:
    """A hidden field that makes a double click one act; see `core.idempotency.once`."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())


@register.simple_tag
def now_line() -> str:
    """Today in words, for the small line over a home's heading."""
    return dates.format_day(timezone.localdate(), weekday=True)
