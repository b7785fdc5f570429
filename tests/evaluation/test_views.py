from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from core.models import Job
from evaluation.facts import Facts
from evaluation.models import Alert, Answer, Response, Wave
from evaluation.questionnaire import NOT_APPLICABLE, SKIPPED, form_items
from evaluation.services import recompute, refresh_alerts
from mentoring.relationships.models import Relationship
from paradigm.model import categories
from tests.evaluation.living import answered, meet, members, pair, pairs, talk, wave
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def programme(coordination):
    return coordination.programme


@pytest.fixture
def each(programme):
    return pair(programme)


def status(page, person, sign_in):
    return sign_in(person).get(page).status_code


def test_health_is_seen_by_its_coordinators_and_administrators_only(programme, coordination, each, sign_in):
    page = reverse("health", args=[programme.slug])
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    seen = {
        "coordinator": status(page, coordination.person, sign_in),
        "administrator": status(page, administrator, sign_in),
        "mentor": status(page, members(each)[0], sign_in),
        "coordinator elsewhere": status(page, CoordinationFactory().person, sign_in),
        "stranger": status(page, PersonFactory(), sign_in),
        "signed out": Client().get(page).status_code,
    }
    assert seen == {
        "coordinator": 200, "administrator": 200, "mentor": 404, "coordinator elsewhere": 404, "stranger": 404,
        "signed out": 302,
    }  # fmt: skip


def test_health_of_an_unknown_programme_answers_like_that_of_another(programme, sign_in):
    client = sign_in(CoordinationFactory().person)
    foreign = client.get(reverse("health", args=[programme.slug]))
    unknown = client.get(reverse("health", args=["no-such-programme"]))
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)


def test_health_says_the_finding_and_shows_the_evidence(programme, coordination, sign_in):
    asked = wave(programme)
    for number, one in enumerate(pairs(programme, 5)):
        talk(one, every=10, answer_after_hours=160 - number)
        meet(one, 10)
        for role in ("mentor", "mentee"):
            answered(asked, one, role, 3)
    recompute(programme, at=timezone.now())

    page = sign_in(coordination.person).get(reverse("health", args=[programme.slug]) + "?stage=intervening")
    text = page.content.decode()

    assert "hold this programme back" in text
    assert "In the middle pair, a message is usually answered within" in text
    assert "Time to an answer: How is this computed?" in text
    assert "95% interval" in text
    assert "0% below 50" in text and "100% below 50" in text
    assert "10 answers rest on one statement alone, as short forms ask." in text
    contextual = sign_in(coordination.person).get(reverse("health", args=[programme.slug]) + "?stage=contextual")
    assert "so there are no launches to count." in contextual.content.decode()
    tiles, groups, components = 5, 1, 3
    assert text.count("How is this computed?<span") == tiles + groups + components
    assert "3 of 3 components measured" in text and "weakest: " in text


def test_health_before_the_first_night_says_so(programme, coordination, sign_in):
    page = sign_in(coordination.person).get(reverse("health", args=[programme.slug]))
    assert "It is too early to say how this programme stands" in page.content.decode()
    assert "Nothing has been computed yet" in page.content.decode()


def test_an_administrator_sees_how_many_wait_and_not_who(programme, sign_in):
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    one = pair(programme, days=15)
    recompute(programme, at=NOW)
    text = sign_in(administrator).get(reverse("health", args=[programme.slug])).content.decode()

    assert "1 relationship waits for its coordinator" in text
    assert str(members(one)[0]) not in text


@pytest.mark.once
def test_health_asks_the_same_number_of_queries_for_one_and_three_relationships(
    coordination, programme, sign_in, django_assert_max_num_queries
):
    client = sign_in(coordination.person)
    client.get(reverse("health", args=[programme.slug]))  # the first page of a session notes the role

    def queries():
        recompute(programme, at=timezone.now())
        with django_assert_max_num_queries(20) as caught:
            client.get(reverse("health", args=[programme.slug]))
        return len(caught)

    pair(programme, days=15)
    first = queries()
    pairs(programme, 2, days=15)
    assert queries() == first


def test_compute_again_asks_for_one_job_and_only_from_coordinators(programme, coordination, sign_in):
    page = reverse("health_recompute", args=[programme.slug])
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    assert sign_in(coordination.person).post(page).status_code == 302
    assert sign_in(administrator).post(page).status_code == 403
    assert sign_in(PersonFactory()).post(page).status_code == 404
    assert Job.objects.filter(name="evaluation.recompute_programme").count() == 1


def test_a_coordinator_opens_and_closes_a_wave(programme, coordination, sign_in):
    client, page = sign_in(coordination.person), reverse("waves", args=[programme.slug])
    today = timezone.localdate().isoformat()

    client.post(page, {"form": "pulse", "opens_on": today, "closes_on": ""})
    opened = Wave.objects.get()
    assert "Close it now" in client.get(page).content.decode()
    client.post(reverse("wave_close", args=[opened.pk]))

    opened.refresh_from_db()
    assert opened.closes_at is not None


def test_a_wave_is_open_to_the_last_minute_of_its_last_day(programme, coordination, sign_in):
    last = timezone.localdate() + timedelta(days=3)
    sign_in(coordination.person).post(
        reverse("waves", args=[programme.slug]),
        {"form": "pulse", "opens_on": timezone.localdate().isoformat(), "closes_on": last.isoformat()},
    )

    closes_at = timezone.localtime(Wave.objects.get().closes_at)
    assert (closes_at.date(), closes_at.hour, closes_at.minute) == (last, 23, 59)


def test_a_wave_that_closes_before_it_opens_is_refused_beside_the_field(programme, coordination, sign_in):
    page = sign_in(coordination.person).post(
        reverse("waves", args=[programme.slug]),
        {"form": "pulse", "opens_on": timezone.localdate().isoformat(), "closes_on": "2020-01-01"},
    )
    assert page.status_code == 200
    assert "It closes before it opens" in page.content.decode()
    assert 'value="2020-01-01"' in page.content.decode()
    assert not Wave.objects.exists()


@pytest.mark.once
def test_waves_ask_the_same_number_of_queries_for_one_and_three(
    programme, coordination, sign_in, django_assert_max_num_queries
):
    client, page = sign_in(coordination.person), reverse("waves", args=[programme.slug])

    def queries():
        with django_assert_max_num_queries(20) as caught:
            client.get(page)
        return len(caught)

    wave(programme)
    client.get(page)
    first = queries()
    wave(programme, number=2)
    wave(programme, number=3)
    assert queries() == first


def test_only_the_coordinator_closes_a_wave(programme, each, sign_in):
    opened = wave(programme)
    page = reverse("wave_close", args=[opened.pk])
    assert sign_in(members(each)[0]).post(page).status_code == 403
    assert sign_in(CoordinationFactory().person).post(page).status_code == 404
    assert opened.closes_at is None


def test_the_pulse_is_one_page_and_its_result_is_there_at_once(programme, each, sign_in):
    opened = wave(programme, "pulse")
    client = sign_in(members(each)[1])

    page = client.get(reverse("pulse"), follow=True)
    assert "Overall I am satisfied with this mentoring." in page.content.decode()
    assert "with your name" in page.content.decode()
    sent = client.post(
        page.request["PATH_INFO"],
        {"planning-structure-1": "5", "support-satisfaction-1": str(NOT_APPLICABLE), "act": "next"},
        follow=True,
    )

    assert "This is what your answers say" in sent.content.decode()
    kept = dict(Answer.objects.values_list("item", "value"))
    assert kept["planning.structure.1"] == 5
    assert kept["support.satisfaction.1"] == NOT_APPLICABLE
    assert kept["infrastructure.stable.1"] == SKIPPED
    assert Response.objects.get().wave == opened


def test_sending_twice_changes_nothing(programme, each, sign_in):
    opened = wave(programme, "pulse")
    client = sign_in(members(each)[1])
    page = reverse("survey_section", args=[opened.pk, f"r{each.pk}", 1])

    client.post(page, {"planning-structure-1": "5", "act": "next"})
    again = client.post(page, {"planning-structure-1": "1", "act": "next"}, follow=True)

    assert again.status_code == 200
    assert Answer.objects.get(item="planning.structure.1").value == 5


def test_a_long_form_is_left_and_taken_up_again(programme, each, sign_in):
    opened = wave(programme, "full")
    client = sign_in(members(each)[1])
    first = reverse("survey_section", args=[opened.pk, f"r{each.pk}", 1])

    client.post(first, {"planning-structure-1": "5", "act": "next"})
    client.post(
        reverse("survey_section", args=[opened.pk, f"r{each.pk}", 2]), {"modelling-types-1": "2", "act": "leave"}
    )
    intro = client.get(reverse("survey", args=[opened.pk])).content.decode()
    second = client.get(reverse("survey_section", args=[opened.pk, f"r{each.pk}", 2])).content.decode()

    assert reverse("survey_section", args=[opened.pk, f"r{each.pk}", 2]) in intro
    assert 'value="2"' in second and "checked" in second


def test_answers_are_kept_as_they_are_given_without_counting_the_rest_as_skipped(programme, each, sign_in):
    opened = wave(programme, "pulse")
    page = reverse("survey_section", args=[opened.pk, f"r{each.pk}", 1])

    answer = sign_in(members(each)[1]).post(page, {"planning-structure-1": "5", "act": "autosave"})

    assert answer.status_code == 204
    assert Answer.objects.count() == 1


def test_an_answer_outside_the_scale_is_refused_beside_the_statement(programme, each, sign_in):
    opened = wave(programme, "pulse")
    page = reverse("survey_section", args=[opened.pk, f"r{each.pk}", 1])

    answer = sign_in(members(each)[1]).post(page, {"planning-structure-1": "9", "act": "next"})

    assert answer.status_code == 200
    assert not Answer.objects.exists()


def test_after_the_end_a_sentence_and_nothing_kept(programme, each, sign_in):
    opened = wave(programme, "pulse", closes_at=NOW)
    page = reverse("survey_section", args=[opened.pk, f"r{each.pk}", 1])
    client = sign_in(members(each)[1])

    assert client.get(page, follow=True).status_code == 200
    refused = client.post(page, {"planning-structure-1": "5", "act": "next"})

    assert refused.status_code == 409
    assert "is closed" in refused.content.decode()
    assert not Answer.objects.exists()


def test_nobody_answers_about_the_relationship_of_others(programme, each, sign_in):
    opened = wave(programme, "pulse")
    other = pair(programme)
    page = reverse("survey_section", args=[opened.pk, f"r{each.pk}", 1])

    assert sign_in(members(other)[0]).get(page).status_code == 404
    assert sign_in(PersonFactory()).get(page).status_code == 404
    assert sign_in(EnrolmentFactory().person).get(reverse("survey", args=[opened.pk])).status_code == 404
    assert Client().get(page).status_code == 302


def test_an_old_link_to_what_is_asked_no_more_leads_to_what_is(programme, each, sign_in):
    opened, mentee = wave(programme, "pulse"), each.members.get(role="mentee")
    client, alone = sign_in(mentee.person), reverse("survey_section", args=[opened.pk, f"e{mentee.enrolment_id}", 1])

    assertRedirects(client.get(alone), reverse("survey", args=[opened.pk]), fetch_redirect_response=False)
    assert client.post(alone, {"planning-structure-1": "5", "act": "next"}).status_code == 404


def test_a_result_is_seen_by_its_person_only(programme, coordination, each, sign_in):
    response = answered(wave(programme), each, "mentee")
    page = reverse("survey_result", args=[response.pk])

    assert sign_in(members(each)[1]).get(page).status_code == 200
    assert sign_in(members(each)[0]).get(page).status_code == 404
    assert sign_in(coordination.person).get(page).status_code == 404


def test_no_open_pulse_is_a_kind_page(sign_in):
    page = sign_in(PersonFactory()).get(reverse("pulse"))
    assert page.status_code == 200
    assert "Nothing to answer just now" in page.content.decode()


def test_my_scores_show_the_change_since_the_last_time(programme, each, sign_in):
    answered(wave(programme), each, "mentee", 3, at=NOW.replace(day=1))
    answered(wave(programme, number=2), each, "mentee", 4)

    text = sign_in(members(each)[1]).get(reverse("my_scores")).content.decode()

    assert "points higher than the last time" in text
    assert str(members(each)[0]) in text


def test_a_result_says_in_words_what_stands_highest_and_what_to_do_about_the_lowest(programme, each, sign_in):
    asked, mentee = wave(programme, "full"), members(each)[1]
    response = answered(asked, each, "mentee", 4)
    turned = [item.code for item in form_items("full") if item.reverse]
    response.answers.filter(item__in=turned).update(value=2)
    parts = {part.slug for category in categories("intervening") for part in category.components}
    low = [item.code for item in form_items("full") if item.component in parts]
    response.answers.filter(item__in=low).update(value=3)
    page = sign_in(mentee).get(reverse("survey_result", args=[response.pk])).content.decode()
    assert "<b>how you get on</b> has the most room" in page
    assert reverse("sessions", args=[each.pk]) in page

    Relationship.objects.filter(pk=each.pk).update(status="ended")
    assert (
        f'{reverse("growth")}">Look through the modules' in sign_in(mentee).get(reverse("my_scores")).content.decode()
    )

    response.answers.update(value=3)
    assert "has the most room" not in sign_in(mentee).get(reverse("my_scores")).content.decode()


@pytest.mark.once
def test_my_scores_ask_the_same_number_of_queries_for_one_and_three(
    programme, each, sign_in, django_assert_max_num_queries
):
    client = sign_in(members(each)[1])

    def queries():
        with django_assert_max_num_queries(20) as caught:
            client.get(reverse("my_scores"))
        return len(caught)

    answered(wave(programme), each, "mentee")
    client.get(reverse("my_scores"))
    first = queries()
    answered(wave(programme, number=2), each, "mentee")
    answered(wave(programme, number=3), each, "mentee")
    assert queries() == first


def test_an_alert_is_opened_answered_and_put_off_by_its_coordinators_only(programme, coordination, sign_in):
    one = pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    row = Alert.objects.get()
    page, client = reverse("alert", args=[row.pk]), sign_in(coordination.person)

    assert "Offer a first meeting" in client.get(page).content.decode()
    assert client.post(page, {"text": "Shall we talk?"}).status_code == 302
    for why, kept in (("", ""), ("for no reason", ""), ("away", "away")):
        assert client.post(reverse("alert_snooze", args=[row.pk]), {"why": why}).status_code == 302
        row.refresh_from_db()
        assert row.snoozed_for == kept
    assert "One of them is away" in client.get(page).content.decode()
    assert client.post(reverse("alert_done", args=[row.pk])).status_code == 302
    for person in (*members(one), CoordinationFactory().person, PersonFactory()):
        assert sign_in(person).get(page).status_code == 404
        assert sign_in(person).post(reverse("alert_done", args=[row.pk])).status_code == 404
    assert Client().get(page).status_code == 302


def test_an_empty_note_is_refused_beside_its_field(programme, coordination, sign_in):
    pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    row = Alert.objects.get()

    page = sign_in(coordination.person).post(reverse("alert", args=[row.pk]), {"text": "  "})

    assert page.status_code == 200
    row.refresh_from_db()
    assert row.acted_at is None


def test_the_list_says_all_is_well_only_where_something_is_under_way(programme, coordination, sign_in):
    client, page = sign_in(coordination.person), reverse("alerts", args=[programme.slug])
    assert "No relationship is under way" in client.get(page).content.decode()

    pair(programme)
    assert "All relationships are on their way" in client.get(page).content.decode()


def test_a_coordinator_lists_alerts_takes_one_and_finds_it_under_mine(programme, coordination, sign_in):
    pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    row = Alert.objects.get()
    client, page = sign_in(coordination.person), reverse("alerts", args=[programme.slug])
    assert "1 relationship may need somebody" in (shown := client.get(page).content.decode())
    assert row.get_absolute_url() in shown
    assert row.get_absolute_url() not in client.get(page, {"show": "mine"}).content.decode()

    for person in (coordination.person.pk, PersonFactory().pk):
        client.post(reverse("alert_give", args=[row.pk]), {"person": person})
    row.refresh_from_db()
    assert row.given_to == coordination.person
    mine = client.get(page, {"show": "mine"}).content.decode()
    assert row.get_absolute_url() in mine and "In the hands of" in mine
    assert "In the hands of" in client.get(row.get_absolute_url()).content.decode()

    client.post(reverse("alert_give", args=[row.pk]), {"nobody": "1"})
    row.refresh_from_db()
    assert row.given_to is None
