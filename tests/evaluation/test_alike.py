"""Figures stand side by side only where they were measured alike: the anchors themselves count, not the number of a version."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.indicators import BY_CODE
from evaluation.models import Anchors, Score
from evaluation.queries import compare_days, compare_programmes, health, institution_health, places
from evaluation.services import recompute_institution, set_anchors
from tests.evaluation.living import pairs, talk
from tests.evaluation.test_compare import said, scored
from tests.factories import NOW, CoordinationFactory, InstitutionFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
ENDED = TODAY - timedelta(days=30)
PS1 = {"component": "planning.structure", "code": "PS1", "facet": "behaviour",
       "inputs": {"raw": 9, "from": "2026-08-01", "to": "2026-09-01"}}  # fmt: skip
OTHERWISE = "Figures measured with another formula or other anchors are not set side by side."


def anchored(programme, *versions):
    """Its own anchors of PS1, from version 2 on."""
    for version, values in enumerate(versions, 2):
        Anchors.objects.create(
            programme=programme, code="PS1", version=version, values=values, from_on=ENDED, made_at=NOW
        )


def measured(programme, day, value, version=1):
    scored(programme, day, value, 10)
    scored(programme, day, value, 10, anchors_version=version, **PS1)


def test_version_2_of_one_programme_is_not_version_2_of_another():
    mine, strict, alike = (ProgrammeFactory() for _ in range(3))
    anchored(mine, [20.0, 5.0])
    anchored(strict, [14.0, 3.0])
    anchored(alike, [60.0, 10.0], [20, 5])
    for programme, value, version in ((mine, 40, 2), (strict, 70, 2), (alike, 70, 3)):
        measured(programme, ENDED, value, version)

    found = [said(compare_programmes(health(mine), other))[2] for other in (strict, alike)]

    assert found == ["measured in another way", "▼ 30"]


def test_a_version_with_the_same_anchors_as_before_breaks_no_comparison():
    programme = ProgrammeFactory()
    anchored(programme, [20.0, 5.0], [28, 7])
    measured(programme, ENDED, 40, 1)
    measured(programme, ENDED + timedelta(days=1), 50, 2)
    measured(programme, TODAY, 70, 3)

    assert said(compare_days(health(programme), ENDED))[2] == "▲ 30"
    assert said(compare_days(health(programme), ENDED + timedelta(days=1)))[2] == "measured in another way"


def test_a_place_is_among_those_that_were_measured_alike(sign_in):
    programme = ProgrammeFactory(ends_on=TODAY + timedelta(days=60))
    anchored(programme, [20.0, 5.0])
    measured(programme, TODAY, 62, 2)

    def over(value, anchors):
        ended = {"starts_on": ENDED - timedelta(days=90), "ends_on": ENDED}
        made = ProgrammeFactory(institution=programme.institution, **ended)
        anchored(made, anchors)
        measured(made, ENDED, value, 2)

    for value in (30, 40, 50, 80):
        over(value, [20, 5])
    over(1, [14, 3])
    [found] = places([programme])
    page = reverse("health", args=[programme.slug])
    client = sign_in(CoordinationFactory(programme=programme).person)

    assert found.stages[0].said == "measured alike in 4 of them, otherwise in 1; it takes 5"
    assert found.too_few.startswith("No place can be told: it takes 5 earlier programmes that were measured alike.")
    assert client.get(page).content.decode().count(OTHERWISE) == 2
    over(90, [20, 5])
    told = places([programme])[0].stages[0]
    assert (told.n, told.below, told.otherwise, told.said) == (5, 3, 1, "higher than 3 of 5")


def test_an_institution_says_that_its_programmes_measure_with_different_anchors_and_names_no_change_across_them():
    institution = InstitutionFactory()
    coordinations = [CoordinationFactory(programme__institution=institution) for _ in range(2)]
    for coordination in coordinations:
        for each in pairs(coordination.programme, 4):
            talk(each)
    own = {"from_on": None, "by": coordinations[0].person, "at": NOW}

    def stage(days):
        at = NOW + timedelta(days=days)
        recompute_institution(institution, at=at)
        row = Score.objects.get(programme=None, code="RC1", as_of_on=timezone.localdate(at))
        beside = institution_health(institution).tiles[2].beside
        return row.inputs.get("anchors"), "different anchors here" in " ".join(beside.how), beside.change

    assert stage(0)[:2] == (None, False)
    set_anchors(coordinations[0].programme, BY_CODE["RC1"], values=[96.0, 24.0], **own)
    mixed = stage(14)
    assert mixed == ([[96.0, 24.0], [168, 12]], True, "measured otherwise than on 22 November")
    assert stage(28)[2] == "steady since 6 December"
    set_anchors(coordinations[1].programme, BY_CODE["RC1"], values=[96, 24], **own)
    assert stage(42)[:2] == ([[96.0, 24.0]], False)
