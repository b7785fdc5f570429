"""Somebody reads an institution's page and its figures over REST month by month and subtracts: nobody is told of alone."""

from datetime import date, datetime, time

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.services import make_api_key
from core.dates import months_after
from dashboard.institution import institution_in_detail
from evaluation.models import Told
from evaluation.services import tell_months
from mentoring.planning.models import GroupLabel
from mentoring.relationships.models import SessionRating
from tests.evaluation.living import meet, members, pairs
from tests.factories import NOW, BelongingFactory, EnrolmentFactory, ProgrammeFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
BEGUN = date(2026, 1, 10)
FIRST_AT = "First at a university"


@pytest.fixture
def programme():
    return ProgrammeFactory(starts_on=BEGUN)


@pytest.fixture
def reading(client, programme):
    """What an administrator reads on the page and a key over REST in the first night of a month of 2026 or after."""
    _key, secret = make_api_key(programme.institution, name="A", scopes=["scores:read"], by=None, at=NOW)

    def read(month):
        tell_months(programme.institution, at=on(months_after(date(2026, 1, 1), month - 1)))
        shown = institution_in_detail(programme.institution, now=NOW)
        sides = {side.name: [part.n for part in side.parts] for side in shown.sides}
        groups = {
            table.question: {row.label: (row.n, row.matched, row.met, row.stayed) for row in table.rows}
            for table in shown.groups
        }
        days = (shown.since, shown.until), (shown.groups_since, shown.groups_until)
        url, key = reverse("api_institution_figures"), {"authorization": f"Bearer {secret}"}
        return sides, groups, days, client.get(url, headers=key).json()

    return read


def on(day):
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def rate(relationship, stars, day):
    session = meet(relationship, (NOW - on(day)).days)
    SessionRating.objects.create(session=session, person=members(relationship)[1], stars=stars, rated_at=on(day))


def come(programme, label, day, *, count=1):
    for _ in range(count):
        mentee = EnrolmentFactory(programme=programme, role="mentee", decided_at=on(day))
        GroupLabel.objects.create(enrolment=mentee, group=FIRST_AT, label=label)
    return mentee


def test_one_mentee_who_is_approved_alone_moves_no_row_of_the_groups(programme, reading):
    come(programme, "yes", date(2026, 3, 5), count=12)
    come(programme, "no", date(2026, 3, 5), count=20)
    before = reading(7)
    assert {label: row[0] for label, row in before[1][FIRST_AT].items()} == {"yes": 12, "no": 20}

    for month in range(7, 13):
        come(programme, "yes", date(2026, month, 10))
        assert reading(month + 1) == before
    come(programme, "no", date(2027, 1, 10), count=14)
    _sides, groups, (_of_sides, days), _rest = reading(14)

    assert days == (date(2026, 7, 1), date(2027, 1, 31))
    assert {label: row[0] for label, row in groups[FIRST_AT].items()} == {"yes": None, "no": None}


def test_one_mentee_who_finds_a_mentor_or_renames_their_group_moves_no_share(programme, reading):
    one = come(programme, "yes", date(2026, 3, 5), count=12)
    come(programme, "no", date(2026, 3, 5), count=20)
    before = reading(7)

    mentor = EnrolmentFactory(programme=programme, mentor=True, decided_at=on(date(2026, 3, 5)))
    meet(
        RelationshipFactory(mentor=mentor, mentee=one, started_at=on(date(2026, 7, 3))),
        (NOW - on(date(2026, 7, 5))).days,
    )
    assert reading(8) == before
    GroupLabel.objects.filter(enrolment=one).update(label="no")
    assert reading(13) == before


def test_one_mentee_who_rates_alone_moves_no_row_and_no_rating_is_in_two_tables(programme, reading):
    *others, last = pairs(programme, 21, days=300)
    for place, each in enumerate(others):
        rate(each, 2 + place % 4, date(2026, 5, 5))
    before = reading(7)
    assert before[0] == {"Mentee": [5, 5, 5, 5]}

    rate(last, 2, date(2026, 7, 10))
    for month in range(8, 16):
        assert reading(month) == before  # one person is too few, however long it takes
    for each in others[:5]:
        rate(each, 4, date(2026, 7, 11))
    sides, _groups, (days, _of_groups), _rest = reading(16)

    assert (sides, days) == ({"Mentee": [None, 0, None, 0]}, (date(2026, 7, 1), date(2027, 3, 31)))


def test_when_a_table_comes_does_not_hang_on_which_groups_the_mentees_named(programme, reading):
    """Were it told as soon as two groups can be shown, the last one who came would be known by it."""
    come(programme, "yes", date(2026, 3, 5), count=9)
    come(programme, "no", date(2026, 3, 5), count=10)
    assert reading(7)[1] == {}

    come(programme, "no", date(2026, 7, 5))
    assert {label: row[0] for label, row in reading(8)[1][FIRST_AT].items()} == {"yes": None, "no": None}


def test_who_was_approved_before_their_programme_began_counts_once_it_has(programme, reading):
    come(programme, "yes", date(2026, 3, 5), count=10)
    come(programme, "no", date(2026, 3, 5), count=10)
    later = ProgrammeFactory(institution=programme.institution, starts_on=date(2026, 9, 20))
    for label, count in (("yes", 11), ("no", 12)):
        come(later, label, date(2026, 6, 20), count=count)

    first, second = ({label: row[0] for label, row in reading(month)[1][FIRST_AT].items()} for month in (7, 13))
    assert (first, second) == ({"yes": 10, "no": 10}, {"yes": 11, "no": 12})


def test_tables_go_on_where_one_of_another_time_ended(programme, reading):
    """Before, a table was told every month of the twelve or twenty-four before it."""
    for kind in (Told.Kind.SIDES, Told.Kind.GROUPS):
        Told.objects.create(
            institution=programme.institution, kind=kind, from_on=date(2025, 6, 1), until_on=date(2026, 5, 31),
            content={} if kind == Told.Kind.SIDES else [], told_at=NOW,
        )  # fmt: skip
    come(programme, "yes", date(2026, 5, 5), count=30)
    come(programme, "no", date(2026, 6, 5), count=20)
    for each in pairs(programme, 6, days=300):
        rate(each, 4, date(2026, 5, 5))
        rate(each, 5, date(2026, 6, 5))

    assert reading(11)[:2] == ({}, {})
    sides, _groups, days, _rest = reading(12)
    assert sides == {"Mentee": [0, 0, 0, 6]}
    assert days == ((date(2026, 6, 1), date(2026, 11, 30)),) * 2


def test_a_night_in_which_nothing_is_told_costs_one_query_and_two_while_something_never_was(
    programme, reading, django_assert_num_queries
):
    with django_assert_num_queries(2):
        tell_months(programme.institution, at=on(date(2026, 6, 30)))
    come(programme, "yes", date(2026, 3, 5), count=20)
    for each in pairs(programme, 5, days=300):
        rate(each, 4, date(2026, 5, 5))
    reading(7)
    with django_assert_num_queries(1):
        tell_months(programme.institution, at=on(date(2026, 12, 31)))


def test_a_page_of_which_nothing_is_told_yet_says_when_it_will_be(programme, reading, sign_in):
    browser = sign_in(BelongingFactory(institution=programme.institution, administrator=True).person)

    def waits():
        page = browser.get(reverse("institution_state", args=[programme.institution.slug])).content.decode()
        return page.count("Nothing is told yet.")

    assert waits() == 2
    come(programme, "yes", date(2026, 3, 5), count=20)
    for each in pairs(programme, 5, days=300):
        rate(each, 4, date(2026, 5, 5))
    reading(7)
    assert waits() == 0
