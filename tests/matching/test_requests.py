"""A request goes from choice to answer; whatever happens to it, the next choice follows and no place is given twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.words import ACTIONS
from core.models import Job
from mentoring.matching import services
from mentoring.matching.models import BlockedPair, Request
from mentoring.matching.services import request_turns
from mentoring.matching.services.requests import (
    AlreadyAsking,
    AlreadyChosen,
    CannotAskNow,
    EnoughChoices,
    MentorNotThere,
    NothingToSend,
    RequestMovedOn,
)
from mentoring.planning import services as planning
from mentoring.planning.models import Enrolment, Never, Programme
from mentoring.planning.services import NoFreePlace, PlacesTaken
from mentoring.relationships.models import Relationship
from mentoring.relationships.services import start_relationship
from notifications.kinds import kinds
from notifications.models import Notification
from tests.factories import NOW, EnrolmentFactory, RelationshipFactory, RequestFactory
from tests.matching.asking import WORDS, asked, asking_programme, choose

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Status = Request.Status
Because = Request.SupersededBecause


@pytest.fixture(autouse=True)
def the_day_after(monkeypatch):
    """No deadline of a request has come yet, whenever the tests run."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + DAY)


def state(request: Request) -> str:
    request.refresh_from_db()
    return request.status


def told(person) -> list[str]:
    rows = Notification.objects.filter(recipient=person, kind__startswith="matching.").order_by("pk")
    return [kind.removeprefix("matching.") for kind in rows.values_list("kind", flat=True)]


def test_choices_are_kept_in_order_and_only_the_first_is_sent():
    ready = asking_programme()
    mentee = ready.mentees[0]
    requests = choose(mentee, *ready.mentors)
    assert [request.rank for request in requests] == [1, 2, 3]
    assert told(ready.mentors[0].person) == []

    services.send_first(mentee, at=NOW)

    assert [state(request) for request in requests] == [Status.SENT, Status.DRAFT, Status.DRAFT]
    assert requests[0].due_at == NOW + 7 * DAY
    assert told(ready.mentors[0].person) == ["request_received"]
    assert told(ready.mentors[1].person) == []


def test_at_most_five_are_chosen_each_once_and_only_by_who_may_ask():
    ready = asking_programme(1, 7)
    mentee = ready.mentees[0]
    choose(mentee, *ready.mentors[:5])
    with pytest.raises(AlreadyChosen):
        choose(mentee, ready.mentors[0])
    with pytest.raises(EnoughChoices):
        choose(mentee, ready.mentors[5])
    away = Enrolment.objects.get(pk=ready.mentors[6].pk)
    away.status = Enrolment.Status.PAUSED
    services.drop_choice(Request.objects.get(rank=3))
    with pytest.raises(MentorNotThere):
        choose(mentee, away)
    with pytest.raises(MentorNotThere):
        choose(mentee, EnrolmentFactory(mentor=True))
    choose(mentee, ready.mentors[5])
    assert list(Request.objects.order_by("rank").values_list("rank", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("mentee_is", "programme_is"),
    [
        ({"status": Enrolment.Status.PAUSED}, {}),
        ({"free_places": 0}, {}),
        ({}, {"matched_by": Programme.MatchedBy.COORDINATORS}),
        ({}, {"status": Programme.Status.CLOSED}),
    ],
    ids=["paused", "matched", "coordinators match", "closed"],
)
def test_who_may_not_ask_is_told_so(mentee_is, programme_is):
    ready = asking_programme()
    mentee = ready.mentees[0]
    choose(mentee, ready.mentors[0])
    Enrolment.objects.filter(pk=mentee.pk).update(**{"headline": "", **mentee_is})
    Programme.objects.filter(pk=ready.programme.pk).update(**{"name_en": "P", **programme_is})
    with pytest.raises(CannotAskNow):
        choose(mentee, ready.mentors[1])
    with pytest.raises(CannotAskNow):
        services.send_first(mentee, at=NOW)
    assert Request.objects.get().status == Status.DRAFT


def test_an_empty_list_and_a_second_request_are_not_sent():
    ready = asking_programme()
    with pytest.raises(NothingToSend):
        services.send_first(ready.mentees[0], at=NOW)
    choose(ready.mentees[0], *ready.mentors[:2])
    services.send_first(ready.mentees[0], at=NOW)
    with pytest.raises(AlreadyAsking):
        services.send_first(ready.mentees[0], at=NOW)


def test_choices_change_places_but_never_with_the_one_on_its_way():
    ready = asking_programme()
    mentee = ready.mentees[0]
    one, two, three = choose(mentee, *ready.mentors)

    def order() -> list[int]:
        return list(Request.objects.order_by("rank").values_list("pk", flat=True))

    services.move_choice(three, up=True)
    assert order() == [one.pk, three.pk, two.pk]
    services.move_choice(one, up=False)
    assert order() == [three.pk, one.pk, two.pk]
    services.move_choice(three, up=True)
    assert order() == [three.pk, one.pk, two.pk]
    services.send_first(mentee, at=NOW)
    services.move_choice(one, up=True)
    assert order() == [three.pk, one.pk, two.pk]
    with pytest.raises(RequestMovedOn):
        services.move_choice(three, up=False)


def test_words_are_changed_and_choices_dropped_only_before_they_are_sent():
    found = asked()
    services.change_message(found.second, "Better words")
    found.second.refresh_from_db()
    assert found.second.message == "Better words"
    with pytest.raises(RequestMovedOn):
        services.change_message(found.first, "Too late")
    with pytest.raises(RequestMovedOn):
        services.drop_choice(found.first)
    services.drop_choice(found.second)
    assert list(Request.objects.all()) == [found.first]


def test_opening_marks_as_seen_once():
    found = asked()
    services.see_request(found.first, at=NOW + DAY)
    services.see_request(found.first, at=NOW + 2 * DAY)
    assert state(found.first) == Status.SEEN
    assert found.first.seen_at == NOW + DAY


def test_accepting_starts_the_relationship_as_publishing_does_and_closes_the_other_choices(run_jobs):
    found = asked()
    relationship = services.accept_request(found.first, by=found.first.mentor.person, at=NOW + DAY)
    run_jobs()

    assert {member.enrolment_id for member in relationship.members.all()} == {found.mentee.pk, found.first.mentor_id}
    assert relationship.room and relationship.agreement
    assert relationship.why["wished_by"] == ["mentee"]
    assert "you wished for this mentor" in relationship.why["texts"]["mentee"]["en"]
    places = dict(Enrolment.objects.values_list("pk", "free_places"))
    assert (places[found.mentee.pk], places[found.first.mentor_id]) == (0, 0)
    assert (state(found.first), found.first.decided_at, found.first.replied_at) == (
        Status.ACCEPTED,
        NOW + DAY,
        NOW + DAY,
    )
    assert (state(found.second), found.second.superseded_because) == (Status.SUPERSEDED, Because.MENTEE_MATCHED)
    assert found.second.sent_at is None
    assert told(found.mentee.person) == ["request_accepted"]
    assert told(found.first.mentor.person) == ["request_received", "mentor"]
    assert told(found.second.mentor.person) == []


def test_when_a_mentor_is_full_the_others_who_asked_go_on_to_their_next_choice(run_jobs):
    found = asked()
    other = found.ready.mentees[1]
    waiting, following = choose(other, found.first.mentor, found.ready.mentors[2])
    services.send_first(other, at=NOW)

    services.accept_request(found.first, by=found.first.mentor.person, at=NOW + DAY)
    run_jobs()

    assert (state(waiting), waiting.superseded_because) == (Status.SUPERSEDED, Because.MENTOR_FULL)
    assert waiting.fell_through_to == following
    assert state(following) == Status.SENT
    assert told(other.person) == ["request_passed_on"]


def test_a_mentor_with_another_place_keeps_the_other_requests(run_jobs):
    found = asked(places=2)
    (waiting,) = choose(found.ready.mentees[1], found.first.mentor)
    services.send_first(found.ready.mentees[1], at=NOW)
    services.accept_request(found.first, by=found.first.mentor.person, at=NOW + DAY)
    run_jobs()
    assert state(waiting) == Status.SENT


def test_accepting_and_pausing_sends_the_others_on(run_jobs):
    found = asked(places=2)
    waiting, following = choose(found.ready.mentees[1], found.first.mentor, found.ready.mentors[2])
    services.send_first(found.ready.mentees[1], at=NOW)
    services.accept_request(found.first, by=found.first.mentor.person, at=NOW + DAY, and_pause=True)
    run_jobs()
    found.first.mentor.refresh_from_db()
    assert found.first.mentor.status == Enrolment.Status.PAUSED
    assert (state(waiting), waiting.superseded_because) == (Status.SUPERSEDED, Because.MENTOR_UNAVAILABLE)
    assert state(following) == Status.SENT


def test_a_full_mentor_is_refused_and_nothing_of_it_happened(mailoutbox):
    found = asked()
    Enrolment.objects.filter(pk=found.first.mentor_id).update(free_places=0)

    with pytest.raises(NoFreePlace):
        services.accept_request(found.first, by=found.first.mentor.person, at=NOW + DAY)

    assert state(found.first) == Status.SENT
    assert not Relationship.objects.exists()
    assert Enrolment.objects.get(pk=found.mentee.pk).free_places == 1
    assert told(found.mentee.person) == [] and mailoutbox == []


def test_of_several_accepts_for_one_place_one_after_the_other_only_the_first_succeeds():
    mentor = EnrolmentFactory(mentor=True, capacity=1, free_places=1, programme__matched_by="requests")
    of = {"programme": mentor.programme, "mentor": mentor}
    requests = [RequestFactory(mentee=EnrolmentFactory(programme=mentor.programme), **of) for _ in range(5)]
    services.accept_request(requests[0], by=mentor.person, at=NOW)
    for request in requests[1:]:
        with pytest.raises(NoFreePlace):
            services.accept_request(request, by=mentor.person, at=NOW)
    assert Relationship.objects.count() == 1
    assert [state(request) for request in requests] == [Status.ACCEPTED, *[Status.SENT] * 4]


def test_a_full_mentor_says_yes_with_one_more_place():
    found = asked()
    mentor = found.first.mentor
    RelationshipFactory(mentor=mentor)
    Enrolment.objects.filter(pk=mentor.pk).update(free_places=0)
    services.accept_request(found.first, by=mentor.person, at=NOW + DAY, capacity=2)
    mentor.refresh_from_db()
    assert (mentor.capacity, mentor.free_places) == (2, 0)


def test_fewer_places_count_after_this_one_and_never_less_than_are_taken():
    found = asked(places=3)
    mentor = found.first.mentor
    with pytest.raises(PlacesTaken):
        services.accept_request(found.first, by=mentor.person, at=NOW, capacity=0)
    assert state(found.first) == Status.SENT
    services.accept_request(found.first, by=mentor.person, at=NOW, capacity=1)
    mentor.refresh_from_db()
    assert (mentor.capacity, mentor.free_places) == (1, 0)


def test_the_database_itself_refuses_a_place_below_zero():
    found = asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.filter(pk=found.first.mentor_id).update(free_places=-1)


def test_declining_tells_kindly_and_asks_the_next_choice(run_jobs):
    found = asked()
    services.decline_request(
        found.first, reason="no_time", words="Good luck!", by=found.first.mentor.person, at=NOW + DAY
    )
    run_jobs()
    assert (state(found.first), found.first.decline_reason, found.first.words) == (
        Status.DECLINED,
        "no_time",
        "Good luck!",
    )
    assert found.first.fell_through_to == found.second
    assert state(found.second) == Status.SENT
    assert told(found.mentee.person) == ["request_passed_on"]
    assert told(found.second.mentor.person) == ["request_received"]


def test_after_the_last_choice_the_mentee_hears_what_can_be_done(run_jobs):
    found = asked()
    services.drop_choice(found.second)
    services.decline_request(found.first, reason="other", words="", by=found.first.mentor.person, at=NOW + DAY)
    run_jobs()
    assert told(found.mentee.person) == ["request_over"]
    assert state(found.first) == Status.DECLINED and found.first.fell_through_to is None


def test_declining_and_pausing_closes_the_other_requests_to_this_mentor(run_jobs):
    found = asked(places=2)
    (waiting,) = choose(found.ready.mentees[1], found.first.mentor)
    services.send_first(found.ready.mentees[1], at=NOW)
    services.decline_request(
        found.first, reason="no_time", words="", by=found.first.mentor.person, at=NOW + DAY, and_pause=True
    )
    run_jobs()
    assert state(found.first) == Status.DECLINED
    assert (state(waiting), waiting.superseded_because) == (Status.SUPERSEDED, Because.MENTOR_UNAVAILABLE)


def test_a_request_runs_out_when_it_is_due_and_not_before(run_jobs):
    found = asked()
    assert not services.expire_request(found.first, at=NOW + 7 * DAY - timedelta(seconds=1))
    assert services.expire_request(found.first, at=NOW + 7 * DAY)
    assert not services.expire_request(found.first, at=NOW + 7 * DAY)
    run_jobs()
    assert state(found.first) == Status.EXPIRED
    assert state(found.second) == Status.SENT
    assert told(found.first.mentor.person) == ["request_received", "request_expired"]


def test_running_out_and_the_reminder_are_jobs_with_a_time():
    found = asked(request_days=3)
    jobs = dict(Job.objects.filter(name__startswith="matching.").values_list("name", "due_at"))
    assert jobs == {"matching.expire_request": NOW + 3 * DAY, "matching.remind_request": NOW + 2 * DAY}
    assert found.first.due_at == NOW + 3 * DAY


def test_the_jobs_do_what_their_names_say(run_jobs, monkeypatch):
    found = asked()
    Job.objects.filter(name__startswith="matching.").update(due_at=NOW)
    monkeypatch.setattr(timezone, "now", lambda: NOW + 8 * DAY)
    run_jobs()
    assert state(found.first) == Status.EXPIRED
    assert state(found.second) == Status.SENT


def test_the_mentor_is_reminded_once_a_day_before():
    found = asked()
    found.first = Request.objects.for_rows().get(pk=found.first.pk)
    for _ in range(2):
        request_turns.remind(found.first, due=found.first.due_at, at=NOW + 6 * DAY)
    assert told(found.first.mentor.person) == ["request_received", "request_reminder"]
    request_turns.remind(found.first, due=NOW, at=NOW + 6 * DAY)
    assert told(found.first.mentor.person) == ["request_received", "request_reminder"]


def test_asking_for_more_stops_the_mentors_clock_until_the_answer():
    found = asked()
    mentor, mentee = found.first.mentor.person, found.mentee.person
    services.ask_for_more(found.first, "Which semester?", by=mentor, at=NOW + 2 * DAY)
    assert state(found.first) == Status.INFO_ASKED
    assert (found.first.time_left, found.first.due_at) == (5 * DAY, NOW + 9 * DAY)
    assert found.first.replied_at == NOW + 2 * DAY
    assert told(mentee) == ["request_question"]
    with pytest.raises(RequestMovedOn):
        services.ask_for_more(found.first, "And?", by=mentor, at=NOW + 2 * DAY)

    services.answer_question(found.first, "The third.", by=mentee, at=NOW + 4 * DAY)
    assert (state(found.first), found.first.due_at) == (Status.ANSWERED, NOW + 9 * DAY)
    assert found.first.time_left is None
    with pytest.raises(RequestMovedOn):
        services.answer_question(found.first, "Again", by=mentee, at=NOW + 4 * DAY)

    services.ask_for_more(found.first, "And the thesis?", by=mentor, at=NOW + 8 * DAY + timedelta(hours=20))
    services.answer_question(found.first, "Not yet.", by=mentee, at=NOW + 9 * DAY)
    assert (state(found.first), found.first.due_at) == (Status.ANSWERED, NOW + 10 * DAY)
    pairs = list(found.first.questions.order_by("asked_at").values_list("question", "answer"))
    assert pairs == [("Which semester?", "The third."), ("And the thesis?", "Not yet.")]


def test_an_old_clock_does_nothing_after_more_was_asked():
    found = asked()
    services.ask_for_more(found.first, "Which semester?", by=found.first.mentor.person, at=NOW + 6 * DAY)
    assert not services.expire_request(found.first, at=NOW + 7 * DAY)
    assert state(found.first) == Status.INFO_ASKED


def test_a_question_without_an_answer_runs_out_and_nobody_else_is_bothered(run_jobs):
    found = asked()
    services.ask_for_more(found.first, "Which semester?", by=found.first.mentor.person, at=NOW)
    assert services.expire_request(found.first, at=NOW + 7 * DAY)
    run_jobs()
    assert state(found.second) == Status.DRAFT
    assert told(found.mentee.person) == ["request_question", "request_unanswered"]
    assert told(found.first.mentor.person) == ["request_received", "request_closed"]


@pytest.mark.parametrize("before", ["sent", "seen", "info_asked", "answered"])
def test_a_mentor_may_accept_in_every_open_state(before):
    request = RequestFactory(status=before)
    services.accept_request(request, by=request.mentor.person, at=NOW)
    assert state(request) == Status.ACCEPTED


def test_taking_back_leaves_the_next_choice_to_the_mentee(run_jobs):
    found = asked()
    services.withdraw_request(found.first, by=found.mentee.person, at=NOW + DAY)
    run_jobs()
    assert (state(found.first), state(found.second)) == (Status.WITHDRAWN, Status.DRAFT)
    assert told(found.first.mentor.person) == ["request_received", "request_closed"]
    services.send_first(found.mentee, at=NOW + DAY)
    assert state(found.second) == Status.SENT


@pytest.mark.parametrize("over", ["accepted", "declined", "expired", "withdrawn", "superseded"])
def test_what_is_decided_stays_decided(over):
    fields = {"declined": {"decline_reason": "other"}, "superseded": {"superseded_because": "mentor_full"}}
    request = RequestFactory(status=over, decided_at=NOW, **fields.get(over, {}))
    person = {"by": request.mentor.person, "at": NOW}
    for verb in (
        lambda: services.accept_request(request, **person),
        lambda: services.decline_request(request, reason="other", words="", **person),
        lambda: services.ask_for_more(request, "?", **person),
        lambda: services.answer_question(request, "!", **person),
        lambda: services.withdraw_request(request, **person),
    ):
        with pytest.raises(RequestMovedOn):
            verb()
    services.see_request(request, at=NOW)
    assert not services.expire_request(request, at=NOW + 30 * DAY)
    assert state(request) == over
    assert not Relationship.objects.exists()


def test_a_mentee_matched_by_the_coordinator_asks_no_longer(run_jobs):
    found = asked()
    start_relationship(
        found.ready.programme, mentor=found.ready.mentors[2], mentee=found.mentee, why={}, score=None, by=None, at=NOW
    )
    run_jobs()
    assert [state(found.first), state(found.second)] == [Status.SUPERSEDED] * 2
    assert told(found.first.mentor.person) == ["request_received", "request_closed"]


def test_a_mentor_who_pauses_or_leaves_passes_the_requests_on(run_jobs):
    found = asked()
    planning.pause(found.first.mentor, by=found.first.mentor.person, at=NOW + DAY)
    run_jobs()
    assert (state(found.first), found.first.superseded_because) == (Status.SUPERSEDED, Because.MENTOR_UNAVAILABLE)
    assert state(found.second) == Status.SENT


def test_a_mentee_who_pauses_takes_the_request_back_and_keeps_the_list(run_jobs):
    found = asked()
    planning.pause(found.mentee, by=found.mentee.person, at=NOW + DAY)
    run_jobs()
    assert (state(found.first), state(found.second)) == (Status.WITHDRAWN, Status.DRAFT)
    assert told(found.first.mentor.person) == ["request_received", "request_closed"]


def test_choices_that_are_full_away_or_forbidden_are_passed_over_without_a_trace(run_jobs):
    ready = asking_programme(1, 5)
    mentee = ready.mentees[0]
    first, full, away, forbidden, last = choose(mentee, *ready.mentors)
    services.send_first(mentee, at=NOW)
    Enrolment.objects.filter(pk=full.mentor_id).update(free_places=0)
    Enrolment.objects.filter(pk=away.mentor_id).update(status=Enrolment.Status.WITHDRAWN)
    Never.objects.create(enrolment=forbidden.mentor, other=mentee, by=forbidden.mentor.person)

    services.decline_request(first, reason="other", words="", by=first.mentor.person, at=NOW + DAY)
    run_jobs()

    assert [state(row) for row in (full, away, forbidden, last)] == [*[Status.SUPERSEDED] * 3, Status.SENT]
    assert [row.superseded_because for row in (full, away, forbidden)] == [
        Because.MENTOR_FULL,
        Because.MENTOR_UNAVAILABLE,
        Because.MENTOR_UNAVAILABLE,
    ]


def test_a_list_of_which_nobody_is_left_sends_nothing():
    ready = asking_programme(1, 1)
    (request,) = choose(ready.mentees[0], ready.mentors[0])
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(free_places=0)
    assert services.send_first(ready.mentees[0], at=NOW) is None
    assert state(request) == Status.SUPERSEDED


@pytest.mark.parametrize("who", ["never of the mentor", "never of the mentee", "blocked"])
def test_two_who_must_not_be_together_are_not_brought_together_by_accepting(who):
    found = asked()
    mentor, mentee = found.first.mentor, found.mentee
    if who == "blocked":
        BlockedPair.objects.create(programme=found.ready.programme, mentor=mentor, mentee=mentee, created_at=NOW)
    else:
        one, other = (mentor, mentee) if who.endswith("mentor") else (mentee, mentor)
        Never.objects.create(enrolment=one, other=other, by=one.person)
    with pytest.raises(RequestMovedOn):
        services.accept_request(found.first, by=mentor.person, at=NOW)
    assert not Relationship.objects.exists()


def test_asking_the_next_twice_asks_once(run_jobs):
    found = asked()
    services.decline_request(found.first, reason="other", words="", by=found.first.mentor.person, at=NOW + DAY)
    for _ in range(2):
        services.ask_next(found.first, at=NOW + DAY)
    run_jobs()
    assert Request.objects.open().count() == 1
    assert told(found.second.mentor.person) == ["request_received"]
    assert told(found.mentee.person) == ["request_passed_on"]


def test_settling_closes_only_what_cannot_come_about():
    found = asked(places=2)
    assert services.settle(found.first.mentor, at=NOW) == 0
    assert services.settle(found.mentee, at=NOW) == 0
    assert (state(found.first), state(found.second)) == (Status.SENT, Status.DRAFT)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "sent", "due_at": None},
        {"message": ""},
        {"rank": 6},
        {"status": "declined", "decided_at": NOW},
        {"status": "superseded", "decided_at": NOW},
        {"status": "accepted"},
        {"status": "sent", "decided_at": NOW},
        {"decline_reason": "other"},
    ],
    ids=lambda fields: " ".join(fields),
)
def test_the_database_keeps_a_request_truthful(fields):
    request = RequestFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=request.pk).update(**fields)


def test_the_database_knows_one_request_at_a_time_one_per_pair_and_two_people():
    request = RequestFactory()
    same = {"programme": request.programme, "mentee": request.mentee}
    other = EnrolmentFactory(programme=request.programme, mentor=True)
    for fields in (
        {**same, "mentor": other, "rank": 2},  # a second one on its way
        {**same, "mentor": request.mentor, "rank": 2, "draft": True},  # the same pair again
        {**same, "mentor": other, "rank": 1, "draft": True},  # the same place
        {"programme": request.programme, "mentee": other, "mentor": other},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestFactory(**fields)
    RequestFactory(**same, mentor=other, rank=2, draft=True)


def test_every_step_is_in_the_audit_trail_without_a_word_of_it(run_jobs):
    found = asked()
    mentor, mentee = found.first.mentor.person, found.mentee.person
    services.ask_for_more(found.first, "A secret question", by=mentor, at=NOW)
    services.answer_question(found.first, "A secret answer", by=mentee, at=NOW)
    services.decline_request(found.first, reason="other", words="Secret words", by=mentor, at=NOW)
    run_jobs()
    services.withdraw_request(found.second, by=mentee, at=NOW)
    events = AuditEvent.objects.filter(action__startswith="request.").order_by("seq")
    assert list(events.values_list("action", "actor_id")) == [
        ("request.sent", mentee.pk),
        ("request.asked", mentor.pk),
        ("request.answered", mentee.pk),
        ("request.declined", mentor.pk),
        ("request.sent", mentee.pk),
        ("request.withdrawn", mentee.pk),
    ]
    assert not events.filter(reason__icontains="secret").exists()
    assert set(events.values_list("action", flat=True)) <= ACTIONS.keys()


def test_every_piece_of_news_about_requests_can_be_told(run_jobs):
    found = asked()
    found.first = Request.objects.for_rows().get(pk=found.first.pk)
    request_turns.remind(found.first, due=found.first.due_at, at=NOW)
    services.ask_for_more(found.first, "Which semester?", by=found.first.mentor.person, at=NOW)
    run_jobs()
    for news in Notification.objects.filter(kind__startswith="matching.request"):
        assert "…" not in news.title + news.body
        assert "%" not in news.title + news.body
    assert {kind.slug for kind in kinds() if kind.slug.startswith("matching.request")} >= set(
        Notification.objects.values_list("kind", flat=True).distinct()
    ) - {"matching.mentor"}


def test_nobody_but_the_two_and_the_coordinator_sees_a_request_and_nobody_else_a_choice():
    found = asked()
    coordinator, mentor, mentee = found.ready.coordinator, found.first.mentor.person, found.mentee.person
    visible = {
        person: set(Request.objects.visible_to(person))
        for person in (coordinator, mentor, mentee, found.second.mentor.person, found.ready.mentees[1].person)
    }
    assert list(visible.values()) == [{found.first}, {found.first}, {found.first, found.second}, set(), set()]
    assert found.first.message == WORDS
