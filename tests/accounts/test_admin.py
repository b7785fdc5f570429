import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import invite, make_api_key, record
from notifications.models import Mail
from tests.factories import NOW, BelongingFactory, PersonFactory


@pytest.fixture
def operator(db):
    return PersonFactory(is_staff=True, is_superuser=True)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(
    "model",
    ["accounts_user", "accounts_institution", "accounts_consent", "accounts_invitation", "accounts_apikey",
     "accounts_auditevent", "notifications_notification", "notifications_mail"],
)  # fmt: skip
def test_operators_see_every_list_in_both_languages(operator, sign_in, language, model):
    operator.language = language
    operator.save()
    place = BelongingFactory().institution
    invite(place, email="new@example.org", role="member", by=operator, at=NOW)
    make_api_key(place, name="SIS", scopes=["people:read"], by=operator, at=NOW)
    Mail.objects.create(to="new@example.org", kind="x", key="x", subject="x", body_text="x", created_at=NOW)
    page = sign_in(operator).get(reverse(f"admin:{model}_changelist"), {"q": "new"})
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


def test_an_operator_makes_and_changes_a_person(operator, sign_in):
    client, password = sign_in(operator), "blue heron over wet roofs"
    form = {
        "email": "new@example.org",
        "name": "N",
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }
    inline = {f"belongings-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    response = client.post(reverse("admin:accounts_user_add"), {**form, **inline})
    person = User.objects.get(email="new@example.org")
    assert response.status_code == 302 and person.check_password(password)
    assert client.get(reverse("admin:accounts_user_change", args=[person.pk])).status_code == 200


def test_nobody_touches_the_audit_trail(operator, sign_in):
    event = record("test.done", by=operator, at=NOW)
    client = sign_in(operator)
    assert client.get(reverse("admin:accounts_auditevent_add")).status_code == 403
    assert client.post(reverse("admin:accounts_auditevent_delete", args=[event.pk])).status_code == 403
    page = client.get(reverse("admin:accounts_auditevent_change", args=[event.pk]))
    assert page.status_code == 200 and 'name="_save"' not in page.content.decode()


def test_secrets_are_not_shown_to_operators(operator, sign_in):
    place = BelongingFactory().institution
    key, _token = make_api_key(place, name="SIS", scopes=["people:read"], by=operator, at=NOW)
    page = sign_in(operator).get(reverse("admin:accounts_apikey_change", args=[key.pk]))
    assert key.key_hash not in page.content.decode()


def test_operators_come_in_by_the_same_door_and_others_not_at_all(db, sign_in):
    assert Client().get(reverse("admin:index"), follow=True).request["PATH_INFO"] == reverse("account_login")
    assert sign_in(PersonFactory()).get(reverse("admin:index"), follow=True).status_code == 403
