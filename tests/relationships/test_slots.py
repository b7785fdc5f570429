"""Shared free time, with zones and the change of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring.relationships.slots import Weekly, starts, stretches

TEHRAN, BERLIN, NEW_YORK = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NINE_TO_NOON = 9 * 60, 12 * 60


def found(*people, since=MONDAY, days=7, busy=(), minutes=60):
    return starts(list(people), busy=busy, since=since, until=since + timedelta(days=days), minutes=minutes)


def test_only_where_both_clocks_allow_it():
    tehran = [Weekly(0, *NINE_TO_NOON, TEHRAN)]  # 05:30 to 08:30 UTC
    berlin = [Weekly(0, 8 * 60, 10 * 60, BERLIN)]  # 07:00 to 09:00 UTC

    assert found(tehran, berlin) == [MONDAY + timedelta(hours=7)]


def test_the_change_of_clocks_moves_the_moment_not_the_hour():
    berlin = [Weekly(day, *NINE_TO_NOON, BERLIN) for day in range(7)]
    rows = stretches(berlin, since=datetime(2026, 10, 24, tzinfo=UTC), until=datetime(2026, 10, 27, tzinfo=UTC))

    assert [start.hour for start, _end in rows] == [7, 8, 8]  # summer time ends on 25 October


def test_evenings_beyond_midnight_elsewhere_are_joined():
    rows = [Weekly(0, 22 * 60, 1440, NEW_YORK), Weekly(1, 0, 60, NEW_YORK)]

    (stretch,) = stretches(rows, since=MONDAY, until=MONDAY + timedelta(days=7))
    assert stretch[1] - stretch[0] == timedelta(hours=3)


def test_busy_times_are_left_out_and_the_choice_spreads_over_days():
    every_day = [Weekly(day, 8 * 60, 18 * 60, ZoneInfo("UTC")) for day in range(7)]
    busy = [(MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=9, minutes=10))]

    times = found(every_day, every_day, busy=busy)

    assert times[0] == MONDAY + timedelta(hours=9, minutes=30)
    assert len(times) == 9
    assert len({moment.date() for moment in times}) == 3


def test_somebody_who_said_nothing_leaves_nothing_to_suggest():
    assert found([Weekly(0, *NINE_TO_NOON, TEHRAN)], []) == []
    assert found() == []
