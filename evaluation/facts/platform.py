"""How the platform carried a programme in the last four weeks: what its processes counted."""

from collections import Counter
from datetime import date, timedelta

from django.db.models import Min

from accounts import page_times
from core import health
from core.models import Tally
from core.tallies import tallies, utc_day
from evaluation.facts.asking import Scope
from mentoring.messaging import promptness

DAYS = 28
MINUTES = 24 * 60


def _days(scope: Scope) -> tuple[date, date]:
    last = utc_day(scope.at)
    return last - timedelta(days=DAYS), last


def health_checks(scope: Scope) -> tuple[int, int]:
    """Minutes with a passed check, and minutes, of whole days since the platform first looked after itself."""
    first, today = _days(scope)
    began = Tally.objects.filter(what=health.WHAT).aggregate(began=Min("day_on"))["began"]
    if began is None:
        return 0, 0
    first, last = max(first, began + timedelta(days=1)), today - timedelta(days=1)
    rows = tallies(health.WHAT, health.EVERYBODY, first=first, last=last)
    passed = sum(min(count, MINUTES) for _day, bucket, count in rows if bucket == health.PASSED)
    return passed, MINUTES * max(0, (last - first).days + 1)


def deliveries(scope: Scope) -> tuple[int, int]:
    """Messages of the programme's conversations that every device which was there had in time, and messages looked at."""
    first, last = _days(scope)
    rows = tallies(promptness.WHAT, scope.programme.pk, first=first, last=last)
    in_time = sum(count for _day, bucket, count in rows if bucket == promptness.IN_TIME)
    return in_time, sum(count for _day, _bucket, count in rows)


def page_times_of(scope: Scope) -> Counter[float]:
    """Milliseconds of the server -> how many pages took so long, of people of the institution."""
    first, last = _days(scope)
    found: Counter[float] = Counter()
    for _day, step, count in tallies(page_times.WHAT, scope.programme.institution_id, first=first, last=last):
        found[page_times.ms_of(step)] += count
    return found
