from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dashboard.homes import bonds_of
from evaluation.models import Alert
from evaluation.services import recompute
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship
from notifications.models import Absence
from tests.evaluation.living import say
from tests.factories import (
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    PersonFactory,
    ProgrammeFactory,
    RelationshipFactory,
)
from tests.languages import BOTH

pytestmark = pytest.mark.django_db


def mentor_of(count, **person):
    """A mentor with so many mentees."""
    mentor = EnrolmentFactory(mentor=True, capacity=9, free_places=9, person=PersonFactory(**person))
    for _ in range(count):
        RelationshipFactory(mentor=mentor, mentee=EnrolmentFactory(programme=mentor.programme))
    return mentor.person


def test_a_visitor_reads_what_this_is_and_a_person_goes_home(client, sign_in):
    assert client.get("/").status_code == 200
    assert sign_in(PersonFactory()).get("/")["Location"] == reverse("home")
    assert client.get(reverse("home"))["Location"].startswith(reverse("account_login"))


def test_a_person_without_a_role_is_shown_programmes_they_can_join(sign_in):
    programme = ProgrammeFactory()

    page = sign_in(PersonFactory()).get(reverse("home"))

    assert programme.get_absolute_url() in page.content.decode()


@pytest.mark.parametrize("language", BOTH)
def test_every_role_has_a_home_in_both_languages(sign_in, language):
    relationship = RelationshipFactory()
    for member in relationship.members.all():
        member.person.language = language
        member.person.save()
        page = sign_in(member.person).get(reverse("home"))
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()
    coordinator = CoordinationFactory(programme=relationship.programme, person__language=language).person
    administrator = BelongingFactory(
        institution=relationship.programme.institution, administrator=True, person__language=language
    ).person
    for person in (coordinator, administrator):
        assert sign_in(person).get(reverse("home")).status_code == 200


def test_a_person_with_several_roles_works_in_one_and_switches(sign_in):
    relationship = RelationshipFactory()
    mentor = relationship.members.get(role="mentor").person
    CoordinationFactory(programme=relationship.programme, person=mentor)
    browser = sign_in(mentor)

    assert [role.key for role in browser.get(reverse("home")).context["roles"]] == ["coordinator", "mentor"]
    browser.post(reverse("role_switch"), {"role": "mentor"})
    page = browser.get(reverse("home"))

    assert page.context["role"].key == "mentor"
    assert "home" in page.context


@pytest.mark.once
@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_a_members_home_asks_at_most_fifteen_questions_however_many_partners(
    sign_in, role, django_assert_max_num_queries
):
    mentor = mentor_of(6)
    person = mentor if role == "mentor" else mentor.memberships.first().relationship.members.get(role="mentee").person
    browser = sign_in(person)
    browser.get(reverse("home"))

    with django_assert_max_num_queries(15):
        assert browser.get(reverse("home")).status_code == 200


@pytest.mark.once
def test_the_desks_ask_at_most_fifteen_questions(sign_in, django_assert_max_num_queries):
    programme = ProgrammeFactory()
    for _ in range(4):
        RelationshipFactory(programme=programme)
    coordinator = CoordinationFactory(programme=programme).person
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    for person in (coordinator, administrator):
        browser = sign_in(person)
        browser.get(reverse("home"))
        with django_assert_max_num_queries(15):
            browser.get(reverse("home"))


def test_a_coordinators_desk_speaks_of_their_own_programme_only(sign_in):
    mine, other = ProgrammeFactory(name_en="Mine"), ProgrammeFactory(name_en="Somebody else's")
    EnrolmentFactory(programme=other, status="applied")
    coordinator = CoordinationFactory(programme=mine).person

    page = sign_in(coordinator).get(reverse("home"), {"programme": other.slug})

    assert page.context["programme"] == mine
    assert page.context["home"].tasks == []


def test_the_headline_counts_who_needs_their_mentor(sign_in):
    person = mentor_of(2)

    page = sign_in(person).get(reverse("home"))

    assert page.context["home"].needing == 2
    with translation.override("en"):
        assert page.context["home"].headline == "2 mentees, 2 need you"


def test_the_developers_page_names_every_door(client):
    page = client.get(reverse("developers")).content.decode()

    for path in (
        "/api/v1/programmes",
        "/api/v1/people",
        "/api/v1/enrolments",
        "/api/v1/relationships",
        "/api/v1/scores",
    ):
        assert path in page


def test_a_home_calls_silent_what_the_rules_call_silent(sign_in):
    """Twenty days without an exchange at a rhythm of a week: counted alike here and for coordinators, days away left out."""
    programme = CoordinationFactory(programme__holidays=Programme.Holidays.NONE).programme
    now = timezone.now()
    mentor = EnrolmentFactory(programme=programme, mentor=True, capacity=9, free_places=9)
    for away in (False, True):
        mentee = EnrolmentFactory(programme=programme)
        each = RelationshipFactory(mentor=mentor, mentee=mentee, started_at=now - timedelta(days=40))
        each.agreement.rhythm_days = 7
        each.agreement.save()
        for person, days in ((mentor.person, 21), (mentee.person, 20)):
            say(each, person, now - timedelta(days=days))
        if away:
            first = timezone.localdate(now) - timedelta(days=15)
            Absence.objects.create(person=mentee.person, from_on=first, until_on=first + timedelta(days=9))
    recompute(programme, at=now)

    assert [bond.silent_days for bond in bonds_of(mentor.person, role="mentor", now=now)] == [20, None]
    assert "20 days without an exchange" in sign_in(mentor.person).get(reverse("home")).content.decode()
    assert [alert.relationship.members.count() for alert in Alert.objects.all() if "silence" in str(alert.reasons)] == [
        2
    ]

    Relationship.objects.update(last_contact_at=now + timedelta(minutes=1))
    assert [bond.silent_days for bond in bonds_of(mentor.person, role="mentor", now=now)] == [None, None]


def test_where_all_relationships_have_ended_a_coordinator_does_not_read_that_they_are_on_their_way(sign_in):
    coordination = CoordinationFactory(programme__status=Programme.Status.RUNNING)
    each = RelationshipFactory(programme=coordination.programme)

    def said():
        return sign_in(coordination.person).get(reverse("home")).content.decode()

    assert "All relationships are on their way" in said()
    Relationship.objects.filter(pk=each.pk).update(status=Relationship.Status.ENDED, closed_at=timezone.now())
    assert "No relationship is under way" in said()
