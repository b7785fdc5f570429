"""What people add, and what is known of them, reaches the engine: every hard rule and every criterion has its data."""

from datetime import timedelta

import pytest

from mentoring.matching.engine import Rules, Weights, explain, match
from mentoring.matching.models import Request
from mentoring.matching.queries import load_pool
from mentoring.planning.models import (
    Conflict,
    Enrolment,
    EnrolmentConcept,
    GroupLabel,
    MoreAnswers,
    UnderReview,
)
from mentoring.relationships.models import Relationship, Session, SessionRating
from tests.factories import NOW, EnrolmentFactory, PersonFactory, RelationshipFactory
from tests.matching.programmes import ready_programme

pytestmark = pytest.mark.django_db


def more(enrolment: Enrolment, **answers) -> None:
    MoreAnswers.objects.update_or_create(enrolment=enrolment, defaults=answers)


def of_pair(ready, criterion: str = "skills", **rules):
    """(score by one criterion alone, rules broken) of the first mentee and the first mentor."""
    cohort = load_pool(ready.programme, at=NOW).cohort
    strict = Rules(**{"overlap": False, **rules})
    pair = [(ready.mentees[0].pk, ready.mentors[0].pk)]
    (story,) = explain(cohort, strict, Weights.from_parts(**{criterion: 1}), pair)
    return story.score, story.broken


def test_a_shared_language_counts_from_the_level_asked_for_and_silence_counts_as_able():
    ready = ready_programme(1, 1)
    more(ready.mentees[0], language_levels={"fa": 2})

    assert of_pair(ready, language_level=2)[1] == ()
    assert of_pair(ready, language_level=3)[1] == ("language",)


def test_what_a_mentee_cannot_do_without_must_be_offered():
    ready = ready_programme(1, 1)
    EnrolmentConcept.objects.create(
        enrolment=ready.mentees[0], concept="funding", kind=EnrolmentConcept.Kind.WANTED, level=1, must=True
    )
    assert of_pair(ready)[1] == ("must_have",)
    EnrolmentConcept.objects.create(
        enrolment=ready.mentors[0], concept="funding", kind=EnrolmentConcept.Kind.OFFERED, level=1
    )
    assert of_pair(ready)[1] == ()


@pytest.mark.parametrize("mentor_names", [False, True])
def test_a_conflict_of_interest_counts_whoever_of_the_two_named_it(mentor_names):
    ready = ready_programme(1, 1)
    mine, other = ready.mentees[0], ready.mentors[0]
    if mentor_names:
        mine, other = other, mine
    Conflict.objects.create(enrolment=mine, email=other.person.email.upper(), created_at=NOW)

    assert of_pair(ready)[1] == ("conflict",)


def test_managers_count_as_many_levels_up_as_the_programme_says_even_through_somebody_who_takes_no_part():
    ready = ready_programme(1, 1)
    mentee, top = ready.mentees[0], ready.mentors[0]
    manager = Conflict.Kind.MANAGER
    Conflict.objects.create(enrolment=mentee, email="between@example.org", kind=manager, created_at=NOW)
    between = EnrolmentFactory(
        programme=ready.programme, person=PersonFactory(email="between@example.org"), status=Enrolment.Status.WITHDRAWN
    )
    Conflict.objects.create(enrolment=between, email=top.person.email, kind=manager, created_at=NOW)

    assert of_pair(ready)[1] == ()
    ready.programme.match_settings = {"manager_levels": 2}
    assert of_pair(ready)[1] == ("conflict",)


def test_one_team_one_faculty_however_they_are_spelled():
    ready = ready_programme(1, 1)
    more(ready.mentees[0], unit="آزمايشگاه نانو")
    more(ready.mentors[0], unit="آزمایشگاه نانو")
    Enrolment.objects.filter(programme=ready.programme).update(organisation="Faculty of Science")

    assert of_pair(ready, institution="other")[1] == ("institution", "unit")
    assert of_pair(ready, institution="same", unit=False)[1] == ()


def test_a_wish_for_a_gender_counts_only_where_the_programme_asks_and_the_rule_is_on_and_never_in_a_score():
    ready = ready_programme(1, 1)
    before = of_pair(ready)
    more(ready.mentees[0], gender="woman", wants_gender="woman")
    more(ready.mentors[0], gender="man")

    assert of_pair(ready, gender=True) == before
    ready.programme.asked = {"more_mentee": ["gender"], "more_mentor": ["gender"]}
    assert of_pair(ready, gender=True) == (before[0], ("gender",))
    assert of_pair(ready) == before


def test_a_mentor_who_is_not_cleared_waits_where_the_programme_asks_for_it():
    ready = ready_programme(1, 1)
    assert of_pair(ready)[1] == ()
    ready.programme.asked = {"needs_clearance": True}
    assert of_pair(ready)[1] == ("cleared",)
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(cleared_at=NOW)
    assert of_pair(ready)[1] == ()


def test_somebody_under_review_is_held_back_in_both_roles():
    ready = ready_programme(1, 1)
    twin = EnrolmentFactory(programme=ready.programme, mentor=True, person=ready.mentees[0].person)
    UnderReview.objects.create(enrolment=twin, since_at=NOW)

    assert of_pair(ready)[1] == ("safeguarding",)


def test_former_pairs_are_told():
    ready = ready_programme(1, 1)
    RelationshipFactory(mentor=ready.mentors[0], mentee=ready.mentees[0], status=Relationship.Status.ENDED)

    assert of_pair(ready, previous=True)[1] == ("previous",)


def test_help_wanted_interests_style_and_channels_are_compared():
    ready = ready_programme(1, 1)
    for enrolment in (ready.mentees[0], ready.mentors[0]):
        more(
            enrolment,
            kinds={"relationships": 5},
            interests=["parent", "sport"],
            style={"plan": 4, "new": 0, "direct": 2, "personal": 3},
            channels=["chat"],
        )
    assert {name: of_pair(ready, name)[0] for name in ("needs", "interests", "likeness", "contact")} == {
        "needs": 10_000,
        "interests": 10_000,
        "likeness": 9_992,  # four questions share 10,000 in whole parts
        "contact": 7_500,  # how fast they answer is not known
    }


def test_who_told_no_kind_of_help_is_read_from_the_subjects():
    ready = ready_programme(1, 2)
    more(ready.mentors[1], kinds={"support": 5})

    assert of_pair(ready, "needs")[0] == 10_000


def test_the_time_to_answer_is_measured_from_earlier_requests():
    ready = ready_programme(1, 1)
    mentor = ready.mentors[0]
    Request.objects.create(
        programme=ready.programme, mentor=mentor, mentee=EnrolmentFactory(programme=ready.programme), message="please",
        status=Request.Status.DECLINED, decline_reason="no_time", created_at=NOW, sent_at=NOW - timedelta(days=4),
        replied_at=NOW - timedelta(days=1), due_at=NOW, decided_at=NOW,
    )  # fmt: skip
    assert load_pool(ready.programme, at=NOW).cohort.mentors.pace.tolist() == [2]
    assert load_pool(ready.programme, at=NOW - timedelta(days=2)).cohort.mentors.pace.tolist() == [-1]


def rate(mentor: Enrolment, stars: int) -> None:
    relationship = RelationshipFactory(mentor=mentor, mentee=EnrolmentFactory(programme=mentor.programme))
    mentee = relationship.members.get(role=Enrolment.Role.MENTEE)
    session = Session.objects.create(
        relationship=relationship, status=Session.Status.HELD, starts_at=NOW, created_at=NOW
    )
    for person, given in ((mentee.person, stars), (mentor.person, 1)):
        SessionRating.objects.create(session=session, person=person, stars=given, rated_at=NOW)


def test_ratings_count_from_three_people_on_shrunk_towards_what_is_usual_and_not_those_of_the_mentor():
    ready = ready_programme(1, 3)
    good, fair, new = ready.mentors
    for stars in (5, 5, 5):
        rate(good, stars)
    for stars in (3, 3, 3):
        rate(fair, stars)
    rate(new, 5)

    found = dict(
        zip([m.pk for m in ready.mentors], load_pool(ready.programme).cohort.mentors.feedback.tolist(), strict=True)
    )
    assert found[new.pk] == -1
    assert found[good.pk] > 5_000 > found[fair.pk] > 3_000


def test_waiting_is_counted_in_days_from_being_ready():
    ready = ready_programme(1, 1)
    Enrolment.objects.filter(pk=ready.mentees[0].pk).update(ready_at=NOW - timedelta(days=45))
    assert of_pair(ready, "waiting")[0] == 5_000


def test_a_mentor_who_has_nobody_yet_comes_first_where_everybody_is_to_get_one():
    ready = ready_programme(1, 2)
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(free_places=1)
    assert load_pool(ready.programme).cohort.mentors.least.tolist() == [0, 1]


def test_named_groups_stand_beside_the_people_and_in_no_array():
    ready = ready_programme(2, 1)
    before = match(load_pool(ready.programme, at=NOW).cohort)
    GroupLabel.objects.create(enrolment=ready.mentees[0], group="Region", label="North")
    GroupLabel.objects.create(
        enrolment=EnrolmentFactory(programme=ready.programme, free_places=0), group="Region", label="S"
    )
    pool = load_pool(ready.programme, at=NOW)

    assert pool.groups == {"Region": {ready.mentees[0].pk: "North"}}
    assert match(pool.cohort).input_hash == before.input_hash
