"""A model of early ends: what it learns from, whether it beats the points, and what follows."""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from core.models import Job
from evaluation.facts import WEEK, Facts
from evaluation.foresight import PREDICTORS, enough, person_weeks
from evaluation.models import Alert, RiskModel
from evaluation.risk import REVIEW_FROM, Risk, risks
from evaluation.services import fit_risk_model, refresh_alerts
from evaluation.statistics.held_out import Weeks, judge
from evaluation.tasks import daily, fit_model_of_institution
from mentoring.relationships.models import Relationship
from tests.evaluation.living import answered, pair, talk, wave
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

DAY = timedelta(days=1)


def lived(seed=5, relationships=300, *, points_know=0.3, model_knows=1.6):
    """Weeks of relationships of which some end early: the first predictor tells of it as strongly as `model_knows`, the points as
    `points_know`."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(relationships):
        start = rng.uniform(0, 100) * WEEK
        for week in range(1, 21):
            x = rng.normal(size=3)
            ends = rng.random() < 1 / (1 + np.exp(4.2 - model_knows * x[0]))
            points = max(0, round(3 + 2 * (points_know * x[0] + (1 - points_know) * rng.normal())))
            rows.append((x, points, ends, unit, start, start + week * WEEK))
            if ends:
                break
    x, points, ended, unit, start, at = zip(*rows, strict=True)
    names = ["large" if each < relationships - 3 else "small" for each in unit]
    return Weeks(np.array(x), ("first", "second", "third"), np.array(points, float), np.array(ended), np.array(unit),
                 np.array(start), np.array(at), {"rhythm": names})  # fmt: skip


@pytest.mark.once
def test_a_model_that_knows_more_than_the_points_takes_their_place_and_one_that_knows_less_does_not():
    good = judge(lived(), flag_from=REVIEW_FROM, week=WEEK, at_least=5)
    assert good.better and good.result["why"] == "better"
    assert good.result["auc"]["gain"][0] > 0
    assert good.result["brier"]["model"] < good.result["brier"]["base"]
    assert sum(each["n"] for each in good.result["calibration"]) == good.result["held_out"]["weeks"]

    poor = judge(lived(points_know=1.0, model_knows=0.8), flag_from=REVIEW_FROM, week=WEEK, at_least=5)
    assert (poor.better, poor.result["why"]) == (False, "not_better")


@pytest.mark.once
def test_nothing_that_is_held_out_was_learned_from_and_small_groups_have_no_rate():
    weeks = lived()
    judged = judge(weeks, flag_from=REVIEW_FROM, week=WEEK, at_least=5)
    cut = judged.result["cut"]
    spoiled = np.where((weeks.start >= cut) | (weeks.at + WEEK > cut))[0]
    weeks.x[spoiled] = 99.0 - weeks.x[spoiled]
    weeks.ended[spoiled] = ~weeks.ended[spoiled]
    assert judge(weeks, flag_from=REVIEW_FROM, week=WEEK, at_least=5).model == judged.model
    small = next(row for row in judged.result["false_alarms"] if row["name"] == "small")
    assert (small["n"], small["model"], small["points"]) == (None, None, None)


@pytest.mark.once
def test_with_few_early_ends_there_are_few_predictors_or_no_model():
    few = judge(lived(relationships=60), flag_from=REVIEW_FROM, week=WEEK, at_least=5)
    early = few.result["learned_from"]["early"]
    assert early < 30 and (few.model is None or len(few.model.names) == early // 10)
    none = judge(lived(relationships=12), flag_from=REVIEW_FROM, week=WEEK, at_least=5)
    assert (none.model, none.better, none.result["why"]) == (None, False, "too_few")


@pytest.mark.once
def test_what_was_reported_calls_a_coordinator_whatever_a_model_says():
    silent, reported = ({"code": code, "points": 6} for code in ("silence", "reported"))
    looked_at = [Risk(foreseen=f, reasons=[r]).needs_a_look for f in (None, False, True) for r in (silent, reported)]
    assert looked_at == [True, True, False, True, True, True]


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.mark.django_db
def test_every_week_of_a_relationship_is_seen_as_the_rules_saw_it_then(coordination):
    programme = coordination.programme
    planned = {"planned_end_on": (NOW + 90 * DAY).date()}
    early = pair(programme, days=40, status=Relationship.Status.ENDED, closed_at=NOW - 12 * DAY, **planned)
    going = pair(programme, days=40, **planned)
    talk(going)
    answered(wave(programme, opened_days_ago=20), going, "mentee", 2, at=NOW - 19 * DAY)
    pair(programme, days=40, status=Relationship.Status.VOIDED, closed_at=NOW - 30 * DAY, **planned)
    weeks = person_weeks(programme.institution, NOW)

    def seen(relationship, what):
        return what[weeks.unit == relationship.pk].tolist()

    assert [round((NOW.timestamp() - at) / 86400) for at in seen(early, weeks.at)] == [33, 26, 19, 12][:3]
    assert seen(early, weeks.ended) == [False, False, True]
    assert seen(early, weeks.points) == [-3.0, 1.0, 1.0]
    assert not any(seen(going, weeks.ended)) and len(seen(going, weeks.ended)) == 4
    assert seen(going, weeks.x[:, PREDICTORS.index("said")]) == [0.0, 0.0, 1.0, 1.0]
    assert sorted(weeks.groups) == ["language", "programme", "rhythm"]


@pytest.mark.django_db
def test_under_the_minimum_there_is_no_model_and_the_page_says_how_many_are_missing(coordination, sign_in):
    programme = coordination.programme
    pair(programme, status=Relationship.Status.ENDED, closed_at=NOW, planned_end_on=(NOW + 30 * DAY).date())
    pair(ProgrammeFactory(), status=Relationship.Status.ENDED, closed_at=NOW)

    assert fit_risk_model(programme.institution, at=NOW) is None
    assert (enough(programme.institution_id).closed, enough(programme.institution_id).early) == (1, 1)
    daily()
    assert not Job.objects.filter(name="evaluation.fit_risk_model").exists()
    text = sign_in(coordination.person).get(reverse("risk", args=[programme.slug])).content.decode()
    assert "So far 1 relationship is over in this institution, 1 of them ended early." in text


@pytest.mark.django_db
def test_with_enough_of_a_past_a_job_learns_once_a_week_and_keeps_what_it_found(coordination, sign_in):
    programme = coordination.programme
    Relationship.objects.bulk_create(
        Relationship(programme=programme, started_at=NOW - 40 * DAY, closed_at=NOW - 9 * DAY, status_at=NOW - 9 * DAY,
                     planned_end_on=(NOW + 30 * DAY).date(), status="ended" if n < 50 else "completed")
        for n in range(199)
    )  # fmt: skip
    daily()
    assert not Job.objects.filter(name="evaluation.fit_risk_model").exists()
    pair(programme, days=40, status=Relationship.Status.COMPLETED, closed_at=NOW - 9 * DAY)
    daily()
    daily()
    job = Job.objects.get(name="evaluation.fit_risk_model")
    fit_model_of_institution(**job.payload)

    made = RiskModel.objects.get()
    assert (made.version, made.closed, made.early, made.better) == (1, 200, 50, False)
    assert made.result["why"] == "too_few"
    text = sign_in(coordination.person).get(reverse("risk", args=[programme.slug])).content.decode()
    assert "too few early ends" in text


@pytest.mark.django_db
def test_a_model_in_force_decides_who_is_looked_at_and_an_alert_names_it(coordination):
    programme = coordination.programme
    loud, quiet = pair(programme, days=15), pair(programme, days=3)
    learned = {"names": ["week"], "means": [1.0], "sds": [1.0], "intercept": 0.0, "coefficients": [-5.0]}
    model = RiskModel.objects.create(
        institution=programme.institution, version=1, made_at=NOW, closed=200, early=50, better=True,
        coefficients=learned, threshold=0.9, result={},
    )  # fmt: skip
    assert risks(Facts(programme, NOW))[loud.pk].points == 7

    refresh_alerts(Facts(programme, NOW))
    found = {alert.relationship: alert for alert in Alert.objects.all()}
    assert (found[loud].level, found[loud].model) == ("watch", model)
    assert (found[quiet].level, found[quiet].reasons) == ("review", [{"code": "foreseen", "points": 0}])

    RiskModel.objects.update(better=False)
    refresh_alerts(Facts(programme, NOW))
    found[loud].refresh_from_db()
    found[quiet].refresh_from_db()
    assert (found[loud].level, found[quiet].closed_at) == ("review", NOW)
