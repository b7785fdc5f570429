"""How well the built-in questionnaire measures: its figures are the published ones, from thirty people on, five at a time."""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from accounts.services import make_api_key
from evaluation.models import Answer, Response, Wave
from evaluation.queries import measured_waves, questionnaire_quality
from evaluation.questionnaire import form_items, items
from evaluation.services import make_report
from evaluation.statistics.factor import omega
from evaluation.statistics.reliability import alpha
from tests.evaluation.test_studies import people
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory(name_en="First steps", name_fa="گام‌های نخست")


def asked(programme, form, number=1, moment=""):
    return Wave.objects.create(programme=programme, form=form, number=number, moment=moment, opens_at=NOW)


def tell(wave, enrolments, *, seed=1):
    """What they said, people x items with reversed ones turned."""
    rng = np.random.default_rng(seed)
    told = form_items(wave.form)
    trait = rng.normal(3, 0.8, (len(enrolments), 1))
    felt = np.clip(np.round(trait + rng.normal(0, 0.9, (len(enrolments), len(told)))), 1, 5).astype(int)
    rows = Response.objects.bulk_create(
        Response(wave=wave, enrolment=each, started_at=NOW, submitted_at=NOW + timedelta(minutes=n))
        for n, each in enumerate(enrolments)
    )
    Answer.objects.bulk_create(
        Answer(response=row, item=item.code, value=int(6 - value if item.reverse else value))
        for row, values in zip(rows, felt, strict=True)
        for item, value in zip(told, values, strict=True)
    )
    return felt


def scale(found, of, role):
    return next(row for row in found.scales if (row.of, row.role) == (of, role))


def test_alpha_and_omega_of_each_side_are_those_of_the_answers_themselves(programme):
    wave = asked(programme, "full", moment="w3")
    felt = tell(wave, people(programme, 33, role="mentee"))
    tell(wave, people(programme, 7, role="mentor"), seed=2)

    [found] = questionnaire_quality(measured_waves(programme))

    of = [place for place, item in enumerate(form_items("full")) if item.component.startswith("skills.")]
    mine, first = felt[:30][:, of], [item.component for item in form_items("full")]
    assert len(of) == 9
    expected = (alpha(mine), omega(mine))
    told = scale(found, "skills", "mentee")
    assert [(row.value, row.low, row.high, row.n) for row in told.estimates] == [
        (pytest.approx(row.value), pytest.approx(row.low), pytest.approx(row.high), 30) for row in expected
    ]
    part = scale(found, "skills.training", "mentee")
    own = felt[:30][:, [place for place, slug in enumerate(first) if slug == "skills.training"]]
    assert [row.value for row in part.estimates] == [pytest.approx(alpha(own).value)]
    few = scale(found, "skills", "mentor")
    assert (few.n, few.needed, few.estimates, few.alpha) == (5, 25, (), "25 more people are needed")
    assert (len(found.scales), len(found.categories), len(found.components)) == (56, 7, 21)


def test_between_two_figures_of_a_scale_stand_five_people_or_nobody(programme):
    wave = asked(programme, "short")
    first = people(programme, 34, role="mentee")
    tell(wave, first)
    before = scale(questionnaire_quality(measured_waves(programme))[0], "skills", "mentee")
    more = people(programme, 5, role="mentee")
    tell(wave, more[:1], seed=3)
    gap = Response.objects.create(wave=wave, enrolment=more[1], started_at=NOW, submitted_at=NOW + timedelta(hours=2))
    Answer.objects.create(response=gap, item="skills.training.1", value=5)  # one statement of three
    after = scale(questionnaire_quality(measured_waves(programme))[0], "skills", "mentee")

    assert (before.n, after.n, before.items) == (30, 35, 3)  # thirty-four waited for one more whole answer
    Response.objects.filter(enrolment=more[0]).delete()
    assert scale(questionnaire_quality(measured_waves(programme))[0], "skills", "mentee") == before


def test_whoever_answered_everything_alike_or_a_pulse_is_in_no_figure(programme):
    wave = asked(programme, "full")
    rows = people(programme, 30, role="mentee")
    tell(wave, rows)
    tell(asked(programme, "pulse", 2), rows)
    Response.objects.filter(wave=wave, enrolment=rows[0]).update(left_out="same")

    [found] = questionnaire_quality(measured_waves(programme))

    assert (found.wave, found.waiting, found.categories) == (wave, {"mentor": 0, "mentee": 25}, [])
    same = Answer.objects.filter(response__wave=wave, item="skills.training.1")
    same.update(value=4)
    Response.objects.update(left_out="")
    [found] = questionnaire_quality(measured_waves(programme))
    assert "answered the same by everybody" in scale(found, "skills", "mentee").alpha


def test_page_report_and_rest_say_the_same(programme, sign_in, client):
    wave = asked(programme, "full", moment="w3")
    tell(wave, people(programme, 30, role="mentee"))
    coordinator = CoordinationFactory(programme=programme).person
    told = scale(questionnaire_quality(measured_waves(programme))[0], "skills", "mentee")
    _key, secret = make_api_key(programme.institution, name="R", scopes=["research:read"], by=coordinator, at=NOW)

    page = sign_in(coordinator).get(reverse("quality", args=[programme.slug])).content.decode()
    report = make_report(programme, kind="full", language="en", by=coordinator, at=NOW + timedelta(days=1))
    called = client.get(
        reverse("api_quality"), {"programme": programme.slug}, headers={"authorization": f"Bearer {secret}"}
    )

    assert (
        told.alpha in page
        and told.omega in page
        and "Mentors: it takes 30 who answered every statement of a scale; 0 so far, counted five at a time." in page
    )
    [table] = report.content["quality"]["waves"]
    assert [told.name, "Mentees, n = 30", told.alpha, told.omega] in table["rows"]
    [result] = called.json()["results"]
    [row] = [each for each in result["scales"] if (each["of"], each["role"]) == ("skills", "mentee")]
    assert [each["value"] for each in row["consistency"]] == [each.value for each in told.estimates]
    brief = make_report(programme, kind="brief", language="fa", by=coordinator, at=NOW + timedelta(days=1))
    assert brief.content["quality"] == {}
    assert all(each in items() for each in Answer.objects.values_list("item", flat=True))
