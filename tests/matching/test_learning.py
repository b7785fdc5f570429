"""What earlier pairs teach: from fifty closed relationships on, never from who people are, and only when accepted."""

from dataclasses import asdict
from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from mentoring.matching.engine import CRITERIA, Weights
from mentoring.matching.learning import AllAlike, TooFewClosed, lesson_of, measured_by
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.services.weights import SuggestionChanged, accept_weights
from mentoring.planning.models import GroupLabel
from mentoring.relationships.models import ExitAnswer, Relationship
from mentoring.relationships.queries.outcomes import Outcome, outcomes
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory, RelationshipFactory, SessionFactory

pytestmark = pytest.mark.django_db
EQUAL = Weights.from_parts(skills=50, time=50)


def finished(coordination, count, *, seed=3):
    """Published pairs that are over: they went well where the skills fitted; shared time says nothing, but one group has it."""
    programme, rng = coordination.programme, np.random.default_rng(seed)
    run = MatchRun.objects.create(programme=programme, weights=asdict(EQUAL), created_at=NOW, status="published")
    mentor = EnrolmentFactory(programme=programme, mentor=True)
    for number in range(count):
        skills, time = int(rng.integers(0, 5_000)), int(rng.integers(0, 5_000))
        mentee = EnrolmentFactory(programme=programme)
        well = skills + rng.normal(0, 900) > 2_500
        parts = dict.fromkeys(CRITERIA, 0) | {"skills": skills, "time": time}
        pair = RelationshipFactory(
            mentor=mentor,
            mentee=mentee,
            status=Relationship.Status.COMPLETED if well else Relationship.Status.ENDED,
            started_at=NOW - timedelta(days=90),
            last_contact_at=NOW - timedelta(days=2 if well else 70),
            closed_at=NOW,
            why={"parts": parts},
        )
        ExitAnswer.objects.create(
            relationship=pair, person=mentee.person, satisfaction=4, stay_in_touch=3, answered_at=NOW
        )
        Pair.objects.create(run=run, mentor=mentor, mentee=mentee, score=skills + time, parts=parts, relationship=pair)
        if number % 6:
            label = "Evening" if time > 2_500 else "Day"
            GroupLabel.objects.create(enrolment=mentee, group="When do you study?", label=label)


@pytest.fixture
def coordination():
    coordination = CoordinationFactory()
    coordination.programme.match_settings = {"weights": asdict(EQUAL)}
    coordination.programme.save()
    return coordination


def test_fewer_than_fifty_are_refused_and_the_page_says_how_many_are_missing(client, coordination):
    finished(coordination, 3)
    with pytest.raises(TooFewClosed) as refused:
        lesson_of(coordination.programme)
    assert refused.value.missing == 47

    client.force_login(coordination.person)
    page = client.get(reverse("matching_weights", args=[coordination.programme.slug]))
    assert "47 more relationships must end" in page.content.decode()
    assert "Accept the suggestion" not in page.content.decode()


def test_the_suggestion_follows_what_told_good_pairs_apart_and_warns_of_a_criterion_that_tells_a_group(coordination):
    finished(coordination, 60)
    lesson = lesson_of(coordination.programme)
    told = lesson.suggestion

    assert (told.closed, told.before) == (60, EQUAL)
    assert told.weights.skills > 60 > 40 > told.weights.time
    assert told.better
    assert told.auc > told.auc_before > 0.5
    assert sum(row.pairs for row in told.calibration) == 60
    assert {(proxy.label, proxy.criterion) for proxy in lesson.proxies} == {("Evening", "time")}


def test_accepting_keeps_the_weights_for_the_next_run_and_the_audit_trail_says_what_changed(client, coordination):
    finished(coordination, 60)
    programme, address = coordination.programme, reverse("matching_weights", args=[coordination.programme.slug])
    client.force_login(coordination.person)
    shown = lesson_of(programme).suggestion.weights

    page = client.get(address).content.decode()
    assert f'value="{",".join(map(str, shown.values()))}"' in page
    assert client.post(address, {"weights": ",".join(map(str, shown.values()))}).status_code == 302

    programme.refresh_from_db()
    assert programme.match_settings["weights"] == asdict(shown)
    event = AuditEvent.objects.get(action="matching.weights")
    assert (event.actor_id, event.reason) == (
        coordination.person.pk,
        f"skills 50→{shown.skills}, time 50→{shown.time}",
    )


def test_a_suggestion_that_is_not_the_one_on_the_page_is_not_accepted(coordination):
    finished(coordination, 50)
    with pytest.raises(SuggestionChanged):
        accept_weights(coordination.programme, EQUAL, by=coordination.person, at=NOW)


def test_outcomes_that_are_all_alike_are_refused(coordination):
    finished(coordination, 50)
    Relationship.objects.update(status="completed", last_contact_at=NOW)
    with pytest.raises(AllAlike):
        lesson_of(coordination.programme)


@pytest.mark.once
def test_learning_asks_the_same_queries_however_many_have_ended(coordination, django_assert_num_queries):
    finished(coordination, 50)
    with django_assert_num_queries(5):
        lesson_of(coordination.programme)


@pytest.mark.parametrize(
    ("status", "answers", "stars", "contact", "told"),
    [
        ("completed", (5, 5), None, 90, Outcome(1, 1.0, 1.0)),
        ("completed_early", None, 3, 45, Outcome(1, 0.5, 0.5)),
        ("ended", (4, 1), 5, None, Outcome(0, 0.75, 0.0)),
        ("ended", None, None, 90, Outcome(0, None, 1.0)),
    ],
)
def test_an_outcome_is_completion_satisfaction_and_continued_contact(status, answers, stars, contact, told):
    row = RelationshipFactory(
        status=status,
        started_at=NOW - timedelta(days=90),
        last_contact_at=None if contact is None else NOW - timedelta(days=90 - contact),
        closed_at=NOW,
    )
    person = row.people[0]
    if answers:
        ExitAnswer.objects.create(
            relationship=row, person=person, satisfaction=answers[0], stay_in_touch=answers[1], answered_at=NOW
        )
    if stars:
        SessionFactory(relationship=row, held=True).ratings.create(person=person, stars=stars, rated_at=NOW)
    assert outcomes(row.programme) == {row: told}


def test_a_mistake_and_an_open_relationship_have_no_outcome():
    voided = RelationshipFactory(status="voided", closed_at=NOW)
    RelationshipFactory(programme=voided.programme)
    assert outcomes(voided.programme) == {}


@pytest.mark.once
def test_where_mentors_have_weights_of_their_own_a_fit_was_measured_by_both():
    aim = {"fusion": {"kind": "mean", "mentee_share": 50, "mentors": {"experience": 60}}}
    assert measured_by(asdict(EQUAL), aim) == Weights.from_parts(skills=25, time=25, experience=50)
    assert measured_by(asdict(EQUAL), {}) == EQUAL
