"""A run gives one draft whatever happens; a coordinator decides; what is published is published once."""

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from core.models import Job
from evaluation.facts import Facts
from mentoring.matching.engine import Objective, Weights
from mentoring.matching.models import BlockedPair, MatchRun, Pair
from mentoring.matching.services import (
    approve_all,
    approve_pair,
    assign_mentor,
    cancel_run,
    compute_run,
    lock_pair,
    publish_pair,
    publish_run,
    reject_pair,
    swap_pairs,
)
from mentoring.matching.services import runs as runs_module
from mentoring.matching.services.journal import NotInReview
from mentoring.matching.services.publishing import NothingApproved, publish_approved
from mentoring.matching.services.refusals import MatchingRefused
from mentoring.matching.services.review import AlreadyDecided, MentorFullHere, NeverTogether
from mentoring.matching.services.runs import AlreadyRunning, weights_of
from mentoring.matching.why import sentence
from mentoring.planning.models import Enrolment, Never
from mentoring.relationships.models import Relationship
from notifications.models import Notification
from tests.factories import NOW
from tests.matching.programmes import ready_programme, staged, started

pytestmark = pytest.mark.django_db


def pairs(run) -> dict[int, int]:
    return dict(run.pairs.values_list("mentee", "mentor"))


@pytest.mark.parametrize("objective", MatchRun.Objective.values)
def test_every_objective_leaves_a_proven_draft_for_everybody_who_can_be_matched(objective):
    ready = ready_programme(4, 2)

    run = staged(ready, objective=objective)

    assert (run.status, run.objective) == (MatchRun.Status.STAGED, objective)
    assert run.bound == run.total
    assert run.pairs.count() == 4


def test_the_choices_of_a_run_are_those_of_the_engine():
    assert MatchRun.Objective.values == [each.value for each in Objective]


def test_a_run_is_a_job_that_leaves_a_proven_draft(run_jobs):
    ready = ready_programme(3, 2)
    run = started(ready)
    assert run.status == MatchRun.Status.WAITING

    run_jobs()

    run.refresh_from_db()
    assert (run.status, run.mentees, run.mentors) == (MatchRun.Status.STAGED, 3, 2)
    assert run.total == run.bound == sum(run.pairs.values_list("score", flat=True))
    assert all(sum(pair.parts.values()) == pair.score for pair in run.pairs.all())
    assert len(run.input_hash) == 64
    job = Job.objects.get(key=run.job_key)
    assert job.done_at is not None and job.done == job.total == 3


def test_people_get_the_mentor_who_offers_what_they_want_and_the_reason_says_so():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    assert pairs(run) == {ready.mentees[k].pk: ready.mentors[k].pk for k in range(2)}
    why = run.pairs.get(mentee=ready.mentees[0]).why
    assert sentence(why) == "Offers Time management, which the mentee wants; both speak Persian."
    assert sentence(why, to="mentor").startswith("Looks for what you offer: Time management")


def test_a_run_killed_before_its_end_and_done_again_gives_exactly_one_result(monkeypatch):
    ready = ready_programme(3, 2)
    run = started(ready)

    class Killed(BaseException):
        pass

    def killed(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(runs_module, "pairs_of", killed)
        with pytest.raises(Killed):
            compute_run(run, at=NOW)
    assert (Pair.objects.count(), MatchRun.objects.get().status) == (0, MatchRun.Status.RUNNING)

    compute_run(run, at=NOW)
    compute_run(run, at=NOW)

    assert (Pair.objects.count(), MatchRun.objects.get().status) == (3, MatchRun.Status.STAGED)


def test_two_workers_on_one_run_keep_one_result():
    run = started(ready_programme(3, 2))
    first, second = MatchRun.objects.get(pk=run.pk), MatchRun.objects.get(pk=run.pk)
    compute_run(first, at=NOW)
    compute_run(second, at=NOW)
    assert Pair.objects.count() == 3


def test_the_same_people_settings_and_seed_give_the_same_draft():
    ready = ready_programme(4, 2)
    one, two = staged(ready), staged(ready)
    assert (pairs(one), one.input_hash, one.report) == (pairs(two), two.input_hash, two.report)


def test_only_one_run_of_a_programme_is_going():
    ready = ready_programme()
    started(ready)
    with pytest.raises(AlreadyRunning):
        started(ready)


def test_a_run_that_is_cancelled_leaves_nothing(run_jobs):
    ready = ready_programme()
    run = started(ready)
    cancel_run(run, by=ready.coordinator, at=NOW)
    run_jobs()
    run.refresh_from_db()
    assert (run.status, run.report, Pair.objects.count()) == (MatchRun.Status.FAILED, {"refused": "cancelled"}, 0)


def test_a_run_under_way_stops_at_its_next_step_when_asked(run_jobs, monkeypatch):
    ready = ready_programme()
    run = started(ready)
    real = runs_module.load_pool

    def asked_meanwhile(*args, **kwargs):
        cancel_run(run, by=ready.coordinator, at=NOW)
        return real(*args, **kwargs)

    monkeypatch.setattr(runs_module, "load_pool", asked_meanwhile)
    run_jobs()
    run.refresh_from_db()
    assert (run.status, run.report, Pair.objects.count()) == (MatchRun.Status.FAILED, {"refused": "cancelled"}, 0)


@pytest.mark.parametrize(
    ("stuck", "after"),
    [(MatchRun.Status.RUNNING, MatchRun.Status.FAILED), (MatchRun.Status.PUBLISHING, MatchRun.Status.STAGED)],
)
def test_a_run_whose_job_has_died_is_not_stuck_for_ever(stuck, after):
    ready = ready_programme()
    run = started(ready)
    MatchRun.objects.filter(pk=run.pk).update(status=stuck)
    run.refresh_from_db()
    Job.objects.filter(key=run.job_key).update(failed_at=NOW)
    cancel_run(run, by=ready.coordinator, at=NOW)
    assert MatchRun.objects.get(pk=run.pk).status == after


def test_a_publication_under_way_is_not_stopped_half_way(run_jobs):
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    approve_all(run, by=ready.coordinator, at=NOW)
    publish_run(run, by=ready.coordinator, at=NOW)
    run.refresh_from_db()
    cancel_run(run, by=ready.coordinator, at=NOW)
    run_jobs()
    assert Relationship.objects.count() == 2


def test_weights_that_are_all_zero_are_refused_with_a_sentence():
    with pytest.raises(MatchingRefused, match="above zero"):
        weights_of({"skills": 0, "wishes": 0})


def test_people_left_over_are_kept_with_their_reason():
    ready = ready_programme(3, 1, places=1)
    run = staged(ready)
    assert list(run.unmatched.values_list("reason", flat=True)) == ["taken", "taken"]
    assert {row.details["mentor"] for row in run.unmatched.all()} == {ready.mentors[0].pk}


def test_a_rejected_pair_is_blocked_and_no_later_run_proposes_it():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    pair = run.pairs.get(mentee=ready.mentees[0])

    reject_pair(pair, reason="Same laboratory", by=ready.coordinator, at=NOW)

    assert pair.status == Pair.Status.REJECTED
    assert BlockedPair.objects.get().reason == "Same laboratory"
    assert list(run.unmatched.values_list("enrolment", "reason")) == [(ready.mentees[0].pk, "rejected")]
    assert pairs(staged(ready))[ready.mentees[0].pk] == ready.mentors[1].pk
    with pytest.raises(AlreadyDecided):
        approve_pair(pair, by=ready.coordinator, at=NOW)


def test_a_locked_pair_stays_in_the_next_run():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    one, two = run.pairs.order_by("mentee")
    made, _other = swap_pairs(one, two, by=ready.coordinator, at=NOW)
    lock_pair(made, locked=True, by=ready.coordinator, at=NOW)

    again = staged(ready)

    assert again.locked == [[ready.mentees[0].pk, ready.mentors[1].pk]]
    assert again.pairs.get(mentee=ready.mentees[0]).locked
    assert pairs(again)[ready.mentees[0].pk] == ready.mentors[1].pk


def test_swapping_scores_both_pairs_anew_and_asks_for_approval_again():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    approve_all(run, by=ready.coordinator, at=NOW)
    one, two = run.pairs.order_by("mentee")
    swap_pairs(one, two, by=ready.coordinator, at=NOW)
    assert pairs(run) == {ready.mentees[0].pk: ready.mentors[1].pk, ready.mentees[1].pk: ready.mentors[0].pk}
    for pair in run.pairs.all():
        assert (pair.status, sum(pair.parts.values())) == (Pair.Status.PROPOSED, pair.score)
        assert pair.score < one.score


def test_a_swap_onto_a_private_list_is_refused_and_changes_nothing():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    before = pairs(run)
    Never.objects.create(enrolment=ready.mentors[1], other=ready.mentees[0])
    with pytest.raises(NeverTogether):
        swap_pairs(*run.pairs.order_by("mentee"), by=ready.coordinator, at=NOW)
    assert pairs(run) == before


def test_a_mentor_is_never_given_more_mentees_than_places_by_hand():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    with pytest.raises(MentorFullHere):
        assign_mentor(run, mentee=ready.mentees[0], mentor=ready.mentors[1], by=ready.coordinator, at=NOW)
    reject_pair(run.pairs.get(mentee=ready.mentees[1]), reason="x", by=ready.coordinator, at=NOW)
    pair = assign_mentor(run, mentee=ready.mentees[0], mentor=ready.mentors[1], by=ready.coordinator, at=NOW)
    assert pairs(run)[ready.mentees[0].pk] == pair.mentor_id == ready.mentors[1].pk
    assert 0 <= pair.why["percentile"] < 1


def test_publishing_starts_each_relationship_once_and_writes_to_both(run_jobs):
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    with pytest.raises(NothingApproved):
        publish_run(run, by=ready.coordinator, at=NOW)
    approve_all(run, by=ready.coordinator, at=NOW)
    publish_run(run, by=ready.coordinator, at=NOW)
    with pytest.raises(NotInReview):
        publish_run(run, by=ready.coordinator, at=NOW)

    run_jobs()
    publish_approved(run, by=ready.coordinator, at=NOW)

    run.refresh_from_db()
    assert run.status == MatchRun.Status.PUBLISHED
    assert Relationship.objects.count() == 2
    assert set(Pair.objects.values_list("status", flat=True)) == {Pair.Status.PUBLISHED}
    assert Enrolment.objects.filter(free_places__gt=0).count() == 0
    letters = Notification.objects.filter(kind__startswith="matching.")
    assert sorted(letters.values_list("kind", flat=True)) == ["matching.mentee"] * 2 + ["matching.mentor"] * 2
    relationship = Relationship.objects.first()
    assert set(relationship.why["texts"]) == {"mentee", "mentor"}
    placed = Facts(ready.programme, timezone.now()).pairs.percentile.tolist()
    assert placed == [row.why["percentile"] for row in Relationship.objects.order_by("pk")]
    assert all(0 <= share < 1 for share in placed)


def test_a_pair_published_twice_is_published_once():
    ready = ready_programme(1, 1)
    run = staged(ready)
    approve_all(run, by=ready.coordinator, at=NOW)
    pair = Pair.objects.for_rows().get()
    assert publish_pair(pair, by=ready.coordinator, at=NOW) is not None
    assert publish_pair(pair, by=ready.coordinator, at=NOW) is None
    assert (Relationship.objects.count(), Notification.objects.filter(kind__startswith="matching.").count()) == (1, 2)


def test_a_pair_whose_place_was_taken_goes_back_to_review_with_the_reason(run_jobs):
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    approve_all(run, by=ready.coordinator, at=NOW)
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(free_places=0)
    publish_run(run, by=ready.coordinator, at=NOW)
    run_jobs()
    run.refresh_from_db()
    assert run.status == MatchRun.Status.STAGED
    back = run.pairs.get(mentor=ready.mentors[0])
    assert back.status == Pair.Status.PROPOSED and "no free place" in back.reason
    assert Relationship.objects.count() == 1


def test_every_decision_leaves_an_audit_event_without_content():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    one, two = run.pairs.order_by("mentee")
    approve_pair(one, by=ready.coordinator, at=NOW)
    reject_pair(two, reason="private words", by=ready.coordinator, at=NOW)
    events = AuditEvent.objects.order_by("seq")
    assert list(events.values_list("action", flat=True)) == [
        "matching.started",
        "matching.run",
        "match.approved",
        "match.rejected",
    ]
    assert run.input_hash in events[1].reason
    assert not events.filter(reason__contains="private words").exists()


def test_weights_are_kept_with_the_run():
    run = staged(ready_programme(), weights=Weights.from_parts(skills=1))
    assert run.weights["skills"] == 100
    assert all(pair.parts["skills"] == pair.score for pair in run.pairs.all())
