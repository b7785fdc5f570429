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
from evaluation.queries import contact
from evaluation.queries.contact import BEFORE, RESTED
from evaluation.services import recompute
from mentoring.relationships.models import Pause, SessionRating
from tests.evaluation.living import meet, members, pair, pairs, say
from tests.factories import NOW, BelongingFactory, CoordinationFactory, PersonFactory

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


def test_how_often_they_meet_hides_cells_of_fewer_than_five_and_what_would_give_them_away(programme):
    for n, count in enumerate((7, 6, 2)):
        for each in pairs(programme, count, days=60):
            for day in range(n):
                meet(each, (NOW - on(11, 1 + day)).total_seconds() / 86400)

    rows = contact.session_weeks(programme, NOW, in_full=False)
    assert (rows[-1].cells, rows[-1].total) == ([7, None, None, 0, 0], 15)
    assert (rows[-2].cells, rows[-2].total) == ([15, 0, 0, 0, 0], 15)
    assert contact.session_weeks(programme, NOW, in_full=True)[-1].cells == [7, 6, 2, 0, 0]


def test_satisfaction_is_told_of_blocks_that_are_over_each_person_once_and_nobody_alone(programme):
    begins = timezone.make_aware(datetime.combine(programme.starts_on, datetime.min.time()))
    assert contact.satisfaction(programme, begins + timedelta(weeks=4, seconds=-1)) == []
    at = begins + timedelta(weeks=5)
    for stars, count in ((5, 4), (4, 3), (1, 1)):
        for each in pairs(programme, count, days=90):
            rate(each, 3, at - timedelta(days=1))
            rate(each, stars, at)
    rows = contact.satisfaction(programme, begins + timedelta(weeks=8))

    assert [(row.cells, row.total) for row in rows] == [([0] * 5, None), ([None, 0, 0, None, 8], 16)]
    rate(each, 5, begins + timedelta(weeks=9))
    assert contact.satisfaction(programme, begins + timedelta(weeks=11)) == rows


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
