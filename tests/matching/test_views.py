"""The studio, for the people it is for and nobody else; it works without JavaScript."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.services import approve_all, reject_pair
from mentoring.planning.models import Never
from mentoring.relationships.models import Relationship
from tests.factories import NOW, BelongingFactory, CoordinationFactory, PersonFactory
from tests.languages import BOTH
from tests.matching.programmes import ready_programme, staged, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    """A programme with a finished draft: two pairs, one person left over."""
    ready = ready_programme(3, 2, places=1)
    run = staged(ready)
    return ready, run


def pages(run: MatchRun) -> list[str]:
    pair, left = run.pairs.first(), run.unmatched.first()
    return [
        reverse("matching_home", args=[run.programme.slug]),
        reverse("matching_run", args=[run.pk]),
        reverse("matching_progress", args=[run.pk]),
        reverse("matching_publish", args=[run.pk]),
        reverse("matching_history", args=[run.pk]),
        reverse("matching_report", args=[run.pk]),
        reverse("matching_letters", args=[run.programme.slug]),
        reverse("matching_pair", args=[pair.pk]),
        reverse("matching_person", args=[run.pk, left.enrolment_id]),
    ]


def actions(run: MatchRun) -> list[tuple[str, dict]]:
    pair, left = run.pairs.first(), run.unmatched.first()
    return [
        (reverse("matching_home", args=[run.programme.slug]), {}),
        (reverse("matching_cancel", args=[run.pk]), {}),
        (reverse("matching_approve_all", args=[run.pk]), {}),
        (reverse("matching_publish", args=[run.pk]), {}),
        (reverse("matching_solve", args=[run.pk]), {}),
        (reverse("matching_approve", args=[pair.pk]), {}),
        (reverse("matching_reject", args=[pair.pk]), {"reason": "x"}),
        (reverse("matching_lock", args=[pair.pk]), {}),
        (reverse("matching_swap", args=[pair.pk]), {"with": run.pairs.last().pk}),
        (reverse("matching_assign", args=[run.pk, left.enrolment_id]), {"mentor": pair.mentor_id}),
    ]


@pytest.mark.parametrize("language", BOTH)
def test_the_coordinator_opens_every_page(draft, sign_in, language):
    ready, run = draft
    User.objects.filter(pk=ready.coordinator.pk).update(language=language)
    client = sign_in(User.objects.get(pk=ready.coordinator.pk))
    for page in pages(run):
        assert client.get(page).status_code == 200, page


@pytest.mark.once
def test_nobody_else_sees_that_a_run_exists(draft, sign_in):
    ready, run = draft
    strangers = [
        CoordinationFactory().person,
        BelongingFactory(institution=ready.programme.institution, administrator=True).person,
        ready.mentors[0].person,
        ready.mentees[0].person,
        PersonFactory(),
    ]
    for person in strangers:
        client = sign_in(person)
        for page in pages(run):
            assert client.get(page).status_code == 404, (person, page)
        for page, data in actions(run):
            assert client.post(page, data).status_code == 404, (person, page)
    assert set(Pair.objects.values_list("status", flat=True)) == {Pair.Status.PROPOSED}
    assert not Relationship.objects.exists()


def test_signed_out_people_are_asked_to_sign_in(draft, client):
    _ready, run = draft
    for page in pages(run):
        assert client.get(page).status_code == 302


def test_a_run_is_started_from_the_form_and_the_settings_are_remembered(sign_in, run_jobs):
    ready = ready_programme(3, 2)
    client = sign_in(ready.coordinator)
    home = reverse("matching_home", args=[ready.programme.slug])
    data = {"objective": "most", "overlap_minutes": "60", "seed": "۷", "language": "hard"}
    data |= {"skills": 50, "needs": 0, "goals": 0, "field": 50, "experience": 0, "time": 0, "wishes": 0}

    answer = client.post(home, data)
    run = MatchRun.objects.get()
    assert answer["Location"] == run.get_absolute_url()
    page = client.get(run.get_absolute_url()).content.decode()
    assert 'http-equiv="refresh"' in page and "hx-trigger" in page
    run_jobs()
    assert "All 3 mentees matched, and no better result exists" in client.get(run.get_absolute_url()).content.decode()
    assert (run.seed, run.weights["skills"], run.rules["overlap"]) == (7, 50, False)
    ready.programme.refresh_from_db()
    assert ready.programme.match_settings["sliders"]["skills"] == 50


def test_wrong_settings_are_said_beside_the_form_and_kept(sign_in):
    ready = ready_programme(2, 1)
    data = {"objective": "most", "overlap_minutes": "60", "seed": "many", "language": "hard"}
    data |= dict.fromkeys(["skills", "needs", "goals", "field", "experience", "time", "wishes"], 0)
    answer = sign_in(ready.coordinator).post(reverse("matching_home", args=[ready.programme.slug]), data)
    page = answer.content.decode()
    assert answer.status_code == 422 and not MatchRun.objects.exists()
    assert "many" in page
    data["seed"] = "1"
    page = sign_in(ready.coordinator).post(reverse("matching_home", args=[ready.programme.slug]), data).content.decode()
    assert "At least one weight must be above zero" in page


def test_the_effect_of_settings_is_shown_before_anything_is_kept(sign_in):
    ready = ready_programme(3, 1, places=2)
    page = sign_in(ready.coordinator).get(reverse("matching_home", args=[ready.programme.slug])).content.decode()
    assert "2 of 3 mentees can be matched" in page
    assert not MatchRun.objects.exists()


def test_other_settings_are_tried_without_javascript_and_without_a_run(sign_in):
    ready = ready_programme(2, 1, places=1)
    data = {"objective": "most", "overlap_minutes": "60", "seed": "1", "preview": "1", "skills": 100}
    data |= dict.fromkeys(["needs", "goals", "field", "experience", "time", "wishes"], 0)
    home = reverse("matching_home", args=[ready.programme.slug])
    page = sign_in(ready.coordinator).post(home, data)
    assert page.status_code == 200 and "1 of 2 mentees" in page.content.decode()
    partial = sign_in(ready.coordinator).get(home, data, headers={"HX-Request": "true"}).content.decode()
    assert partial.lstrip().startswith("<section") and "1 of 2 mentees" in partial
    assert not MatchRun.objects.exists()


def test_locks_that_cannot_be_kept_are_said_before_a_run(sign_in):
    ready = ready_programme(2, 1, places=1)
    run = staged(ready)
    run.pairs.update(locked=True)
    home = reverse("matching_home", args=[ready.programme.slug])
    assert "1 locked pair stays as it is" in sign_in(ready.coordinator).get(home).content.decode()
    Never.objects.create(enrolment_id=run.pairs.get().mentee_id, other=ready.mentors[0])
    page = sign_in(ready.coordinator).get(home).content.decode()
    assert "must not be a pair (private never-lists)" in page and f"{run.get_absolute_url()}?flag=locked" in page


def test_an_empty_pool_says_what_belongs_there(sign_in):
    coordination = CoordinationFactory()
    page = sign_in(coordination.person).get(reverse("matching_home", args=[coordination.programme.slug]))
    assert "No mentee waits" in page.content.decode()


def test_progress_leads_on_when_the_run_is_over(draft, sign_in):
    ready, run = draft
    answer = sign_in(ready.coordinator).get(reverse("matching_progress", args=[run.pk]), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == run.get_absolute_url()


def test_a_stopped_run_says_why_and_leads_back(sign_in, run_jobs):
    ready = ready_programme(2, 1)
    run = started(ready)
    client = sign_in(ready.coordinator)
    client.post(reverse("matching_cancel", args=[run.pk]))
    assert "You stopped this run" in client.get(run.get_absolute_url()).content.decode()


def test_a_pair_is_turned_down_only_with_a_reason(draft, sign_in):
    ready, run = draft
    client = sign_in(ready.coordinator)
    pair = run.pairs.first()
    assert client.post(reverse("matching_reject", args=[pair.pk]), {"reason": ""}).status_code == 422
    answer = client.post(reverse("matching_reject", args=[pair.pk]), {"reason": "Same laboratory", "only": "1"})
    assert answer["Location"] == reverse("matching_person", args=[run.pk, pair.mentee_id])
    pair.refresh_from_db()
    assert (pair.status, pair.reason, pair.decided_by) == (Pair.Status.REJECTED, "Same laboratory", ready.coordinator)
    assert client.get(reverse("matching_pair", args=[pair.pk])).status_code == 200


def test_approve_lock_swap_and_choose_from_the_pages(draft, sign_in):
    ready, run = draft
    client = sign_in(ready.coordinator)
    one, two = run.pairs.order_by("mentee")
    client.post(reverse("matching_approve", args=[one.pk]))
    client.post(reverse("matching_lock", args=[one.pk]))
    one.refresh_from_db()
    assert (one.status, one.locked) == (Pair.Status.APPROVED, True)
    client.post(reverse("matching_lock", args=[one.pk]), {"unlock": 1})
    client.post(reverse("matching_swap", args=[one.pk]), {"with": two.pk})
    assert dict(run.pairs.values_list("mentee", "mentor")) == {
        one.mentee_id: two.mentor_id,
        two.mentee_id: one.mentor_id,
    }
    reject_pair(run.pairs.get(mentee=two.mentee_id), reason="x", by=ready.coordinator, at=NOW)
    left = ready.mentees[2]
    client.post(reverse("matching_assign", args=[run.pk, left.pk]), {"mentor": one.mentor_id})
    assert run.pairs.get(mentee=left).mentor_id == one.mentor_id


def test_publishing_shows_both_letters_in_both_languages_then_asks(draft, sign_in, run_jobs):
    ready, run = draft
    client = sign_in(ready.coordinator)
    publish = reverse("matching_publish", args=[run.pk])
    assert "Approve first, then publish" in client.get(publish).content.decode()
    client.post(reverse("matching_approve_all", args=[run.pk]))
    page = client.get(publish).content.decode()
    assert page.count("<article") == 4 and 'lang="fa"' in page and "is your mentor" in page
    assert not Relationship.objects.exists()
    client.post(publish)
    run_jobs()
    assert Relationship.objects.count() == 2
    assert client.get(run.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("page", ["matching_run", "matching_publish"])
def test_lists_cost_the_same_for_one_row_and_for_three(sign_in, page):
    counts = []
    for mentees in (1, 3):
        ready = ready_programme(mentees + 1, mentees, places=1)
        run = staged(ready)
        approve_all(run, by=ready.coordinator, at=NOW)
        client = sign_in(ready.coordinator)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(page, args=[run.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]
