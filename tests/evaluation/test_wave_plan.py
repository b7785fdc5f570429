from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Job
from evaluation.facts import Facts
from evaluation.models import Answer, Response, Wave
from evaluation.perception import perception
from evaluation.plan import proposals
from evaluation.queries import targets
from evaluation.questionnaire import form_items
from evaluation.services import announce, answer
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship
from tests.evaluation.living import answered, pair, pairs, wave
from tests.factories import NOW, CoordinationFactory

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
