from uuid import uuid4

import pytest
from django.urls import reverse

from mentoring.support.models import ConnectionCheck, HelpRequest
from tests.factories import (
    CoordinationFactory,
    EnrolmentFactory,
    HelpRequestFactory,
    PersonFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db


def test_asking_twice_with_one_form_asks_once(sign_in):
    person = EnrolmentFactory().person
    browser = sign_in(person)
    form = {
        "topic": "technical",
        "body": "The video stays black.",
        "programme": person.enrolments.get().programme_id,
        "one_time_key": str(uuid4()),
    }

    first, second = (browser.post(reverse("support_ask"), form) for _twice in range(2))

    assert first.url == second.url == HelpRequest.objects.get().get_absolute_url()


def test_an_empty_request_says_what_is_missing_and_keeps_what_was_typed(sign_in):
    person = EnrolmentFactory().person

    page = sign_in(person).post(reverse("support_ask"), {"body": "It is about my mentor"}).content.decode()

    assert "Choose what it is about" in page
    assert "It is about my mentor" in page
    assert not HelpRequest.objects.exists()


def test_nobody_can_ask_in_a_programme_of_others(sign_in):
    foreign = EnrolmentFactory().programme

    page = sign_in(EnrolmentFactory().person).post(
        reverse("support_ask"), {"topic": "other", "body": "Hello", "programme": foreign.pk}
    )

    assert page.status_code == 200
    assert not HelpRequest.objects.exists()


def test_somebody_without_a_programme_is_shown_a_way_on(sign_in):
    html = sign_in(PersonFactory()).get(reverse("support_ask")).content.decode()

    assert reverse("programme_list") in html


def test_a_request_is_seen_by_its_person_and_the_coordinators_and_by_nobody_else(sign_in, client):
    relationship = RelationshipFactory()
    mentor, mentee = (relationship.members.get(role=role).person for role in ("mentor", "mentee"))
    request = HelpRequestFactory(programme=relationship.programme, person=mentee)
    coordinator = CoordinationFactory(programme=relationship.programme).person
    address, unknown = request.get_absolute_url(), reverse("support_request", args=[request.pk + 1])
    strangers = [mentor, PersonFactory(), CoordinationFactory().person]

    assert [sign_in(person).get(address).status_code for person in (mentee, coordinator)] == [200, 200]
    for stranger in strangers:
        browser = sign_in(stranger)
        assert browser.get(address).status_code == 404
        assert browser.get(address).content == browser.get(unknown).content
        assert browser.post(address, {"body": "Hello"}).status_code == 404
    assert reverse("account_login") in client.get(address).url


def test_only_coordinators_say_that_they_have_seen_it(sign_in):
    request = HelpRequestFactory()
    coordinator = CoordinationFactory(programme=request.programme).person
    seen = reverse("support_acknowledge", args=[request.pk])

    assert sign_in(request.person).post(seen).status_code == 403
    assert "I have seen it" not in sign_in(request.person).get(request.get_absolute_url()).content.decode()
    assert "I have seen it" in sign_in(coordinator).get(request.get_absolute_url()).content.decode()
    assert sign_in(coordinator).post(seen).url == request.get_absolute_url()
    request.refresh_from_db()
    assert request.status == HelpRequest.Status.ACKNOWLEDGED


def test_answer_and_settle_over_the_pages(sign_in):
    request = HelpRequestFactory()
    browser = sign_in(CoordinationFactory(programme=request.programme).person)

    browser.post(request.get_absolute_url(), {"body": "Which browser is it?"})
    browser.post(reverse("support_resolve", args=[request.pk]))

    request.refresh_from_db()
    assert request.first_answer_at is not None
    assert request.status == HelpRequest.Status.RESOLVED
    assert "Which browser is it?" in sign_in(request.person).get(request.get_absolute_url()).content.decode()


def test_the_desk_shows_ones_own_programmes_with_the_longest_wait_first(sign_in):
    coordination = CoordinationFactory()
    second, first = (HelpRequestFactory(programme=coordination.programme) for _two in range(2))
    HelpRequest.objects.filter(pk=first.pk).update(created_at="2026-11-01T09:00Z")
    HelpRequestFactory(programme=coordination.programme, status="resolved")
    HelpRequestFactory()
    browser = sign_in(coordination.person)

    open_ones = browser.get(reverse("support_desk"))
    everything = browser.get(reverse("support_desk"), {"all": "1"})

    assert list(open_ones.context["page_obj"]) == [first, second]
    assert "2 people wait for a first answer" in open_ones.content.decode()
    assert len(everything.context["page_obj"]) == 3
    assert sign_in(first.person).get(reverse("support_desk")).status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("name", ["support", "support_desk"])
def test_lists_ask_the_same_number_of_queries_for_one_and_three_rows(
    name, sign_in, django_assert_num_queries, django_assert_max_num_queries
):
    coordination = CoordinationFactory()
    asker = EnrolmentFactory(programme=coordination.programme).person
    browser = sign_in(coordination.person if name == "support_desk" else asker)
    HelpRequestFactory(programme=coordination.programme, person=asker)
    browser.get(reverse(name))
    with django_assert_max_num_queries(30) as first:
        browser.get(reverse(name))
    for _two in range(2):
        HelpRequestFactory(programme=coordination.programme, person=asker)

    with django_assert_num_queries(len(first)):
        page = browser.get(reverse(name))

    assert len(page.context["page_obj"]) == 3


def test_a_check_is_kept_for_oneself_and_bad_numbers_are_refused(sign_in):
    person = PersonFactory()
    browser = sign_in(person)
    address = reverse("connection_check")

    browser.post(address, {"latency_ms": "50", "kbit_per_s": "4000"})
    browser.post(address, {"latency_ms": "-1", "kbit_per_s": "many"})

    assert ConnectionCheck.objects.get().person == person
    assert "Your line carries a video call." in browser.get(address).content.decode()
    assert "Your line carries" not in sign_in(PersonFactory()).get(address).content.decode()


def test_the_sample_is_a_quarter_of_a_megabyte_and_never_cached(sign_in, client):
    browser = sign_in(PersonFactory())

    sample = browser.get(reverse("connection_sample"))

    assert len(sample.content) == 256 * 1024
    assert "no-store" in sample["Cache-Control"]
    assert browser.get(reverse("connection_ping")).status_code == 204
    assert client.get(reverse("connection_sample")).status_code == 302
