"""A coordinator asks about a pair: what it is made of, when both are free, why not somebody else."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import User
from mentoring.matching.engine import Rules, ranks_of
from mentoring.matching.explanations import About, shared_week
from mentoring.matching.models import Pair
from mentoring.matching.services import reject_pair
from mentoring.matching.standing import ask
from mentoring.matching.templatetags.matching import stretch, why_not
from mentoring.planning.models import Enrolment, Never, Programme
from tests.factories import NOW
from tests.matching.programmes import free_on, ready_programme, staged

pytestmark = pytest.mark.django_db


def about(ready, run, mentee: int = 0) -> About:
    return About(ask(run), ready.mentees[mentee])


def answer(ready, run, mentor: int, mentee: int = 0) -> str:
    (found,) = about(ready, run, mentee).why_not(str(ready.mentors[mentor].person))
    return why_not(found)


@pytest.mark.parametrize(
    ("zones", "free", "told"),
    [
        (
            ("Asia/Tehran", "Europe/Berlin"),
            ((0, 600, 720), (0, 450, 540)),
            ("Monday, 10:00–11:30", "Monday, 07:30–09:00"),
        ),
        (
            ("Pacific/Auckland", "America/New_York"),
            ((1, 600, 720), (0, 900, 1440)),
            ("Tuesday, 10:00–12:00", "Monday, 16:00–18:00"),
        ),
    ],
)
def test_shared_hours_are_told_on_both_clocks_with_their_own_weekdays(zones, free, told):
    ready = ready_programme(1, 1)
    Programme.objects.filter(pk=ready.programme.pk).update(starts_on=date(2026, 11, 4))
    for row, zone, hours in zip((ready.mentees[0], ready.mentors[0]), zones, free, strict=True):
        User.objects.filter(pk=row.person_id).update(time_zone=zone)
        free_on(row, *hours)
    ready.programme.refresh_from_db()
    sides = [Enrolment.objects.select_related("person").get(pk=row.pk) for row in (ready.mentees[0], ready.mentors[0])]

    (shared,) = shared_week(ready.programme, *sides)

    assert (stretch(shared.mentee), stretch(shared.mentor)) == told


def test_the_parts_on_the_page_add_up_to_the_fit_and_both_ranks_are_those_of_the_engine(sign_in):
    ready = ready_programme(4, 3, places=2)
    run = staged(ready)
    client, asked = sign_in(ready.coordinator), ask(run)
    for pair in Pair.objects.for_rows().filter(run=run):
        page = client.get(reverse("matching_pair", args=[pair.pk])).content.decode()
        table = page.partition('<table class="points">')[2].partition("</table>")[0]
        *parts, whole = [Decimal(text) for text in re.findall(r">(-?[\d.]+)<", table)]
        assert sum(parts) == whole == Decimal(pair.score) / 100
        ranks = About(asked, pair.mentee).ranks(pair.mentor)
        assert tuple(rank.place for rank in ranks) == ranks_of(asked.table, pair.mentee_id, pair.mentor_id)


def test_why_not_names_the_rule_the_holders_with_the_missing_points_or_the_lower_fit():
    ready = ready_programme(3, 3, places=1)
    run = staged(ready)
    assert answer(ready, run, 0) == "They are a pair in this draft."
    assert answer(ready, run, 1).startswith("Possible, but the fit is lower:")
    Never.objects.create(enrolment=ready.mentees[0], other=ready.mentors[2])
    assert answer(ready, run, 2) == "A hard rule stands between them: private never-lists."


def test_a_full_mentor_is_told_with_whom_and_how_much_is_missing():
    ready = ready_programme(3, 1, places=1)
    run = staged(ready)
    holder = run.pairs.get().mentee
    left = next(row for row in ready.mentees if row != holder)

    text = why_not(About(ask(run), left).why_not(str(ready.mentors[0].person))[0])

    assert text.startswith(f"{ready.mentors[0].person} is full: the places went to {holder.person} (")
    assert text.endswith("With a fit of 37.5, 35 points are missing to win a place.")


def test_a_rule_on_time_says_how_much_they_share():
    ready = ready_programme(1, 2, places=1)
    for row, hours in ((ready.mentees[0], (600, 720)), (ready.mentors[0], (600, 720)), (ready.mentors[1], (690, 780))):
        free_on(row, 0, *hours)
    run = staged(ready, rules=Rules())
    assert answer(ready, run, 1).endswith("They have 0.5 shared hours a week.")


def test_a_name_that_many_have_is_answered_for_each_and_a_strange_one_kindly(sign_in):
    ready = ready_programme(2, 7, places=1)
    run = staged(ready)
    assert len(about(ready, run).why_not("person")) == 5
    reject_pair(run.pairs.get(mentee=ready.mentees[0]), reason="x", by=ready.coordinator, at=NOW)
    page = reverse("matching_person", args=[run.pk, ready.mentees[0].pk])
    client = sign_in(ready.coordinator)
    assert "No mentor of this pool has this name." in client.get(page, {"why_not": "Nobody Known"}).content.decode()
    assert str(ready.mentors[3].person) in client.get(page, {"why_not": str(ready.mentors[3].person)}).content.decode()
