"""The five waves of a programme, planned from its dates. Pure: the coordinator confirms and shifts them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from evaluation.models import Wave
from mentoring.planning.models import Programme

FORMS = {
    Wave.Moment.W0: Wave.Form.START,
    Wave.Moment.W1: Wave.Form.EARLY,
    Wave.Moment.W2: Wave.Form.SHORT,
    Wave.Moment.W3: Wave.Form.FULL,
    Wave.Moment.W4: Wave.Form.AFTER,
}
FOURTEEN_DAYS = timedelta(days=14)
FOUR_WEEKS, A_WEEK = timedelta(weeks=4), timedelta(weeks=1)
MORNING, LAST_MINUTE = time(6), time(23, 59)


@dataclass(frozen=True)
class Planned:
    """One wave as it is wanted: whether at all, and from when to when."""

    moment: str
    form: str
    opens_at: datetime
    closes_at: datetime
    wanted: bool = True


@dataclass(frozen=True)
class Proposal:
    """What the dates of a programme suggest. `fits` is False where it is too short for this wave, or the time is over."""

    moment: str
    form: str
    opens_on: date
    closes_on: date
    fits: bool


def proposals(programme: Programme, today: date) -> list[Proposal]:
    """W0 a week before the start, W1 in week 4, W2 in the middle, W3 for the last two weeks, W4 four months later."""
    starts, ends = programme.starts_on, programme.ends_on
    first, middle, last = starts + timedelta(weeks=4), starts + (ends - starts) / 2, ends - FOURTEEN_DAYS
    days = {
        Wave.Moment.W0: (starts - timedelta(days=7), starts + timedelta(days=7)),
        Wave.Moment.W1: (first, first + FOURTEEN_DAYS),
        Wave.Moment.W2: (middle, middle + FOURTEEN_DAYS),
        Wave.Moment.W3: (last, ends + timedelta(days=7)),
        Wave.Moment.W4: (ends + timedelta(days=120), ends + timedelta(days=148)),
    }
    room = {Wave.Moment.W1: first < last, Wave.Moment.W2: first + FOURTEEN_DAYS <= middle <= last - FOURTEEN_DAYS}
    return [
        Proposal(moment, FORMS[moment], max(opens, today), closes, room.get(moment, True) and closes > today)
        for moment, (opens, closes) in days.items()
    ]


def pulse_days(programme: Programme) -> list[date]:
    """Every fourth week while a programme runs, as long as there is a whole week to answer."""
    count = (programme.ends_on - A_WEEK - programme.starts_on) // FOUR_WEEKS
    return [programme.starts_on + number * FOUR_WEEKS for number in range(1, count + 1)]


def pulses(programme: Programme, others: Iterable[tuple[date, date]], today: date) -> list[tuple[date, date]]:
    """The coming pulses, from which to which day, between the `others`: none while people are asked something else."""
    busy = list(others)
    weeks = ((day, day + A_WEEK) for day in pulse_days(programme) if day > today)
    return [week for week in weeks if all(week[1] < opens or closes < week[0] for opens, closes in busy)]


def planned_pulses(programme: Programme, waves: Iterable[Wave], now: datetime) -> dict[date, Wave]:
    """Those of the waves that are pulses of such a plan and have not opened, by the day they open."""
    coming = (wave for wave in waves if wave.form == Wave.Form.PULSE and not wave.moment and wave.opens_at > now)
    by_day = {timezone.localdate(wave.opens_at): wave for wave in coming}
    return {day: by_day[day] for day in pulse_days(programme) if day in by_day}


def in_the_morning(day: date, now: datetime) -> datetime:
    """When what opens on `day` opens: at once where that is today."""
    return now if day == timezone.localdate(now) else timezone.make_aware(datetime.combine(day, MORNING))


def last_minute(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, LAST_MINUTE))
