"""Days and moments in the reader's calendar, zone and digits.

A middleware sets the reader's calendar with `activate_calendar`, as Django does for language and zone; everything shown
passes through the functions here.
"""

from calendar import monthrange
from contextvars import ContextVar
from datetime import date, datetime
from typing import TypeVar

import jdatetime
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext, ngettext

from core.text import to_ascii_digits, to_persian_digits

GREGORIAN, JALALI = "gregorian", "jalali"
_calendar: ContextVar[str] = ContextVar("calendar", default=GREGORIAN)

_MONTHS = {
    "fa": ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    "en": (
        "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
        "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
    ),
}  # fmt: skip
_GREGORIAN_MONTHS_FA = (
    "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر",
)  # fmt: skip
_WEEKDAYS_FA = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")


def activate_calendar(calendar: str) -> None:
    _calendar.set(calendar)


def get_calendar() -> str:
    return _calendar.get()


def in_persian() -> bool:
    return (get_language() or "en").startswith("fa")


def localise(text: object) -> str:
    """Digits in the reader's script; a number with a fraction gets the reader's decimal sign."""
    if not in_persian():
        return str(text)
    return to_persian_digits(str(text).replace(".", "٫") if isinstance(text, float) else str(text))


def local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


def weekday_name(weekday: int) -> str:
    """The day of the week in the reader's language; Monday is 0."""
    return _WEEKDAYS_FA[weekday] if in_persian() else str(WEEKDAYS[weekday])


def format_day(day: date | datetime, *, weekday: bool = False, year: bool = True, short: bool = False) -> str:
    """A day in the reader's calendar and language: «دوشنبه ۲ آذر ۱۴۰۵», "Monday 23 November 2026". `short`: for the heads of
    columns, "23 Nov 2026"; Persian names of months are short already."""
    if isinstance(day, datetime):
        day = local(day).date()
    language = "fa" if in_persian() else "en"
    if get_calendar() == JALALI:
        jalali = jdatetime.date.fromgregorian(date=day)
        parts = [str(jalali.day), _MONTHS[language][jalali.month - 1], str(jalali.year)]
    else:
        month = (
            _GREGORIAN_MONTHS_FA[day.month - 1] if language == "fa" else formats.date_format(day, "M" if short else "F")
        )
        parts = [str(day.day), month, str(day.year)]
    if not year:
        parts.pop()
    if weekday:
        parts.insert(0, weekday_name(day.weekday()))
    return localise(" ".join(parts))


def format_clock(moment: datetime) -> str:
    return localise(local(moment).strftime("%H:%M"))


def format_moment(moment: datetime) -> str:
    """A day with its time in the reader's zone."""
    return gettext("%(day)s, %(time)s") % {
        "day": format_day(moment, weekday=True, year=local(moment).year != timezone.localdate().year),
        "time": format_clock(moment),
    }


def format_ago(moment: datetime, *, now: datetime) -> str:
    """How long ago or ahead, in the one unit that matters."""
    seconds = (now - moment).total_seconds()
    past = seconds >= 0
    minutes, hours, days = abs(seconds) / 60, abs(seconds) / 3600, abs(seconds) / 86400
    if minutes < 1:
        return gettext("just now") if past else gettext("in a moment")
    if minutes < 60:
        n = int(minutes)
        text = (
            ngettext("%(n)s minute ago", "%(n)s minutes ago", n)
            if past
            else ngettext("in %(n)s minute", "in %(n)s minutes", n)
        )
    elif hours < 24:
        n = int(hours)
        text = (
            ngettext("%(n)s hour ago", "%(n)s hours ago", n) if past else ngettext("in %(n)s hour", "in %(n)s hours", n)
        )
    elif days < 30:
        n = int(days)
        text = ngettext("%(n)s day ago", "%(n)s days ago", n) if past else ngettext("in %(n)s day", "in %(n)s days", n)
    else:
        return format_day(moment)
    return localise(text % {"n": n})


def parse_day(text: str) -> date:
    """A typed day, in either calendar and any digits: "2026-11-23", "1405/9/2", «۱۴۰۵/۰۹/۰۲».

    A year under 1700 is read as Jalali. Raises ValueError for anything that is not a day.
    """
    numbers = to_ascii_digits(text).strip().replace("/", "-").replace(".", "-").split("-")
    if len(numbers) != 3:
        raise ValueError("not a day")
    year, month, day = (int(n) for n in numbers)
    if year < 1700:
        gregorian: date = jdatetime.date(year, month, day).togregorian()
        return gregorian
    return date(year, month, day)


def type_day(day: date) -> str:
    """A day as a person would type it in their calendar: the inverse of `parse_day`."""
    if get_calendar() == JALALI:
        return localise(jdatetime.date.fromgregorian(date=day).strftime("%Y/%m/%d"))
    return day.isoformat()


_Day = TypeVar("_Day", date, datetime)


def months_after(moment: _Day, months: int) -> _Day:
    """The same day so many months later (earlier where negative), or the last one of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def moment_of(text: str) -> datetime | None:
    """A moment out of a form, as `isoformat` writes it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
