import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from core.idempotency import FIELD
from mentoring.planning import services
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import spellings
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    PersonFactory,
    ProgrammeFactory,
)
from tests.planning.browsers import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return CoordinationFactory()


def answers(sign_in, url, *people) -> list[int]:
    return [(sign_in(person) if person else Client()).get(url).status_code for person in people]


def test_people_and_their_pages_exist_for_the_right_eyes_only(coordinator, sign_in):
    programme = coordinator.programme
    mentee = EnrolmentFactory(programme=programme)
    fellow = EnrolmentFactory(programme=programme).person
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    others = (fellow, PersonFactory(), CoordinationFactory().person)

    people, one = f"/programmes/{programme.slug}/people/", f"/enrolments/{mentee.pk}/"
    assert answers(sign_in, people, coordinator.person, mentee.person, administrator, *others, None) == [
        200, 404, 404, 404, 404, 404, 302,
    ]  # fmt: skip
    assert answers(sign_in, one, coordinator.person, mentee.person, administrator, *others, None) == [
        200, 200, 404, 404, 404, 404, 302,
    ]  # fmt: skip
    settings = f"/programmes/{programme.slug}/settings/"
    assert answers(sign_in, settings, coordinator.person, administrator, mentee.person, *others, None) == [
        200, 200, 404, 404, 404, 404, 302,
    ]  # fmt: skip
    stranger = sign_in(others[1])
    assert stranger.get(one).content == stranger.get("/enrolments/999999/").content


VERBS = ("approve", "reject", "suspend", "reinstate", "pause", "withdraw", "rejoin", "ready", "nonsense")


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_meets_no_step_and_a_mentee_cannot_approve_themselves(sign_in, verb):
    mine = EnrolmentFactory(status=Enrolment.Status.APPLIED)
    url = f"/enrolments/{mine.pk}/{verb}/"

    assert sign_in(CoordinationFactory().person).post(url, {"reason": "x"}).status_code == 404
    own = sign_in(mine.person).post(url, {"reason": "x"}).status_code
    assert own == {"nonsense": 404, "withdraw": 302, "pause": 409, "rejoin": 409}.get(verb, 403)


def test_a_public_programme_is_read_signed_out_in_both_languages_and_a_draft_is_not(sign_in):
    programme = ProgrammeFactory(summary_fa="همراهی در راه", agreement_en="We meet weekly.")
    draft = CoordinationFactory(programme__status=Programme.Status.DRAFT)

    english = Client().get(f"/programmes/{programme.slug}/").content.decode()
    persian = Client(headers={"Accept-Language": "fa"}).get(f"/programmes/{programme.slug}/").content.decode()

    assert "We meet weekly." in english and "20 January 2027" in english
    assert "همراهی در راه" in persian and 'dir="rtl"' in persian and "۳۰ دی ۱۴۰۵" in persian
    url = f"/programmes/{draft.programme.slug}/"
    assert answers(sign_in, url, None, PersonFactory(), draft.person) == [404, 404, 200]
    assert draft.programme.name not in Client().get("/programmes/").content.decode()


def test_an_application_begins_only_after_signing_in():
    programme = ProgrammeFactory()

    assert Client().get(f"/programmes/{programme.slug}/apply/mentee/").url.startswith("/account/login/")


@pytest.mark.once
@pytest.mark.parametrize("page", ["people", "list", "enrolment"])
def test_lists_cost_the_same_number_of_queries_for_1_and_3_rows(coordinator, sign_in, page):
    programme = coordinator.programme
    enrolment = EnrolmentFactory(programme=programme, person__persian=True)
    url = {
        "people": f"/programmes/{programme.slug}/people/",
        "list": "/programmes/",
        "enrolment": f"/enrolments/{enrolment.pk}/",
    }
    browser = sign_in(coordinator.person)
    one = queries_of(browser, url[page])
    for _ in range(2):
        EnrolmentFactory(programme=programme, mentor=True)
        CoordinationFactory(person=coordinator.person)
        enrolment.concepts.create(concept=f"c{enrolment.concepts.count()}", kind="wanted")

    assert queries_of(browser, url[page]) == one


def test_people_are_found_however_their_name_is_spelled(coordinator, sign_in):
    EnrolmentFactory(programme=coordinator.programme, person__name="علی‌رضا کریمی")
    EnrolmentFactory(programme=coordinator.programme, person__name="Lena Novak")
    browser = sign_in(coordinator.person)
    url = f"/programmes/{coordinator.programme.slug}/people/"

    for typed in ("علی رضا", "علی‌رضا", "كريمي", "کریمی"):
        assert [row.person.name for row in browser.get(url, {"q": typed}).context["page_obj"]] == ["علی‌رضا کریمی"]
    assert len(browser.get(url, {"role": "mentor"}).context["page_obj"]) == 0
    assert {"مریم ۲", "مریم 2", "مريم 2"} <= spellings("مریم 2")


def test_a_step_clicked_twice_is_taken_once_and_says_so(coordinator, sign_in):
    waiting = EnrolmentFactory(programme=coordinator.programme, status="applied")
    browser, url = sign_in(coordinator.person), reverse("enrolment_step", args=[waiting.pk, "approve"])
    key = {FIELD: str(uuid4())}

    browser.post(url, key)
    page = browser.post(url, key, follow=True)

    assert "nothing was done twice" in page.content.decode()
    assert AuditEvent.objects.filter(action="membership.approved").count() == 1


def test_ticked_applications_are_accepted_together_and_foreign_ones_are_not(coordinator, sign_in):
    rows = [EnrolmentFactory(programme=coordinator.programme, status="applied") for _ in range(2)]
    foreign = EnrolmentFactory(status="applied")
    ticked = {"enrolment": [row.pk for row in (*rows, foreign)]}

    sign_in(coordinator.person).post(f"/programmes/{coordinator.programme.slug}/people/approve/", ticked)

    assert not Enrolment.objects.filter(pk__in=[row.pk for row in rows], status="applied").exists()
    assert Enrolment.objects.get(pk=foreign.pk).status == "applied"


def test_a_rejection_without_a_reason_comes_back_with_the_sentence_beside_the_field(coordinator, sign_in):
    row = EnrolmentFactory(programme=coordinator.programme, status="applied")
    browser = sign_in(coordinator.person)

    empty = browser.post(f"/enrolments/{row.pk}/reject/", {"reason": " "})
    assert "Please write a reason" in empty.content.decode()
    browser.post(f"/enrolments/{row.pk}/reject/", {"reason": "Next term, please."})

    row.refresh_from_db()
    assert (row.status, row.reason) == ("rejected", "Next term, please.")
    assert "Next term, please." in sign_in(row.person).get(f"/enrolments/{row.pk}/").content.decode()


@pytest.mark.parametrize("status", Enrolment.Status.values)
def test_every_state_has_a_page_for_the_person_and_for_the_coordinator(coordinator, sign_in, status):
    row = EnrolmentFactory(programme=coordinator.programme, status=status, mentor=True)

    assert answers(sign_in, row.get_absolute_url(), row.person, coordinator.person) == [200, 200]


def test_an_invited_person_comes_in_by_their_link_and_begins(coordinator, sign_in, run_jobs, mailoutbox):
    url = f"/programmes/{coordinator.programme.slug}/people/invite/"
    sign_in(coordinator.person).post(url, {"email": "New@Example.org", "name": "Nima", "role": "mentor"})
    run_jobs()

    row = Enrolment.objects.get()
    assert (row.status, row.person.email, row.role) == ("invited", "new@example.org", "mentor")
    assert not row.person.has_usable_password()
    letter = next(mail for mail in mailoutbox if mail.to == ["new@example.org"])
    assert coordinator.programme.name in letter.body and "/invitation" in letter.body
    link = re.search(r"/invitations?/\S+", letter.body).group()
    answer = Client().post(link, {"name": "Nima", "password": "a long enough pass phrase"})

    row.refresh_from_db()
    row.person.refresh_from_db()
    assert answer.status_code == 302
    assert (row.status, row.person.has_usable_password()) == ("registered", True)


def test_who_belongs_already_is_led_to_their_page_or_to_choosing_a_password(coordinator, run_jobs, mailoutbox):
    institution = coordinator.programme.institution
    known = BelongingFactory(institution=institution).person
    known.set_password("a long enough pass phrase")
    known.save()
    silent = BelongingFactory(institution=institution).person
    silent.set_unusable_password()
    silent.save()
    for person in (known, silent):
        row = EnrolmentFactory(programme=coordinator.programme, person=person)
        services.send_invitation(row, by=coordinator.person, at=NOW)
    run_jobs()

    bodies = {mail.to[0]: mail.body for mail in mailoutbox}
    assert f"/enrolments/{Enrolment.objects.get(person=known).pk}/" in bodies[known.email]
    assert "/account/password/reset/" in bodies[silent.email]
