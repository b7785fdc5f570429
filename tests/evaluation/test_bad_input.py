"""What comes in broken, missing or too little ends in a state and a sentence, never in a number that was not measured.

Clocks that change: `test_clocks`. Items dropped from a loaded instrument: `test_instruments`. Learning in two programmes:
`test_units`. Everybody alike on an own scale: `test_outcome_scale`, in the consistency of scales: `test_quality`.
"""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from evaluation.facts import Facts
from evaluation.indicators import ALL
from evaluation.measure import of_each_person, results
from evaluation.models import Response, Score, UnitScore
from evaluation.queries import health
from evaluation.services import WaveIsClosed, answer, close_wave, recompute, recompute_institution
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import CheckIn, Goal, Pause, SessionRating, Signature
from mentoring.support.models import HelpRequest
from mentoring.training.models import ModuleProgress, ProgrammeModule
from notifications.models import Notification
from paradigm.model import stages
from tests.evaluation.living import answered, meet, members, pair, pairs, say, talk, wave
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
STAGES = [stage.slug for stage in stages()]


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def programme(coordination):
    return coordination.programme


def row(programme, component, code):
    return Score.objects.filter(programme=programme, component=component, code=code).order_by("-as_of_on")[0]


def page(coordination, sign_in, stage="causal"):
    url = reverse("health", args=[coordination.programme.slug])
    return sign_in(coordination.person).get(f"{url}?stage={stage}").content.decode()


def test_nobody_answered(coordination, programme, sign_in):
    for each in pairs(programme, 3):
        talk(each)
    wave(programme, closes_at=NOW - timedelta(hours=1))
    recompute(programme, at=NOW)

    said = row(programme, "relationships.communication", "perception")
    assert (said.state, said.value, said.n) == ("not_measured", None, 0)
    assert "What people say: nobody has answered yet." in page(coordination, sign_in, "intervening")


def test_everybody_answered_the_same(coordination, programme, sign_in):
    asked = wave(programme)
    for each in pairs(programme, 6):
        answered(asked, each, "mentee", 4)
        answered(asked, each, "mentor", 4)
    recompute(programme, at=NOW)

    said = row(programme, "relationships.communication", "perception")
    assert (said.state, said.value, "low" in said.inputs) == ("scored", 75.0, False)
    [group] = health(programme, stage_slug="intervening").groups
    assert group.parts[0].beside.interval == ""
    assert (
        "No interval: it needs two relationships or more that differ in what is measured." in group.parts[0].beside.how
    )


@pytest.mark.parametrize(("role", "missing"), [("mentor", "mentees"), ("mentee", "mentors")])
def test_one_role_missing(coordination, programme, sign_in, role, missing):
    asked = wave(programme)
    for each in pairs(programme, 5):
        answered(asked, each, role, 4)
    recompute(programme, at=NOW)

    said = row(programme, "planning.structure", "perception")
    assert (said.state, said.value, said.inputs["only"], said.inputs["people"]) == ("scored", 75.0, role, 5)
    assert f"Answers of 5 {role}s; of {missing} fewer than five have answered." in page(coordination, sign_in)


def test_a_wave_closed_early_counts_what_was_sent_and_not_what_was_begun(coordination, programme):
    asked = wave(programme, closes_at=NOW + timedelta(days=10))
    each, *others = pairs(programme, 6)
    for other in others:
        answered(asked, other, "mentee", 4)
    enrolment = each.members.get(role="mentee").enrolment
    given = {"enrolment": enrolment, "relationship": each, "values": {"planning.structure.1": 1}, "position": 1}
    answer(asked, **given, at=NOW)

    close_wave(asked, by=coordination.person, at=NOW + timedelta(minutes=1))
    asked.refresh_from_db()
    with pytest.raises(WaveIsClosed):
        answer(asked, **given, finish=True, at=NOW + timedelta(minutes=2))
    recompute(programme, at=NOW + timedelta(minutes=3))

    assert Response.objects.filter(submitted_at=None).count() == 1
    said = row(programme, "planning.structure", "perception")
    assert (said.value, said.inputs["people"]) == (75.0, 5)


def test_durations_that_run_backwards_count_as_none_and_break_nothing(programme):
    ProgrammeModule.objects.create(programme=programme, module="first-meeting", role="mentee")
    day = timedelta(days=1)
    for each in pairs(programme, 20, days=100, planned_end_on=(NOW - 200 * day).date()):
        start = each.started_at
        mentor, mentee = members(each)
        talk(each)
        for days in (110, 105, 50, 40):
            session = meet(each, days)
            SessionRating.objects.create(session=session, person=mentee, stars=4, rated_at=start - day)
        say(each, mentee, start - 9 * day)
        Enrolment.objects.filter(memberships__relationship=each).update(decided_at=start + 5 * day)
        for person in (mentor, mentee):
            Signature.objects.create(agreement=each.agreement, version=1, person=person, signed_at=start - 3 * day)
            at = start - 8 * day
            CheckIn.objects.create(relationship=each, person=person, week_on=at.date(), mood=1, answered_at=at)
        Goal.objects.create(
            relationship=each, title="x", status="closed", attainment=1, created_at=start, confirmed_at=start - day
        )
        Pause.objects.create(relationship=each, began_at=start - 20 * day, ended_at=start - 10 * day)
        each.members.filter(role="mentee").update(joined_at=start + 50 * day, left_at=start + 40 * day)
        HelpRequest.objects.create(
            programme=programme, person=mentee, topic="technical", body="x", created_at=start,
            first_answer_at=start - 3 * day, resolved_at=start - 2 * day,
        )  # fmt: skip
        Notification.objects.create(
            recipient=mentee, kind="evaluation.opened", key=f"{each.pk}", url="", created_at=start, read_at=start - day
        )
        ModuleProgress.objects.create(
            person=mentee, module="first-meeting", started_at=start, touched_at=start, finished_at=start - 30 * day
        )

    found = results(Facts(programme, NOW), (*ALL, *of_each_person(ALL)))

    for result in (each for each in found if each.figures is not None):
        enough = result.figures.enough
        assert np.isfinite(result.figures.raw[enough]).all(), result.indicator.code
        assert ((result.scores[enough] >= 0) & (result.scores[enough] <= 100)).all(), result.indicator.code
        if result.indicator.unit in ("share", "days", "hours", "ms", "ratio"):
            assert (result.figures.raw[enough] >= 0).all(), result.indicator.code
        if result.indicator.unit == "share":
            assert (result.figures.raw[enough] <= 1).all(), result.indicator.code
    scored = {result.indicator.code for result in found if result.state == "scored"}
    assert scored >= {"PS1", "MM1", "RC1", "SC1", "IH1"}
    assert "SC2" not in scored  # their planned end lies before their start
    recompute(programme, at=NOW)


def test_a_person_in_two_programmes_is_scored_in_each_by_what_they_did_there():
    first, second = ProgrammeFactory(), ProgrammeFactory()
    here = pair(first)
    mentor = members(here)[0]
    there = pair(second, mentor=EnrolmentFactory(programme=second, mentor=True, person=mentor))
    talk(here, answer_after_hours=10)
    talk(there, answer_after_hours=40)
    for programme in (first, second):
        recompute(programme, at=NOW)

    hours = UnitScore.objects.filter(enrolment__person=mentor).order_by("programme")
    assert [row.scores["RC1"][1] for row in hours] == [10.0, 40.0]


def test_accounts_that_became_one_person_are_one_of_the_five(programme):
    """What two accounts did is put together: two mentors are one now, and a mentee is the same person as well."""
    first, second, third = pairs(programme, 3)
    one = first.members.get(role="mentor")
    second.members.filter(role="mentor").update(enrolment=one.enrolment, person=one.person)
    Enrolment.objects.filter(memberships__relationship=third, role="mentee").update(person=one.person)
    third.members.filter(role="mentee").update(person=one.person)
    for each in (first, second, third):
        talk(each)
    recompute(programme, at=NOW)

    found = row(programme, "relationships.communication", "RC1")
    assert (found.state, found.value, found.n) == ("suppressed", None, 0)  # three relationships of four people
    own = UnitScore.objects.filter(enrolment__person=one.person).order_by("enrolment__role")
    assert [row.scores["RC1"][1] for row in own] == [158.0, 10.0]


@pytest.mark.parametrize("count", [0, 1])
def test_no_relationship_and_one(coordination, programme, sign_in, count):
    for each in pairs(programme, count):
        talk(each)
        meet(each, 10)
    recompute_institution(programme.institution, at=NOW)

    scores = Score.objects.filter(institution=programme.institution)
    assert set(scores.filter(component__in=STAGES).values_list("state", "value")) <= {
        ("too_early", None), ("not_measured", None), ("suppressed", None),
    }  # fmt: skip
    assert not scores.exclude(value=None).filter(component__startswith="relationships").exists()
    text = page(coordination, sign_in, "intervening")
    assert "It is too early to say how this programme stands" in text
    assert "0 of 3 components measured" in text
    assert ("Hidden, because fewer than five people stand behind it." in text) == (count == 1)
