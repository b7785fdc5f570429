from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Job
from evaluation.facts import Facts
from evaluation.models import Answer, Response, Wave
from evaluation.perception import perception
from evaluation.plan import proposals
from evaluation.queries import targets, waiting_waves
from evaluation.queries.surveys import standings
from evaluation.questionnaire import form_items
from evaluation.services import announce, answer
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship
from notifications.models import Notification
from tests.evaluation.living import answered, members, pair, pairs, wave
from tests.evaluation.own import own_instrument
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordination():
    return CoordinationFactory()


def test_a_plan_follows_from_the_dates_and_leaves_out_what_has_no_time():
    half_a_year = Programme(starts_on=date(2026, 10, 1), ends_on=date(2027, 3, 30))
    made = [(p.moment, p.form, p.opens_on, p.fits) for p in proposals(half_a_year, date(2026, 9, 1))]
    assert made == [
        ("w0", "start", date(2026, 9, 24), True),
        ("w1", "early", date(2026, 10, 29), True),
        ("w2", "short", date(2026, 12, 30), True),
        ("w3", "full", date(2027, 3, 16), True),
        ("w4", "after", date(2027, 7, 28), True),
    ]
    six_weeks = Programme(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 12))
    assert [p.fits for p in proposals(six_weeks, date(2026, 9, 1))] == [True, False, False, True, True]
    assert [p.fits for p in proposals(half_a_year, date(2026, 12, 1))] == [False, False, True, True, True]


def test_a_coordinator_confirms_the_plan_shifts_a_wave_and_takes_another_back(coordination, sign_in):
    programme, today = coordination.programme, timezone.localdate()
    programme.starts_on, programme.ends_on = today + timedelta(days=10), today + timedelta(days=190)
    programme.save()
    client, page = sign_in(coordination.person), reverse("wave_plan", args=[programme.slug])

    shown = client.get(page).content.decode()
    assert "A plan from your dates: confirm it or shift it" in shown
    first = {name: value for each in client.get(page).context["rows"] for name, value in _typed(each).items()}
    client.post(page, first)
    assert list(Wave.objects.order_by("number").values_list("moment", "form")) == [
        ("w0", "start"), ("w1", "early"), ("w2", "short"), ("w3", "full"), ("w4", "after"),
    ]  # fmt: skip

    middle = Wave.objects.get(moment="w2")
    later = timezone.localdate(middle.opens_at) + timedelta(days=7)
    changed = first | {"w2-opens_on": later.isoformat(), "w2-closes_on": (later + timedelta(days=9)).isoformat()}
    client.post(page, {name: value for name, value in changed.items() if name != "w4-wanted"})

    assert sorted(Wave.objects.values_list("moment", flat=True)) == ["w0", "w1", "w2", "w3"]
    pair(programme)
    assert announce(Wave.objects.get(moment="w2"), at=middle.opens_at) == 0
    moved = Wave.objects.get(moment="w2")
    assert announce(moved, at=moved.opens_at) == 2
    jobs = Job.objects.filter(name="evaluation.announce_wave", payload={"wave_id": moved.pk})
    assert sorted(jobs.values_list("due_at", flat=True)) == [middle.opens_at, moved.opens_at]


def test_a_pulse_every_four_weeks_lies_between_the_waves_and_moves_out_of_their_way(coordination, sign_in):
    programme, today, week = coordination.programme, timezone.localdate(), timedelta(weeks=1)
    programme.starts_on, programme.ends_on = today + week, today + 27 * week
    programme.save()
    client, page = sign_in(coordination.person), reverse("wave_plan", args=[programme.slug])

    def weeks():
        found = Wave.objects.filter(form="pulse").order_by("opens_at")
        return [(timezone.localdate(each.opens_at) - programme.starts_on) // week for each in found]

    form = client.get(page).context["pulses"]
    assert form.initial["with_pulses"]
    typed = {name: value for each in client.get(page).context["rows"] for name, value in _typed(each).items()}
    client.post(page, typed | {"with_pulses": "on"})
    assert weeks() == [8, 16, 20]  # W1 lies in week 4, W2 in week 13, W3 at the end
    by_hand = wave(programme, "pulse", number=20, opened_days_ago=(NOW.date() - today).days - 3)
    Wave.objects.filter(pk=by_hand.pk).update(closes_at=by_hand.opens_at + week)

    later = programme.starts_on + 15 * week
    shifted = {"w2-opens_on": later.isoformat(), "w2-closes_on": (later + 2 * week).isoformat()}
    client.post(page, typed | shifted | {"with_pulses": "on"})
    assert weeks() == [-1, 8, 12, 20]
    client.post(page, typed | shifted)
    assert weeks() == [-1]  # what was opened by hand stays


def _typed(form):
    return {
        f"{form.prefix}-wanted": "on",
        f"{form.prefix}-opens_on": form.initial["opens_on"].isoformat(),
        f"{form.prefix}-closes_on": form.initial["closes_on"].isoformat(),
    }


def test_days_that_cannot_be_are_refused_beside_their_field_and_nothing_is_made(coordination, sign_in):
    client, page = sign_in(coordination.person), reverse("wave_plan", args=[coordination.programme.slug])
    text = client.post(page, {"w3-wanted": "on", "w3-opens_on": "2020-01-01"}).content.decode()

    assert "This day is over. Choose today or a later day." in text
    assert "Say on which day." in text
    assert not Wave.objects.exists()


def test_reminders_stop_after_an_answer_and_after_two_and_never_come_before_their_day(coordination):
    each = pair(coordination.programme)
    asked = wave(coordination.programme, opened_days_ago=0)
    day = timedelta(days=1)

    told = [
        announce(asked, at=NOW),
        announce(asked, at=NOW + 4 * day, reminder=1),
        announce(asked, at=NOW + 5 * day, reminder=1),
        announce(asked, at=NOW + 5 * day, reminder=1),
    ]
    answered(asked, each, "mentee", at=NOW + 6 * day)
    told.append(announce(asked, at=NOW + 10 * day, reminder=2))

    assert told == [2, 0, 2, 0, 1]


@pytest.mark.parametrize(
    ("form", "other", "left_out"), [("full", {}, "same"), ("full", {"tools.email.3": 2}, ""), ("short", {}, "")]
)
def test_the_same_answer_everywhere_stays_out_of_the_scores_where_statements_say_the_opposite(
    coordination, form, other, left_out
):
    asked = wave(coordination.programme, form)
    values = {item.code: 4 for item in form_items(form)} | other
    for each in pairs(coordination.programme, 5):
        enrolment = each.members.get(role="mentee").enrolment
        answer(asked, enrolment=enrolment, relationship=each, values=values, position=1, finish=True, at=NOW)

    assert set(Response.objects.values_list("left_out", flat=True)) == {left_out}
    people = perception(Facts(coordination.programme, NOW)).people[0]
    assert [len(side) for side in people] == [0, 0 if left_out else 5]
    assert Answer.objects.filter(value=4).count() == 5 * (len(values) - len(other))


def test_months_later_people_are_asked_about_the_relationship_they_had(coordination):
    each = pair(
        coordination.programme, status=Relationship.Status.COMPLETED, days=200, closed_at=NOW - timedelta(days=90)
    )
    person = each.members.get(role="mentee").person
    about = {
        form: [(target.relationship, target.partner) for target in targets(wave(coordination.programme, form, number=n), person)]
        for n, form in enumerate(("after", "short"), 1)
    }  # fmt: skip
    assert about == {"after": [(each, str(each.members.get(role="mentor").person))], "short": [(None, "")]}


def own_wave(programme, *items):
    asks = own_instrument(programme.institution, active=True, items=list(items), subscales={})
    return Wave.objects.create(
        programme=programme, form=Wave.Form.OWN, instrument=asks, moment="w4", number=9, opens_at=NOW
    )


ABOUT_SOMEBODY = {"id": "a1", "text": {"en": "I can rely on {p}."}}
OF_MENTORS_THEN = {"id": "a1", "text": {"en": "I have time."}, "roles": ["mentor"], "wave": ["w4"]}
OF_MENTEES_EARLIER = {"id": "a2", "text": {"en": "I ask."}, "roles": ["mentee"], "wave": ["w1"]}


@pytest.mark.parametrize("items", [(), (ABOUT_SOMEBODY,), (OF_MENTORS_THEN, OF_MENTEES_EARLIER)])
def test_who_has_no_page_in_a_wave_is_not_told_not_reminded_not_waited_for_and_led_home_from_an_old_link(
    coordination, sign_in, items
):
    programme = coordination.programme
    asked = own_wave(programme, *items) if items else wave(programme, Wave.Form.AFTER, opened_days_ago=0)
    each = pair(programme)
    alone = [EnrolmentFactory(programme=programme, status=status).person for status in ("approved", "ready")]
    mentor, mentee = members(each)
    asked_people = {mentor} if OF_MENTORS_THEN in items else {mentor, mentee}

    assert announce(asked, at=NOW) == len(asked_people)
    assert announce(asked, at=NOW + timedelta(days=5), reminder=1) == len(asked_people)
    assert set(Notification.objects.values_list("recipient", flat=True)) == {person.pk for person in asked_people}
    assert standings([asked]) == {asked.pk: dict.fromkeys((person.pk for person in asked_people), False)}
    assert {person for person in (mentor, mentee, *alone) if waiting_waves(person, NOW)} == asked_people
    for person in alone:
        page = sign_in(person).get(asked.get_absolute_url(), follow=True)
        assert page.redirect_chain == [(reverse("home"), 302)]
        assert "Nothing to answer just now" in page.content.decode()
    assert sign_in(coordination.person).get(asked.get_absolute_url()).status_code == 404


def test_a_mentor_of_two_has_answered_when_both_are_answered_about(coordination):
    programme = coordination.programme
    first = pair(programme)
    mentorship = first.members.get(role="mentor").enrolment
    second = pair(programme, mentor=mentorship)
    asked, mentor = wave(programme, opened_days_ago=0), mentorship.person

    def waits():
        return mentor.pk, not standings([asked])[asked.pk][mentor.pk], waiting_waves(mentor, NOW)

    announce(asked, at=NOW)
    answered(asked, first, "mentee")
    answered(asked, first, "mentor")
    assert waits() == (mentor.pk, True, [asked])
    assert announce(asked, at=NOW + timedelta(days=5), reminder=1) == 2

    answered(asked, second, "mentor")
    assert waits() == (mentor.pk, False, [])
    assert announce(asked, at=NOW + timedelta(days=10), reminder=2) == 1
    assert sorted(standings([asked])[asked.pk].values()) == [False, True, True]


def test_who_answered_before_being_matched_has_answered_once_the_wave_is_closed(coordination):
    asked = wave(coordination.programme, Wave.Form.START, closes_at=NOW + timedelta(days=1))
    alone = EnrolmentFactory(programme=coordination.programme)
    answer(asked, enrolment=alone, relationship=None, values={}, position=1, finish=True, at=NOW)
    RelationshipFactory(
        mentor=EnrolmentFactory(programme=coordination.programme, mentor=True),
        mentee=alone,
        started_at=NOW + timedelta(days=2),
    )

    assert standings([asked])[asked.pk][alone.person_id]
    assert [(target.relationship, target.done) for target in targets(asked, alone.person)] == [(None, True)]


@pytest.mark.parametrize("sent", [True, False])
def test_who_began_before_being_matched_answers_once_and_loses_nothing(coordination, sent):
    asked = wave(coordination.programme, Wave.Form.SHORT, opened_days_ago=0)
    alone = EnrolmentFactory(programme=coordination.programme)
    answer(asked, enrolment=alone, relationship=None, values={}, position=1, finish=sent, at=NOW)
    RelationshipFactory(mentor=EnrolmentFactory(programme=coordination.programme, mentor=True), mentee=alone)

    assert [(target.relationship, target.done) for target in targets(asked, alone.person)] == [(None, sent)]
    assert waiting_waves(alone.person, NOW) == ([] if sent else [asked])
    assert standings([asked])[asked.pk][alone.person_id] == sent


def test_standings_say_of_everybody_what_their_own_pages_say_in_one_query(coordination, django_assert_num_queries):
    programme, forms = coordination.programme, (Wave.Form.SHORT, Wave.Form.PULSE, Wave.Form.AFTER)
    waves = [wave(programme, form, number=n) for n, form in enumerate(forms, 1)]
    waves.append(own_wave(programme, ABOUT_SOMEBODY, {"id": "b1", "text": {"en": "I ask."}, "roles": ["mentee"]}))
    ended, voided = (
        pairs(programme, 2, status="ended", closed_at=NOW),
        pairs(programme, 1, status="voided", closed_at=NOW),
    )
    alive = pairs(programme, 3)
    pair(programme, mentor=alive[0].members.get(role="mentor").enrolment)
    left = alive[2].members.get(role="mentee")
    left.left_at = NOW
    left.save()
    EnrolmentFactory(programme=programme, mentor=True)
    EnrolmentFactory(programme=programme, person=members(alive[1])[1], mentor=True)
    for each in (ended[0], voided[0], alive[0], alive[1]):
        answered(waves[0], each, "mentee")
        answered(waves[2], each, "mentor")
    Response.objects.create(wave=waves[1], enrolment=left.enrolment, started_at=NOW, submitted_at=NOW)
    Response.objects.create(wave=waves[1], enrolment=alive[0].members.get(role="mentee").enrolment, started_at=NOW)

    with django_assert_num_queries(1):
        said = standings(waves)
    people = {row.person for row in programme.enrolments.select_related("person")}
    pages = {(each.pk, person.pk): targets(each, person) for each in waves for person in people}
    assert {(pk, person): done for pk, them in said.items() for person, done in them.items()} == {
        key: all(target.done for target in found) for key, found in pages.items() if found
    }
    for person in people:
        with django_assert_num_queries(1):
            waiting = waiting_waves(person, NOW)
        assert {each.pk for each in waiting} == {each.pk for each in waves if not said[each.pk].get(person.pk, True)}


def test_a_coordinator_counts_who_has_a_page_and_who_has_answered_all_of_theirs(coordination, sign_in):
    programme = coordination.programme
    first = pair(programme)
    pair(programme, mentor=first.members.get(role="mentor").enrolment)
    EnrolmentFactory(programme=programme, status="ready")
    asked = wave(programme, Wave.Form.AFTER)
    answered(asked, first, "mentor")
    answered(asked, first, "mentee")

    page = sign_in(coordination.person).get(reverse("waves", args=[programme.slug]))

    assert [(row.sent, row.asked) for row in page.context["page_obj"]] == [(1, 3)]
    assert "1 of 3 have answered all of theirs so far" in page.content.decode()
