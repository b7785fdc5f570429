from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from core import dates
from core.forms import AddressField, DayField, MomentField, NumberField
from core.templatetags.peyvand import tenth


@pytest.fixture(autouse=True)
def plain_calendar():
    yield
    dates.activate_calendar(dates.GREGORIAN)


@pytest.mark.parametrize(
    ("language", "calendar", "shown"),
    [
        ("en", "gregorian", "Monday 23 November 2026"),
        ("en", "jalali", "Monday 2 Azar 1405"),
        ("fa", "jalali", "دوشنبه ۲ آذر ۱۴۰۵"),
        ("fa", "gregorian", "دوشنبه ۲۳ نوامبر ۲۰۲۶"),
    ],
)
def test_a_day_is_shown_in_the_readers_calendar_and_language(language, calendar, shown):
    dates.activate_calendar(calendar)
    with translation.override(language):
        assert dates.format_day(date(2026, 11, 23), weekday=True) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "23 Nov"), ("fa", "۲۳ نوامبر")])
def test_the_head_of_a_column_has_a_short_month(language, shown):
    with translation.override(language):
        assert dates.format_day(date(2026, 11, 23), year=False, short=True) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "4.1"), ("fa", "۴٫۱")])
def test_a_mean_has_one_decimal_behind_the_readers_sign(language, shown):
    with translation.override(language):
        assert (tenth(4.06), tenth(None)) == (shown, "–")


@pytest.mark.parametrize("typed", ["2026-11-23", "1405/9/2", "۱۴۰۵/۰۹/۰۲", "1405-09-02", " ٢٠٢٦/١١/٢٣ "])
def test_a_day_is_understood_in_either_calendar_and_any_digits(typed):
    assert dates.parse_day(typed) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed", ["", "tomorrow", "1405/13/1", "1405/12/30", "2026-02-30", "23-11", "9999-12-31", "0001-01-01"]
)
def test_an_impossible_day_is_refused_with_a_sentence(typed):
    field = DayField(required=True)
    with pytest.raises(ValidationError):
        field.clean(typed)


@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_a_day_typed_back_is_the_same_day(calendar):
    dates.activate_calendar(calendar)
    first = date(2024, 1, 1)
    for offset in range(0, 1500, 7):
        day = first + timedelta(days=offset)
        assert dates.parse_day(dates.type_day(day)) == day


def test_a_moment_is_read_in_the_readers_zone():
    with timezone.override("Asia/Tehran"):
        assert MomentField().clean(["1405/09/02", "18:30"]) == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_an_address_is_read_without_the_signs_nobody_sees():
    assert AddressField().clean("\u200fsara@example.org\u200f ") == "sara@example.org"
    for typed in ("سارا@example.org", f"{'s' * 250}@example.org"):
        with pytest.raises(ValidationError):
            AddressField().clean(typed)


def test_numbers_may_be_typed_in_persian_digits():
    assert NumberField().clean("۱۲") == 12


def test_times_say_how_long_ago_in_the_unit_that_matters():
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert dates.format_ago(now - timedelta(minutes=5), now=now) == "5 minutes ago"
    assert dates.format_ago(now + timedelta(days=2), now=now) == "in 2 days"
    assert dates.format_ago(now - timedelta(days=90), now=now) == "24 August 2026"
