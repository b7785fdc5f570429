from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jdatetime
import numpy as np
import pytest

from accounts.models import Institution
from evaluation.facts import Facts
from evaluation.facts.clocks import Clock, is_holiday, stood_between
from evaluation.facts.relationships import holidays_of
from evaluation.indicators import BY_CODE
from evaluation.risk import risks
from mentoring.planning.models import Programme
from mentoring.relationships.services import (
    end_relationship,
    pause_relationship,
    reopen_relationship,
    resume_relationship,
)
from notifications.models import Absence, Rhythm
from tests.evaluation.living import members, pair, say
from tests.factories import NOW, CoordinationFactory

NIGHT = (time(22), time(7))
TEHRAN, BERLIN = "Asia/Tehran", "Europe/Berlin"


@pytest.mark.once
@pytest.mark.parametrize(
    ("clock", "start", "end", "hours"),
    [
        (Clock(TEHRAN), (2026, 11, 2, 0), (2026, 11, 9, 0), 0),
        (Clock(TEHRAN, NIGHT), (2026, 11, 2, 21), (2026, 11, 3, 8), 9),
        (Clock(TEHRAN, NIGHT), (2026, 11, 2, 23), (2026, 11, 3, 1), 2),
        (Clock(TEHRAN, NIGHT, (3, 4)), (2026, 11, 4, 21), (2026, 11, 7, 8), 2 + 48 + 7),
        (Clock(BERLIN, NIGHT), (2027, 3, 27, 22), (2027, 3, 28, 7), 8),
        (Clock(BERLIN, NIGHT), (2026, 10, 24, 22), (2026, 10, 25, 7), 10),
        (Clock(TEHRAN, holidays=frozenset({"iranian"})), (2026, 3, 20, 0), (2026, 3, 26, 0), 5 * 24),
        (Clock(TEHRAN, holidays=frozenset({"iranian"})), (2026, 12, 25, 0), (2026, 12, 26, 0), 0),
        (
            Clock(TEHRAN, NIGHT, away=((date(2026, 11, 3), date(2026, 11, 4)),)),
            (2026, 11, 2, 8),
            (2026, 11, 5, 8),
            2 + 48 + 7,
        ),
        (Clock(BERLIN, holidays=frozenset()), (2026, 12, 24, 12), (2027, 1, 2, 0), 0),
        (Clock(BERLIN, holidays=frozenset({"iranian", "gregorian"})), (2026, 12, 24, 0), (2027, 3, 22, 0), 11 * 24),
        (Clock(BERLIN), (2026, 12, 24, 12), (2027, 1, 2, 0), 3 * 24),
        (Clock(TEHRAN, NIGHT), (2026, 11, 3, 8), (2026, 11, 2, 21), 0),
    ],
)
def test_a_clock_stands_in_quiet_time_and_on_holidays_across_clock_changes_and_never_runs_backwards(
    clock, start, end, hours
):
    moments = [np.array([datetime(*each, tzinfo=ZoneInfo(clock.zone)).timestamp()]) for each in (start, end)]
    assert stood_between(clock, *moments).tolist() == [hours * 3600]


# Month -> days, from the official calendar of 1403 (Council of Public Culture); 30 Esfand because that was a leap year.
OF_1403 = {
    1: {1, 2, 3, 4, 12, 13, 22, 23}, 2: {15}, 3: {14, 15, 28}, 4: {5, 25, 26}, 6: {4, 12, 14, 22, 31}, 9: {15}, 10: {25},
    11: {9, 22, 26}, 12: {29, 30},
}  # fmt: skip


@pytest.mark.once
def test_iranian_holidays_are_those_of_the_official_calendar_the_lunar_ones_too():
    days = [date(2024, 3, 20) + timedelta(days=number) for number in range(366)]
    found: dict[int, set[int]] = {}
    for day in days:
        if is_holiday(day, frozenset({"iranian"})):
            found.setdefault((there := jdatetime.date.fromgregorian(date=day)).month, set()).add(there.day)

    assert found == OF_1403


@pytest.mark.once
@pytest.mark.parametrize("day", [date(2025, 3, 31), date(2025, 4, 1), date(2026, 5, 27), date(2026, 6, 25)])
def test_a_lunar_holiday_is_on_the_day_on_which_it_was_announced(day):
    """Eid al-Fitr 1404, two days, as the moon was announced; Eid al-Adha and Ashura of the official calendar of 1405."""
    assert [is_holiday(day, frozenset(of)) for of in (["iranian"], ["gregorian"], [])] == [True, False, False]


def quiet(person):
    person.time_zone = "UTC"
    person.save()
    Rhythm.objects.create(person=person, night=True, night_from=NIGHT[0], night_to=NIGHT[1])


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "hours"), [(0, 1.0), (1, 10.0)])
def test_an_answer_is_not_late_for_the_night_of_whoever_answers(who, hours):
    each = pair(CoordinationFactory().programme)
    mentor, mentee = people = members(each)
    quiet(people[who])
    at = datetime(2026, 10, 5, 22, tzinfo=UTC)
    for day in range(5):
        say(each, mentee, at + timedelta(days=day))
        say(each, mentor, at + timedelta(days=day, hours=10))

    figures = BY_CODE["RC1"].compute(Facts(each.programme, NOW))
    assert figures.raw.tolist() == pytest.approx([hours])


@pytest.mark.django_db
def test_nobody_is_late_on_days_on_which_they_are_away():
    each = pair(CoordinationFactory().programme)
    mentor, mentee = members(each)
    at = datetime(2026, 10, 5, 6, tzinfo=UTC)
    for day in range(5):
        say(each, mentee, at + timedelta(days=7 * day))
        say(each, mentor, at + timedelta(days=7 * day, hours=70))
    for person, days in ((mentor, 2), (mentee, 20)):  # who waits may be where they like
        for week in range(5):
            first = at.date() + timedelta(days=7 * week + (person == mentor))
            Absence.objects.create(person=person, from_on=first, until_on=first + timedelta(days=days - 1))

    figures = BY_CODE["RC1"].compute(Facts(each.programme, NOW))
    assert figures.raw.tolist() == pytest.approx([70 - 48])


@pytest.mark.parametrize(
    ("calendar", "chosen", "found"),
    [
        ("jalali", "", {"iranian"}),
        ("gregorian", "", {"gregorian"}),
        ("gregorian", "iranian", {"iranian"}),
        ("jalali", "both", {"iranian", "gregorian"}),
        ("jalali", "none", set()),
    ],
)
def test_a_programme_chooses_whose_holidays_count_else_those_of_its_institutions_calendar(calendar, chosen, found):
    assert holidays_of(Programme(institution=Institution(calendar=calendar), holidays=chosen)) == found


@pytest.mark.django_db
def test_holidays_and_days_on_which_one_of_the_two_is_away_are_no_silence():
    """Three weeks without a word at a rhythm of a week: in the second pair the mentee was away for ten days of them."""
    programme = CoordinationFactory().programme
    programme.holidays = Programme.Holidays.NONE
    programme.save()
    for away in (False, True):
        each = pair(programme)
        mentor, mentee = members(each)
        say(each, mentor, NOW - timedelta(days=22))
        say(each, mentee, NOW - timedelta(days=21))
        if away:
            first = NOW.date() - timedelta(days=15)
            Absence.objects.create(person=mentee, from_on=first, until_on=first + timedelta(days=9))
    facts = Facts(programme, NOW)

    assert BY_CODE["SC1"].compute(facts).raw.round(4).tolist() == [3.0, round(11 / 7, 4)]
    silent = [any(reason["code"] == "silence" for reason in risk.reasons) for risk in risks(facts).values()]
    assert silent == [True, False]

    silent = []
    for programme.holidays in (Programme.Holidays.NONE, Programme.Holidays.GREGORIAN):
        silent.append(Facts(programme, datetime(2027, 1, 3, 12, tzinfo=UTC)).silent[0])
    assert silent[0] - silent[1] == 3 * 86400


@pytest.mark.django_db
def test_between_an_end_and_being_taken_up_again_a_relationship_is_not_lived():
    coordinator = CoordinationFactory()
    programme = coordinator.programme
    programme.holidays = Programme.Holidays.NONE
    programme.save()
    each = pair(programme, days=120)
    mentor, mentee = members(each)
    for day in range(1, 43, 7):
        say(each, mentor, each.started_at + timedelta(days=day))
        say(each, mentee, each.started_at + timedelta(days=day, hours=1))
    end_relationship(each, reason="other", by=None, at=NOW - timedelta(days=75))
    before = {code: BY_CODE[code].compute(Facts(programme, NOW)).raw[0] for code in ("RF1", "MF1")}
    reopen_relationship(each, reason="It was too soon", by=coordinator.person, at=NOW - timedelta(days=1))
    facts = Facts(programme, NOW)

    assert before == {"RF1": 1.0, "MF1": 1.0}
    assert {code: BY_CODE[code].compute(facts).raw[0] for code in before} == before
    assert BY_CODE["SC1"].compute(facts).raw[0] == pytest.approx((45 - 36 + 1 - 1 / 24) / 7, abs=0.01)
    assert not {"silence", "falling", "untouched"} & {row["code"] for row in risks(facts)[each.pk].reasons}


@pytest.mark.django_db
def test_a_pause_is_neither_silence_nor_a_week_lived():
    programme = CoordinationFactory().programme
    programme.holidays = Programme.Holidays.NONE
    programme.save()
    for rested in (False, True):
        each = pair(programme, days=56)
        mentor, mentee = members(each)
        for day in (1, 8, 15, 22):
            say(each, mentor, each.started_at + timedelta(days=day))
            say(each, mentee, each.started_at + timedelta(days=day, hours=1))
        if rested:
            coordinator = CoordinationFactory(programme=programme).person
            pause_relationship(each, by=coordinator, at=each.started_at + timedelta(days=23, hours=1))
            resume_relationship(each, by=coordinator, at=each.started_at + timedelta(days=51, hours=1))
    facts = Facts(programme, NOW)

    def raw(code):
        return BY_CODE[code].compute(facts).raw.round(3).tolist()

    assert facts.weeks.tolist() == [8, 4]
    assert (raw("RF1"), raw("MF1")) == ([0.5, 1.0], [0.5, 1.0])
    assert raw("SC1") == [round((34 - 1 / 24) / 7, 3), round((6 - 1 / 24) / 7, 3)]
    silent = [any(reason["code"] == "silence" for reason in risk.reasons) for risk in risks(facts).values()]
    assert silent == [True, False]
    away = Absence(person=mentee, from_on=NOW.date() - timedelta(days=30), until_on=NOW.date() - timedelta(days=10))
    away.save()
    assert BY_CODE["SC1"].compute(Facts(programme, NOW)).raw.round(3).tolist()[1] == raw("SC1")[1]
