import json

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import AuditEvent, Consent
from core.dates import GREGORIAN, get_calendar
from tests.factories import EnrolmentFactory, PersonFactory

FORM = {
    "name": "Nilufar",
    "about": "",
    "language": "en",
    "calendar": "gregorian",
    "time_zone": "Europe/Paris",
    "theme": "system",
    "data_use": "device",
    "shortcuts": "on",
}
PAGES = ["profile", "security", "my_data", "erase_me", "audit", "inbox", "preferences", "first_run", "first_run_about"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_about_oneself_ask_visitors_to_sign_in(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_pages_about_oneself_open_in_persian(sign_in, db, name):
    page = sign_in(PersonFactory(persian=True)).get(reverse(name))
    assert page.status_code == 200
    assert 'lang="fa" dir="rtl"' in page.content.decode()


def test_the_calendar_of_one_reader_ends_with_their_page(sign_in, db):
    sign_in(PersonFactory(persian=True)).get(reverse("profile"))
    assert get_calendar() == GREGORIAN


def test_the_profile_is_kept(sign_in, db):
    person = PersonFactory()
    sign_in(person).post(reverse("profile"), {**FORM, "name": " نيلوفر  كريمی "})
    person.refresh_from_db()
    assert (person.name, person.time_zone) == ("نیلوفر کریمی", "Europe/Paris")


def test_a_wrong_profile_says_so_beside_the_field_and_keeps_what_was_typed(sign_in, db):
    person = PersonFactory(name="Before")
    page = sign_in(person).post(reverse("profile"), {**FORM, "about": "x" * 601, "name": "Typed"}).content.decode()
    assert 'id="id_about_error"' in page and 'value="Typed"' in page
    person.refresh_from_db()
    assert person.name == "Before"


def test_a_person_downloads_their_own_data(sign_in, db):
    enrolment = EnrolmentFactory(goals="Finish my thesis")
    EnrolmentFactory(goals="Of somebody else")
    response = sign_in(enrolment.person).post(reverse("my_data_file"))
    held = json.loads(response.content)
    assert held["accounts.User"][0]["email"] == enrolment.person.email
    assert held["planning.Enrolment"][0]["goals"] == "Finish my thesis"
    assert "password" not in held["accounts.User"][0]
    assert b"somebody else" not in response.content
    assert response["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.get(action="export.made").actor_id == enrolment.person_id


def test_research_consent_is_given_and_taken_back(sign_in, db):
    person = PersonFactory()
    client, url = sign_in(person), reverse("research_consent")
    client.post(url, {"give": "yes"})
    client.post(url, {"give": "yes"})
    assert person.consents.in_force(Consent.Kind.RESEARCH).count() == 1
    client.post(url)
    assert not person.consents.in_force(Consent.Kind.RESEARCH).exists()
    assert person.consents.filter(kind="research").get().withdrawn_at is not None


def test_signing_out_elsewhere_ends_the_other_sessions_only(sign_in, db):
    person, other = PersonFactory(), PersonFactory()
    here, there, others = sign_in(person), sign_in(person), sign_in(other)
    here.post(reverse("sign_out_elsewhere"))
    assert here.get(reverse("profile")).status_code == 200
    assert there.get(reverse("profile")).status_code == 302
    assert others.get(reverse("profile")).status_code == 200
    assert Session.objects.count() == 2


def test_a_person_erases_their_account_with_their_password(sign_in, db):
    person = PersonFactory()
    person.set_password("blue heron over wet roofs")
    person.save()
    client, url = sign_in(person), reverse("erase_me")
    wrong = client.post(url, {"password": "no", "sure": "yes"}).content.decode()
    assert 'id="id_password_error"' in wrong
    client.post(url, {"password": "blue heron over wet roofs", "sure": "yes"})
    person.refresh_from_db()
    assert person.email.endswith("@erased.invalid")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("demo", "gone"), [(True, False), (False, True)])
def test_people_of_the_demonstration_stay_for_the_next_visitor(sign_in, db, settings, demo, gone):
    settings.DEMO = demo
    person = PersonFactory()
    person.set_unusable_password()
    person.save()
    answer = sign_in(person).post(reverse("erase_me"), {"sure": "yes"})
    person.refresh_from_db()
    assert person.email.endswith("@erased.invalid") == gone
    assert answer.status_code == (302 if gone else 200)


@pytest.mark.once
def test_what_happened_is_told_with_the_same_number_of_questions(sign_in, db, django_assert_max_num_queries):
    client, url = sign_in(PersonFactory()), reverse("audit")

    def questions():
        client.post(reverse("research_consent"), {"give": "yes"})
        client.post(reverse("research_consent"))
        client.get(url)
        with django_assert_max_num_queries(15) as counted:
            page = client.get(url).content.decode()
        assert "took back an agreement" in page
        return len(counted)

    one = questions()
    questions()
    assert questions() == one
