"""The pages of asking: read and sent without JavaScript, said in sentences, shown to those concerned."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mentoring.matching import services
from mentoring.matching.models import Request
from mentoring.planning.models import Enrolment, Never, Programme
from mentoring.relationships.models import Relationship
from tests.factories import NOW, EnrolmentFactory, RequestFactory
from tests.languages import BOTH
from tests.matching.asking import WORDS, asked, asking_programme, choose

pytestmark = pytest.mark.django_db
Status = Request.Status


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def html(answer) -> str:
    return answer.content.decode()


def test_a_mentee_chooses_from_the_directory_orders_the_list_and_sends(sign_in):
    ready = asking_programme()
    mentee, (one, two, _three) = ready.mentees[0], ready.mentors
    client, slug = sign_in(mentee.person), ready.programme.slug
    directory = html(client.get(reverse("mentor_directory", args=[slug])))
    assert "3 mentors you could ask" in directory
    assert directory.index(str(one.person)) < directory.index(str(two.person))
    assert "Offers what you look for: Time management" in directory

    for mentor in (one, two):
        profile = reverse("mentor_profile", args=[slug, mentor.pk])
        assert "is not known yet" in html(client.get(profile))
        answer = client.post(profile, {"message": WORDS})
        assert answer["Location"] == reverse("my_requests", args=[slug])
    client.post(reverse("choice_move", args=[Request.objects.get(mentor=two).pk]), {"up": ""})
    mine = html(client.get(reverse("my_requests", args=[slug])))
    assert f"Ask {two.person}" in mine

    client.post(reverse("requests_send", args=[slug]))
    assert dict(Request.objects.values_list("mentor", "status")) == {one.pk: Status.DRAFT, two.pk: Status.SENT}
    assert f"{two.person} has your request" in html(client.get(reverse("my_requests", args=[slug])))


def test_words_are_asked_for_kept_when_missing_and_changed_later(sign_in):
    ready = asking_programme()
    client = sign_in(ready.mentees[0].person)
    profile = reverse("mentor_profile", args=[ready.programme.slug, ready.mentors[0].pk])
    assert client.post(profile, {"message": " "}).status_code == 422
    long = client.post(profile, {"message": "x" * 501})
    assert long.status_code == 422 and "x" * 501 in html(long)
    assert not Request.objects.exists()
    client.post(profile, {"message": WORDS})
    assert WORDS in html(client.get(profile))
    client.post(profile, {"message": "Better words"})
    assert Request.objects.get().message == "Better words"


def test_a_choice_is_dropped_and_a_sixth_is_refused_in_a_sentence(sign_in):
    ready = asking_programme(1, 6)
    client = sign_in(ready.mentees[0].person)
    requests = choose(ready.mentees[0], *ready.mentors[:5])
    profile = reverse("mentor_profile", args=[ready.programme.slug, ready.mentors[5].pk])
    assert "Your list is full" in html(client.get(profile))
    assert "up to five mentors" in html(client.post(profile, {"message": WORDS}))
    client.post(reverse("choice_drop", args=[requests[2].pk]))
    client.post(profile, {"message": WORDS})
    assert Request.objects.filter(mentor=ready.mentors[5]).exists()


def test_the_directory_is_filtered_and_says_when_nobody_fits(sign_in):
    ready = asking_programme()
    client = sign_in(ready.mentees[0].person)
    page = reverse("mentor_directory", args=[ready.programme.slug])
    found = html(client.get(page, {"words": str(ready.mentors[1].person)}))
    assert str(ready.mentors[1].person) in found and str(ready.mentors[0].person) not in found
    assert "Nobody fits these filters" in html(client.get(page, {"words": "zzz"}))


def test_whoever_is_on_a_never_list_has_no_page_and_leaves_no_trace(sign_in):
    ready = asking_programme()
    mentee, mentor = ready.mentees[0], ready.mentors[0]
    Never.objects.create(enrolment=mentor, other=mentee, by=mentor.person)
    client, slug = sign_in(mentee.person), ready.programme.slug
    assert str(mentor.person) not in html(client.get(reverse("mentor_directory", args=[slug])))
    hidden = client.get(reverse("mentor_profile", args=[slug, mentor.pk]))
    never_was = client.get(reverse("mentor_profile", args=[slug, 999_999]))
    assert hidden.status_code == never_was.status_code == 404
    assert client.post(reverse("mentor_profile", args=[slug, mentor.pk]), {"message": WORDS}).status_code == 404


def test_a_chosen_mentor_who_is_gone_leads_back_to_the_list(sign_in):
    found = asked()
    Enrolment.objects.filter(pk=found.second.mentor_id).update(status=Enrolment.Status.PAUSED)
    slug = found.ready.programme.slug
    answer = sign_in(found.mentee.person).get(reverse("mentor_profile", args=[slug, found.second.mentor_id]))
    assert answer["Location"] == reverse("my_requests", args=[slug])


def test_where_coordinators_match_there_is_no_directory(sign_in):
    ready = asking_programme(matched_by=Programme.MatchedBy.COORDINATORS)
    client = sign_in(ready.mentees[0].person)
    for name in ("mentor_directory", "my_requests"):
        assert client.get(reverse(name, args=[ready.programme.slug])).status_code == 404


def test_a_mentee_who_is_not_ready_reads_what_is_left_to_do(sign_in):
    ready = asking_programme()
    Enrolment.objects.filter(pk=ready.mentees[0].pk).update(status=Enrolment.Status.TRAINING)
    client = sign_in(ready.mentees[0].person)
    answer = client.get(reverse("mentor_directory", args=[ready.programme.slug]), follow=True)
    assert "as soon as you are ready" in html(answer)


def test_the_mentor_opens_it_and_the_mentee_sees_that(sign_in):
    found = asked()
    assert "Not opened yet" in html(sign_in(found.mentee.person).get(found.first.get_absolute_url(), follow=True))
    page = html(sign_in(found.first.mentor.person).get(found.first.get_absolute_url()))
    assert WORDS in page and "1 of your 1 places is free" in page
    assert "Not opened yet" not in html(sign_in(found.mentee.person).get(found.first.get_absolute_url(), follow=True))


def test_a_coordinator_looking_is_not_the_mentor_opening(sign_in):
    found = asked()
    page = html(sign_in(found.ready.coordinator).get(found.first.get_absolute_url()))
    assert WORDS in page and "/accept/" not in page
    found.first.refresh_from_db()
    assert found.first.status == Status.SENT


def test_the_mentor_accepts_and_stands_in_the_workspace(sign_in):
    found = asked()
    answer = sign_in(found.first.mentor.person).post(
        reverse("request_accept", args=[found.first.pk]), {"capacity": "۱"}
    )
    assert answer["Location"] == Relationship.objects.get().get_absolute_url()


def test_a_full_mentor_reads_why_and_accepts_with_another_place(sign_in):
    found = asked()
    Enrolment.objects.filter(pk=found.first.mentor_id).update(free_places=0)
    client, accept = sign_in(found.first.mentor.person), reverse("request_accept", args=[found.first.pk])
    assert "With one more place you can say yes" in html(client.get(found.first.get_absolute_url()))
    assert "has no free place left" in html(client.post(accept, {"capacity": "1"}))
    client.post(accept, {"capacity": "2", "and_pause": "on"})
    assert Relationship.objects.count() == 1
    assert Enrolment.objects.get(pk=found.first.mentor_id).status == Enrolment.Status.PAUSED


def test_declining_asks_for_a_reason_and_keeps_what_was_written(sign_in, run_jobs):
    found = asked()
    client, decline = sign_in(found.first.mentor.person), reverse("request_decline", args=[found.first.pk])
    refused = client.post(decline, {"words": "So sorry"})
    assert refused.status_code == 422 and "So sorry" in html(refused)
    client.post(decline, {"reason": "no_time", "words": "So sorry"})
    run_jobs()
    mine = html(sign_in(found.mentee.person).get(reverse("my_requests", args=[found.ready.programme.slug])))
    assert "So sorry" in mine and f"Then {found.second.mentor.person} was asked" in mine


def test_a_question_and_its_answer_stand_on_both_pages(sign_in):
    found = asked()
    mentor, mentee = sign_in(found.first.mentor.person), sign_in(found.mentee.person)
    ask, answer = (reverse(name, args=[found.first.pk]) for name in ("request_ask", "request_answer"))
    assert mentor.post(ask, {"question": ""}).status_code == 422
    mentor.post(ask, {"question": "Which semester?"})
    mine = reverse("my_requests", args=[found.ready.programme.slug])
    assert "Which semester?" in html(mentee.get(mine))
    assert mentee.post(answer, {"answer": ""}).status_code == 422
    mentee.post(answer, {"answer": "The third one"})
    assert "The third one" in html(mentor.get(found.first.get_absolute_url()))


def test_the_mentee_takes_a_request_back(sign_in):
    found = asked()
    sign_in(found.mentee.person).post(reverse("request_withdraw", args=[found.first.pk]))
    assert "nothing left" not in html(sign_in(found.first.mentor.person).get(reverse("request_inbox")))
    found.first.refresh_from_db()
    assert found.first.status == Status.WITHDRAWN


def test_what_was_decided_meanwhile_is_said_in_a_sentence(sign_in):
    found = asked()
    services.withdraw_request(found.first, by=found.mentee.person, at=NOW)
    answer = sign_in(found.first.mentor.person).post(
        reverse("request_accept", args=[found.first.pk]), {"capacity": "1"}
    )
    assert answer.status_code == 409 and "has moved on" in html(answer)


def test_one_cannot_do_what_belongs_to_the_other_side(sign_in):
    found = asked()
    mentor, mentee, stranger = found.first.mentor.person, found.mentee.person, found.ready.mentees[1].person
    for name, person in (("request_accept", mentee), ("request_decline", mentee), ("request_ask", mentee)):
        assert sign_in(person).post(reverse(name, args=[found.first.pk])).status_code == 403
        assert sign_in(stranger).post(reverse(name, args=[found.first.pk])).status_code == 404
    for name in ("request_answer", "request_withdraw", "choice_move", "choice_drop"):
        assert sign_in(mentor).post(reverse(name, args=[found.first.pk])).status_code == 403
        assert sign_in(found.ready.coordinator).post(reverse(name, args=[found.first.pk])).status_code == 403
        assert sign_in(found.second.mentor.person).post(reverse(name, args=[found.second.pk])).status_code == 404
    assert Request.objects.filter(status=Status.SENT).count() == 1


@pytest.mark.parametrize("language", BOTH)
def test_every_page_of_asking_opens_in_both_languages(sign_in, language):
    found = asked()
    User.objects.update(language=language)
    slug = found.ready.programme.slug
    pages = [
        (found.mentee.person, reverse("mentor_directory", args=[slug])),
        (found.mentee.person, reverse("mentor_profile", args=[slug, found.second.mentor_id])),
        (found.mentee.person, reverse("my_requests", args=[slug])),
        (found.mentee.person, reverse("home")),
        (found.first.mentor.person, reverse("request_inbox")),
        (found.first.mentor.person, found.first.get_absolute_url()),
        (found.first.mentor.person, reverse("home")),
        (found.ready.coordinator, reverse("programme_requests", args=[slug])),
        (found.ready.coordinator, reverse("programme_requests", args=[slug]) + "?all=1"),
        (found.ready.coordinator, reverse("home")),
    ]
    for person, page in pages:
        answer = sign_in(User.objects.get(pk=person.pk)).get(page)
        assert answer.status_code == 200, page
        assert f'lang="{language}"' in html(answer)


def test_homes_say_what_comes_next(sign_in):
    found = asked()
    mentee, mentor = sign_in(found.mentee.person), sign_in(found.first.mentor.person)
    assert "has your request" in html(mentee.get(reverse("home")))
    assert "1 request waits for you" in html(mentor.get(reverse("home")))
    services.ask_for_more(found.first, "Which semester?", by=found.first.mentor.person, at=NOW)
    assert "would like to know more" in html(mentee.get(reverse("home")))
    assert "waits for you" not in html(mentor.get(reverse("home")))
    assert "Choose whom to ask" in html(sign_in(found.ready.mentees[1].person).get(reverse("home")))


@pytest.mark.once
def test_the_home_of_a_mentee_who_asks_costs_at_most_fifteen_questions(sign_in, django_assert_max_num_queries):
    client = sign_in(asked().mentee.person)
    client.get(reverse("home"))
    with django_assert_max_num_queries(15):
        client.get(reverse("home"))


def test_the_coordinators_desk_names_requests_that_run_out_soon(sign_in):
    found = asked()
    client = sign_in(found.ready.coordinator)
    assert "runs out within a day" not in html(client.get(reverse("home")))
    Request.objects.filter(pk=found.first.pk).update(due_at=NOW + timedelta(hours=20))
    assert "1 request runs out within a day" in html(client.get(reverse("home")))


def test_the_settings_say_who_brings_people_together(sign_in):
    ready = asking_programme(matched_by=Programme.MatchedBy.COORDINATORS)
    client, page = sign_in(ready.coordinator), reverse("programme_settings", args=[ready.programme.slug])
    form = client.get(page).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {"matched_by": "both", "request_days": "۱۰"}
    assert client.post(page, data).status_code == 302
    ready.programme.refresh_from_db()
    assert (ready.programme.matched_by, ready.programme.request_days) == ("both", 10)
    assert client.post(page, {**data, "request_days": "0"}).status_code == 200
    ready.programme.refresh_from_db()
    assert ready.programme.request_days == 10


@pytest.mark.once
@pytest.mark.parametrize("page", ["directory", "mine", "inbox", "programme", "home"])
def test_lists_cost_the_same_for_one_row_and_for_three(sign_in, page):
    counts = []
    for n in (1, 3):
        ready = asking_programme(4, n + 1, places=3)
        mentor = EnrolmentFactory(programme=ready.programme, mentor=True)
        for mentee in ready.mentees[:n]:
            RequestFactory(programme=ready.programme, mentee=mentee, mentor=mentor)
        choose(ready.mentees[3], *ready.mentors[:n])
        slug = ready.programme.slug
        person, path = {
            "directory": (ready.mentees[3].person, reverse("mentor_directory", args=[slug])),
            "mine": (ready.mentees[3].person, reverse("my_requests", args=[slug])),
            "inbox": (mentor.person, reverse("request_inbox")),
            "programme": (ready.coordinator, reverse("programme_requests", args=[slug])),
            "home": (mentor.person, reverse("home")),
        }[page]
        client = sign_in(person)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
