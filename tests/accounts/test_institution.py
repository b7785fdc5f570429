from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.keys import SCOPES
from accounts.models import ApiKey, AuditEvent, Belonging, Invitation, User, token_hash
from accounts.services import AlreadyBelongs, InvitationIsOver, accept_invitation, invite, make_api_key
from accounts.signals import invitation_accepted
from tests.factories import NOW, BelongingFactory, CoordinationFactory, PersonFactory, ProgrammeFactory

PAGES = ["institution_people", "api_keys", "institution_audit"]


@pytest.fixture
def place(db):
    """An institution with its administrator."""
    return BelongingFactory(administrator=True)


@pytest.fixture
def client_of(place, sign_in):
    return sign_in(place.person)


@pytest.mark.parametrize("name", PAGES)
def test_only_its_administrators_see_the_pages_of_an_institution(place, sign_in, name):
    url = reverse(name, args=[place.institution.slug])
    member = BelongingFactory(institution=place.institution).person
    coordinator = CoordinationFactory(programme=ProgrammeFactory(institution=place.institution)).person
    elsewhere = BelongingFactory(administrator=True).person

    assert sign_in(place.person).get(url).status_code == 200
    refused = [sign_in(person).get(url) for person in (member, coordinator, elsewhere, PersonFactory())]
    unknown = sign_in(PersonFactory()).get(reverse(name, args=["no-such-place"]))
    assert {response.status_code for response in [*refused, unknown]} == {404}
    assert {response.content for response in refused} == {unknown.content}
    assert Client().get(url).status_code == 302


@pytest.mark.once
@pytest.mark.parametrize("name", PAGES)
def test_long_lists_ask_the_same_number_of_questions(place, client_of, django_assert_max_num_queries, name):
    url = reverse(name, args=[place.institution.slug])

    def add(count):
        for _ in range(count):
            BelongingFactory(institution=place.institution)
            number = ApiKey.objects.count()
            make_api_key(place.institution, name=f"key {number}", scopes=["people:read"], by=PersonFactory(), at=NOW)
            invite(place.institution, email=f"new{number}@example.org", role="member", by=place.person, at=NOW)

    def questions():
        client_of.get(url)
        with django_assert_max_num_queries(15) as counted:
            client_of.get(url)
        return len(counted)

    add(1)
    one = questions()
    add(2)
    assert questions() == one


def test_a_search_for_what_cannot_be_typed_finds_everybody(place, client_of):
    url = reverse("institution_people", args=[place.institution.slug])
    assert client_of.get(url, {"q": "\0"}).status_code == 200


def test_an_administrator_invites_and_the_mail_carries_the_link(place, client_of, run_jobs, mailoutbox):
    url = reverse("institution_people", args=[place.institution.slug])
    client_of.post(url, {"email": " New@Example.org", "role": "administrator"})
    shown = client_of.get(url).content.decode()
    assert "http://localhost:8000/invitation/" in shown
    assert "http://localhost:8000/invitation/" not in client_of.get(url).content.decode()
    run_jobs()
    assert mailoutbox[0].to == ["new@example.org"]
    token = mailoutbox[0].body.split("/invitation/")[1].split("/")[0]
    assert Invitation.objects.get().token_hash == token_hash(token)


def test_the_same_form_sent_twice_invites_once(place, client_of):
    url = reverse("institution_people", args=[place.institution.slug])
    form = {"email": "new@example.org", "role": "member", "one_time_key": "8d5c5bd4-9c3d-4c0e-9f38-0d5f0a2f2d11"}
    client_of.post(url, form)
    client_of.post(url, form)
    assert Invitation.objects.count() == 1


def test_a_new_person_accepts_with_name_and_password(place):
    heard = []
    invitation_accepted.connect(lambda sender, person, **_: heard.append(person), weak=False, dispatch_uid="test")
    _invitation, token = invite(
        place.institution, email="new@example.org", role="administrator", by=place.person, at=timezone.now()
    )
    client, url = Client(HTTP_ACCEPT_LANGUAGE="fa"), reverse("invitation", args=[token])

    assert 'name="password"' in client.get(url).content.decode()
    assert 'id="id_password_error"' in client.post(url, {"name": "N", "password": "short"}).content.decode()
    response = client.post(url, {"name": "نیلوفر", "password": "blue heron over wet roofs"})

    person = User.objects.get(email="new@example.org")
    assert response.status_code == 302 and client.session["_auth_user_id"] == str(person.pk)
    assert (person.name, person.language) == ("نیلوفر", "fa")
    assert person.belongings.get().role == Belonging.Role.ADMINISTRATOR
    assert heard == [person]
    assert Client().get(url).status_code == 410
    invitation_accepted.disconnect(dispatch_uid="test")


def test_an_existing_person_signs_in_and_accepts(place, sign_in):
    person = PersonFactory()
    _invitation, token = invite(
        place.institution, email=person.email, role="member", by=place.person, at=timezone.now()
    )
    url = reverse("invitation", args=[token])
    assert f"{reverse('account_login')}?next={url}" in Client().get(url).content.decode()
    assert Client().post(url, {"name": "X", "password": "blue heron over wet roofs"}).status_code == 200
    assert not person.belongings.exists()
    sign_in(person).post(url)
    assert person.belongings.get().role == Belonging.Role.MEMBER


def test_somebody_else_cannot_use_an_invitation(place, sign_in):
    invitation, token = invite(
        place.institution, email="new@example.org", role="administrator", by=place.person, at=timezone.now()
    )
    stranger = PersonFactory()
    sign_in(stranger).post(reverse("invitation", args=[token]))
    assert not stranger.belongings.exists()
    with pytest.raises(InvitationIsOver):
        accept_invitation(invitation, person=stranger, at=timezone.now())


def test_an_invitation_opens_once_and_for_14_days(place):
    person = PersonFactory()
    invitation, _token = invite(place.institution, email=person.email, role="member", by=place.person, at=NOW)
    with pytest.raises(InvitationIsOver):
        accept_invitation(invitation, person=person, at=NOW + timedelta(days=15))
    accept_invitation(invitation, person=person, at=NOW)
    with pytest.raises(InvitationIsOver):
        accept_invitation(invitation, person=person, at=NOW)


def test_a_newer_or_withdrawn_invitation_closes_the_older(place, client_of):
    _first, old = invite(place.institution, email="new@example.org", role="member", by=place.person, at=timezone.now())
    second, token = invite(
        place.institution, email="new@example.org", role="member", by=place.person, at=timezone.now()
    )
    assert Client().get(reverse("invitation", args=[old])).status_code == 410
    client_of.post(reverse("invitation_withdraw", args=[second.pk]))
    page = Client().get(reverse("invitation", args=[token]))
    assert page.status_code == 410
    assert "ask" in page.content.decode().lower()
    assert Client().get(reverse("invitation", args=["never-existed"])).status_code == 404


def test_who_belongs_already_is_not_invited_again(place, client_of):
    with pytest.raises(AlreadyBelongs):
        invite(place.institution, email=place.person.email, role="member", by=place.person, at=NOW)


def test_roles_are_given_and_taken_but_the_last_administrator_stays(place, client_of, sign_in):
    member = BelongingFactory(institution=place.institution)
    give = reverse("belonging_role", args=[member.pk])
    client_of.post(give, {"role": "administrator"})
    client_of.post(reverse("belonging_role", args=[place.pk]), {"role": "member"})
    place.refresh_from_db()
    member.refresh_from_db()
    assert (place.role, member.role) == ("member", "administrator")
    assert client_of.post(give, {"role": "member"}).status_code == 404
    sign_in(member.person).post(give, {"role": "member"})
    member.refresh_from_db()
    assert member.role == "administrator"
    assert sign_in(BelongingFactory(administrator=True).person).post(give, {"role": "member"}).status_code == 404


def test_a_key_is_shown_once_with_an_example_and_works_until_it_is_ended(place, client_of):
    url = reverse("api_keys", args=[place.institution.slug])
    page = client_of.post(url, {"name": "SIS", "scopes": ["people:read"], "expires_on": "۱۴۰۶/۰۱/۰۱"})
    key = ApiKey.objects.get()
    token = page.context["token"]
    assert page.content.decode().count(token) >= 2 and "curl" in page.content.decode()
    path = urlsplit(page.context["example"].split()[-1]).path
    assert Client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert key.key_hash == token_hash(token) and token not in client_of.get(url).content.decode()
    assert key.expires_at.date().isoformat() == "2027-03-21"

    again = client_of.post(url, {"name": "SIS", "scopes": ["people:read"], "expires_on": "2027-03-21"})
    assert 'id="id_name_error"' in again.content.decode()

    stranger = BelongingFactory(administrator=True).person
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("api_key_revoke", args=[key.pk])).status_code == 404
    client_of.post(reverse("api_key_revoke", args=[key.pk]))
    assert not ApiKey.objects.usable(NOW).exists()
    events = AuditEvent.objects.filter(institution_id=place.institution_id).order_by("seq")
    assert list(events.values_list("action", flat=True)) == ["api_key.made", "api_key.revoked"]


def test_whatever_a_key_may_do_the_example_beside_it_answers(place, client_of):
    url = reverse("api_keys", args=[place.institution.slug])
    for scope in SCOPES:
        page = client_of.post(url, {"name": scope, "scopes": [scope], "expires_on": "2027-03-21"})
        path = urlsplit(page.context["example"].split()[-1]).path
        assert Client().get(path, headers={"Authorization": f"Bearer {page.context['token']}"}).status_code == 200, (
            scope
        )


def test_a_key_is_made_on_the_command_line(place, capsys):
    call_command("make_api_key", place.institution.slug, "--scope", "people:read", "--scope", "scores:read")
    token = capsys.readouterr().out.strip()
    assert ApiKey.objects.get(key_hash=token_hash(token)).scopes == ["people:read", "scores:read"]
    with pytest.raises(CommandError, match="in use"):
        call_command("make_api_key", place.institution.slug, "--scope", "people:read")
    with pytest.raises(CommandError, match="no institution"):
        call_command("make_api_key", "nowhere", "--scope", "people:read")
