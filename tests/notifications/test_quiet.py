from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from core.models import Job
from notifications.kinds import Kind, register
from notifications.models import Mail, Notification, Rhythm
from notifications.queries import quiet_now
from notifications.quiet import quiet_until, weekend_of
from notifications.services import ask_for_digests, keep_rhythm, mark_read, notify, send_digest
from tests.factories import NOW, PersonFactory
from tests.notifications.test_inbox import tell

register(Kind("test.urgent", "Somebody needs help", "Help is needed", "", "Look", urgent=True))

TEHRAN, BERLIN = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Berlin")
NIGHT = Rhythm(night=True)  # 22:00 to 7:00
SIESTA = Rhythm(night=True, night_from=time(13), night_to=time(15, 30))
NIGHT_AND_WEEKEND = Rhythm(night=True, free_days="thu_fri")
NIGHTS = {"night": True, "night_from": time(22), "night_to": time(7)}


@pytest.mark.parametrize(
    ("rhythm", "zone", "at", "until"),
    [
        (Rhythm(), TEHRAN, "2026-11-22T23:00", None),
        (NIGHT, TEHRAN, "2026-11-22T21:59", None),
        (NIGHT, TEHRAN, "2026-11-22T22:00", "2026-11-23T07:00"),
        (NIGHT, TEHRAN, "2026-11-23T06:59", "2026-11-23T07:00"),
        (NIGHT, TEHRAN, "2026-11-23T07:00", None),
        (SIESTA, TEHRAN, "2026-11-23T14:00", "2026-11-23T15:30"),
        (SIESTA, TEHRAN, "2026-11-23T23:00", None),
        # A night that runs into Thursday and Friday ends on Saturday morning.
        (NIGHT_AND_WEEKEND, TEHRAN, "2026-11-25T23:00", "2026-11-28T07:00"),
        (Rhythm(free_days="sat_sun"), BERLIN, "2026-11-28T12:00", "2026-11-30T00:00"),
        (Rhythm(free_days="fri"), TEHRAN, "2026-11-27T00:00", "2026-11-28T00:00"),
        # Clocks go forward at two in the night: seven is seven.
        (NIGHT, BERLIN, "2026-03-28T23:00", "2026-03-29T07:00"),
    ],
)
def test_quiet_time_ends_by_the_clocks_of_the_person(rhythm, zone, at, until):
    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=zone)

    assert quiet_until(rhythm, zone, moment(at)) == (moment(until) if until else None)


def test_the_usual_weekend_goes_with_the_place():
    assert [weekend_of(zone) for zone in ("Asia/Tehran", "Europe/Berlin", "UTC")] == ["thu_fri", "sat_sun", "sat_sun"]


def test_mail_waits_for_the_end_of_quiet_hours_and_the_inbox_does_not(db):
    person = PersonFactory(time_zone="Asia/Tehran")
    keep_rhythm(person, at=NOW, night=True, night_from=time(12), night_to=time(13))  # NOW is half past twelve there
    tell(person)
    notify("test.urgent", to=person, key="u", at=NOW)
    due = dict(Job.objects.values_list("key", "due_at"))
    assert Notification.objects.count() == 2
    assert due["mail:k"] == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert due["mail:u"] != due["mail:k"]
    assert quiet_now([person, PersonFactory()], at=NOW) == {person.pk}


def test_what_was_read_while_its_mail_waited_is_not_mailed(db, run_jobs, mailoutbox):
    person = PersonFactory()
    keep_rhythm(person, at=NOW, night=True, night_from=time(8), night_to=time(10))
    seen, _unseen = tell(person), tell(person, key="k2")
    mark_read(person, only=seen, at=NOW)
    Job.objects.update(due_at=NOW)
    run_jobs()
    assert [mail.key for mail in Mail.objects.all()] == ["k2"]


def test_once_a_day_the_unread_news_comes_in_one_mail_in_the_words_of_its_reader(db, run_jobs, mailoutbox):
    person = PersonFactory(persian=True)
    keep_rhythm(person, at=NOW, daily=True, daily_at=time(12))
    for n in range(3):
        tell(person, key=f"k{n}")
    notify("test.quiet", to=person, key="never mailed", at=NOW)
    notify("test.urgent", to=person, key="mailed at once", at=NOW)
    assert [job.key for job in Job.objects.all()] == ["mail:mailed at once"]

    assert [ask_for_digests(at=NOW + timedelta(minutes=m)) for m in (-60, 0, 15)] == [0, 1, 1]
    assert Job.objects.filter(name="notifications.send_digest").count() == 1
    run_jobs()

    digest = next(mail for mail in mailoutbox if mail.alternatives and "Help is needed" not in mail.subject)
    assert "۳" in digest.subject and digest.body.count("\u2068Arman\u2069 tells you") == 3
    assert "۱ آذر" in digest.body and "۱۲:۳۰" in digest.body and "never mailed" not in digest.body


def test_nothing_unread_or_nothing_new_is_no_digest(db, mailoutbox):
    person = PersonFactory()
    assert send_digest(person, at=NOW) is None
    read = tell(person)
    mark_read(person, only=read, at=NOW)
    assert send_digest(person, at=NOW) is None
    tell(person, key="k2")
    assert [send_digest(person, at=NOW + timedelta(days=day)) is not None for day in (0, 1)] == [True, False]
    assert len(mailoutbox) == 1


def test_no_digest_comes_on_a_free_day(db):
    person = PersonFactory()
    keep_rhythm(person, at=NOW, daily=True, free_days="sat_sun")
    sunday = NOW.replace(hour=8)
    assert [ask_for_digests(at=sunday + timedelta(days=day)) for day in (0, 1)] == [0, 1]


def test_the_page_keeps_when_and_what(db, sign_in):
    person = PersonFactory(persian=True)
    client, url = sign_in(person), reverse("preferences")
    page = client.get(url).content.decode()
    assert "پنجشنبه و جمعه" in page and "thu_fri" in page
    sent = {"night": "on", "night_from": "23:00", "night_to": "06:30", "free_days": "thu_fri", "daily": "yes",
            "daily_at": "09:00"}  # fmt: skip
    assert client.post(url, sent).status_code == 302
    kept = Rhythm.objects.get()
    assert (kept.night, kept.night_from, kept.night_to, kept.free_days) == (True, time(23), time(6, 30), "thu_fri")
    assert (kept.daily, kept.daily_at) == (True, time(9))
    wrong = client.post(url, {**sent, "night_to": "23:00"})
    assert wrong.status_code == 200 and "23:00" in wrong.content.decode()
    assert Rhythm.objects.get().night_to == time(6, 30)
