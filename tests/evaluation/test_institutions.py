"""An institution's scores are made of what its programmes show, and of nothing else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from evaluation.models import Score
from evaluation.queries import institution_health
from evaluation.services import recompute_institution
from tests.evaluation.living import pairs, talk
from tests.factories import NOW, BelongingFactory, InstitutionFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


def programme_of(institution, count, **talking):
    made = ProgrammeFactory(institution=institution)
    for each in pairs(made, count):
        talk(each, **talking)
    return made


def rc1(**of):
    return Score.objects.filter(code="RC1", as_of_on=NOW.date(), **of).get()


@pytest.fixture
def institution():
    return InstitutionFactory()


def test_each_relationship_weighs_alike_and_the_interval_holds_the_figure(institution):
    quick = programme_of(institution, 3)
    slow = programme_of(institution, 5, answer_after_hours=60)

    recompute_institution(institution, at=NOW)

    own, first, second = rc1(programme=None), rc1(programme=quick), rc1(programme=slow)
    assert (own.state, own.n, own.level) == ("scored", 8, "I")
    assert own.value == pytest.approx((3 * first.value + 5 * second.value) / 8, abs=1e-3)
    assert own.inputs["programmes"] == own.inputs["of"] == 2
    assert own.inputs["low"] <= own.value <= own.inputs["high"]
    # Programmes are drawn first: all quick, or all slow, is possible.
    assert (own.inputs["low"], own.inputs["high"]) == pytest.approx((second.value, first.value), abs=0.5)
    stage = Score.objects.get(component="intervening", code="both", programme=None)
    assert stage.inputs["low"] <= stage.value <= stage.inputs["high"]


def test_what_a_programme_hides_is_in_no_figure(institution):
    shown = programme_of(institution, 3)
    recompute_institution(institution, at=NOW - timedelta(hours=1))
    before = {(row.component, row.code): (row.value, row.n) for row in Score.objects.filter(programme=None)}
    programme_of(institution, 2, answer_after_hours=60)  # four people

    recompute_institution(institution, at=NOW)

    own = rc1(programme=None)
    assert (own.value, own.n) == before["relationships.communication", "RC1"] == (rc1(programme=shown).value, 3)
    assert (own.inputs["programmes"], own.inputs["of"]) == (1, 2)


def test_where_every_programme_hides_a_figure_the_institution_says_so_without_a_number(institution):
    programme_of(institution, 2)
    programme_of(institution, 2)

    recompute_institution(institution, at=NOW)

    assert (rc1(programme=None).state, rc1(programme=None).value, rc1(programme=None).n) == ("suppressed", None, 0)
    assert {row.value for row in Score.objects.filter(programme=None)} == {None}


def test_an_institution_without_a_running_programme_has_no_figures_and_computing_twice_is_computing_once(institution):
    assert recompute_institution(institution, at=NOW) == 0
    assert institution_health(institution).as_of_on is None

    programme_of(institution, 3)
    recompute_institution(institution, at=NOW)
    first = list(
        Score.objects.order_by("programme", "component", "code").values_list("component", "code", "value", "inputs")
    )
    recompute_institution(institution, at=NOW)
    again = list(
        Score.objects.order_by("programme", "component", "code").values_list("component", "code", "value", "inputs")
    )
    assert first == again
    assert institution_health(institution).programmes == 1


def test_the_home_of_the_institution_shows_its_stages_to_its_administrator_only(institution, client):
    programme_of(institution, 3)
    programme_of(institution, 3, answer_after_hours=60)
    recompute_institution(institution, at=NOW)
    administrator = BelongingFactory(institution=institution, administrator=True).person
    stranger = BelongingFactory(administrator=True).person

    assert Score.objects.visible_to(administrator).filter(programme=None).exists()
    for other in (stranger, AnonymousUser()):
        assert not Score.objects.visible_to(other).filter(programme=None).exists()
    client.force_login(administrator)
    page = client.get("/", follow=True).content.decode()
    assert "How the institution stands" in page
    assert "95% interval" in page
