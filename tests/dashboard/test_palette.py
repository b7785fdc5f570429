"""Where one can go is found by a few letters, and only what one may open."""

import re

import pytest
from django.urls import reverse

from tests.factories import (
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    PersonFactory,
    RelationshipFactory,
    RoomFactory,
)

pytestmark = pytest.mark.django_db


def found(client, words, **more):
    page = client.get(reverse("go"), {"q": words, "part": "", **more}).content.decode()
    return re.findall(r'<a class="menu-item" href="([^"]+)"', page)


def test_a_mentor_finds_their_mentee_and_the_conversation_and_nobody_else(sign_in):
    room = RoomFactory(relationship=RelationshipFactory(mentee=EnrolmentFactory(person__name="کیمیا یزدانی")))
    EnrolmentFactory(programme=room.relationship.programme, person__name="کیمیا دیگر")
    mentor = room.members.get(person=room.relationship.members.get(role="mentor").person).person

    ways = found(sign_in(mentor), "كيميا يزد")

    assert ways == [room.relationship.get_absolute_url(), f"{room.get_absolute_url()}#compose"]
    assert found(sign_in(mentor), "دیگر") == []


def test_a_coordinator_finds_the_people_of_their_programmes_and_not_those_of_others(sign_in):
    mine, other = EnrolmentFactory(person__name="Kim Wanted"), EnrolmentFactory(person__name="Kim Elsewhere")
    coordinator = CoordinationFactory(programme=mine.programme).person

    assert found(sign_in(coordinator), "kim") == [mine.get_absolute_url()]
    assert other.get_absolute_url() not in found(sign_in(coordinator), "")


def test_an_administrator_finds_the_people_of_their_institution(sign_in):
    house = BelongingFactory(role="administrator")
    BelongingFactory(institution=house.institution, person__name="Kim Member")
    BelongingFactory(person__name="Kim Elsewhere")

    assert found(sign_in(house.person), "kim") == [
        reverse("institution_people", args=[house.institution.slug], query={"q": "Kim Member"})
    ]


def test_pages_are_those_of_ones_roles(sign_in):
    programme = CoordinationFactory().programme
    mentee, coordinator = EnrolmentFactory().person, programme.coordinations.get().person

    health = reverse("health", args=[programme.slug])
    assert health in found(sign_in(coordinator), "health") and health not in found(sign_in(mentee), "")
    assert reverse("growth") in found(sign_in(mentee), "grow") and reverse("growth") not in found(
        sign_in(PersonFactory()), ""
    )


def test_the_page_itself_works_by_a_plain_form_and_switches_the_language(sign_in):
    person = PersonFactory(language="en")
    client = sign_in(person)

    page = client.get(reverse("go"), {"q": "فارسی"}).content.decode()

    assert 'name="language" value="fa"' in page
    client.post(reverse("language_switch"), {"language": "fa", "next": reverse("go")})
    person.refresh_from_db()
    assert person.language == "fa"
