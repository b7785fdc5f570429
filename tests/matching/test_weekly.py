"""A programme may match every week by itself: into the review, never beyond it, and without churning."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from core.models import Job
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.services import approve_pair, match_weekly, set_weekly
from mentoring.matching.tasks import weekly
from mentoring.planning.models import Programme
from mentoring.planning.services import pause
from mentoring.relationships.models import Relationship
from notifications.models import Notification
from tests.factories import NOW, EnrolmentFactory
from tests.matching.programmes import ready_programme

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=7)


def weekly_programme(**size):
    ready = ready_programme(**size)
    ready.programme.match_settings = {"rules": {"overlap": False}}
    ready.programme.match_weekly = True
    ready.programme.save()
    return ready


def drafts(ready):
    return list(MatchRun.objects.filter(programme=ready.programme).order_by("pk"))


def test_it_is_off_by_default_and_switched_on_by_a_coordinator(client):
    ready = ready_programme()
    weekly()
    assert not Job.objects.filter(name="matching.match_weekly").exists()
    client.force_login(ready.coordinator)
    client.post(reverse("matching_weekly", args=[ready.programme.slug]), {"on": "1"})
    assert Programme.objects.get(pk=ready.programme.pk).match_weekly
    assert AuditEvent.objects.get(action="matching.weekly_on").actor_id == ready.coordinator.pk
    set_weekly(ready.programme, on=True, by=ready.coordinator, at=NOW)
    assert AuditEvent.objects.filter(action="matching.weekly_on").count() == 1


def test_however_often_the_clock_strikes_there_is_one_run_a_week_and_it_ends_as_a_draft(run_jobs):
    ready = weekly_programme()
    for _ in range(3):
        weekly()
    run_jobs()
    weekly()
    run_jobs()
    (run,) = drafts(ready)
    assert (run.origin, run.status, run.pairs.count()) == (MatchRun.Origin.WEEKLY, MatchRun.Status.STAGED, 3)
    assert set(run.pairs.values_list("status", flat=True)) == {Pair.Status.PROPOSED}
    assert not Relationship.objects.exists()
    assert AuditEvent.objects.get(action="matching.started").reason == "weekly"
    told = Notification.objects.get(kind="matching.draft_ready")
    assert (told.recipient, told.url, told.params["pairs"]) == (ready.coordinator, run.get_absolute_url(), 3)


def test_next_weeks_draft_takes_the_place_of_an_untouched_one_and_changes_only_what_it_must(run_jobs):
    ready = weekly_programme(mentees=6, mentors=4, places=2)
    match_weekly(ready.programme, at=NOW)
    run_jobs()
    (first,) = drafts(ready)
    before = dict(first.pairs.values_list("mentee", "mentor"))
    pause(ready.mentors[0], by=ready.mentors[0].person, at=NOW)
    EnrolmentFactory(programme=ready.programme, languages=["fa"])
    match_weekly(ready.programme, at=LATER)
    run_jobs()

    first, second = drafts(ready)
    assert (first.status, second.status) == (MatchRun.Status.REPLACED, MatchRun.Status.STAGED)
    told, after = second.report["rematch"], dict(second.pairs.values_list("mentee", "mentor"))
    forced = sum(mentor == ready.mentors[0].pk for mentor in before.values())
    assert told["before"] == first.pk
    assert told["changed"] == sum(after.get(mentee) != mentor for mentee, mentor in before.items())
    assert (told["forced"], told["kept"] + told["changed"]) == (forced, 6)
    assert told["extra"] <= 0.25 * forced


def test_while_a_review_has_decisions_nothing_new_is_made_and_the_coordinators_are_told(run_jobs):
    ready = weekly_programme()
    match_weekly(ready.programme, at=NOW)
    run_jobs()
    (run,) = drafts(ready)
    approve_pair(run.pairs.first(), by=ready.coordinator, at=NOW)

    assert match_weekly(ready.programme, at=LATER) is None
    assert match_weekly(ready.programme, at=LATER) is None
    assert drafts(ready) == [run]
    assert Notification.objects.get(kind="matching.review_waits").recipient == ready.coordinator


def test_a_draft_that_a_coordinator_made_is_not_replaced(run_jobs):
    ready = weekly_programme()
    match_weekly(ready.programme, at=NOW)
    run_jobs()
    MatchRun.objects.update(origin=MatchRun.Origin.ASKED, started_by=ready.coordinator)
    match_weekly(ready.programme, at=LATER)
    run_jobs()
    assert [run.status for run in drafts(ready)] == [MatchRun.Status.STAGED, MatchRun.Status.STAGED]


@pytest.mark.parametrize("missing", ["mentees", "mentors", "wish"])
def test_nobody_is_disturbed_when_there_is_nothing_to_match_or_it_was_switched_off(missing):
    ready = weekly_programme(**{"mentees": 1, "mentors": 1, **({missing: 0} if missing != "wish" else {})})
    if missing == "wish":
        set_weekly(ready.programme, on=False, by=ready.coordinator, at=NOW)
        ready.programme.refresh_from_db()
    assert match_weekly(ready.programme, at=NOW) is None
    assert not MatchRun.objects.exists()
    assert not Notification.objects.exists()
