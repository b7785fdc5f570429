"""Decisions about a draft: each can be undone in order, and the rest can be solved again around them."""

import pytest

from mentoring.matching.models import BlockedPair, MatchRun, Pair, ReviewStep
from mentoring.matching.services import (
    approve_all,
    approve_pair,
    assign_mentor,
    lock_pair,
    publish_run,
    reject_pair,
    swap_pairs,
    undo,
)
from mentoring.matching.services.journal import CannotUndo, NotInReview, NotTheLatest, latest
from mentoring.matching.services.review import PairIsLocked
from mentoring.matching.services.solving import reject_and_solve, solve_rest
from mentoring.matching.standing import ask
from tests.factories import NOW, PersonFactory
from tests.matching.programmes import ready_programme, staged

pytestmark = pytest.mark.django_db


def state(run: MatchRun) -> list:
    """Everything a decision can change, ids included."""
    pairs = run.pairs.order_by("pk").values_list("pk", "mentee", "mentor", "status", "locked", "reason", "decided_at")
    left = run.unmatched.order_by("pk").values_list("pk", "enrolment", "reason")
    return [list(pairs), list(left), list(BlockedPair.objects.order_by("pk").values_list("pk", "mentee", "mentor"))]


def pair_of(run: MatchRun, mentee) -> Pair:
    return Pair.objects.for_rows().exclude(status=Pair.Status.REJECTED).get(run=run, mentee=mentee)


@pytest.fixture
def draft():
    ready = ready_programme(4, 3, places=1)
    return ready, staged(ready)


def every_decision(ready, run):
    """Each way to decide, as something to call on the draft as the one before has left it."""
    here = {"by": ready.coordinator, "at": NOW}
    one, two, three = ready.mentees[:3]
    return [
        lambda: approve_pair(pair_of(run, one), **here),
        lambda: lock_pair(pair_of(run, two), locked=True, **here),
        lambda: lock_pair(pair_of(run, two), locked=False, **here),
        lambda: swap_pairs(pair_of(run, one), pair_of(run, two), **here),
        lambda: reject_pair(pair_of(run, three), reason="Same team", **here),
        lambda: assign_mentor(run, mentee=ready.mentees[3], mentor=ready.mentors[2], **here),
        lambda: solve_rest(run, **here),
        lambda: reject_and_solve(pair_of(run, one), reason="Asked for somebody else", **here),
        lambda: approve_all(run, **here),
    ]


def test_every_decision_is_undone_in_order_until_the_draft_is_as_it_was(draft):
    ready, run = draft
    states = [state(run)]
    for decide in every_decision(ready, run):
        decide()
        states.append(state(run))
    changed = [before != after for before, after in zip(states, states[1:], strict=False)]
    assert run.steps.count() == sum(changed) >= 8

    kept = [now for now, moved in zip(states, changed, strict=False) if moved]
    for before in reversed(kept):
        undo(latest(run), by=ready.coordinator, at=NOW)
        assert state(run) == before

    assert latest(run) is None
    assert state(run) == states[0]


def test_a_locked_pair_is_neither_swapped_nor_given_another_mentor_before_it_is_unlocked(draft):
    ready, run = draft
    here = {"by": ready.coordinator, "at": NOW}
    one, two = (pair_of(run, mentee) for mentee in ready.mentees[:2])
    lock_pair(two, locked=True, **here)
    before = state(run)
    for decide in (
        lambda: swap_pairs(one, two, **here),
        lambda: assign_mentor(run, mentee=two.mentee, mentor=one.mentor, **here),
    ):
        with pytest.raises(PairIsLocked):
            decide()
    assert state(run) == before


def test_only_the_latest_decision_is_undone_and_only_once(draft):
    ready, run = draft
    here = {"by": ready.coordinator, "at": NOW}
    approve_pair(pair_of(run, ready.mentees[0]), **here)
    first = latest(run)
    approve_pair(pair_of(run, ready.mentees[1]), **here)
    second = latest(run)

    with pytest.raises(NotTheLatest):
        undo(first, **here)
    undo(second, **here)
    with pytest.raises(NotTheLatest):
        undo(second, **here)
    assert list(run.pairs.order_by("mentee").values_list("status", flat=True)[:2]) == ["approved", "proposed"]


def test_a_decision_that_changes_nothing_leaves_no_step(draft):
    ready, run = draft
    pair = pair_of(run, ready.mentees[0])
    assign_mentor(run, mentee=pair.mentee, mentor=pair.mentor, by=ready.coordinator, at=NOW)
    assert latest(run) is None


def test_what_was_published_cannot_be_undone(draft, run_jobs):
    ready, run = draft
    approve_pair(pair_of(run, ready.mentees[0]), by=ready.coordinator, at=NOW)
    step = latest(run)
    publish_run(run, by=ready.coordinator, at=NOW)
    with pytest.raises(NotInReview):
        undo(step, by=ready.coordinator, at=NOW)
    run_jobs()
    run.refresh_from_db()
    assert run.status == MatchRun.Status.STAGED
    assert latest(run) is None
    with pytest.raises(NotTheLatest):
        undo(step, by=ready.coordinator, at=NOW)
    approve_pair(pair_of(run, ready.mentees[1]), by=ready.coordinator, at=NOW)
    undo(latest(run), by=ready.coordinator, at=NOW)
    assert pair_of(run, ready.mentees[1]).status == Pair.Status.PROPOSED


def test_a_decision_about_somebody_who_is_gone_is_not_undone(draft):
    ready, run = draft
    reject_pair(pair_of(run, ready.mentees[0]), reason="x", by=ready.coordinator, at=NOW)
    step = latest(run)
    ready.mentors[0].delete()
    with pytest.raises(CannotUndo):
        undo(step, by=ready.coordinator, at=NOW)


def test_the_rest_is_solved_again_around_what_stands():
    ready = ready_programme(4, 4, places=1)
    run = staged(ready)
    here = {"by": ready.coordinator, "at": NOW}
    approve_pair(pair_of(run, ready.mentees[1]), **here)
    lock_pair(pair_of(run, ready.mentees[2]), locked=True, **here)
    untouched = [pair_of(run, mentee).pk for mentee in ready.mentees[1:3]]

    step = reject_and_solve(pair_of(run, ready.mentees[0]), reason="Same team", **here)

    now = dict(run.pairs.exclude(status="rejected").values_list("mentee", "mentor"))
    numbers = [ready.mentors.index(next(m for m in ready.mentors if m.pk == now[each.pk])) for each in ready.mentees]
    assert numbers == [3, 1, 2, 0]
    assert [pair_of(run, mentee).pk for mentee in ready.mentees[1:3]] == untouched
    assert step.report["gap"] == 0 and step.report["matched"] == 4
    assert not run.unmatched.exists()
    assert all(sum(pair.parts.values()) == pair.score for pair in run.pairs.all())
    assert ask(run).standing.loads[ready.mentors[0].pk].filled == 1


def test_solving_again_leaves_out_whoever_is_left_and_says_why():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    here = {"by": ready.coordinator, "at": NOW}
    approve_pair(pair_of(run, ready.mentees[1]), **here)
    reject_and_solve(pair_of(run, ready.mentees[0]), reason="x", **here)
    (left,) = run.unmatched.all()
    assert (left.enrolment, left.reason) == (ready.mentees[0], "taken")
    assert left.details["mentor"] == ready.mentors[1].pk


def test_undoing_is_written_down(draft):
    ready, run = draft
    approve_pair(pair_of(run, ready.mentees[0]), by=ready.coordinator, at=NOW)
    other = PersonFactory()
    undo(latest(run), by=other, at=NOW)
    step = ReviewStep.objects.get()
    assert (step.made_by, step.undone_by, step.undone_at) == (ready.coordinator, other, NOW)
