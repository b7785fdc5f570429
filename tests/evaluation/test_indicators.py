from datetime import timedelta

import numpy as np
import pytest

from evaluation.facts import MENTEE, Facts
from evaluation.indicators import BY_CODE
from mentoring.planning.models import Milestone
from mentoring.relationships.models import (
    CheckIn,
    Goal,
    Relationship,
    RelationshipMember,
    Session,
    SessionRating,
    Signature,
)
from mentoring.support.models import HelpRequest
from mentoring.training.catalogue import module
from mentoring.training.models import LessonAnswer, ModuleProgress, ProgrammeModule
from notifications.models import Mail
from tests.evaluation.living import meet, members, pair, say, talk
from tests.factories import NOW, EnrolmentFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory()


def figures(code, programme):
    return BY_CODE[code].compute(Facts(programme, NOW))


def raw(code, programme):
    """The raw figures of a code; None where there are none."""
    return [None if np.isnan(value) else round(float(value), 4) for value in figures(code, programme).raw]


def sign(relationship, *, after_days):
    for member in relationship.members.all():
        Signature.objects.create(
            agreement=relationship.agreement,
            version=1,
            person=member.person,
            signed_at=relationship.started_at + timedelta(days=after_days),
        )


def test_ps1_counts_days_to_both_signatures_and_waits_until_day_14(programme):
    sign(pair(programme, days=30), after_days=6)
    pair(programme, days=30)  # never signed
    pair(programme, days=10)  # too early

    assert raw("PS1", programme) == [6.0, 30.0, None]
    assert figures("PS1", programme).missing[2] == "too_early"


def test_ps1_keeps_the_first_moment_at_which_a_version_was_signed_by_all(programme):
    each = pair(programme, days=30)
    sign(each, after_days=6)
    each.agreement.version = 2
    each.agreement.save()
    by_one = pair(programme, days=30)
    for version, member in enumerate(by_one.members.all(), start=1):
        Signature.objects.create(
            agreement=by_one.agreement, version=version, person=member.person, signed_at=by_one.started_at
        )

    assert raw("PS1", programme) == [6.0, 30.0]


def test_ps1_asks_for_those_who_were_there_then(programme):
    each, left = pair(programme, days=30), pair(programme, days=30)
    sign(each, after_days=6)
    sign(left, after_days=3)
    for circle, fields in (
        (each, {"joined_at": NOW - timedelta(days=10)}),
        (left, {"left_at": NOW - timedelta(days=21)}),
    ):
        one_more = EnrolmentFactory(programme=programme)
        start = {"joined_at": circle.started_at} | fields
        circle.members.create(enrolment=one_more, person=one_more.person, role="mentee", **start)

    assert raw("PS1", programme) == [6.0, 9.0]
    assert Facts(programme, NOW).agreements.stands.tolist() == [False, True]


def test_ps2_counts_what_stands_there_from_the_match_on_once_all_have_signed(programme):
    untouched, signed = pair(programme, days=5), pair(programme, days=5)
    sign(signed, after_days=3)
    for each in (untouched, signed):
        each.agreement.boundaries, each.agreement.channels = "No calls at night", ["here"]
        each.agreement.save()

    assert raw("PS2", programme) == [1 / 8, 5 / 8]


def test_pc1_counts_sessions_held_over_due_without_those_one_side_logged(programme):
    each = pair(programme)
    meet(each, 30)
    meet(each, 20, status=Session.Status.NO_SHOW)
    meet(each, 10, status=Session.Status.CONFIRMED)
    meet(each, 9, status=Session.Status.CANCELLED)
    meet(each, 5, provenance=Session.Provenance.SELF_LOGGED)

    assert raw("PC1", programme) == [0.3333]
    assert raw("PC2", programme) == [0.3333]


def test_pc2_counts_a_session_called_off_less_than_two_hours_before_as_missed_by_who_did(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    for days, minutes in ((30, 5), (20, 119), (10, 120), (5, 3000)):
        starts_at = NOW - timedelta(days=days)
        meet(
            each, days, status=Session.Status.CANCELLED, confirmed_at=each.started_at, cancelled_by=mentee,
            cancelled_at=starts_at - timedelta(minutes=minutes),
        )  # fmt: skip
    meet(each, 4)
    gone_with_the_end = NOW - timedelta(days=3, minutes=5)
    meet(each, 3, status=Session.Status.CANCELLED, confirmed_at=each.started_at, cancelled_at=gone_with_the_end)

    assert raw("PC1", programme) == [0.3333]
    assert raw("PC2", programme) == [0.6667]
    assert Facts(programme, NOW).sessions["absent_side"][:2].tolist() == [MENTEE, MENTEE]


def test_pc3_leaves_dropped_goals_out(programme):
    each = pair(programme)
    for status, confirmed in (("active", NOW), ("proposed", None), ("dropped", None)):
        Goal.objects.create(
            relationship=each, title="x", status=status, created_at=each.started_at, confirmed_at=confirmed
        )

    assert raw("PC3", programme) == [0.5]


def test_pg1_gives_a_milestone_a_week_of_grace(programme):
    day = NOW.date() - timedelta(days=20)
    for late in (0, 7, 8):
        Milestone.objects.create(
            programme=programme, title_en="x", due_on=day, met_at=NOW - timedelta(days=20) + timedelta(days=late)
        )

    assert raw("PG1", programme) == [0.6667]


def test_mm1_counts_those_who_still_wait(programme):
    for _ in range(2):
        pair(programme, days=10)  # matched 7 days after they were accepted
    for _ in range(3):
        EnrolmentFactory(programme=programme, decided_at=NOW - timedelta(days=40))

    found = figures("MM1", programme)

    assert found.raw[0] == 40.0
    assert (found.numerator[0], found.denominator[0]) == (2, 5)


def test_mf1_counts_agreed_intervals_with_contact(programme):
    each = pair(programme, days=28)
    mentor, _ = members(each)
    for day in (1, 2, 8):
        say(each, mentor, each.started_at + timedelta(days=day))

    assert raw("MF1", programme) == [0.5]


def test_mf1_measures_a_slow_rhythm_by_itself(programme):
    each = pair(programme, days=60)
    each.agreement.rhythm_days = 30
    each.agreement.save()
    say(each, members(each)[0], each.started_at + timedelta(days=3))
    say(each, members(each)[0], each.started_at + timedelta(days=40))

    assert raw("MF1", programme) == [1.0]


def test_rc1_is_the_median_wait_for_an_answer(programme):
    each = pair(programme)
    talk(each, every=7, answer_after_hours=24)

    assert raw("RC1", programme) == [24.0]


def test_rc1_needs_five_answers(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    say(each, mentee, NOW - timedelta(days=9))
    say(each, mentor, NOW - timedelta(days=8))

    assert raw("RC1", programme) == [None]


def test_rc2_takes_a_session_as_an_answer(programme):
    each = pair(programme, days=100)
    mentor, mentee = members(each)
    for day in range(90, 50, -10):
        say(each, mentee, NOW - timedelta(days=day))
        say(each, mentor, NOW - timedelta(days=day - 1))
    say(each, mentee, NOW - timedelta(days=40))
    meet(each, 38)

    assert raw("RC2", programme) == [pytest.approx(4 / 9, abs=1e-3)]


def test_rc2_asks_no_answer_to_the_last_words_of_a_relationship(programme):
    each = pair(
        programme, days=100, status=Relationship.Status.COMPLETED, closed_at=NOW - timedelta(days=10),
        close_reason="goals_reached",
    )  # fmt: skip
    mentor, mentee = members(each)
    for day in (60, 50, 40):
        say(each, mentee, NOW - timedelta(days=day))
        say(each, mentor, NOW - timedelta(days=day - 1))
    say(each, mentee, NOW - timedelta(days=12))
    say(each, mentor, NOW - timedelta(days=11))

    assert figures("RC2", programme).denominator.tolist() == [6.0]
    assert raw("RC2", programme) == [0.5]


def test_rc3_ignores_messages_under_three_letters(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    for n in range(8):
        say(each, mentee, NOW - timedelta(days=20, hours=n))
    for n in range(2):
        say(each, mentor, NOW - timedelta(days=19, hours=n))
    for n in range(5):
        say(each, mentor, NOW - timedelta(days=18, hours=n), body="ok")

    assert raw("RC3", programme) == [0.4]
    assert BY_CODE["RC3"].score(np.array([0.4])) == pytest.approx(40.0)


def test_rc3_counts_at_most_one_message_per_side_and_hour(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    hour = NOW.replace(minute=0) - timedelta(days=20)
    for n in range(8):
        say(each, mentee, hour - timedelta(hours=n))
    say(each, mentor, hour - timedelta(hours=9))
    for n in range(30):
        say(each, mentor, hour + timedelta(minutes=n))

    assert raw("RC3", programme) == [0.4]


def test_rp1_asks_whether_hard_weeks_were_cared_for(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    for days in (30, 23, 16):
        at = NOW - timedelta(days=days)
        CheckIn.objects.create(relationship=each, person=mentee, week_on=at.date(), mood=1, answered_at=at)
    say(each, mentor, NOW - timedelta(days=29))
    say(each, mentee, NOW - timedelta(days=22))  # writing oneself is not being cared for

    assert raw("RP1", programme) == [0.3333]


def test_rf1_needs_both_sides_in_a_week(programme):
    each = pair(programme, days=28)
    mentor, mentee = members(each)
    say(each, mentor, each.started_at + timedelta(days=1))
    say(each, mentee, each.started_at + timedelta(days=2))
    say(each, mentor, each.started_at + timedelta(days=8))
    meet(each, 4)

    assert raw("RF1", programme) == [0.5]


def test_ih1_counts_requests_that_still_wait(programme):
    person = PersonFactory()
    for answered in (2, 4, None, None, None):
        asked = NOW - timedelta(hours=50)
        HelpRequest.objects.create(
            programme=programme, person=person, topic="technical", body="x", created_at=asked,
            first_answer_at=asked + timedelta(hours=answered) if answered else None,
        )  # fmt: skip
    HelpRequest.objects.create(programme=programme, person=person, topic="wellbeing", body="x", created_at=NOW)

    found = figures("IH1", programme)

    assert (found.raw[0], found.numerator[0], found.denominator[0], found.people) == (50.0, 2, 5, 1)


def test_ih1_counts_what_was_settled_without_an_answer_until_then(programme):
    person = PersonFactory()
    asked = NOW - timedelta(days=60)
    for answered in (1, 1, None, None, None):
        HelpRequest.objects.create(
            programme=programme, person=person, topic="technical", body="x", created_at=asked,
            first_answer_at=asked + timedelta(hours=answered) if answered else None,
            resolved_at=None if answered else asked + timedelta(minutes=10),
        )  # fmt: skip

    assert raw("IH1", programme) == [1.0]


@pytest.mark.parametrize(("returned", "counts"), [("hard", True), ("soft", True), ("complaint", False)])
def test_te1_counts_mails_that_came_back(programme, returned, counts):
    person = EnrolmentFactory(programme=programme).person
    for n in range(50):
        Mail.objects.create(
            recipient=person, to=person.email, kind="x", key=f"{n}", subject="x", body_text="x", created_at=NOW,
            sent_at=NOW, returned=returned if n < 20 else "", returned_at=NOW if n < 20 else None,
        )  # fmt: skip

    assert raw("TE1", programme) == [0.4 if counts else 0.0]


def test_te1_counts_mails_that_failed(programme):
    person = EnrolmentFactory(programme=programme).person
    for n in range(50):
        Mail.objects.create(
            recipient=person, to=person.email, kind="x", key=f"{n}", subject="x", body_text="x",
            created_at=NOW, sent_at=None if n == 0 else NOW, error="550" if n == 0 else "",
        )  # fmt: skip

    assert raw("TE1", programme) == [0.02]


def test_tm1_counts_channels_by_their_weight(programme):
    each = pair(programme)
    mentor, _ = members(each)
    for n in range(5):
        say(each, mentor, NOW - timedelta(days=n + 1))
        meet(each, n + 1, place="video")

    assert raw("TM1", programme) == [2.0]
    assert raw("TM2", programme) == [0.5]


def test_many_messages_in_one_hour_are_one_contact(programme):
    each = pair(programme)
    hour = NOW.replace(minute=0) - timedelta(days=3)
    for n in range(12):
        say(each, members(each)[0], hour + timedelta(minutes=n))

    assert len(Facts(programme, NOW).contacts["at"]) == 1


def test_st1_and_st2_per_person(programme):
    for slug in ("first-meeting", "giving-feedback"):
        ProgrammeModule.objects.create(programme=programme, module=slug, role="mentee", due_days=14)
    person = EnrolmentFactory(programme=programme, decided_at=NOW - timedelta(days=30)).person
    EnrolmentFactory(programme=programme, decided_at=NOW - timedelta(days=3))
    ModuleProgress.objects.create(
        person=person, module="first-meeting", started_at=NOW - timedelta(days=29), touched_at=NOW,
        finished_at=NOW - timedelta(days=28), quiz_before=0.5, quiz_after=0.75,
    )  # fmt: skip

    assert raw("ST1", programme) == [0.5, None]
    assert raw("ST2", programme) == [0.5, None]


def test_sv2_counts_reflections_from_acceptance_on(programme):
    ProgrammeModule.objects.create(programme=programme, module="first-meeting", role="mentee", due_days=14)
    person = EnrolmentFactory(programme=programme, decided_at=NOW - timedelta(weeks=8)).person
    for slug, weeks in (("first-meeting", 30), ("giving-feedback", 2)):
        at = NOW - timedelta(weeks=weeks)
        progress = ModuleProgress.objects.create(person=person, module=slug, started_at=at, touched_at=at)
        reflection = next(screen for screen in module(slug).screens if screen.kind == "reflection")
        LessonAnswer.objects.create(progress=progress, lesson=reflection.key, answered_at=at)

    assert figures("SV2", programme).numerator.tolist() == [1.0]


def test_sv1_and_sv2_stop_with_the_programme():
    programme = ProgrammeFactory(starts_on=NOW.date() - timedelta(weeks=40), ends_on=NOW.date() - timedelta(weeks=20))
    ProgrammeModule.objects.create(programme=programme, module="first-meeting", role="mentee", due_days=14)
    person = EnrolmentFactory(programme=programme, decided_at=NOW - timedelta(weeks=28)).person
    progress = ModuleProgress.objects.create(
        person=person, module="first-meeting", started_at=NOW - timedelta(weeks=28), touched_at=NOW
    )
    reflections = [screen for screen in module("first-meeting").screens if screen.kind == "reflection"]
    LessonAnswer.objects.create(progress=progress, lesson=reflections[0].key, answered_at=NOW - timedelta(weeks=25))

    assert figures("SV1", programme).denominator.tolist() == [8.0]
    assert raw("SV1", programme) == [0.125]
    assert raw("SV2", programme) == [pytest.approx(30.44 / 56, abs=1e-3)]


def test_su1_is_goal_attainment(programme):
    each = pair(programme)
    for rating in (1, 1, 1):
        Goal.objects.create(
            relationship=each, title="x", status="closed", attainment=rating, created_at=each.started_at
        )

    assert raw("SU1", programme) == [63.6931]


def test_ss1_weighs_both_sides_alike(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    sessions = [meet(each, days) for days in (5, 10, 15)]
    for session in sessions:
        SessionRating.objects.create(session=session, person=mentee, stars=5, rated_at=NOW)
    SessionRating.objects.create(session=sessions[0], person=mentor, stars=3, rated_at=NOW)

    assert raw("SS1", programme) == [4.0]
    assert figures("SS1", programme).people == 2


def test_ss1_stands_on_those_who_rated_not_on_all_who_met(programme):
    each = pair(programme)
    mentee = members(each)[1]
    for days in (5, 10, 15):
        SessionRating.objects.create(session=meet(each, days), person=mentee, stars=5, rated_at=NOW)

    assert figures("SS1", programme).people == 1


def test_sc1_counts_from_the_last_answer(programme):
    each = pair(programme, days=40)
    mentor, mentee = members(each)
    say(each, mentor, NOW - timedelta(days=30))
    say(each, mentee, NOW - timedelta(days=28))
    say(each, mentee, NOW - timedelta(days=1))  # nobody has answered this

    assert raw("SC1", programme) == [4.0]


@pytest.mark.parametrize(("planned_days_ago", "share"), [(-30, None), (1, 0.5)])
def test_sc2_follows_relationships_to_their_planned_end_and_says_nothing_before(programme, planned_days_ago, share):
    for _ in range(10):
        each = pair(programme, days=60)
        each.planned_end_on = NOW.date() - timedelta(days=planned_days_ago)
        each.save()
    for _ in range(10):
        pair(
            programme,
            days=60,
            status=Relationship.Status.ENDED,
            closed_at=NOW - timedelta(days=30),
            close_reason="no_time",
        )

    assert raw("SC2", programme) == [share]


def test_a_voided_relationship_counts_nowhere(programme):
    pair(programme, status=Relationship.Status.VOIDED)

    assert len(Facts(programme, NOW).pairs) == 0


def test_mm1_counts_whoever_joins_a_circle_later_from_their_own_day(programme):
    circle = pair(programme, days=60)
    later = EnrolmentFactory(programme=programme, decided_at=NOW - timedelta(days=50))
    RelationshipMember.objects.create(
        relationship=circle, person=later.person, enrolment=later, role="mentee", joined_at=NOW - timedelta(days=10)
    )
    place = Facts(programme, NOW).people.ids.tolist().index(later.pk)

    assert BY_CODE["MM1"].of_person(Facts(programme, NOW)).raw[place] == 40.0


def test_mm2_is_not_measured_where_no_percentile_was_stored(programme):
    pair(programme)
    pair(programme, why={"percentile": 0.8})

    assert raw("MM2", programme) == [None, 0.8]
    assert figures("MM2", programme).missing[0] == "not_measured"


def test_mf2_compares_what_both_sides_expect(programme):
    each = pair(programme)
    for member, wanted in zip(each.members.select_related("enrolment").order_by("pk"), (8, 2), strict=True):
        member.enrolment.contacts_wanted = wanted
        member.enrolment.save()

    assert raw("MF2", programme) == [2.0]
