"""Files and the private feed for other calendars."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from mentoring.relationships.models import CalendarFeed, Session
from mentoring.relationships.services import cancel_session, move_session
from tests.factories import NOW, PersonFactory, SessionFactory

pytestmark = pytest.mark.django_db


def events(response):
    return {
        int(str(event["UID"]).split("-")[1].split("@")[0]): event
        for event in Calendar.from_ical(response.content).events
    }


def test_the_file_of_a_session_says_when_with_whom_and_in_which_state(sign_in):
    session = SessionFactory(topic="Ideas; and, commas", minutes=30, link="https://meet.example/x")
    mentor, mentee = session.relationship.people
    url = reverse("session_ics", args=[session.pk])

    response = sign_in(mentee).get(url)
    event = events(response)[session.pk]

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(response.content)["METHOD"] == "PUBLISH"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert event["DTSTART"].dt == session.starts_at
    assert b"DTSTART:20261125T090000Z" in response.content
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)
    assert (str(mentor) in event["SUMMARY"], "Ideas; and, commas" in event["SUMMARY"]) == (True, True)
    assert sign_in(PersonFactory()).get(url).status_code == 404


def test_a_cancelled_session_takes_itself_out_again(sign_in):
    session = SessionFactory()
    mentee = session.relationship.people[1]
    cancel_session(session, by=mentee, at=NOW)

    response = sign_in(mentee).get(reverse("session_ics", args=[session.pk]))

    assert Calendar.from_ical(response.content)["METHOD"] == "CANCEL"
    event = events(response)[session.pk]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


def test_the_private_feed_needs_no_sign_in_shows_only_ones_own_and_stops_when_renewed(client, sign_in):
    session, moved, cancelled = SessionFactory(), SessionFactory(), SessionFactory()
    mentee = session.relationship.people[1]
    for other in (moved, cancelled):
        Session.objects.filter(pk=other.pk).update(relationship=session.relationship)
        other.refresh_from_db()
    move_session(moved, times=[NOW + timedelta(days=9)], by=mentee, at=NOW)
    cancel_session(cancelled, by=mentee, at=NOW)
    foreign = SessionFactory()
    owner = sign_in(mentee)

    owner.post(reverse("calendar_renew"))
    page = owner.get(reverse("calendar_settings"))
    address = page.context["address"]
    assert address not in owner.get(reverse("calendar_settings")).content.decode()
    assert CalendarFeed.objects.get().token_hash not in address

    found = events(client.get(address))
    assert {pk: str(event["STATUS"]) for pk, event in found.items()} == {
        session.pk: "CONFIRMED",
        moved.pk: "TENTATIVE",
        cancelled.pk: "CANCELLED",
    }
    assert foreign.pk not in found
    owner.post(reverse("calendar_renew"))
    assert client.get(address).status_code == 404
    fresh = owner.get(reverse("calendar_settings")).context["address"]
    mentee.is_active = False
    mentee.save()
    assert client.get(fresh).status_code == 404
