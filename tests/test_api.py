"""The REST door: scopes, the walls between institutions, problems, calls that are safe to repeat."""

import json

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import make_api_key
from core.models import RememberedAnswer
from mentoring.planning.models import GroupLabel
from tests.factories import (
    BelongingFactory,
    EnrolmentFactory,
    InstitutionFactory,
    PersonFactory,
    ProgrammeFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
READ = ["programmes:read", "people:read", "relationships:read", "scores:read"]


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def call(client, institution):
    """Call the API with a key of `institution` that may read everything and write people."""
    _key, secret = make_api_key(
        institution, name="Roster", scopes=[*READ, "people:write"], expires_at=None, by=None, at=timezone.now()
    )

    def asked(path, data=None, **headers):
        headers = {"authorization": f"Bearer {secret}", **headers}
        if data is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)

    return asked


def test_a_key_sees_its_own_institution_and_nothing_of_another(call, institution):
    mine = RelationshipFactory(programme=ProgrammeFactory(institution=institution))
    other = RelationshipFactory()

    assert [row["id"] for row in call("relationships").json()["results"]] == [str(mine.pk)]
    assert {row["slug"] for row in call("programmes").json()["results"]} == {mine.programme.slug}
    assert {row["programme"] for row in call("enrolments").json()["results"]} == {mine.programme.slug}
    assert call(f"programmes/{other.programme.slug}").status_code == 404


def test_a_foreign_id_and_an_unknown_id_answer_the_same_bytes(call):
    foreign = RelationshipFactory()

    def told(pk):
        body = call(f"relationships/{pk}").json()
        body.pop("instance")
        return body

    assert told(foreign.pk) == told(987654321)
    assert told(foreign.pk)["status"] == 404


def test_without_a_key_or_without_the_scope_the_door_stays_shut(client, institution):
    _key, secret = make_api_key(
        institution, name="Small", scopes=["programmes:read"], expires_at=None, by=None, at=timezone.now()
    )

    assert client.get("/api/v1/people").status_code == 401
    assert client.get("/api/v1/people", headers={"authorization": "Bearer wrong"}).status_code == 401
    refused = client.get("/api/v1/people", headers={"authorization": f"Bearer {secret}"})
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"


def test_a_person_is_added_once_however_often_the_call_is_repeated(call, institution):
    new = {"email": "new@example.org", "name": "New Person", "external_id": "S-1"}

    first = call("people", new, idempotency_key="abc")
    again = call("people", new, idempotency_key="abc")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert User.objects.filter(email="new@example.org").count() == 1
    assert call("people", new).status_code == 200


def test_somebody_with_an_account_elsewhere_is_asked_and_nothing_is_said_about_them(call, institution):
    stranger = BelongingFactory(person__name="A Secret Name").person

    asked = call("people", {"email": stranger.email, "name": "Guess"})

    assert (asked.status_code, asked.json()) == (202, {"email": stranger.email, "invited": True})
    assert not institution.belongings.filter(person=stranger).exists()
    assert institution.invitations.get().email == stranger.email


def test_a_used_idempotency_key_refuses_another_call(call):
    call("people", {"email": "a@example.org", "name": "A"}, idempotency_key="abc")
    refused = call("people", {"email": "b@example.org", "name": "B"}, idempotency_key="abc")

    assert refused.status_code == 422
    assert refused.json()["type"].endswith("idempotency_key_reused")
    assert not User.objects.filter(email="b@example.org").exists()


def test_what_failed_is_not_remembered_and_says_which_field(call):
    refused = call("people", {"email": "not an address", "name": ""}, idempotency_key="abc")

    assert refused.status_code == 400
    assert {row["pointer"] for row in refused.json()["errors"]} == {"/email", "/name"}
    assert not RememberedAnswer.objects.exists()


def test_a_person_is_refused_with_a_zone_that_is_not_or_an_address_longer_than_any(call):
    mars = call("people", {"email": "sara@example.org", "name": "Sara", "time_zone": "Mars/North"})
    long = call("people", {"email": f"{'a' * 250}@example.org", "name": "Sara"})

    assert (mars.status_code, long.status_code) == (400, 400)


def test_named_groups_come_with_an_enrolment_as_the_programme_asks_them(call, institution):
    programme = ProgrammeFactory(institution=institution, asked={"groups": {"First to study?": ["Yes", "No"]}})
    person = BelongingFactory(institution=institution).person
    wanted = {"programme": programme.slug, "person": person.pk, "role": "mentee"}
    told = {"First to study?": "Yes", "Scholarship": "State"}

    first = call("enrolments", {**wanted, "groups": told})
    labels = GroupLabel.objects.filter(enrolment=first.json()["id"]).order_by("group")
    assert (first.status_code, dict(labels.values_list("group", "label"))) == (201, told)

    again = call("enrolments", {**wanted, "groups": {"First to study?": "No", "Scholarship": ""}})
    assert (again.status_code, dict(labels.values_list("group", "label"))) == (200, {"First to study?": "No"})

    refused = call("enrolments", {**wanted, "groups": {"First to study?": "perhaps"}})
    assert refused.status_code == 409
    assert "Yes; No" in refused.json()["detail"]
    assert call("enrolments", {**wanted, "groups": {"": "Yes"}}).status_code == 400


def test_problems_speak_the_callers_language(call):
    assert call("relationships/1", accept_language="fa").json()["title"] != call("relationships/1").json()["title"]


def test_broken_json_is_a_problem_and_not_an_error(call, client, institution):
    refused = call("people", "{broken")

    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["people", "programmes", "enrolments", "relationships"])
def test_lists_ask_the_same_number_of_questions_for_one_row_and_three(
    call, institution, path, django_assert_max_num_queries
):
    def grow():
        programme = ProgrammeFactory(institution=institution)
        RelationshipFactory(programme=programme)
        BelongingFactory(institution=institution)
        EnrolmentFactory(programme=programme)

    grow()
    call(path)
    with django_assert_max_num_queries(20) as one:
        call(path)
    grow()
    grow()
    with django_assert_max_num_queries(len(one)):
        assert len(call(path).json()["results"]) >= 3


def test_the_schema_is_openapi_3_1_and_names_every_path(client):
    schema = client.get("/api/v1/schema", headers={"accept": "application/json"})

    assert schema.status_code == 200
    described = json.loads(schema.content)
    assert described["openapi"].startswith("3.1")
    assert {
        "/api/v1/programmes",
        "/api/v1/people",
        "/api/v1/enrolments",
        "/api/v1/relationships",
        "/api/v1/scores",
    } <= set(described["paths"])


def test_a_person_of_no_institution_is_nobodys(call):
    person = PersonFactory()

    assert call(f"people/{person.pk}").status_code == 404


@pytest.mark.parametrize("path", ["nothing", "people/abc", "people/1/secrets", "programmes/%D8%B3"])
def test_where_no_call_is_stands_a_problem_and_not_a_page(call, path):
    answer = call(path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_the_root_leads_to_the_page_that_explains_the_calls_in_the_readers_language(client):
    assert client.get("/api/v1/")["Location"] == "/developers/"
    assert "The people of the institution." in client.get("/developers/").content.decode()
    told = client.get("/developers/", headers={"accept-language": "fa"}).content.decode()
    assert "افراد مؤسسه" in told
    assert "The people of the institution." not in told


@pytest.mark.parametrize("person", ["abc", "-1", "9" * 30, "1.5"])
def test_a_filter_that_can_fit_no_row_is_answered_in_words(call, person):
    answer = call(f"enrolments?person={person}")

    assert answer.json().get("errors", [{"pointer": "/person"}])[0]["pointer"] == "/person"
    assert answer.status_code == (200 if person == "-1" else 400)


def test_what_nobody_foresaw_is_a_problem_too(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("config.api.PersonList.get_queryset", lambda view: 1 / 0)
    monkeypatch.setattr("config.api.PersonList.permission_classes", ())

    answer = client.get("/api/v1/people")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
