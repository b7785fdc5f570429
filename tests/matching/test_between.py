"""Between runs: newcomers get fair mentors, a loss is mended with the least change, and nothing is published by itself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.matching.between import draft_of, fair_fits, last_run, losses, newcomers
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.report import report_of
from mentoring.matching.services import (
    approve_all,
    approve_pair,
    lock_pair,
    mend,
    place_newcomer,
    publish_run,
    take_out_dead,
)
from mentoring.matching.services.journal import latest, undo
from mentoring.matching.services.mending import NoRunYet, NothingToMend
from mentoring.matching.services.solving import solve_rest
from mentoring.planning.models import Enrolment, EnrolmentConcept
from mentoring.planning.services import pause, set_capacity, withdraw
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import end_relationship
from notifications.models import Notification
from tests.factories import NOW, EnrolmentFactory
from tests.matching.programmes import WANTED, ready_programme, staged

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=3)


def wanting(programme, concept, **more):
    mentee = EnrolmentFactory(programme=programme, languages=["en", "fa"], **more)
    EnrolmentConcept.objects.create(enrolment=mentee, concept=concept, kind="wanted", level=5)
    return mentee


def pairs_of(run):
    return dict(run.pairs.exclude(status="rejected").values_list("mentee", "mentor"))


@pytest.fixture
def published(run_jobs):
    """Three mentees, three mentors with one place each; everybody is together with the mentor who fits best."""

    def made(mentees=3, mentors=3, places=1):
        ready = ready_programme(mentees, mentors, places)
        run = staged(ready)
        approve_all(run, by=ready.coordinator, at=NOW)
        publish_run(run, by=ready.coordinator, at=NOW)
        run_jobs()
        run.refresh_from_db()
        return ready, run

    return made


def test_a_newcomer_sees_first_whose_place_nobody_else_needs_so_much():
    """Both mentors offer what she wants, one of them a little better; but that one's last place is dear to others."""
    ready = ready_programme(mentees=3, mentors=2, places=1)
    run = staged(ready)
    newcomer = wanting(ready.programme, WANTED[0])
    open_one = EnrolmentFactory(programme=ready.programme, mentor=True, languages=["fa"])
    EnrolmentConcept.objects.create(enrolment=open_one, concept=WANTED[0], kind="offered", level=4)

    assert list(newcomers(ready.programme, run)) == [newcomer]
    (fits,) = fair_fits(run, [newcomer]).values()
    assert [fit.mentor for fit in fits][0] == open_one
    dear = next(fit for fit in fits if fit.mentor == ready.mentors[0])
    assert dear.score > fits[0].score
    assert dear.price > 0 == dear.free
    assert all(fit.surplus == fit.score - fit.price for fit in fits)
    pause(open_one, by=open_one.person, at=LATER)
    assert open_one not in {fit.mentor for fit in fair_fits(run, [newcomer])[newcomer.pk]}


def test_one_click_puts_a_newcomer_into_the_draft_under_review_and_nobody_hears_of_it():
    ready = ready_programme(mentees=1, mentors=2, places=1)
    run = staged(ready)
    newcomer = wanting(ready.programme, WANTED[1])

    pair = place_newcomer(ready.programme, mentee=newcomer, mentor=ready.mentors[1], by=ready.coordinator, at=LATER)

    assert (pair.run, pair.status, pair.rank_for_mentee) == (run, Pair.Status.PROPOSED, None)
    assert list(newcomers(ready.programme, run)) == []
    assert not Relationship.objects.exists()
    assert not Notification.objects.filter(recipient=newcomer.person).exists()
    undo(latest(run), by=ready.coordinator, at=LATER)
    assert list(newcomers(ready.programme, run)) == [newcomer]


def test_when_nothing_is_under_review_a_draft_is_begun_with_the_settings_of_the_last_run(published, client):
    ready, run = published(mentees=1, mentors=2)
    newcomer = wanting(ready.programme, WANTED[1])

    pair = place_newcomer(ready.programme, mentee=newcomer, mentor=ready.mentors[1], by=ready.coordinator, at=LATER)

    draft = pair.run
    assert (draft.origin, draft.status, draft.weights, draft.rules, draft.aim) == (
        *(MatchRun.Origin.BY_HAND, MatchRun.Status.STAGED),
        *(run.weights, run.rules, run.aim),
    )
    assert last_run(ready.programme) == run  # its prices stay the ones that count
    assert draft_of(ready.programme) == draft
    client.force_login(ready.coordinator)
    for address in (draft.get_absolute_url(), reverse("matching_between", args=[ready.programme.slug])):
        assert client.get(address).status_code == 200


def test_before_the_first_run_there_is_nothing_to_place_and_the_page_says_what_to_do(client):
    ready = ready_programme(1, 1)
    with pytest.raises(NoRunYet):
        place_newcomer(
            ready.programme, mentee=ready.mentees[0], mentor=ready.mentors[0], by=ready.coordinator, at=LATER
        )
    client.force_login(ready.coordinator)
    page = client.get(reverse("matching_between", args=[ready.programme.slug])).content.decode()
    assert "Match once, then look after it here" in page


def test_a_relationship_that_ended_early_is_mended_without_moving_anybody(published):
    ready, _run = published()
    free = EnrolmentFactory(programme=ready.programme, mentor=True, languages=["fa"])
    relationship = Relationship.objects.get(members__enrolment=ready.mentees[0])
    end_relationship(relationship, reason="poor_fit", by=ready.coordinator, at=LATER)

    (loss,) = losses(ready.programme).rows
    assert (loss.mentee, loss.mentor, loss.why, loss.after, loss.others) == (
        *(ready.mentees[0], ready.mentors[0], "ended", free, ()),
    )
    told = Notification.objects.get(kind="matching.mentor_lost")
    assert (told.recipient, told.url) == (
        ready.coordinator,
        reverse("matching_between", args=[ready.programme.slug]),
    )
    (pair,) = mend(ready.programme, mentee=ready.mentees[0], mentor=free, by=ready.coordinator, at=LATER)
    assert (pair.status, pair.mentor, pair.run.status) == (Pair.Status.PROPOSED, free, MatchRun.Status.STAGED)
    assert losses(ready.programme).rows == ()
    assert Relationship.objects.open().count() == 2


def test_in_a_draft_a_pair_that_ended_gives_way_to_the_one_that_mends_it(run_jobs, sign_in):
    ready = ready_programme(3, 3, places=1)
    EnrolmentFactory(programme=ready.programme, mentor=True, capacity=1, free_places=1, languages=["fa"])
    run = staged(ready)
    approve_pair(run.pairs.get(mentee=ready.mentees[0]), by=ready.coordinator, at=NOW)
    publish_run(run, by=ready.coordinator, at=NOW)
    run_jobs()
    end_relationship(Relationship.objects.get(), reason="no_time", by=ready.coordinator, at=LATER)
    mend(ready.programme, mentee=ready.mentees[0], by=ready.coordinator, at=LATER)

    assert (run.pairs.count(), run.pairs.standing().count(), report_of(run).figures.matched) == (4, 3, 3)
    client = sign_in(ready.coordinator)
    assert "All 3 mentees matched" in client.get(run.get_absolute_url()).content.decode()
    assert ">Ended<" in client.get(run.get_absolute_url() + "?status=published").content.decode()

    solve_rest(run, by=ready.coordinator, at=LATER)
    held = list(run.pairs.standing().values_list("mentee", "mentor"))
    assert len(held) == len(dict(held)) == len({mentor for _mentee, mentor in held}) == 3


def test_a_mentor_who_leaves_a_draft_is_mended_by_moving_one_pair_that_is_not_locked():
    """The third mentor can only take the second mentee, so the second moves and the first gets her place."""
    ready = ready_programme(mentees=2, mentors=2, places=1)
    third = EnrolmentFactory(programme=ready.programme, mentor=True, free_places=0, capacity=1, languages=["de"])
    first, second = ready.mentees
    Enrolment.objects.filter(pk=second.pk).update(languages=["fa", "de"])
    run = staged(ready)
    assert pairs_of(run) == {first.pk: ready.mentors[0].pk, second.pk: ready.mentors[1].pk}
    Enrolment.objects.filter(pk=third.pk).update(free_places=1)
    withdraw(ready.mentors[0], by=ready.mentors[0].person, at=LATER)

    (loss,) = losses(ready.programme).rows
    assert (loss.mentee, loss.why, loss.after) == (first, "away", ready.mentors[1])
    assert [(change.mentee, change.before, change.after) for change in loss.others] == [
        (second, ready.mentors[1], third)
    ]
    approve_pair(run.pairs.get(mentee=second), by=ready.coordinator, at=LATER)
    mend(ready.programme, mentee=first, mentor=ready.mentors[1], by=ready.coordinator, at=LATER)
    assert pairs_of(run) == {first.pk: ready.mentors[1].pk, second.pk: third.pk}
    assert set(run.pairs.values_list("status", flat=True)) == {Pair.Status.PROPOSED}


def test_a_locked_pair_is_not_moved_and_a_loss_nobody_can_mend_is_said_plainly(client):
    ready = ready_programme(mentees=2, mentors=2, places=1)
    run = staged(ready)
    lock_pair(run.pairs.get(mentee=ready.mentees[1]), locked=True, by=ready.coordinator, at=NOW)
    pause(ready.mentors[0], by=ready.mentors[0].person, at=LATER)

    (loss,) = losses(ready.programme).rows
    assert (loss.mentee, loss.after, loss.changes) == (ready.mentees[0], None, ())
    with pytest.raises(NothingToMend):
        mend(ready.programme, mentee=ready.mentees[0], by=ready.coordinator, at=LATER)
    client.force_login(ready.coordinator)
    page = client.get(reverse("matching_between", args=[ready.programme.slug])).content.decode()
    assert "No change of the draft frees a fitting place" in page


def test_of_a_mentor_with_fewer_places_the_pair_that_fits_least_looks_for_another():
    ready = ready_programme(mentees=2, mentors=1, places=2)
    run = staged(ready)
    other = EnrolmentFactory(programme=ready.programme, mentor=True, languages=["fa"])
    set_capacity(ready.mentors[0], 1)
    (loss,) = losses(ready.programme).rows
    least = run.pairs.order_by("score").first()
    assert (loss.mentee, loss.why, loss.after) == (least.mentee, "full", other)


def test_a_pair_whose_mentee_has_left_only_holds_a_place_until_it_is_taken_out():
    ready = ready_programme(mentees=2, mentors=1, places=2)
    run = staged(ready)
    withdraw(ready.mentees[0], by=ready.mentees[0].person, at=LATER)
    assert [pair.mentee for pair in losses(ready.programme).dead] == [ready.mentees[0]]
    assert take_out_dead(ready.programme, by=ready.coordinator, at=LATER) == 1
    assert pairs_of(run) == {ready.mentees[1].pk: ready.mentors[0].pk}


def test_a_pair_of_somebody_who_has_left_goes_back_to_the_review_instead_of_beginning(run_jobs):
    ready = ready_programme(mentees=1, mentors=1)
    run = staged(ready)
    approve_all(run, by=ready.coordinator, at=NOW)
    withdraw(ready.mentees[0], by=ready.mentees[0].person, at=NOW)
    publish_run(run, by=ready.coordinator, at=LATER)
    run_jobs()
    pair = run.pairs.get()
    assert (pair.status, "paused or left" in pair.reason) == (Pair.Status.PROPOSED, True)
    assert not Relationship.objects.exists()


def test_a_proposal_that_has_changed_in_the_meantime_is_not_carried_out(published):
    ready, _run = published()
    first, second = (EnrolmentFactory(programme=ready.programme, mentor=True, languages=["fa"]) for _ in range(2))
    end_relationship(Relationship.objects.first(), reason="no_time", by=ready.coordinator, at=LATER)
    shown = losses(ready.programme).rows[0].after
    pause(shown, by=shown.person, at=LATER)
    with pytest.raises(NothingToMend):
        mend(ready.programme, mentee=ready.mentees[0], mentor=shown, by=ready.coordinator, at=LATER)
    assert losses(ready.programme).rows[0].after == ({first, second} - {shown}).pop()


def test_the_page_places_and_mends_with_one_click_each(client, published):
    ready, _run = published()
    mentor = EnrolmentFactory(programme=ready.programme, mentor=True, languages=["fa"])
    newcomer = wanting(ready.programme, WANTED[0])
    end_relationship(Relationship.objects.first(), reason="no_time", by=ready.coordinator, at=LATER)
    client.force_login(ready.coordinator)
    slug = ready.programme.slug

    page = client.get(reverse("matching_between", args=[slug])).content.decode()
    assert all(text in page for text in ("1 mentee lost the mentor", "Moving nobody else", str(newcomer.person)))
    for name, mentee in (("matching_mend", ready.mentees[0]), ("matching_place", newcomer)):
        answer = client.post(reverse(name, args=[slug]), {"mentee": mentee.pk, "mentor": mentor.pk})
        assert answer.status_code == 302
    assert pairs_of(draft_of(ready.programme)) == {ready.mentees[0].pk: mentor.pk, newcomer.pk: mentor.pk}
    assert client.post(reverse("matching_place", args=[slug]), {"mentee": "x", "mentor": ""}).status_code == 404


@pytest.mark.once
def test_the_page_asks_as_often_for_many_as_for_one(client, published, django_assert_max_num_queries):
    ready, _run = published(mentees=8, mentors=8)
    EnrolmentFactory(programme=ready.programme, mentor=True, capacity=9, free_places=9, languages=["fa"])
    client.force_login(ready.coordinator)
    address = reverse("matching_between", args=[ready.programme.slug])

    def grow(count):
        for relationship in Relationship.objects.open()[:count]:
            end_relationship(relationship, reason="no_time", by=ready.coordinator, at=LATER)
            wanting(ready.programme, WANTED[0])

    grow(1)
    client.get(address)
    with django_assert_max_num_queries(60) as few:
        client.get(address)
    asked = len(few)
    grow(6)
    with django_assert_max_num_queries(asked):
        client.get(address)
