import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import get_default_password_validators
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Consent, User
from accounts.validators import NotCommon
from core.middleware import _page_above
from tests.factories import PersonFactory
from tests.languages import BOTH

PASSWORD = "blue heron over wet roofs"
PERSIAN = {"HTTP_ACCEPT_LANGUAGE": "fa"}


def person_with_password(**fields):
    person = PersonFactory(**fields)
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_in_with(email, password=PASSWORD, client=None):
    return (client or Client()).post(reverse("account_login"), {"login": email, "password": password})


def plain(response):
    """The page without what differs by its nature: tokens and the typed address."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", response.content.decode())
    return re.sub(r"[\w-]+@example\.org", "address", text)


def actions():
    return list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))


def test_a_person_signs_in_and_out_and_it_is_written_down(db):
    person, client = person_with_password(), Client()
    response = sign_in_with(person.email.upper(), client=client)
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
    assert actions() == ["login.ok", "logout"]


def test_known_unknown_inactive_and_locked_addresses_answer_alike(db):
    known, inactive = person_with_password(), person_with_password(is_active=False)
    answers = [
        sign_in_with(known.email, "not the right password"),
        sign_in_with("nobody@example.org", "not the right password"),
        sign_in_with(inactive.email, PASSWORD),
    ]
    for _ in range(5):
        sign_in_with("nobody@example.org", "not the right password")
    cache_full = sign_in_with("nobody@example.org", "not the right password")

    assert {response.status_code for response in [*answers, cache_full]} == {200}
    assert len({plain(response) for response in [*answers, cache_full]}) == 1
    assert "login.locked" in actions()
    failed = AuditEvent.objects.filter(action="login.failed").order_by("seq").values_list("target_id", flat=True)
    assert list(failed[:3]) == [str(known.pk), "", str(inactive.pk)]


class CountedHasher(MD5PasswordHasher):
    """Counts the work: what takes the time in signing in."""

    work = 0

    def encode(self, password, salt):
        CountedHasher.work += 1
        return super().encode(password, salt)


def test_known_unknown_inactive_and_locked_addresses_cost_the_same_work(db, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    known, inactive = person_with_password(), person_with_password(is_active=False)

    def work(email, password="not the right password"):
        CountedHasher.work = 0
        sign_in_with(email, password)
        return CountedHasher.work

    unlocked = [work(known.email), work("nobody@example.org"), work(inactive.email), work(inactive.email, PASSWORD)]
    for _ in range(6):
        locked = work("nobody@example.org")
    assert {*unlocked, locked} == {2}


def test_asking_for_a_new_password_answers_alike_for_everybody(db, mailoutbox):
    known, inactive = person_with_password(language="fa"), person_with_password(is_active=False)
    url = reverse("account_reset_password")
    answers = [
        Client().post(url, {"email": email}, follow=True)
        for email in (known.email, "nobody@example.org", inactive.email)
    ]
    assert len({(response.status_code, plain(response)) for response in answers}) == 1
    assert [message.to[0] for message in mailoutbox] == [known.email, "nobody@example.org", inactive.email]


def test_signing_up_with_a_known_address_answers_like_with_a_new_one(db, mailoutbox, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    known = person_with_password()
    url, form = reverse("account_signup"), {"name": "Nilufar", "password1": PASSWORD}
    answers = [Client().post(url, {**form, "email": email}, follow=True) for email in (known.email, "new@example.org")]
    assert len({(response.status_code, plain(response)) for response in answers}) == 1
    assert User.objects.count() == 2
    assert len(mailoutbox) == 2


def test_signing_up_keeps_the_language_and_calendar_of_the_page(db, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    form = {"name": "نيلوفر كاظمي", "email": "New@Example.org", "password1": PASSWORD}
    Client(**PERSIAN).post(reverse("account_signup"), form)
    person = User.objects.get()
    assert (person.email, person.name) == ("new@example.org", "نیلوفر کاظمی")
    assert (person.language, person.calendar, person.time_zone) == ("fa", "jalali", "Asia/Tehran")


def test_a_confirmed_address_lets_the_new_person_in_to_consent(db, mailoutbox, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client = Client()
    client.post(reverse("account_signup"), {"name": "N", "email": "new@example.org", "password1": PASSWORD})
    link = re.search(r"/account/confirm-email/\S+", mailoutbox[0].body).group()
    assert client.get(link).status_code == 200
    client.post(link)
    assert EmailAddress.objects.get().verified
    assert client.get(reverse("profile"))["Location"].startswith(reverse("consent"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short but odd 9", ""),
        ("fourteen chars", "password_too_short"),
        ("qwertyuiopasdfg", "password_too_common"),
        ("Correct Horse Battery Staple", "password_too_common"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaa", "password_too_common"),
        ("nilufar@example.org", "password_too_similar"),
        ("x" * 30 + "yzv9" * 20, ""),
    ],
)
def test_passwords_are_long_and_not_common_and_nothing_else(password, code):
    codes = []
    for validator in get_default_password_validators():
        try:
            validator.validate(password, User(email="nilufar@example.org", name="Nilufar"))
        except ValidationError as error:
            codes.append(error.code)
    assert codes == ([code] if code else [])


def test_the_list_of_common_passwords_is_long_enough():
    usable = [entry for entry in NotCommon().passwords if len(entry) >= 15]
    assert len(usable) >= 3000


@pytest.mark.parametrize("door", ["account_signup", "account_login", "account_reset_password", "account_email"])
def test_an_address_longer_than_any_is_refused_at_every_door(db, door, sign_in):
    browser = sign_in(person_with_password()) if door == "account_email" else Client()
    long = f"{'a' * 250}@example.org"
    before = User.objects.count()

    page = browser.post(
        reverse(door),
        {"email": long, "login": long, "name": "N", "password1": PASSWORD, "password": PASSWORD, "action_add": ""},
    )

    assert page.status_code == 200 and "254" in page.content.decode()
    assert User.objects.count() == before


def test_an_address_copied_with_signs_nobody_sees_opens_the_door(db):
    person = person_with_password()
    assert sign_in_with(f"\u200f{person.email} \u200f").status_code == 302


def test_a_form_older_than_the_session_says_so_in_the_readers_language(db):
    browser = Client(enforce_csrf_checks=True)
    page = browser.post(reverse("account_login"), {"login": "a@example.org"}, headers={"accept-language": "fa"})

    assert page.status_code == 403
    assert "صفحه را تازه کنید" in page.content.decode()


def test_a_reset_link_works_once_and_is_written_down(db, mailoutbox):
    person, client = person_with_password(language="fa"), Client()
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert mailoutbox[0].subject and mailoutbox[0].alternatives[0][1] == "text/html"
    assert 'dir="rtl"' in mailoutbox[0].alternatives[0][0]
    link = re.search(r"/account/password/reset/key/\S+", mailoutbox[0].body).group()
    page = client.get(link, follow=True)
    new = "grey owl under dry leaves"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)
    assert "password.reset" in actions()
    assert b"password1" not in Client().get(link, follow=True).content


def test_a_person_from_a_list_sets_a_password_by_mail_and_is_in(db, mailoutbox, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    person, client = User.objects.create_user("listed@example.org"), Client()
    client.post(reverse("account_reset_password"), {"email": person.email})
    page = client.get(re.search(r"/account/password/reset/key/\S+", mailoutbox[0].body).group(), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert sign_in_with(person.email, client=client)["Location"] == reverse("home")


def test_a_signed_out_reader_switches_language_and_theme_by_cookie(db):
    client = Client()
    response = client.post(reverse("language_switch"), {"language": "fa", "next": reverse("privacy")})
    assert response["Location"] == reverse("privacy")
    client.post(reverse("theme_switch"), {"theme": "dark"})
    page = client.get(reverse("privacy")).content.decode()
    assert 'lang="fa" dir="rtl" data-theme="dark"' in page


def test_a_signed_in_reader_keeps_language_theme_and_role(db, sign_in):
    person = PersonFactory()
    client = sign_in(person)
    client.post(reverse("language_switch"), {"language": "fa"})
    client.post(reverse("theme_switch"), {"theme": "dark"})
    client.post(reverse("role_switch"), {"role": "mentor"})
    client.post(reverse("language_switch"), {"language": "xx"})
    client.post(reverse("role_switch"), {"role": "<script>"})
    person.refresh_from_db()
    assert (person.language, person.theme, person.role) == ("fa", "dark", "mentor")


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_switches_lead_nowhere_else(db, url):
    response = Client().post(reverse("language_switch"), {"language": "fa", "next": url})
    assert response["Location"] == "/"


def test_an_address_that_only_takes_a_form_leads_whoever_opens_it_to_the_page_above(db):
    assert Client().get(reverse("language_switch"), headers={"Sec-Fetch-Mode": "navigate"})["Location"] == "/"
    assert _page_above("/requests/7/ask/") == "/requests/7/"
    assert _page_above("/matching/decisions/7/undo/") == "/"


def test_switches_need_a_post_and_a_token(db):
    assert Client().get(reverse("language_switch")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("theme_switch"), {"theme": "dark"}).status_code == 403


@pytest.mark.parametrize("name", ["terms", "privacy"])
@pytest.mark.parametrize("language", BOTH)
def test_the_texts_are_there_in_both_languages(db, name, language):
    page = Client(HTTP_ACCEPT_LANGUAGE=language).get(reverse(name))
    assert page.status_code == 200
    assert ("منتور" in page.content.decode()) == (language == "fa")


def test_a_person_who_has_not_agreed_is_led_to_the_texts_once(db, sign_in):
    person = PersonFactory(consents=None)
    client = sign_in(person)
    assert client.get(reverse("profile"))["Location"] == "/consent/?next=%2Fme%2F"
    assert client.get(reverse("consent")).status_code == 200
    assert client.get(reverse("terms")).status_code == 200
    assert "terms_error" in client.post(reverse("consent"), {"next": "/me/"}).content.decode()

    response = client.post(reverse("consent"), {"terms": "yes", "next": "/me/"})

    assert response["Location"] == reverse("first_run")
    assert client.post(reverse("first_run_about"), {"name": "N", "about": ""})["Location"] == "/me/"
    assert list(person.consents.values_list("kind", "version", "withdrawn_at")) == [
        ("terms", Consent.CURRENT["terms"], None)
    ]
    assert client.get(reverse("profile")).status_code == 200


def test_a_new_version_of_the_terms_is_asked_for_again(db, sign_in):
    person = PersonFactory(consents__version="2020-01")
    client = sign_in(person)
    assert client.get(reverse("profile")).status_code == 302
    response = client.post(reverse("consent"), {"terms": "yes", "research": "yes", "next": "/me/"})
    assert response["Location"] == "/me/"
    assert person.consents.count() == 3


def test_the_first_run_asks_how_one_reads_then_who_one_is(db, sign_in):
    person = PersonFactory()
    client = sign_in(person)
    form = {"language": "fa", "calendar": "jalali", "time_zone": "Asia/Tehran"}
    assert client.post(reverse("first_run"), form)["Location"] == reverse("first_run_about")
    wrong = client.post(reverse("first_run"), {**form, "time_zone": "Mars/Base"})
    assert 'id="id_time_zone_error"' in wrong.content.decode()
    assert client.post(reverse("first_run_about"), {"name": "Nilufar", "about": "Cells"})["Location"] == "/"
    person.refresh_from_db()
    assert (person.language, person.calendar, person.name, person.about) == ("fa", "jalali", "Nilufar", "Cells")


def test_one_click_signs_in_a_person_of_the_demonstration_only(db, settings):
    player = PersonFactory(email="mentee@demo.peyvand.example", role="mentee", name="Parisa")
    stranger = PersonFactory(role="mentee")
    url = reverse("demo_sign_in")

    assert Client().post(url, {"person": player.pk}).status_code == 404
    assert "Parisa" not in Client().get(reverse("account_login")).content.decode()

    settings.DEMO = True
    client = Client()
    assert "Parisa" in client.get(reverse("account_login")).content.decode()
    for wrong in (stranger.pk, "x", "", 10**12, "٣"):
        assert Client().post(url, {"person": wrong}).status_code == 404
    assert client.post(url, {"person": player.pk}).status_code == 302
    assert client.session["_auth_user_id"] == str(player.pk)
    assert mail.outbox == []


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done",
     "account_reset_password_from_key_done", "account_email_verification_sent", "account_inactive"],
)  # fmt: skip
@pytest.mark.parametrize("language", BOTH)
def test_every_door_opens_in_both_languages(db, name, language):
    page = Client(HTTP_ACCEPT_LANGUAGE=language).get(reverse(name)).content.decode()
    assert f'<html lang="{language}"' in page
    assert "placeholder=" not in page


def test_a_password_is_changed_and_the_person_is_told(db, sign_in, mailoutbox):
    person = person_with_password()
    client = sign_in(person)
    new = "grey owl under dry leaves"
    url = reverse("account_change_password")
    wrong = client.post(url, {"oldpassword": "no", "password1": new, "password2": new}).content.decode()
    assert 'id="id_oldpassword_error"' in wrong
    client.post(url, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)
    assert actions()[-1] == "password.changed"
    assert [message.to for message in mailoutbox] == [[person.email]]


def test_an_address_is_changed_only_after_the_new_one_is_confirmed(db, sign_in, mailoutbox):
    person = person_with_password()
    client = sign_in(person)
    client.post(reverse("account_email"), {"email": "other@example.org", "action_add": ""})
    person.refresh_from_db()
    assert person.email != "other@example.org"
    client.post(re.search(r"/account/confirm-email/\S+", mailoutbox[0].body).group())
    person.refresh_from_db()
    assert person.email == "other@example.org"
    assert "email.changed" in actions()


def test_too_many_asks_get_a_kind_page(db):
    client, url = Client(), reverse("account_reset_password")
    answers = [client.post(url, {"email": "nobody@example.org"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert "a little fast" in client.post(url, {"email": "nobody@example.org"}).content.decode()
