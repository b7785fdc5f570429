"""Matching over REST: a run as a job, its pairs and whoever is left; a key never publishes."""

import pytest
from django.utils import timezone

from accounts.keys import SCOPES
from accounts.models import AuditEvent
from accounts.services import make_api_key
from mentoring.matching.models import MatchRun
from mentoring.planning.models import Never, Programme
from mentoring.relationships.models import Relationship
from tests.matching.programmes import ready_programme

pytestmark = pytest.mark.django_db
EASY = {"rules": {"overlap": False}}


@pytest.fixture
def ready():
    return ready_programme(mentees=3, mentors=2, places=1)


@pytest.fixture
def call(client, ready):
    """Call the API with a key of the programme's institution that may do everything."""
    at = timezone.now()
    _key, secret = make_api_key(ready.programme.institution, name="All", scopes=list(SCOPES), by=None, at=at)

    def asked(path, data=None, **headers):
        headers = {"authorization": f"Bearer {secret}", **headers}
        path = path if path.startswith("/") else f"/api/v1/{path}"
        if data is None:
            return client.get(path, headers=headers)
        return client.post(path, data, content_type="application/json", headers=headers)

    return asked


def runs(ready):
    return f"programmes/{ready.programme.slug}/matching-runs"


def test_a_run_is_a_job_with_progress_and_ends_as_a_draft_with_its_proof(call, ready, run_jobs):
    begun = call(
        runs(ready),
        {**EASY, "objective": "even", "seed": 7, "aim": {"evenness": 6}, "weights": {"skills": 3, "time": 1}},
    )
    assert begun.status_code == 202
    assert {"status": "waiting", "progress": {"done": 0, "total": 0}, "report": None, "refused": None}.items() <= (
        begun.json().items()
    )

    run_jobs()
    told = call(begun["Location"]).json()
    assert {"status": "staged", "objective": "even", "seed": 7, "matched": 2, "mentees": 3, "proven": True}.items() <= (
        told.items()
    )
    assert (told["weights"]["skills"], told["weights"]["time"], told["rules"]["overlap"]) == (75, 25, False)
    assert (told["aim"], told["origin"]) == ({"evenness": 6}, "api")
    assert AuditEvent.objects.get(action="matching.started").reason.split()[0] == "api"
    assert told["report"]["gap"] == 0
    assert told["report"]["certificate"]["worth"] == told["report"]["certificate"]["bound"]
    assert {row["mentor"] for row in told["report"]["load"]} == {str(mentor.pk) for mentor in ready.mentors}

    pairs = call(begun["Location"] + "/pairs?status=proposed").json()["results"]
    assert {row["mentor"] for row in pairs} == {str(mentor.pk) for mentor in ready.mentors}
    assert all(sum(row["parts"].values()) == row["score"] for row in pairs)
    left = call(begun["Location"] + "/unmatched").json()["results"]
    assert [(row["mentee"], row["reason"]) for row in left] == [(str(ready.mentees[2].pk), "taken")]
    assert not Relationship.objects.exists()


def test_the_same_call_again_starts_nothing_and_says_the_same_place(call, ready):
    first = call(runs(ready), EASY, idempotency_key="monday")
    again = call(runs(ready), EASY, idempotency_key="monday")
    assert (again.status_code, again["Location"], again.json()) == (202, first["Location"], first.json())
    assert MatchRun.objects.count() == 1


def test_an_empty_call_uses_the_settings_of_the_programme(call, ready, run_jobs):
    Programme.objects.filter(pk=ready.programme.pk).update(
        match_settings={"objective": "total", "seed": 9, "rules": {"overlap": False}, "weights": {"field": 100}}
    )
    call(runs(ready), {})
    run = MatchRun.objects.get()
    assert (run.objective, run.seed, run.rules["overlap"], run.weights["field"]) == ("total", 9, False, 100)


@pytest.mark.parametrize(
    ("asked", "status", "pointer"),
    [
        ({"objective": "luck"}, 400, "/objective"),
        ({"objectiv": "most"}, 400, "/objectiv"),
        ({"rules": {"overlap_minute": 30}}, 400, "/rules/overlap_minute"),
        ({"rules": {"never": False}}, 400, "/rules/never"),
        ({"aim": {"circle": [3]}}, 400, "/aim/circle"),
        ({"aim": {"evenes": 3}}, 400, "/aim/evenes"),
        ({"aim": {"evenness": 11}}, 422, None),
        ({"objective": "stable", "aim": {"keep": 5}}, 422, None),
        ({"weights": {"skills": -1}}, 400, "/weights/skills"),
        ({"weights": {"skills": 0}}, 422, None),
        ({"rules": {"language_level": 7}}, 422, None),
        ({"rules": {"soft": {"never": 10}}}, 422, None),
        ([], 400, "/non_field_errors"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_begins(call, ready, asked, status, pointer):
    refused = call(runs(ready), asked)
    assert refused.status_code == status
    assert refused["Content-Type"] == "application/problem+json"
    assert [row["pointer"] for row in refused.json().get("errors", [])] == ([pointer] if pointer else [])
    assert not MatchRun.objects.exists()


def test_one_run_at_a_time_and_a_cancelled_one_keeps_nothing(call, ready, run_jobs):
    begun = call(runs(ready), EASY)
    refused = call(runs(ready), EASY)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "matching_already_running")

    assert call(begun["Location"] + "/cancel", {}).status_code == 202
    run_jobs()
    told = call(begun["Location"]).json()
    assert (told["status"], told["refused"]["code"], told["report"]) == ("failed", "cancelled", None)
    assert call(begun["Location"] + "/pairs").json()["results"] == []


def test_a_key_learns_nothing_of_private_lists(call, ready, run_jobs):
    alone = ready.mentees[0]
    for mentor in ready.mentors:
        Never.objects.create(enrolment=mentor, other=alone, by=mentor.person)
    begun = call(runs(ready), EASY)
    run_jobs()
    left = call(begun["Location"] + "/unmatched").json()["results"]
    assert [(row["mentee"], row["reason"], row["rules"]) for row in left] == [(str(alone.pk), "rules", ["private"])]
    assert "wished_by" not in call(begun["Location"] + "/pairs").content.decode()


@pytest.mark.once
@pytest.mark.parametrize("path", ["", "/pairs", "/unmatched"])
def test_lists_ask_as_often_for_many_rows_as_for_one(call, run_jobs, ready, django_assert_max_num_queries, path):
    begun = call(runs(ready), EASY)
    run_jobs()
    where = begun["Location"] + path if path else runs(ready)
    call(where)
    with django_assert_max_num_queries(12) as few:
        call(where)
    asked = len(few)
    ready_more = ready_programme(mentees=12, mentors=4, places=2)
    for row in (*ready_more.mentees, *ready_more.mentors):
        type(row).objects.filter(pk=row.pk).update(programme=ready.programme)
    begun = call(runs(ready), EASY)
    run_jobs()
    with django_assert_max_num_queries(asked):
        call(begun["Location"] + path if path else runs(ready))
