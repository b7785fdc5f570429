"""Who is not in a conversation reads it only for a reason, before two pairs of eyes, for an hour; its people are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from core.errors import NotAllowed
from core.models import Job
from mentoring.messaging.services import announce, delete_message, look_into, open_desk, send_message, take_file
from mentoring.safeguarding.models import Reading
from mentoring.safeguarding.services import (
    AlreadyAnswered,
    ReadingOver,
    TooNear,
    answer_reading,
    ask_to_read,
    block_person,
    close_reading,
    end_reading,
    forget_readings,
    keep_apart,
    read_page,
    report_person,
    tell_later,
    tell_months,
    tell_of_reading,
    tell_read_alone,
)
from notifications.models import Notification
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    MessageFactory,
    PersonFactory,
    RoomFactory,
    uuid4,
)

pytestmark = pytest.mark.django_db
WHY = {"reason": "danger", "words": "She has not been seen since Monday"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def reader(programme):
    return CoordinationFactory(programme=programme).person


@pytest.fixture
def second(programme):
    return CoordinationFactory(programme=programme).person


def agreed(room, reader, second, at=NOW):
    return answer_reading(ask_to_read(room, **WHY, by=reader, at=at), agrees=True, answer="", by=second, at=at)


def told(kind):
    return set(Notification.objects.filter(kind=f"safeguarding.{kind}").values_list("recipient", flat=True))


def events(kind="reading"):
    return list(AuditEvent.objects.filter(action__startswith=kind).order_by("seq").values_list("action", "reason"))


def test_asked_agreed_to_read_page_by_page_and_told_after_three_days(room, programme, mentor, mentee, reader, second):
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    for n in range(30):
        MessageFactory(room=room, by=mentor, body=f"Said {n}", at=NOW)

    reading = ask_to_read(room, **WHY, by=reader, at=NOW)

    assert ask_to_read(room, **WHY, by=reader, at=NOW) == reading
    assert told("reading_asked") == {second.pk, administrator.pk}
    with pytest.raises(ReadingOver):
        read_page(reading, before=None, by=reader, at=NOW)
    with pytest.raises(NotAllowed):
        answer_reading(reading, agrees=True, answer="", by=reader, at=NOW)
    answer_reading(reading, agrees=True, answer="Look for Monday", by=administrator, at=NOW + HOUR)
    with pytest.raises(AlreadyAnswered):
        answer_reading(reading, agrees=False, answer="", by=second, at=NOW + HOUR)
    assert told("reading_answered") == {reader.pk}
    with pytest.raises(NotAllowed):
        read_page(reading, before=None, by=second, at=NOW + HOUR)

    opened = NOW + 2 * HOUR
    newest = read_page(reading, before=None, by=reader, at=opened)
    oldest = read_page(reading, before=newest.older_before, by=reader, at=opened + timedelta(minutes=59))
    with pytest.raises(ReadingOver):
        read_page(reading, before=None, by=reader, at=opened + HOUR)

    assert [message.body for message in (*oldest.messages, *newest.messages)] == [f"Said {n}" for n in range(30)]
    assert oldest.older_before is None
    assert events() == [
        ("reading.asked", "danger"),
        ("reading.agreed", ""),
        ("reading.opened", ""),
        ("reading.page", "6-30"),
        ("reading.page", "1-5"),
    ]
    assert not told("was_read")
    assert not tell_of_reading(reading, at=opened + 3 * DAY - timedelta(seconds=1))
    assert tell_of_reading(reading, at=opened + 3 * DAY)
    assert not tell_of_reading(reading, at=opened + 4 * DAY)
    assert told("was_read") == {mentor.pk, mentee.pk}
    due = Job.objects.filter(name="safeguarding.tell_of_reading").values_list("due_at", flat=True)
    assert list(due) == [opened + 3 * DAY]


def test_who_is_in_it_kept_apart_accused_or_has_reported_neither_reads_nor_agrees(
    room, programme, mentor, mentee, reader
):
    def coordinator(person=None):
        return CoordinationFactory(programme=programme, person=person or PersonFactory()).person

    once_in_it, kept_away, accused, reporter, ordered, partner = (coordinator() for _n in range(6))
    room.members.create(person=once_in_it, joined_at=NOW - DAY, left_at=NOW - HOUR)
    shared = RoomFactory(relationship__programme=programme)
    for person in (kept_away, reporter, partner, mentee):
        shared.members.get_or_create(person=person, defaults={"joined_at": NOW})
    block_person(kept_away, by=mentee, at=NOW)
    office = shared.relationship.members.first().person
    shared.members.get_or_create(person=accused, defaults={"joined_at": NOW})
    report_person(accused, reason="hurt", words="It hurt", by=mentee, at=NOW)
    report_person(mentee, reason="worry", words="She is so quiet", by=reporter, at=NOW)
    EnrolmentFactory(programme=programme, person=ordered)
    keep_apart(programme, ordered, mentor, reason="As agreed", by=office, at=NOW)
    for person in (coordinator(mentor), once_in_it, kept_away, accused, reporter, ordered, partner):
        with pytest.raises(TooNear):
            ask_to_read(room, **WHY, by=person, at=NOW)
    with pytest.raises(TooNear):
        ask_to_read(room, **WHY, by=CoordinationFactory().person, at=NOW)

    reading = ask_to_read(room, **WHY, by=reader, at=NOW)

    assert told("reading_asked") == {partner.pk}  # shares another conversation with her, but may say yes or no
    for person in (mentor, once_in_it, kept_away, accused, reporter, ordered):
        assert not Reading.objects.visible_to(person).exists()
        with pytest.raises(NotAllowed):
            answer_reading(reading, agrees=True, answer="", by=person, at=NOW)
    answer_reading(reading, agrees=True, answer="", by=partner, at=NOW)
    EnrolmentFactory(programme=programme, person=reader)
    keep_apart(programme, reader, mentee, reason="New", by=partner, at=NOW)
    with pytest.raises(TooNear):
        read_page(reading, before=None, by=reader, at=NOW)
    assert not Reading.objects.get().opened_at


def test_alone_it_is_agreed_to_at_once_and_those_above_hear_of_it_a_day_later(room, programme, reader):
    operator = PersonFactory(is_superuser=True)

    reading = ask_to_read(room, **WHY, by=reader, at=NOW)

    assert (reading.state, reading.alone, reading.answered_by) == ("agreed", True, None)
    job = Job.objects.get(name="safeguarding.tell_read_alone")
    assert job.due_at == NOW + DAY
    newcomer = CoordinationFactory(programme=programme).person
    tell_read_alone(reading, at=NOW + DAY)
    assert told("read_alone") == {operator.pk, newcomer.pk}
    assert set(Reading.objects.visible_to(operator)) == {reading}


def test_it_is_over_by_itself_and_one_may_ask_again(room, mentee, reader, second):
    unanswered = ask_to_read(room, **WHY, by=reader, at=NOW)
    end_reading(unanswered, at=NOW + 3 * DAY - HOUR)
    assert Reading.objects.open().get() == unanswered

    again = agreed(room, reader, second, at=NOW + 3 * DAY)
    end_reading(again, at=NOW + 4 * DAY)
    unanswered.refresh_from_db()
    again.refresh_from_db()

    assert (unanswered.state, again.state) == ("over", "over")
    with pytest.raises(AlreadyAnswered):
        answer_reading(unanswered, agrees=True, answer="", by=second, at=NOW + 4 * DAY)
    third = agreed(room, reader, second, at=NOW + 5 * DAY)
    read_page(third, before=None, by=reader, at=NOW + 5 * DAY)
    with pytest.raises(NotAllowed):
        close_reading(third, by=second, at=NOW + 5 * DAY)
    close_reading(third, by=reader, at=NOW + 5 * DAY)
    with pytest.raises(ReadingOver):
        read_page(third, before=None, by=reader, at=NOW + 5 * DAY)
    assert not tell_of_reading(again, at=NOW + 40 * DAY)  # nobody read it: nothing to tell
    assert forget_readings(at=NOW + 7 * 366 * DAY) == 3


def test_only_the_second_person_puts_off_the_telling_and_for_thirty_days_at_most(room, mentor, reader, second):
    reading = agreed(room, reader, second)
    read_page(reading, before=None, by=reader, at=NOW)
    with pytest.raises(NotAllowed):
        tell_later(reading, days=5, why="I would rather not", by=reader, at=NOW)

    tell_later(reading, days=27, why="He would find her", by=second, at=NOW)

    assert not tell_of_reading(reading, at=NOW + 30 * DAY - HOUR)
    assert tell_of_reading(reading, at=NOW + 30 * DAY)
    with pytest.raises(AlreadyAnswered):
        tell_later(reading, days=5, why="Too late", by=second, at=NOW + 30 * DAY)


def test_the_database_holds_to_it_whatever_the_code_does(room, reader, second):
    reading = agreed(room, reader, second)
    read_page(reading, before=None, by=reader, at=NOW)
    kept = {"room": room, "asked_by": reader, "asked_at": NOW, "words": "Why", "reason": "other"}
    for facts in (
        {"answered_by": reader},
        {"answered_by": None},
        {"alone": True},
        {"state": "asked"},
        {"state": "over"},
        {"pages": 0},
        {"words": ""},
        {"days_later": 28, "later_by": second, "later_why": "So"},
        {"days_later": 3, "later_by": reader, "later_why": "So"},
        {"days_later": 3, "later_by": second, "later_why": ""},
        {"days_later": 3},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reading.objects.filter(pk=reading.pk).update(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(**kept)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(**kept, state="refused", answered_by=second, closed_at=NOW, told_at=NOW)


def test_administrators_hear_once_a_month_but_not_of_their_own_conversation(room, programme, mentor, reader, second):
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    BelongingFactory(institution=programme.institution, person=mentor, administrator=True)
    BelongingFactory(administrator=True)
    agreed(room, reader, second, at=NOW)

    assert [tell_months(at=at) for at in (NOW, NOW + 20 * DAY, NOW + 25 * DAY, NOW + 60 * DAY)] == [0, 1, 0, 0]

    assert told("readings_month") == {administrator.pk}
    assert Notification.objects.get(kind="safeguarding.readings_month").params == {"many": 1}


def test_the_pages_of_it(sign_in, room, programme, mentor, mentee, reader, second):
    text = look_into(room, name="secret-plan.txt", claimed="text/plain", data=b"My plan")
    file = take_file(room, text, by=mentee, at=NOW)
    send_message(room, by=mentee, cid=uuid4(), body="Here it is", files=[file.pk], at=NOW)
    gone = MessageFactory(room=room, by=mentee, body="Taken back", at=NOW)
    delete_message(gone, by=mentee, at=NOW)
    browser = sign_in(reader)
    asked = browser.post(reverse("reading_ask", args=[room.relationship_id]), WHY)
    reading = Reading.objects.get()
    assert asked["Location"] == reading.get_absolute_url()
    told = reverse("reading_told", args=[reading.pk])

    answer = sign_in(second).post(reverse("reading_answer", args=[reading.pk]), {"agrees": "yes", "answer": "Look"})
    assert answer["Location"] == reading.get_absolute_url()
    page = browser.post(reverse("reading_page", args=[reading.pk]))

    shown = page.content.decode()
    assert "Here it is" in shown
    assert "1 file, not shown here" in shown
    assert "Taken back" not in shown
    assert "secret-plan" not in shown
    assert shown.count(f"<span>{reader} · ") == 9
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert sign_in(second).post(reverse("reading_page", args=[reading.pk])).status_code == 403
    assert b"Open its newest page" in browser.get(reading.get_absolute_url()).content

    for person in (mentor, mentee, CoordinationFactory(programme__institution=programme.institution).person,
                   BelongingFactory(administrator=True).person):  # fmt: skip
        assert sign_in(person).get(reading.get_absolute_url()).status_code == 404
        assert sign_in(person).get(told).status_code == 404
    later = sign_in(second).post(reverse("reading_later", args=[reading.pk]), {"days": "28", "why": "So"})
    assert later.status_code == 422
    Reading.objects.update(told_at=datetime.now(tz=NOW.tzinfo))
    seen = sign_in(mentor).get(told).content.decode()
    assert str(reader) in seen
    assert WHY["words"] not in seen
    assert "danger.</p>" not in seen
    assert told.encode() in sign_in(mentor).get(reverse("safety")).content
    assert sign_in(mentor).get(reverse("report_person", args=[reader.pk])).status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in connection.settings_dict["ENGINE"], reason="SQLite has one writer and hides races")
def test_asked_many_times_at_once_is_asked_once_and_one_answer_counts(room, reader, second):
    def at_once(act):
        def tried(number):
            try:
                return act(number)
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(tried, range(8)))

    asked = at_once(lambda _n: ask_to_read(room, **WHY, by=reader, at=NOW).pk)
    assert len(set(asked)) == 1
    reading = Reading.objects.get()
    answers = at_once(lambda n: answer_reading(reading, agrees=n % 2 == 0, answer="", by=second, at=NOW).pk)
    assert sorted(isinstance(answer, AlreadyAnswered) for answer in answers) == [False] + [True] * 7
    assert AuditEvent.objects.filter(action__in=("reading.agreed", "reading.refused")).count() == 1


def test_what_is_announced_or_said_to_the_office_is_nobodys_to_read_for_a_reason(programme, mentee, reader):
    """Whoever coordinates sits there by right; nobody above them does, and a report brings its evidence along."""
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    announced = announce(programme, to="everyone", by=reader, body="The hall is open", cid=uuid4(), at=NOW)
    desk = open_desk(announced.room, by=mentee, at=NOW)
    new = CoordinationFactory(programme=programme).person
    for room in (announced.room, desk):
        for person in (reader, new, administrator):
            with pytest.raises(TooNear):
                ask_to_read(room, **WHY, by=person, at=NOW)
    assert not Reading.objects.exists()
