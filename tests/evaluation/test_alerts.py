from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from dashboard.desks import coordinator_home
from evaluation import words
from evaluation.facts import DAY, Facts
from evaluation.models import Alert, Response
from evaluation.queries import alert_counts, alert_list, work_item, worklist
from evaluation.risk import risks
from evaluation.services import (
    AlertIsClosed,
    NotTheirsToSee,
    give,
    mark_done,
    refresh_alerts,
    send_note,
    snooze,
    update_relationship,
)
from mentoring.planning.services import reinstate, suspend
from mentoring.relationships.models import CoordinatorTouch, Pause, Relationship, Session
from mentoring.training.models import ProgrammeModule
from notifications.models import Notification
from tests.evaluation.living import answered, meet, members, pair, say, talk, wave
from tests.evaluation.test_indicators import sign
from tests.evaluation.test_programme_indicators import measured
from tests.factories import NOW, CoordinationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def programme(coordination):
    return coordination.programme


def listed(coordination, which, now=NOW):
    return list(alert_list(coordination.person, coordination.programme, which, now))


def reasons(programme):
    """Code -> points of every relationship, in order."""
    return [
        {reason["code"]: reason["points"] for reason in risk.reasons} for risk in risks(Facts(programme, NOW)).values()
    ]


def touched(relationship):
    CoordinatorTouch.objects.create(relationship=relationship, at=NOW - timedelta(days=2))
    return relationship


def test_a_relationship_that_never_began_needs_a_look_from_day_14(programme):
    pair(programme, days=6)
    pair(programme, days=8)
    pair(programme, days=15)

    assert reasons(programme) == [{}, {"no_first_contact": 3}, {"no_first_contact": 5, "agreement_unsigned": 2}]


def test_an_agreement_that_was_changed_gets_its_own_14_days_to_be_signed(programme):
    for since in (13, 15):
        each = touched(pair(programme))
        talk(each)
        sign(each, after_days=3)
        each.agreement.version, each.agreement.updated_at = 2, NOW - timedelta(days=since)
        each.agreement.save()

    assert reasons(programme) == [{}, {"agreement_unsigned": 2}]


def test_a_thriving_relationship_has_no_reason(programme):
    each = touched(pair(programme))
    talk(each)
    sign(each, after_days=3)

    assert reasons(programme) == [{}]


def test_silence_is_measured_by_the_agreed_rhythm(programme):
    for rhythm in (7, 10, 30):
        each = touched(pair(programme))
        sign(each, after_days=3)
        each.agreement.rhythm_days = rhythm
        each.agreement.save()
        mentor, mentee = members(each)
        say(each, mentor, NOW - timedelta(days=25))
        say(each, mentee, NOW - timedelta(days=24))
        meet(each, 24)

    assert [row.get("silence") for row in reasons(programme)] == [4, 2, None]


def test_an_unanswered_message_names_who_waits(programme):
    each = touched(pair(programme, days=20))
    sign(each, after_days=3)
    mentor, mentee = members(each)
    say(each, mentor, NOW - timedelta(days=9))
    say(each, mentee, NOW - timedelta(days=8))

    risk = next(iter(risks(Facts(programme, NOW)).values()))

    assert risk.reasons == [{"code": "unanswered", "points": 2, "days": 8, "waits": "mentee"}]
    assert words.suggestion(risk.reasons[0], {"mentor": "Lena", "mentee": "Ali"}).roles == ["mentor"]


def test_missed_sessions_weigh_more_the_second_time(programme):
    each = touched(pair(programme, days=20))
    sign(each, after_days=3)
    talk(each, every=3)
    mentor, _ = members(each)
    meet(each, 5, status=Session.Status.NO_SHOW, absent=mentor)
    assert reasons(programme) == [{"missed_sessions": 2}]

    meet(each, 2, status=Session.Status.NO_SHOW, absent=mentor)
    assert reasons(programme) == [{"missed_sessions": 5}]


def test_only_the_announced_answers_count_and_unknown_inputs_are_named(programme):
    each = touched(pair(programme, days=20))
    sign(each, after_days=3)
    talk(each, every=3)
    assert next(iter(risks(Facts(programme, NOW)).values())).unknown == ["expectations", "answers"]

    asked = wave(programme, "full")
    answered(asked, each, "mentee", 1, support_continuity_3=4, support_satisfaction_1=2)

    assert reasons(programme) == [{"dissatisfied": 3, "thought_of_ending": 4}]

    Response.objects.update(left_out=Response.LeftOut.SAME_ANSWER)
    assert reasons(programme) == [{}]
    assert "answers" in next(iter(risks(Facts(programme, NOW)).values())).unknown


def test_satisfaction_that_falls_by_two_points_is_a_reason(programme):
    each = touched(pair(programme, days=20))
    sign(each, after_days=3)
    talk(each, every=3)
    answered(wave(programme), each, "mentee", 5, at=NOW - timedelta(days=9))
    answered(wave(programme, number=2), each, "mentee", 3)

    assert reasons(programme) == [{"satisfaction_fell": 3}]


def test_a_coordinator_was_in_touch_with_the_mentor_or_with_both_or_it_does_not_count_for_the_mentor(programme):
    for whom in ("mentor", "mentee", "both"):
        each = pair(programme, days=70)
        sign(each, after_days=3)
        talk(each, every=3)
        mentor, mentee = members(each)
        person = {"mentor": mentor, "mentee": mentee, "both": None}[whom]
        CoordinatorTouch.objects.create(relationship=each, person=person, at=NOW - timedelta(days=2))

    assert reasons(programme) == [{}, {"untouched": 1}, {}]


def test_less_contact_after_a_pause_is_measured_in_the_weeks_that_were_lived(programme):
    """As much contact in the weeks before a pause of three weeks as at the beginning, and one week lived since."""
    for rested in (True, False):
        each = touched(pair(programme, days=84))
        sign(each, after_days=3)
        for day in range(2, 56, 3):
            meet(each, 84 - day)
        meet(each, 3)
        if rested:
            Pause.objects.create(relationship=each, began_at=NOW - timedelta(days=28), ended_at=NOW - timedelta(days=7))

    assert ["falling" in row for row in reasons(programme)] == [False, True]


def test_paused_and_ended_relationships_are_left_alone(programme):
    pair(programme, status=Relationship.Status.PAUSED)
    pair(programme, status=Relationship.Status.ENDED, closed_at=NOW - timedelta(days=1))

    assert risks(Facts(programme, NOW)) == {}


def test_while_somebody_is_suspended_nobody_is_silent_and_nobody_is_alerted(programme):
    each = pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    theirs = each.members.get(person=members(each)[0]).enrolment

    suspend(theirs, reason="A report", by=PersonFactory(), at=NOW)
    refresh_alerts(Facts(programme, NOW))
    assert risks(Facts(programme, NOW)) == {}
    assert Alert.objects.get().outcome == "paused"

    reinstate(theirs, by=PersonFactory(), at=NOW + timedelta(days=9))
    later = Facts(programme, NOW + timedelta(days=10))
    assert (later.age / DAY).tolist() == [16]
    assert list(risks(later)) == [each.pk]


def test_an_alert_is_raised_once_and_closes_when_the_points_fall(programme):
    each = pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    refresh_alerts(Facts(programme, NOW))
    alert = Alert.objects.get()
    assert (alert.level, alert.points) == ("review", 7)

    sign(each, after_days=14)
    say(each, members(each)[0], NOW - timedelta(hours=3))
    say(each, members(each)[1], NOW - timedelta(hours=2))
    refresh_alerts(Facts(programme, NOW))

    alert.refresh_from_db()
    assert (alert.closed_at, alert.outcome) == (NOW, "settled_by_itself")


def test_a_reason_cools_for_fourteen_days_after_its_alert_closed(programme):
    each = pair(programme, days=15)
    reason = {"code": "no_first_contact", "points": 5, "days": 14}
    old = Alert.objects.create(
        relationship=each, level="review", points=5, reasons=[reason], raised_at=NOW - timedelta(days=9),
        needs_look_since=NOW - timedelta(days=9), closed_at=NOW - timedelta(days=1),
    )  # fmt: skip

    refresh_alerts(Facts(programme, NOW))
    assert Alert.objects.count() == 1

    Alert.objects.filter(pk=old.pk).update(closed_at=NOW - timedelta(days=15))
    refresh_alerts(Facts(programme, NOW))
    assert Alert.objects.open().count() == 1


def test_a_watched_relationship_gets_a_friendly_word_once(programme):
    each = pair(programme, days=8)

    refresh_alerts(Facts(programme, NOW))
    refresh_alerts(Facts(programme, NOW))

    news = Notification.objects.values_list("kind", "recipient")
    assert sorted(news) == sorted(("evaluation.nudge_no_first_contact", person.pk) for person in members(each))


def test_the_worklist_hides_what_is_put_off_or_acted_on(coordination, programme):
    for _ in range(3):
        pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    first, second, third = Alert.objects.order_by("pk")

    snooze(first, days=7, why=Alert.Snooze.AWAY, by=coordination.person, at=NOW)
    mark_done(second, by=coordination.person, at=NOW)

    assert [item.alert for item in worklist(coordination.person, NOW)] == [third]
    assert len(worklist(coordination.person, NOW + timedelta(days=8))) == 2
    assert len(worklist(coordination.person, NOW + timedelta(days=15))) == 3
    assert CoordinatorTouch.objects.filter(relationship=second.relationship).count() == 2


def test_a_reason_that_nobody_has_seen_to_ends_the_rest_of_an_alert(coordination, programme):
    one, other = pair(programme, days=15), pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    first, second = Alert.objects.order_by("pk")
    snooze(first, days=7, why=Alert.Snooze.AGREED, by=coordination.person, at=NOW)
    mark_done(second, by=coordination.person, at=NOW)
    later = NOW + timedelta(hours=6)
    refresh_alerts(Facts(programme, later))
    assert worklist(coordination.person, later) == []

    for each in (one, other):
        meet(each, 5, status=Session.Status.NO_SHOW, absent=members(each)[0])
    refresh_alerts(Facts(programme, later))

    assert [item.alert for item in worklist(coordination.person, later)] == [first, second]
    first.refresh_from_db()
    assert (first.rests_until, first.snoozed_for) == (None, "")


def test_what_is_only_watched_stands_on_a_list_of_its_own_and_when_it_rises_on_the_worklist(coordination, programme):
    each = pair(programme, days=8)
    refresh_alerts(Facts(programme, NOW))
    alert = Alert.objects.get()
    assert worklist(coordination.person, NOW) == [] and alert.needs_look_since is None
    desk = coordinator_home(coordination.person, programme, now=NOW)
    assert (desk.items, desk.more, desk.counts["watched"]) == ([], 0, 1)
    assert listed(coordination, "watched") == [alert]

    week = NOW + timedelta(days=7)
    refresh_alerts(Facts(programme, week))
    alert.refresh_from_db()
    assert [item.alert for item in worklist(coordination.person, week)] == [alert]
    assert listed(coordination, "watched", week) == []
    assert alert.needs_look_since == week
    assert "evaluation.nudge_agreement_unsigned" not in Notification.objects.values_list("kind", flat=True)
    assert each.pk == alert.relationship_id


def test_the_first_action_counts_however_often_somebody_acts(coordination, programme):
    pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    for days in (2, 20):
        mark_done(Alert.objects.get(), by=coordination.person, at=NOW + timedelta(days=days))

    assert Alert.objects.get().acted_at == NOW + timedelta(days=2)
    assert Facts(programme, NOW + timedelta(days=30)).alerts == [(NOW, NOW + timedelta(days=2))]


def test_what_was_done_while_they_were_only_watched_is_not_the_look_that_they_need_later(coordination, programme):
    watched = [pair(programme, days=8) for _ in range(5)]
    refresh_alerts(Facts(programme, NOW))
    first, second, third, *_rest = Alert.objects.order_by("relationship")
    for alert in (first, second):
        mark_done(alert, by=coordination.person, at=NOW)

    week = NOW + timedelta(days=7)
    refresh_alerts(Facts(programme, week))
    for alert in (second, third):
        for days in (2, 3):
            mark_done(alert, by=coordination.person, at=week + timedelta(days=days))
    assert Alert.objects.filter(needs_look_since=week).count() == len(watched)
    assert measured("PG2", programme, week + timedelta(days=7)) == ("scored", 2 / 5)

    second.refresh_from_db()
    assert (second.acted_at, second.looked_at) == (NOW, week + timedelta(days=2))


def dissatisfied(programme):
    each = touched(pair(programme, days=20))
    sign(each, after_days=3)
    talk(each, every=3)
    answered(wave(programme), each, "mentee", 5, support_satisfaction_1=2)
    return each


def test_a_reason_that_joins_a_watched_relationship_is_told_to_its_people(programme):
    each = dissatisfied(programme)
    refresh_alerts(Facts(programme, NOW))
    assert Alert.objects.get().level == Alert.Level.WATCH and not told()

    meet(each, 5, status=Session.Status.NO_SHOW, absent=members(each)[0])
    refresh_alerts(Facts(programme, NOW + timedelta(hours=1)))
    assert set(told()) == {("evaluation.nudge_missed_sessions", person.pk) for person in members(each)}


def test_only_the_mentor_is_told_of_a_preparation_that_is_not_finished(programme):
    each = dissatisfied(programme)
    ProgrammeModule.objects.create(programme=programme, module="first-meeting", role="mentor")
    refresh_alerts(Facts(programme, NOW))
    assert set(told()) == {("evaluation.nudge_training_unfinished", members(each)[0].pk)}


def told():
    return list(Notification.objects.filter(kind__contains="nudge").values_list("kind", "recipient"))


def test_the_worklist_takes_three_queries(coordination, programme, django_assert_num_queries):
    for count in (1, 2):
        for _ in range(count):
            pair(programme, days=15)
        refresh_alerts(Facts(programme, NOW))
        with django_assert_num_queries(3):
            items = worklist(coordination.person, NOW)

    assert len(items) == 3
    assert items[0].headline == "Not started: 15 days without a two-way exchange"
    assert items[0].suggestion.draft.startswith("Dear Person")


def test_a_note_reaches_its_people_and_is_remembered(coordination, programme):
    each = pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    alert = Alert.objects.get()

    send_note(alert, text="Shall we talk?", roles=["mentor"], by=coordination.person, at=NOW)

    news = Notification.objects.get(kind="evaluation.coordinator_note")
    assert (news.recipient, news.params["text"]) == (members(each)[0], "Shall we talk?")
    alert.refresh_from_db()
    assert (alert.action, alert.acted_by) == ("note", coordination.person)


def test_nothing_can_be_done_about_a_closed_alert(coordination, programme):
    pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    Alert.objects.update(closed_at=NOW)

    with pytest.raises(AlertIsClosed):
        mark_done(Alert.objects.get(), by=coordination.person, at=NOW)


def test_a_coordinator_who_is_the_partner_learns_nothing_here(coordination, programme):
    each = pair(programme, days=15)
    each.members.filter(role="mentor").update(person=coordination.person)
    refresh_alerts(Facts(programme, NOW))

    assert Alert.objects.count() == 1
    assert worklist(coordination.person, NOW) == []


@pytest.fixture
def alert(programme):
    pair(programme, days=15)
    refresh_alerts(Facts(programme, NOW))
    return Alert.objects.get()


def test_a_coordinator_in_whose_hands_an_alert_is_put_hears_of_it_once(coordination, programme, alert):
    colleague = CoordinationFactory(programme=programme)
    for _ in range(2):
        give(alert, to=colleague.person, by=coordination.person, at=NOW)

    news = Notification.objects.get(kind="evaluation.alert_given")
    assert (news.recipient, news.url) == (colleague.person, alert.get_absolute_url())
    assert set(news.params) == {"name", "programme"}
    event = AuditEvent.objects.get(action="alert.given")
    assert (event.actor_id, event.target_id, event.reason) == (
        coordination.person.pk,
        str(alert.pk),
        f"to {colleague.person.pk}",
    )
    assert (listed(colleague, "mine"), listed(coordination, "mine")) == ([alert], [])
    assert coordinator_home(colleague.person, programme, now=NOW).counts["mine"] == 1

    give(alert, to=coordination.person, by=coordination.person, at=NOW + timedelta(hours=1))
    give(alert, to=None, by=coordination.person, at=NOW + timedelta(hours=2))
    assert Notification.objects.filter(kind="evaluation.alert_given").count() == 1
    assert alert_counts(coordination.person, programme, NOW) == {
        "waiting": 1,
        "mine": 0,
        "watched": 0,
        "resting": 0,
        "seen": 0,
    }


def test_an_alert_is_given_to_nobody_who_may_not_see_it(coordination, programme, alert):
    partner = CoordinationFactory(programme=programme)
    alert.relationship.members.filter(role="mentor").update(person=partner.person)

    for stranger in (partner.person, CoordinationFactory().person):
        with pytest.raises(NotTheirsToSee):
            give(alert, to=stranger, by=coordination.person, at=NOW)
    Alert.objects.update(closed_at=NOW)
    with pytest.raises(AlertIsClosed):
        give(alert, to=coordination.person, by=coordination.person, at=NOW)
    assert not Notification.objects.filter(kind="evaluation.alert_given").exists()


def test_two_weeks_after_somebody_acted_contact_before_and_after_is_counted(coordination, programme):
    each = pair(programme, days=60)
    acted = NOW - timedelta(days=14)
    for days in (-20, -3, 1, 1.2, 5):
        meet(each, 14 - days)
    row = alert_seen_to(each, acted)

    refresh_alerts(Facts(programme, NOW - timedelta(minutes=1)))
    row.refresh_from_db()
    assert (row.days_compared, work_item(row).came_after) == (None, "")

    refresh_alerts(Facts(programme, NOW))
    row.refresh_from_db()
    assert (row.days_compared, row.days_before, row.days_after) == (14, 1, 2)
    assert work_item(row).came_after == "Contact both ways in the 14 days before: on 1; in the 14 days after: on 2."


def test_contact_of_a_young_relationship_is_compared_over_its_life_and_of_one_that_rested_not_at_all(programme):
    acted = NOW - timedelta(days=14)
    young, too_young, rested, ended = (
        alert_seen_to(pair(programme, days=days, **more), acted)
        for days, more in (
            (23, {}), (20, {}), (60, {}),
            (60, {"status": Relationship.Status.ENDED, "closed_at": NOW - timedelta(days=2)}),
        )
    )  # fmt: skip
    Pause.objects.create(
        relationship=rested.relationship, began_at=NOW - timedelta(days=20), ended_at=NOW - timedelta(days=18)
    )
    refresh_alerts(Facts(programme, NOW))

    found = dict(Alert.objects.values_list("pk", "days_compared"))
    assert [found[each.pk] for each in (young, too_young, rested, ended)] == [9, 0, 0, 0]


def alert_seen_to(relationship, at):
    return Alert.objects.create(
        relationship=relationship, level="review", points=6, raised_at=at - timedelta(days=1), acted_at=at,
        needs_look_since=at - timedelta(days=1), reasons=[{"code": "silence", "points": 4, "days": 30, "rhythm": 7}],
    )  # fmt: skip


def test_every_reason_has_words_and_a_draft_that_tells_nobodys_answers():
    numbers = {"points": 1, "days": 9, "rhythm": 7, "waits": "mentee", "count": 2, "by": "mentor", "before": 5, "now": 1,
               "share": 9, "mentor": 4, "mentee": 1, "who": "mentee", "value": 2}  # fmt: skip
    for code in words._DRAFTS:
        row = {"code": code, **numbers}
        assert "%(" not in words.reason(row)
        draft = words.suggestion(row, {"mentor": "Lena", "mentee": "Ali"}).draft
        assert draft.startswith("Dear ")
        assert "questionnaire" not in draft


def test_what_passes_between_two_people_makes_their_alert_new_at_once(programme):
    """Raised, and closed again, by the job of one event; what says nothing new asks nothing about alerts."""
    each, other = pair(programme, days=15), pair(programme, days=15)
    update_relationship(each.pk, at=NOW)
    alert = Alert.objects.get()
    assert (alert.relationship_id, alert.level, alert.points) == (each.pk, "review", 7)
    with CaptureQueriesContext(connection) as told:
        update_relationship(each.pk, at=NOW + timedelta(minutes=5))
    assert sum('"evaluation_alert"' in str(row["sql"]) for row in told.captured_queries) == 1

    sign(each, after_days=14)
    say(each, members(each)[0], NOW - timedelta(hours=3))
    say(each, members(each)[1], NOW - timedelta(hours=2))
    update_relationship(each.pk, at=NOW + timedelta(hours=1))
    alert.refresh_from_db()
    assert (alert.outcome, Alert.objects.filter(relationship=other).exists()) == ("settled_by_itself", False)


def test_a_second_missed_session_and_a_pause_are_seen_at_once(programme):
    each = dissatisfied(programme)
    refresh_alerts(Facts(programme, NOW))
    for days, count in ((5, 1), (2, 2)):
        meet(each, days, status=Session.Status.NO_SHOW, absent=members(each)[0])
        update_relationship(each.pk, at=NOW)
        reasons = {reason["code"]: reason for reason in Alert.objects.get().reasons}
        assert (reasons["missed_sessions"]["count"], "dissatisfied" in reasons) == (count, True)

    Relationship.objects.filter(pk=each.pk).update(status=Relationship.Status.PAUSED)
    Pause.objects.create(relationship=each, began_at=NOW - timedelta(minutes=1))
    update_relationship(each.pk, at=NOW)
    assert Alert.objects.get().outcome == "paused"
