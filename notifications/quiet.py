"""Until when a person is left in peace."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from notifications.models import Rhythm

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
WEEKENDS = {"none": (), "thu_fri": (THURSDAY, FRIDAY), "fri": (FRIDAY,), "sat_sun": (SATURDAY, SUNDAY)}
_THURSDAY_FRIDAY_ZONES = ("Asia/Tehran", "Iran", "Asia/Kabul")


def weekend_of(zone: str) -> str:
    """The usual weekend of a place, by its time zone."""
    return "thu_fri" if zone in _THURSDAY_FRIDAY_ZONES else "sat_sun"


def quiet_until(rhythm: "Rhythm", zone: ZoneInfo, at: datetime) -> datetime | None:
    """The end of the quiet time in which `at` lies: of the night, and of free days, as the clocks of `zone` show them.

    None when the person may be reached now.
    """
    here = began = at.astimezone(zone)
    while end := _end(rhythm, here):
        here = end
    return None if here == began else here.astimezone(UTC)


def _end(rhythm: "Rhythm", here: datetime) -> datetime | None:
    """The end of the free day or the night that `here` lies in. No week is all free, so asking again and again ends."""
    tomorrow = here.date() + timedelta(days=1)
    if here.weekday() in WEEKENDS[rhythm.free_days]:
        return datetime.combine(tomorrow, time.min, here.tzinfo)
    if not rhythm.night:
        return None
    clock, begins, ends = here.time(), rhythm.night_from, rhythm.night_to
    if begins <= clock < ends or clock < ends < begins:
        return datetime.combine(here.date(), ends, here.tzinfo)
    if ends < begins <= clock:
        return datetime.combine(tomorrow, ends, here.tzinfo)
    return None
