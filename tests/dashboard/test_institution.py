"""What stands behind an institution's figures: half years, groups of five and ten, what is in use and what is erased."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiKey, Consent
from accounts.page_times import calls
from accounts.services import make_api_key
from core.dates import months_after
from dashboard.institution import institution_in_detail
from evaluation.models import Score, Told
from evaluation.questionnaire import form_items
from evaluation.services import recompute_institution, tell_months
from mentoring.messaging.models import Room
from mentoring.planning.models import GroupLabel, PeopleImport
from mentoring.planning.services import begin_import, empty_files, map_columns
from mentoring.relationships.models import SessionRating
from notifications.models import Mail
from tests.evaluation.living import answered, meet, members, pair, pairs, talk, wave
from tests.factories import NOW, BelongingFactory, EnrolmentFactory, InstitutionFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
MONTH = NOW.replace(day=1, hour=0, minute=0)
HALF_A_YEAR_AGO = months_after(MONTH, -6).date()


@pytest.fixture
def house():
    return InstitutionFactory()


@pytest.fixture
def programme(house):
    return ProgrammeFactory(institution=house, starts_on=HALF_A_YEAR_AGO)


def detail(house):
    return institution_in_detail(house, now=NOW)


def rate(relationship, stars, *, at=MONTH - timedelta(days=3)):
    """The mentee of a relationship gives one session so many stars."""
    session = meet(relationship, (NOW - at).days)
    SessionRating.objects.create(session=session, person=members(relationship)[1], stars=stars, rated_at=at)


def told(house):
    tell_months(house, at=NOW)
    return {side.name: [(part.label, part.n) for part in side.parts] for side in detail(house).sides}


def test_satisfaction_counts_people_once_and_hides_rows_under_five_and_what_would_give_them_away(house, programme):
    for stars, count in ((1, 2), (3, 6), (4, 8), (5, 7)):
        for each in pairs(programme, count):
            rate(each, stars)
            rate(each, stars, at=MONTH - timedelta(days=9))

    assert told(house) == {
        "Mentee": [("under 2.5", None), ("2.5 to 3.4", None), ("3.5 to 4.4", 8), ("4.5 and more", 7)]
    }


def test_of_satisfaction_only_whole_months_are_shown_and_nothing_of_four_people(house, programme):
    *others, last = pairs(programme, 5)
    for each in others:
        rate(each, 4)
    rate(last, 5, at=MONTH + timedelta(days=2))
    assert told(house) == {}

    rate(last, 4, at=MONTH - timedelta(minutes=1))
    assert told(house) == {"Mentee": [("under 2.5", 0), ("2.5 to 3.4", 0), ("3.5 to 4.4", 5), ("4.5 and more", 0)]}


def mentees(programme, label, *, met, apart):
    """So many mentees of a group, of whom some have met and some have no mentor."""
    decided = {"decided_at": MONTH - timedelta(days=40)}
    for _ in range(met):
        meet(pair(programme), 30)
    paired = [each.members.get(role="mentee").enrolment for each in programme.relationships.order_by("-pk")[:met]]
    alone = [EnrolmentFactory(programme=programme, **decided) for _ in range(apart)]
    GroupLabel.objects.bulk_create(GroupLabel(enrolment=row, group="From", label=label) for row in (*paired, *alone))


def groups(house):
    """As if nothing had been told yet."""
    Told.objects.filter(institution=house).delete()
    tell_months(house, at=NOW)
    return {table.question: table for table in detail(house).groups}


def test_groups_under_ten_are_hidden_and_the_next_smallest_with_them(house, programme):
    mentees(programme, "Village", met=3, apart=0)
    mentees(programme, "Town", met=10, apart=1)
    mentees(programme, "City", met=12, apart=2)

    table = groups(house)["From"]

    assert [(row.label, row.n) for row in table.rows] == [("City", 14), ("Town", None), ("Village", None)]
    assert table.said == "There are not two groups of ten people or more yet, so nothing is compared."


def test_a_difference_is_claimed_only_where_it_is_more_than_chance_would_bring(house, programme):
    mentees(programme, "Town", met=9, apart=3)
    mentees(programme, "City", met=11, apart=1)
    small = groups(house)["From"]
    assert [(row.label, round(100 * row.matched), round(100 * row.stayed)) for row in small.rows] == [
        ("City", 92, 100),
        ("Town", 75, 100),
    ]
    assert not small.stands_out and "chance alone may bring as much" in small.said

    mentees(programme, "Town", met=0, apart=18)
    large = groups(house)["From"]
    assert large.stands_out and "“City” lies 62 points above “Town”" in large.said
    assert ("fairness" in [part for _text, part in detail(house).attention]) is True


def test_whoever_was_approved_this_month_counts_from_the_next_on(house, programme):
    mentees(programme, "Town", met=11, apart=0)
    mentees(programme, "City", met=11, apart=0)
    before = [(row.label, row.n) for row in groups(house)["From"].rows]
    fresh = EnrolmentFactory(programme=programme, decided_at=MONTH + timedelta(days=1))
    GroupLabel.objects.create(enrolment=fresh, group="From", label="City")

    assert [(row.label, row.n) for row in groups(house)["From"].rows] == before


def test_what_was_told_of_a_month_stays_whatever_is_changed_or_erased_later(house, programme):
    mentees(programme, "Town", met=11, apart=0)
    mentees(programme, "City", met=11, apart=0)
    for each in programme.relationships.all():
        rate(each, 4)
    before, shares = told(house), detail(house).groups

    one = programme.relationships.first()
    SessionRating.objects.filter(session=one.sessions.last(), person=members(one)[1]).update(
        stars=1, rated_at=MONTH + timedelta(days=1)
    )
    one.sessions.all().delete()
    GroupLabel.objects.all()[0].delete()

    assert (told(house), detail(house).groups) == (before, shares)


def test_over_rest_stands_what_the_page_shows_of_satisfaction_and_of_groups(house, programme, client):
    mentees(programme, "Village", met=3, apart=0)
    mentees(programme, "Town", met=10, apart=1)
    mentees(programme, "City", met=12, apart=2)
    for each, stars in zip(programme.relationships.all(), [1, *[4] * 8, *[5] * 7], strict=False):
        rate(each, stars)
    _key, secret = make_api_key(house, name="F", scopes=["scores:read"], by=None, at=NOW)
    _other, foreign = make_api_key(InstitutionFactory(), name="F", scopes=["scores:read"], by=None, at=NOW)

    def call(key=secret):
        return client.get(reverse("api_institution_figures"), headers={"authorization": f"Bearer {key}"}).json()

    assert call() == {"satisfaction": None, "fairness": None}
    tell_months(house, at=NOW)

    found, shown = call(), detail(house)
    assert call(foreign) == {"satisfaction": None, "fairness": None}
    assert (found["satisfaction"]["from_on"], found["fairness"]["from_on"]) == (
        f"{shown.since}",
        f"{shown.groups_since}",
    )
    [side] = found["satisfaction"]["sides"]
    assert (side["role"], side["people"]) == ("mentee", 16)
    assert [(row["from"], row["below"], row["people"]) for row in side["means"]] == [
        (None, 2.5, None),
        (2.5, 3.5, 0),
        (3.5, 4.5, 8),
        (4.5, None, None),
    ]
    assert [row["people"] for row in side["means"]] == [part.n for part in shown.sides[0].parts]
    [question] = [each for each in found["fairness"]["questions"] if each["question"] == "From"]
    assert [(row["group"], row["n"], row["met"]) for row in question["groups"]] == [
        ("City", 14, pytest.approx(12 / 14)),
        ("Town", None, None),
        ("Village", None, None),
    ]


def test_what_a_key_calls_is_counted_with_what_was_refused(house, client):
    calls.flush(at=NOW - timedelta(days=90))  # what other tests have counted in this process
    key, token = make_api_key(house, name="Roll", scopes=["programmes:read"], by=None, at=NOW)
    for path in ("programmes", "programmes", "people"):
        client.get(f"/api/v1/{path}", HTTP_AUTHORIZATION=f"Bearer {token}")
    client.get("/api/v1/programmes", HTTP_AUTHORIZATION="Bearer nothing")
    calls.flush(at=NOW)

    [use] = detail(house).keys
    assert (use.key, use.calls, use.failures, use.tone) == (key, 3, 1, "good")

    ApiKey.objects.update(last_used_at=NOW - timedelta(days=91))
    assert [use.tone for use in detail(house).keys] == ["care"]
    ApiKey.objects.update(expires_at=NOW + timedelta(days=3))
    assert "runs out on" in detail(house).keys[0].said


def test_mails_count_for_the_institution_of_who_gets_them(house):
    mine, other = BelongingFactory(institution=house).person, PersonFactory()
    for number, (person, error) in enumerate([(mine, ""), (mine, "550"), (other, "550")]):
        sent_at = None if error else NOW
        Mail.objects.create(
            recipient=person, to=person.email, key=str(number), created_at=NOW, sent_at=sent_at, error=error
        )

    assert detail(house).mails == (1, 1)
    assert ("1 mail could not be delivered.", "systems") in detail(house).attention


def test_consents_tell_the_present_version_from_earlier_ones(house):
    people = [BelongingFactory(institution=house, person__consents=None).person for _ in range(4)]
    versions = [("terms", Consent.CURRENT["terms"], None), ("terms", "2020-01", None), ("terms", "2020-01", NOW)]
    for person, (kind, version, withdrawn_at) in zip(people, versions, strict=False):
        Consent.objects.create(person=person, kind=kind, version=version, given_at=NOW, withdrawn_at=withdrawn_at)
    Consent.objects.create(person=people[0], kind="research", version=Consent.CURRENT["research"], given_at=NOW)

    assert detail(house).consents == {"people": 4, "agree": 1, "earlier": 1, "not_yet": 2, "research": 1}


def test_what_is_due_to_be_erased_and_what_was_erased_is_counted(house, programme):
    for months, emptied_at in ((12, None), (11, None), (14, NOW)):
        closed_at = months_after(NOW, -months) + timedelta(days=5 if months == 11 else 0)
        Room.objects.create(
            institution=house, relationship=pair(programme), created_at=NOW, closed_at=closed_at, emptied_at=emptied_at
        )
    text = "name;email\nSara;sara@example.org\nNobody;nothing\n"
    for day in (0, 40):
        people_import = begin_import(
            programme, role="mentee", file_name=f"{day}.csv", text=text, by=PersonFactory(), at=NOW
        )
        map_columns(people_import, people_import.mapping)
        PeopleImport.objects.filter(pk=people_import.pk).update(created_at=NOW - timedelta(days=day))
    empty_files(at=NOW)

    shown = detail(house)

    assert [(row.due, row.erased) for row in shown.kept] == [(1, 1), (1, 1)]
    [row] = shown.figures
    assert (row.files, row.bad_lines) == (2, 2)


def test_the_present_stands_beside_the_months_before_and_satisfaction_beside_its_programme(house, programme):
    for each in pairs(programme, 6, days=120):
        talk(each)
        for number in range(4):
            rate(each, 4, at=MONTH - timedelta(days=3 + number))
    for ago in (70, 35, 0):
        recompute_institution(house, at=NOW - timedelta(days=ago))
    days = list(Score.objects.filter(programme=None).order_by("as_of_on").values_list("as_of_on", flat=True).distinct())

    shown = detail(house)

    assert [day for day, _points in shown.table] == days
    line = next(line for line in shown.history if line.stage.slug == "intervening")
    now = Score.objects.get(programme=None, component="intervening", code="both", as_of_on=days[-1])
    assert line.now == round(now.value) and "earlier month" in line.said
    [row] = shown.figures
    assert (row.stars, row.rated, row.measured_on) == (4.0, 6, days[-1])


def test_what_fewer_than_five_people_skipped_is_not_told_and_the_page_says_why(house, programme, sign_in):
    asked = wave(programme, opened_days_ago=9, closes_at=NOW - timedelta(days=1))
    for each in pairs(programme, 4):
        answered(asked, each, "mentee", 4, planning_structure_1=-2)
    browser = sign_in(BelongingFactory(institution=house, administrator=True).person)

    def line():
        page = browser.get(reverse("institution_state", args=[house.slug])).content.decode()
        return page.split('data-label="Statements skipped">')[1].split("</td>")[0]

    [row] = detail(house).figures
    assert (row.answered, row.skipped) == (4, None)
    assert line() == '– <small class="quiet">fewer than five people have answered</small>'

    answered(asked, pairs(programme, 1)[0], "mentee", 4, planning_structure_1=-2)
    [row] = detail(house).figures
    asks = len(form_items(asked.form))
    assert (row.answered, row.skipped, line()) == (5, 1 / asks, f"{100 / asks:.0f}%")


def test_the_page_is_for_administrators_alone_and_costs_a_fixed_number_of_queries(house, programme, sign_in):
    administrator = BelongingFactory(institution=house, administrator=True).person
    url = reverse("institution_state", args=[house.slug])
    browser = sign_in(administrator)
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(url).content.decode()
    assert "Do groups fare alike?" in page and len(queries) <= 20
    assert sign_in(BelongingFactory(institution=house).person).get(url).status_code == 404
    assert sign_in(BelongingFactory(administrator=True).person).get(url).status_code == 404
