"""Contact from week to week, and which counts are told to whom."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.services import make_api_key
from evaluation.queries import contact
from evaluation.queries.contact import BEFORE, RESTED
from evaluation.queries.told import satisfaction, up_to
from evaluation.services import recompute, recompute_institution, tell_blocks
from mentoring.relationships.models import Pause, Relationship, SessionRating
from tests.evaluation.living import meet, members, pair, pairs, say
from tests.factories import NOW, BelongingFactory, CoordinationFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
MONDAYS = contact.mondays(NOW)


@pytest.fixture
def coordination():
    return CoordinationFactory(programme__starts_on=timezone.localdate(NOW) - timedelta(weeks=13))


@pytest.fixture
def programme(coordination):
    return coordination.programme


def on(week, day=1):
    return timezone.make_aware(datetime.combine(MONDAYS[week] + timedelta(days=day), datetime.min.time()))


def rate(relationship, stars, at):
    mentor, mentee = members(relationship)
    held = meet(relationship, (NOW - at).total_seconds() / 86400)
    for person in (mentor, mentee):
        SessionRating.objects.create(session=held, person=person, stars=stars, rated_at=at)


def test_a_row_counts_contacts_by_week_and_tells_pauses_and_the_time_before_the_match_apart(programme):
    each = pair(programme, days=(NOW - on(8)).days)
    mentor, mentee = members(each)
    for minutes in (0, 5, 90):
        say(each, mentor, on(9) + timedelta(minutes=minutes))
    meet(each, (NOW - on(9, 3)).total_seconds() / 86400)
    Pause.objects.create(relationship=each, began_at=on(10, 0), ended_at=on(11, 0))

    (row,) = contact.heat_rows(programme, [each], NOW)

    assert [cell.n if cell.n is not None else cell.why for cell in row.cells] == [BEFORE] * 8 + [0, 3, RESTED, 0]
    assert [cell.shade for cell in row.cells][8:10] == [0, 2]


def test_the_page_begins_with_how_many_had_no_contact_for_two_weeks(programme, coordination):
    def said():
        return contact.headline(programme, coordination.person, NOW)

    quiet, new = pair(programme, days=60), pair(programme, days=10)
    assert said() == "1 relationship without contact for two weeks"
    for each in (quiet, new):
        say(each, members(each)[0], NOW - timedelta(days=1))
    Relationship.objects.filter(pk=quiet.pk).update(last_contact_at=NOW - timedelta(days=1))
    assert said() == "All relationships were in touch in the last two weeks"
    Relationship.objects.filter(pk=quiet.pk).update(status=Relationship.Status.PAUSED)
    assert said() == ""


def test_weeks_of_a_closed_programme_end_with_its_own(programme):
    later = NOW + timedelta(weeks=30)
    assert up_to(programme, later) == later
    programme.status = programme.Status.CLOSED

    last = contact.mondays(up_to(programme, later))[-1]

    assert last + timedelta(days=6) <= programme.ends_on < last + timedelta(days=13)


def test_how_often_they_meet_hides_cells_of_fewer_than_five_and_what_would_give_them_away(programme):
    for n, count in enumerate((7, 6, 2)):
        for each in pairs(programme, count, days=60):
            for day in range(n):
                meet(each, (NOW - on(11, 1 + day)).total_seconds() / 86400)

    rows = contact.session_weeks(programme, NOW, in_full=False)
    assert (rows[-1].cells, rows[-1].total) == ([7, None, None, 0, 0], 15)
    assert (rows[-2].cells, rows[-2].total) == ([15, 0, 0, 0, 0], 15)
    assert contact.session_weeks(programme, NOW, in_full=True)[-1].cells == [7, 6, 2, 0, 0]


def test_before_the_first_relationship_and_before_the_programme_there_are_no_weeks(programme, coordination, sign_in):
    page = reverse("contact", args=[programme.slug])
    assert contact.session_weeks(programme, NOW, in_full=True) == []
    empty = sign_in(coordination.person).get(page).content.decode()
    assert "When the first relationships have lived through a week" in empty
    assert reverse("figures_file", args=[programme.slug, "sessions"]) not in empty

    pair(programme)
    programme.starts_on = MONDAYS[9] + timedelta(days=2)
    assert [week.from_on for week in contact.session_weeks(programme, NOW, in_full=True)] == MONDAYS[9:]


def told(programme, at):
    """The blocks as they are told in the night of that moment."""
    tell_blocks(programme, at=at)
    return satisfaction([programme])[programme.pk]


def begins(programme):
    return timezone.make_aware(datetime.combine(programme.starts_on, datetime.min.time()))


def test_satisfaction_is_told_of_blocks_that_are_over_each_person_once_and_nobody_alone(programme):
    first = begins(programme)
    assert told(programme, first + timedelta(weeks=4, seconds=-1)) == []
    at = first + timedelta(weeks=5)
    for stars, count in ((5, 4), (4, 3), (1, 1)):
        for each in pairs(programme, count, days=90):
            rate(each, 3, at - timedelta(days=1))
            rate(each, stars, at)
    rows = told(programme, first + timedelta(weeks=8))

    assert [(row.cells, row.total) for row in rows] == [([0] * 5, None), ([None, 0, 0, None, 8], 16)]
    rate(each, 5, first + timedelta(weeks=9))
    assert told(programme, first + timedelta(weeks=11)) == rows


def test_a_block_stays_as_it_was_told_whatever_is_changed_taken_back_or_moved_later(programme):
    first = begins(programme)
    at = first + timedelta(weeks=1)
    for each in pairs(programme, 6, days=90):
        rate(each, 4, at)
    rows = told(programme, first + timedelta(weeks=4))
    assert [row.cells for row in rows] == [[0, 0, 0, 12, 0]]

    mentor, mentee = members(each)
    SessionRating.objects.filter(person=mentor).update(stars=1, rated_at=first + timedelta(weeks=4, days=1))
    SessionRating.objects.filter(person=mentee).delete()
    programme.starts_on -= timedelta(days=3)
    programme.save()

    assert told(programme, first + timedelta(weeks=5)) == rows
    *_before, last = told(programme, first + timedelta(weeks=8))
    assert (last.from_on, last.cells, last.total) == (rows[0].until_on + timedelta(days=1), [None, 0, 0, 0, 0], None)


def test_over_rest_and_on_the_page_stand_the_same_blocks_for_every_programme_of_the_institution(
    programme, coordination, client, sign_in, django_assert_num_queries
):
    for each in pairs(programme, 7, days=90):
        rate(each, 4, begins(programme) + timedelta(weeks=1))
    recompute_institution(programme.institution, at=NOW)
    page = sign_in(coordination.person).get(reverse("contact", args=[programme.slug])).context["satisfaction"]
    _key, secret = make_api_key(programme.institution, name="S", scopes=["scores:read"], by=None, at=NOW)

    def call(**asked):
        answer = client.get(reverse("api_satisfaction"), asked, headers={"authorization": f"Bearer {secret}"})
        return answer.json()["results"]

    call()
    with CaptureQueriesContext(connection) as one:
        (row,) = call(programme=programme.slug)
    assert row["programme"] == programme.slug
    assert [
        (block["from_on"], block["until_on"], block["people"], [cell["people"] for cell in block["stars"]])
        for block in row["blocks"]
    ] == [(f"{block.from_on}", f"{block.until_on}", block.total, block.cells) for block in page]
    assert row["blocks"][0]["people"] == 14 and row["blocks"][1]["people"] is None

    other = ProgrammeFactory(institution=programme.institution)
    ProgrammeFactory()
    with django_assert_num_queries(len(one)):
        assert {each["programme"] for each in call()} == {programme.slug, other.slug}


def test_rows_are_for_coordinators_and_counts_for_administrators(programme, coordination, sign_in):
    each = pair(programme)
    page = reverse("contact", args=[programme.slug])
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    assert each.get_absolute_url() in sign_in(coordination.person).get(page).content.decode()
    shown = sign_in(administrator).get(page).content.decode()
    assert each.get_absolute_url() not in shown and "How often they meet" in shown
    for person in (PersonFactory(), CoordinationFactory().person, members(each)[0]):
        assert sign_in(person).get(page).status_code in (403, 404)


def test_the_files_say_what_the_page_says_and_leave_a_trace(programme, coordination, sign_in):
    for each in pairs(programme, 6, days=60):
        meet(each, (NOW - on(11)).total_seconds() / 86400)
    recompute(programme, at=NOW)
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person

    def file(table, person=coordination.person):
        answer = sign_in(person).get(reverse("figures_file", args=[programme.slug, table]))
        return answer.status_code, list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    status, rows = file("health")
    assert status == 200 and rows[0] == ["as_of", "part", "figure", "state", "score", "low", "high", "n"]
    assert all((row[4] != "") == (row[3] == "scored") for row in rows[1:])
    assert file("sessions")[0] == file("satisfaction")[0] == file("contact")[0] == 200
    assert file("contact", administrator)[0] == 403 and file("sessions", administrator)[0] == 200
    assert file("anything")[0] == 404
    assert AuditEvent.objects.filter(action="figures.downloaded", reason="contact").count() == 1


def test_the_page_asks_as_often_for_one_relationship_as_for_three(programme, coordination, sign_in):
    client, page = sign_in(coordination.person), reverse("contact", args=[programme.slug])

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(page).status_code == 200
        return len(caught)

    rate(pair(programme), 4, NOW - timedelta(weeks=6))
    queries()
    first = queries()
    for each in pairs(programme, 2):
        rate(each, 4, NOW - timedelta(weeks=6))
        meet(each, 5)
    assert queries() == first
