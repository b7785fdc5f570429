"""The mentors a mentee may ask: who stands there, in which order, and what is honestly said about the wait."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mentoring.matching.directory import ENOUGH, paces
from mentoring.matching.models import BlockedPair, MatchRun, Request
from mentoring.matching.services import directory_of
from mentoring.planning.models import Enrolment, EnrolmentConcept, Never, Programme
from mentoring.relationships.models import Relationship
from tests.factories import NOW, EnrolmentFactory, RelationshipFactory, RequestFactory
from tests.matching.asking import asking_programme, choose
from tests.matching.programmes import WANTED, free_on

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def listed(mentee) -> list[int]:
    return list(directory_of(mentee).mentors)


def test_ready_mentors_with_a_place_stand_there_best_fit_first():
    ready = asking_programme(2, 3)
    first, second = ready.mentees
    paused = EnrolmentFactory(programme=ready.programme, mentor=True, status=Enrolment.Status.PAUSED)
    full = EnrolmentFactory(programme=ready.programme, mentor=True, free_places=0)

    assert listed(first)[0] == ready.mentors[0].pk
    assert listed(second)[0] == ready.mentors[1].pk
    assert set(listed(first)) == {mentor.pk for mentor in ready.mentors}
    assert not {paused.pk, full.pk} & set(listed(first))


def test_who_must_not_be_found_is_not_there_whatever_the_rules_of_the_programme_say():
    ready = asking_programme(1, 6)
    mentee = ready.mentees[0]
    programme = ready.programme
    mine, theirs, blocked, former, together, other = ready.mentors
    Never.objects.create(enrolment=mentee, other=mine, by=mentee.person)
    Never.objects.create(enrolment=theirs, other=mentee, by=theirs.person)
    BlockedPair.objects.create(programme=programme, mentor=blocked, mentee=mentee, created_at=NOW)
    RelationshipFactory(mentor=former, mentee=mentee, status=Relationship.Status.ENDED, never_again=True)
    RelationshipFactory(mentor=together, mentee=mentee)
    Programme.objects.filter(pk=programme.pk).update(match_settings={"rules": {"never": False, "conflict": False}})
    mentee.programme.refresh_from_db()

    assert listed(mentee) == [other.pk]


def test_hard_rules_of_the_programme_hold_in_the_directory():
    ready = asking_programme(1, 2)
    mentee, (morning, evening) = ready.mentees[0], ready.mentors
    free_on(mentee, 0, 9 * 60, 12 * 60)
    free_on(morning, 0, 10 * 60, 12 * 60)
    free_on(evening, 0, 18 * 60, 20 * 60)
    assert listed(mentee) == [morning.pk]


def test_mentors_are_found_by_words_field_and_language():
    ready = asking_programme(1, 3)
    one, two, three = ready.mentors
    Enrolment.objects.filter(pk=one.pk).update(headline="مهندس نرم‌افزار", field="computer-science")
    Enrolment.objects.filter(pk=two.pk).update(organisation="Faculty of Law", languages=["en"])
    directory = directory_of(ready.mentees[0])

    def found(**wanted: str) -> list[int]:
        return [mentor.pk for mentor in directory.find(**wanted)]

    assert found(words="نرم افزار") == [one.pk]
    assert found(words="faculty LAW") == [two.pk]
    assert found(words="funding") == [three.pk]  # a subject that is offered
    assert found(field="computer-science") == [one.pk]
    assert found(language="en") == [two.pk]
    assert found(words="nobody like this") == []
    assert len(found()) == 3


def test_subjects_are_told_the_strongest_first():
    ready = asking_programme(1, 1)
    EnrolmentConcept.objects.create(enrolment=ready.mentors[0], concept="funding", kind="offered", level=2)
    directory = directory_of(ready.mentees[0])
    assert directory.offers(directory.mentors[ready.mentors[0].pk])[-1].startswith("Finding funding")


@pytest.mark.once
def test_the_directory_costs_the_same_for_one_mentor_and_for_many(django_assert_num_queries):
    for mentors in (1, 5):
        mentee = asking_programme(2, mentors).mentees[0]
        with django_assert_num_queries(16):
            directory = directory_of(mentee)
            directory.stories(directory.mentors)
        with django_assert_num_queries(2):
            paces(list(directory.mentors.values()), apart_from=mentee)


def test_a_mentor_whose_place_others_need_stands_further_down_and_the_page_says_so(client):
    """Both offer what she wants; the one who fits a little better had a place that somebody else could not do without."""
    ready = asking_programme(2, 2, places=1)
    mentee, (first, second) = ready.mentees[0], ready.mentors
    EnrolmentConcept.objects.filter(enrolment=second).update(concept=WANTED[0], level=4)
    client.force_login(mentee.person)
    address = reverse("mentor_directory", args=[ready.programme.slug])
    assert list(directory_of(mentee).mentors) == [first.pk, second.pk]
    assert "places many others need" not in client.get(address).content.decode()

    row = {"filled": 1, "places": 1, "one_more_people": 0, "one_fewer_people": 0, "one_fewer_points": 0}
    load = [{"mentor": first.pk, "one_more_points": 3_000, **row}, {"mentor": second.pk, "one_more_points": 0, **row}]
    MatchRun.objects.create(programme=ready.programme, status="published", report={"load": load}, created_at=NOW)
    assert list(directory_of(mentee).mentors) == [second.pk, first.pk]
    assert "places many others need" in client.get(address).content.decode()


def mentor_with(*replies: timedelta | None) -> Enrolment:
    """A mentor whose past requests were answered after so long; None for one that ran out without a word."""
    mentor = EnrolmentFactory(mentor=True, programme__matched_by=Programme.MatchedBy.REQUESTS)
    for took in replies:
        fields = {"status": Request.Status.EXPIRED} if took is None else {
            "status": Request.Status.DECLINED, "decline_reason": "other", "replied_at": NOW - 30 * DAY + took
        }  # fmt: skip
        RequestFactory(
            programme=mentor.programme,
            mentor=mentor,
            mentee=EnrolmentFactory(programme=mentor.programme),
            sent_at=NOW - 30 * DAY,
            decided_at=NOW,
            **fields,
        )
    return mentor


@pytest.mark.parametrize(
    ("replies", "usual", "silent"),
    [
        ([], None, False),
        ([HOUR, HOUR], None, False),
        ([HOUR, DAY, 2 * DAY], DAY, False),
        ([HOUR, 2 * DAY, 4 * DAY, 6 * DAY], 3 * DAY, False),
        ([HOUR, 5 * DAY, None], 5 * DAY, False),
        ([HOUR, None, None], None, True),
        ([HOUR, DAY, None, None], None, True),
    ],
)
def test_the_usual_reply_is_the_median_and_silence_counts_as_longest(replies, usual, silent):
    mentor = mentor_with(*replies)
    pace = paces([mentor])[mentor.pk]
    assert (pace.usual, pace.silent, pace.known) == (usual, silent, len(replies))
    assert ENOUGH == 3


def test_a_question_counts_as_a_reply_and_what_was_taken_back_unanswered_says_nothing():
    mentor = mentor_with(DAY, DAY)
    waiting = {"programme": mentor.programme, "mentor": mentor, "sent_at": NOW - 4 * DAY}
    RequestFactory(mentee=EnrolmentFactory(programme=mentor.programme), status="withdrawn", decided_at=NOW, **waiting)
    assert paces([mentor])[mentor.pk].usual is None
    RequestFactory(
        mentee=EnrolmentFactory(programme=mentor.programme), status="info_asked", replied_at=NOW - 3 * DAY, **waiting
    )
    assert paces([mentor])[mentor.pk].usual == DAY


def test_people_who_wait_are_counted_without_oneself():
    ready = asking_programme(3, 1, 2)
    for mentee in ready.mentees:
        choose(mentee, ready.mentors[0])
        Request.objects.filter(mentee=mentee).update(status="sent", sent_at=NOW, due_at=NOW + DAY)
    mentor = ready.mentors[0]
    assert paces([mentor])[mentor.pk].waiting == 3
    pace = paces([mentor], apart_from=ready.mentees[0])[mentor.pk]
    assert (pace.free, pace.waiting, pace.is_crowded) == (2, 2, True)
