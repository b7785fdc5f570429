"""Runs side by side: what each gives, and who gains and who loses."""

import pytest
from django.urls import reverse

from mentoring.matching.engine import Weights
from mentoring.matching.models import Pair
from mentoring.matching.scenarios import compare_runs
from mentoring.matching.services import swap_pairs
from mentoring.planning.models import Enrolment, Wish
from tests.factories import NOW
from tests.matching.programmes import ready_programme, staged

pytestmark = pytest.mark.django_db


def two_runs():
    """The best pairs, and a draft in which the mentors of two mentees are swapped by hand."""
    ready = ready_programme(2, 2, places=1)
    Wish.objects.create(enrolment=ready.mentees[0], wished=ready.mentors[0], rank=1)
    best, swapped = staged(ready), staged(ready, seed=2)
    swap_pairs(*Pair.objects.for_rows().filter(run=swapped), by=ready.coordinator, at=NOW)
    return ready, best, swapped


def test_a_swap_that_fits_worse_is_a_loss_for_both_and_a_gain_the_other_way_round():
    _ready, best, swapped = two_runs()

    there, back = compare_runs([best, swapped]), compare_runs([swapped, best])

    assert [(it.gained, it.lost) for it in there.scenarios] == [(0, 0), (0, 2)]
    assert [(it.gained, it.lost) for it in back.scenarios] == [(0, 0), (2, 0)]
    assert {row.places[1].gain for row in there.changes} == {-row.places[1].gain for row in back.changes}
    assert there.same == 0


def test_gains_are_measured_with_the_settings_of_the_first_run():
    ready, best, _swapped = two_runs()
    other = staged(ready, weights=Weights.from_parts(time=100))  # nobody's time is known: all pairs are equal
    if best.pairs.filter(
        mentee=ready.mentees[0], mentor__in=other.pairs.filter(mentee=ready.mentees[0]).values("mentor")
    ):
        swap_pairs(*Pair.objects.for_rows().filter(run=other), by=ready.coordinator, at=NOW)

    there = compare_runs([best, other])

    assert {row.places[0].fit for row in there.changes} == set(best.pairs.values_list("score", flat=True))
    assert all(row.places[1].fit < row.places[0].fit for row in there.changes)
    assert not {row.places[1].fit for row in there.changes} & set(other.pairs.values_list("score", flat=True))


def test_whoever_has_a_mentor_by_the_second_run_has_lost_nothing_in_it():
    ready = ready_programme(3, 3, places=1)
    first = staged(ready)
    Enrolment.objects.filter(pk=ready.mentees[0].pk).update(free_places=0)
    there = compare_runs([first, staged(ready, seed=2)])
    assert (there.apart, there.same, there.changes) == (1, 2, ())


def test_a_first_wish_counts_only_where_it_was_fulfilled():
    _ready, best, swapped = two_runs()

    first, second = compare_runs([best, swapped]).scenarios

    assert (first.wishes, first.wishing) == (1, 1)
    assert (second.wishes, second.wishing) == (0, 1)


def test_the_page_shows_who_loses_and_asks_for_a_second_run_when_there_is_only_one(sign_in):
    ready, best, swapped = two_runs()
    client = sign_in(ready.coordinator)
    page = reverse("matching_compare", args=[ready.programme.slug])

    shown = client.get(page, {"run": [best.pk, swapped.pk]}).content.decode()

    assert str(ready.mentees[0].person) in shown
    assert "▼" in shown
    assert "Which runs side by side?" in client.get(page, {"run": [best.pk, "x", 10**9]}).content.decode()
