from datetime import timedelta

import numpy as np
import pytest

from evaluation.facts import MENTEE, Facts
from evaluation.indicators import BY_CODE
from mentoring.messaging.models import Message
from mentoring.planning.models import Milestone
from mentoring.relationships.models import (
    CheckIn,
    Goal,
    Pause,
    Relationship,
    RelationshipMember,
    Session,
    SessionRating,
    Signature,
)
from mentoring.relationships.services import end_relationship
from mentoring.support.models import HelpRequest
from mentoring.training.catalogue import module
from mentoring.training.models import LessonAnswer, ModuleProgress, ProgrammeModule
from notifications.models import Mail
from tests.evaluation.living import meet, members, pair, pairs, say, talk
from tests.factories import (
    NOW,
    EnrolmentFactory,
    InstitutionFactory,
    PersonFactory,
    ProgrammeFactory,
    RelationshipFactory,
)

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


def test_pc1_counts_what_nobody_had_written_down_when_the_relationship_ended(programme):
    each = pair(programme)
    meet(each, 30)
    for days in (20, -5):
        meet(each, days, status=Session.Status.CONFIRMED, confirmed_at=each.started_at)
    end_relationship(each, reason="other", by=None, at=NOW)

    found = figures("PC1", programme)

    assert (found.numerator[0], found.denominator[0]) == (1, 2)


def test_pc1_leaves_out_sessions_whose_time_came_in_a_pause(programme):
    each = pair(programme)
    meet(each, 30)
    meet(each, 25)
    meet(each, 10, status=Session.Status.CONFIRMED)
    Pause.objects.create(relationship=each, began_at=NOW - timedelta(days=12), ended_at=NOW - timedelta(days=8))

    found = figures("PC1", programme)

    assert (found.numerator[0], found.denominator[0]) == (2, 2)


def test_id3_stands_on_the_people_who_met(programme):
    mentor = EnrolmentFactory(programme=programme, mentor=True)
    for each in [pair(programme, mentor=mentor) for _ in range(3)]:
        for days in range(1, 5):
            meet(each, days)

    assert figures("ID3", programme).people == 4


def test_id3_leaves_out_what_one_side_alone_logged(programme):
    each = pair(programme)
    for days in range(1, 11):
        meet(each, days, technical_fault=days < 3)
    meet(each, 20, technical_fault=True, provenance=Session.Provenance.SELF_LOGGED)

    assert raw("ID3", programme) == [0.2]


def test_rf2_ignores_messages_under_three_letters(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    for days in range(50, 25, -5):
        say(each, mentor, NOW - timedelta(days=days), body="ok")
        say(each, mentee, NOW - timedelta(days=days, hours=-2))
        say(each, mentor, NOW - timedelta(days=days, hours=-62))

    assert raw("RF2", programme) == [0.5]


def test_words_that_were_deleted_or_erased_still_tell_who_began_and_who_wrote(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    for days in range(50, 25, -5):
        for sender, hours in ((mentor, 0), (mentee, 60)):
            say(each, sender, NOW - timedelta(days=days, hours=-hours))
    Message.objects.filter(sender=mentor).update(body="", deleted_at=NOW)

    assert (raw("RF2", programme), raw("RC3", programme)) == ([0.5], [1.0])


def test_rp2_counts_no_answer_of_a_pause_and_no_more_than_was_asked(programme):
    paused, eager = pair(programme, days=70), pair(programme, days=20)
    Pause.objects.create(relationship=paused, began_at=NOW - timedelta(days=35), ended_at=NOW)
    told = [(paused, member, days) for member in members(paused) for days in range(1, 35, 7)]
    told += [(eager, members(eager)[1], days) for days in (19, 12, 5)]
    for each, person, days in told:
        at = NOW - timedelta(days=days)
        CheckIn.objects.create(relationship=each, person=person, week_on=at.date(), mood=4, answered_at=at)

    found = figures("RP2", programme)

    assert found.numerator.tolist() == [0.0, 2.0]
    assert found.denominator.tolist() == [10.0, 4.0]


def test_rp2_begins_anew_for_who_comes_back(programme):
    each = pair(programme, days=84)
    back = each.members.get(role="mentee")
    for days in range(80, 20, -7):
        at = NOW - timedelta(days=days)
        CheckIn.objects.create(relationship=each, person=back.person, week_on=at.date(), mood=4, answered_at=at)
    back.joined_at = NOW - timedelta(days=21)
    back.save()

    found = figures("RP2", programme)

    assert (found.numerator[0], found.denominator[0]) == (0, 12 + 3)


def test_rp2_asks_members_for_as_long_as_they_are_there(programme):
    each = pair(programme, days=28)
    gone = EnrolmentFactory(programme=programme)
    each.members.create(
        enrolment=gone, person=gone.person, role="mentee", joined_at=each.started_at, left_at=NOW - timedelta(days=14)
    )
    for days in (20, 27):
        at = NOW - timedelta(days=days)
        CheckIn.objects.create(relationship=each, person=gone.person, week_on=at.date(), mood=3, answered_at=at)

    found = figures("RP2", programme)

    assert (found.numerator[0], found.denominator[0]) == (2, 4 + 4 + 2)


def test_sc3_sees_who_is_together_again_in_another_programme_and_who_met_since(programme):
    pairs(programme, 7, status="completed", closed_at=NOW - timedelta(days=20))
    renewed, met, said_by_one = pairs(programme, 3, status="completed", closed_at=NOW - timedelta(days=20))
    for institution, each in ((programme.institution, renewed), (InstitutionFactory(), met)):
        mentor, mentee = members(each)
        other = ProgrammeFactory(institution=institution)
        RelationshipFactory(
            programme=other, started_at=NOW - timedelta(days=10),
            mentor=EnrolmentFactory(programme=other, mentor=True, person=mentor),
            mentee=EnrolmentFactory(programme=other, person=mentee),
        )  # fmt: skip
    meet(said_by_one, 3, provenance=Session.Provenance.SELF_LOGGED)
    before = figures("SC3", programme)
    meet(met, 3, provenance=Session.Provenance.PARTNER_CONFIRMED)
    after = figures("SC3", programme)

    assert (before.numerator[0], after.numerator[0], after.denominator[0]) == (1, 2, 10)
    assert figures("PC1", programme).denominator.tolist() == [0.0] * 10  # what came afterwards was not due


def test_sc3_sees_what_began_before_the_old_relationship_was_closed(programme):
    ended = pairs(programme, 10, status="completed", closed_at=NOW - timedelta(days=20))
    next_one = ProgrammeFactory(institution=programme.institution)
    for each, fields in zip(ended, ({}, {"status": "ended", "closed_at": NOW - timedelta(days=22)}), strict=False):
        mentor, mentee = members(each)
        RelationshipFactory(
            programme=next_one, started_at=NOW - timedelta(days=23), **fields,
            mentor=EnrolmentFactory(programme=next_one, mentor=True, person=mentor),
            mentee=EnrolmentFactory(programme=next_one, person=mentee),
        )  # fmt: skip

    assert figures("SC3", programme).numerator[0] == 1


def test_mm1_counts_those_who_gave_up_waiting(programme):
    for _ in range(2):
        pair(programme, days=10)
    for status, gone in (("withdrawn", 30), ("suspended", 20), ("deactivated", 10), ("rejected", 5)):
        EnrolmentFactory(
            programme=programme, status=status, decided_at=NOW - timedelta(days=40),
            status_at=NOW - timedelta(days=gone),
        )  # fmt: skip

    found = figures("MM1", programme)

    assert found.raw[0] == 30.0  # fewer than half are matched, and this is how long somebody waited
    assert (found.numerator[0], found.denominator[0], found.people) == (2, 5, 5)


def test_mm1_waits_no_longer_for_who_is_gone_after_a_match_that_was_a_mistake(programme):
    for _ in range(2):
        pair(programme, days=10)
    for _ in range(3):
        gone = pair(programme, days=190, status="voided").members.get(role="mentee").enrolment
        gone.status, gone.status_at = "withdrawn", gone.decided_at + timedelta(days=17)
        gone.save()

    found = figures("MM1", programme)

    assert (found.raw[0], found.short) == (17.0, True)


def test_mm1_is_over_for_those_who_are_done_with_the_programme(programme):
    for _ in range(5):
        EnrolmentFactory(
            programme=programme, status="completed", decided_at=NOW - timedelta(days=200),
            status_at=NOW - timedelta(days=150),
        )  # fmt: skip

    assert figures("MM1", programme).raw[0] == 50.0


def cut_short(programme, *, days, reason, closed, closing=None, **fields):
    """A pair matched so many days ago, whose end came (and began) so many days after the match."""
    start = NOW - timedelta(days=days)
    return pair(
        programme, days=days, status="ended", close_reason=reason, closed_at=start + timedelta(days=closed),
        closing_since=None if closing is None else start + timedelta(days=closing), **fields,
    )  # fmt: skip


def test_mm3_counts_a_poor_fit_by_when_its_end_began(programme):
    pairs(programme, 7, days=90)
    cut_short(programme, days=90, reason="poor_fit", closed=30)
    cut_short(programme, days=90, reason="poor_fit", closing=55, closed=69)
    cut_short(programme, days=90, reason="poor_fit", closing=61, closed=61)
    pair(programme, days=62, status="concluding", close_reason="poor_fit", closing_since=NOW - timedelta(days=5))

    found = figures("MM3", programme)

    assert (found.numerator[0], found.denominator[0]) == (3, 11)


def test_mm3_counts_who_was_matched_anew_within_60_days(programme):
    pairs(programme, 7, days=90)
    for reason, closed, anew in (("no_time", 20, 25), ("no_time", 20, 70), ("time_over", 20, 25)):
        first = cut_short(programme, days=90, reason=reason, closed=closed)
        first.status = "completed" if reason == "time_over" else "ended"
        first.save()
        RelationshipFactory(
            mentor=EnrolmentFactory(programme=programme, mentor=True),
            mentee=first.members.get(role="mentee").enrolment,
            started_at=first.started_at + timedelta(days=anew),
        )

    assert figures("MM3", programme).numerator[0] == 1
    winding_down = cut_short(programme, days=90, reason="no_time", closing=30, closed=44)
    RelationshipFactory(
        mentor=EnrolmentFactory(programme=programme, mentor=True),
        mentee=winding_down.members.get(role="mentee").enrolment,
        started_at=winding_down.started_at + timedelta(days=40),
    )

    found = figures("MM3", programme)

    assert (found.numerator[0], found.denominator[0]) == (2, 13)


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


def test_rc1_is_the_geometric_mean_of_what_each_side_lets_the_other_wait(programme):
    each = pair(programme)
    talk(each, every=7, answer_after_hours=24)

    assert raw("RC1", programme) == [58.7878]  # the root of 24 x 144
    assert figures("RC1", programme).denominator.tolist() == [9 + 8]


def test_rc1_asks_for_five_answers_of_a_side(programme):
    by_one, rare = pair(programme, days=36), pair(programme, days=28)
    for each in (by_one, rare):
        talk(each, every=7, answer_after_hours=24)

    assert raw("RC1", programme) == [24.0, None]  # of the first the mentor answered five times, the mentee four
    assert figures("RC1", programme).denominator.tolist() == [5, 0]


def test_rc1_and_rc2_count_a_burst_of_words_once(programme):
    each = pair(programme)
    mentor, mentee = members(each)
    hour = NOW.replace(minute=0) - timedelta(days=50)
    for minute in range(40):
        say(each, (mentee, mentor)[minute % 2], hour + timedelta(minutes=minute))
    for day in (49, 40, 31, 22, 13):
        say(each, mentee, NOW - timedelta(days=day))
        if day > 40:
            say(each, mentor, NOW - timedelta(days=day - 1))

    assert raw("RC1", programme) == [None]
    assert figures("RC2", programme).denominator.tolist() == [5.0]


def test_rc1_does_not_count_the_hours_in_which_a_relationship_rested(programme):
    each = pair(programme, days=80)
    mentor, mentee = members(each)
    for day in range(70, 10, -10):
        asked = NOW - timedelta(days=day)
        say(each, mentee, asked)
        Pause.objects.create(
            relationship=each, began_at=asked + timedelta(hours=2), ended_at=asked + timedelta(hours=170)
        )
        say(each, mentor, asked + timedelta(hours=172))

    assert BY_CODE["RC1"].of_person(Facts(programme, NOW)).raw.tolist()[0] == 4.0
    assert raw("RC2", programme) == [0.0833]  # 1 of 12: what was said last


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
    cared_for, not_so, *others = pairs(programme, 6)
    for each in (cared_for, not_so, *others):
        at = NOW - timedelta(days=30 if each in (cared_for, not_so) else 20)
        low = {"relationship": each, "person": members(each)[1], "week_on": at.date(), "answered_at": at}
        if each != others[-1]:
            CheckIn.objects.create(mood=1, **low)
    say(cared_for, members(cared_for)[0], NOW - timedelta(days=29))
    say(not_so, members(not_so)[1], NOW - timedelta(days=29))  # writing oneself is not being cared for

    assert raw("RP1", programme) == [0.2]
    CheckIn.objects.create(mood=1, **low)
    assert figures("RP1", programme).denominator.tolist() == [5.0]  # the sixth waits for four more


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


def test_ss2_is_the_slope_of_the_ratings_and_stands_on_those_who_rated(programme):
    each = pair(programme, days=100)
    mentee = members(each)[1]
    for stars, days in enumerate((90, 70, 50, 30, 10), start=1):
        rated_at = NOW - timedelta(days=days)
        SessionRating.objects.create(session=meet(each, days), person=mentee, stars=stars, rated_at=rated_at)

    assert raw("SS2", programme) == [pytest.approx(30.44 / 20, abs=1e-3)]
    assert figures("SS2", programme).people == 1


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
