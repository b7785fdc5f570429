"""Sessions as iCalendar (RFC 5545): one file for each, and a person's feed of all. Times are in UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from accounts.models import User
from core.text import listed
from mentoring.relationships.models import Session

STATUS = {Session.Status.PROPOSED: "TENTATIVE", Session.Status.CANCELLED: "CANCELLED"}


def calendar_of(sessions: Iterable[Session], *, reader: User, at: datetime, cancels: bool = False) -> bytes:
    """The sessions that have a time, in the words and language of `reader`. `cancels`: a file that takes one out again."""
    with translation.override(reader.language):
        calendar = Calendar()
        calendar.add("prodid", "-//Peyvand//Sessions//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "CANCEL" if cancels else "PUBLISH")
        calendar.add("x-wr-calname", _("Peyvand sessions"))
        for session in sessions:
            if session.starts_at is not None:
                calendar.add_component(_event(session, session.starts_at, reader, at))
        return bytes(calendar.to_ical())


def _event(session: Session, starts_at: datetime, reader: User, at: datetime) -> Event:
    url = settings.SITE_URL + session.get_absolute_url()
    partners = listed(session.relationship.partners_of(reader))
    title = _("Session with %(partner)s") % {"partner": partners}
    event = Event()
    event.add("uid", f"session-{session.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("sequence", session.sequence)
    event.add("status", STATUS.get(Session.Status(session.status), "CONFIRMED"))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", (starts_at + timedelta(minutes=session.minutes)).astimezone(UTC))
    event.add("summary", f"{title}: {session.topic}" if session.topic else title)
    event.add("description", url)
    event.add("url", url)
    if session.link:
        event.add("location", session.link)
    if session.status == Session.Status.CONFIRMED:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(minutes=-15))
        event.add_component(alarm)
    return event
