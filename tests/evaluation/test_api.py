"""What the pages of the evaluation show, over REST: no more and no less."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.services import erase_person, make_api_key
from evaluation.actions import library
from evaluation.facts import WEEK, Facts
from evaluation.foresight import PREDICTORS
from evaluation.indicators import BY_CODE
from evaluation.models import Alert, Code, Coding, RiskModel, Wave
from evaluation.queries import action_rows, answers_of, compared, foresight, past_alerts
from evaluation.risk import REVIEW_FROM
from evaluation.services import (
    accept_action,
    agree_on,
    begin_coding,
    code_answer,
    finish_action,
    finish_coding,
    join_coding,
    recompute,
    refresh_alerts,
    set_anchors,
    show_numbers,
)
from evaluation.statistics.held_out import judge
from tests.evaluation.living import answered, meet, pair, pairs, talk, wave
from tests.evaluation.own import own_instrument
from tests.evaluation.test_coding import NOW as LATELY
from tests.evaluation.test_coding import asked_in_words
from tests.evaluation.test_foresight import lived
from tests.evaluation.test_risk_page import SILENT, alerted, ended
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
IDEA = library()["answer-even-short"]


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def programme(coordination):
    return coordination.programme


@pytest.fixture
def call(client, programme):
    """Ask with a key of the programme's institution that reads scores and research."""
    scopes = ["scores:read", "research:read"]
    _key, secret = make_api_key(programme.institution, name="A", scopes=scopes, by=None, at=NOW)

    def asked(route, *args, status=200, **query):
        answer = client.get(reverse(route, args=args), query, headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == status, answer.content
        return answer.json()

    return asked


def coded_by_two(coordination, people=40):
    """Half of the answers about "often", three about "rare"; on one of them the two differ."""
    one, other = coordination.person, CoordinationFactory(programme=coordination.programme).person
    coding = begin_coding(asked_in_words(coordination.programme, people), "c1", with_model=False, by=one, at=LATELY)
    join_coding(coding, by=other, at=NOW)
    above = Code.objects.create(coding=coding, level=Code.Level.AXIAL, name="above")
    often = Code.objects.create(coding=coding, level=Code.Level.OPEN, name="often", parent=above)
    rare = Code.objects.create(coding=coding, level=Code.Level.OPEN, name="rare")
    coding = Coding.objects.get(pk=coding.pk)
    half = people // 2
    for by, last in ((one, half), (other, half - 1)):
        for place, answer in enumerate(answers_of(coding)):
            codes = [often] if place < last else [rare] if place < half + 3 else []
            code_answer(coding, answer, codes, by=by, at=NOW)
    return coding, one, other, often


def test_codes_of_answers_come_with_their_people_and_the_agreement_as_on_the_page(coordination, call):
    coding, one, other, often = coded_by_two(coordination)
    finish_coding(coding, by=one, at=NOW)
    assert call("api_coding", coding.pk)["codes"] == []
    finish_coding(coding, by=other, at=NOW)
    coding.refresh_from_db()
    agree_on(coding, compared(coding).differences[0].answer, [often], by=other, at=NOW)
    before = call("api_coding", coding.pk)
    assert (before["coding"]["shown_at"], {code["people"] for code in before["codes"]}) == (None, {None})
    show_numbers(coding, by=one, at=NOW)

    [row] = call("api_codings", programme=coordination.programme.slug)["results"]
    told = call("api_coding", coding.pk)

    assert (row["question"], row["is_compared"], told["coding"]) == ("What helped?", True, row)
    assert (told["answers"], told["same"]["n"], round(told["same"]["value"], 4)) == (40, 40, 0.975)
    assert [(code["name"], code["under"], code["people"]) for code in told["codes"]] == [
        ("above", "", 20), ("often", "above", 20), ("rare", "", None),
    ]  # fmt: skip
    _above, theirs, hidden = told["codes"]
    assert row["shown_at"] and [(each["same"], each["kappa"]) for each in before["codes"]] == [
        (each["same"], each["kappa"]) for each in told["codes"]
    ]
    # both 19, one alone 1, neither 20: (39/40 - (20*19 + 20*21)/1600) / (1 - 1/2)
    assert (round(theirs["same"]["value"], 4), round(theirs["kappa"]["value"], 4)) == (0.975, 0.95)
    assert (hidden["same"], hidden["kappa"]) == (None, None)
    assert "Words" not in str(told)
    assert AuditEvent.objects.filter(action="coding.downloaded", target_id=str(coding.pk)).count() == 2


def test_codes_of_too_few_people_are_not_told_any_more(coordination, call):
    coding, one, other, _often = coded_by_two(coordination, people=10)
    for by in (one, other):
        finish_coding(coding, by=by, at=NOW)
    assert call("api_coding", coding.pk)["answers"] == 10
    person = coding.wave.responses.first().enrolment.person
    erase_person(person, by=person, at=NOW)

    told = call("api_coding", coding.pk)

    assert (told["answers"], told["same"], told["codes"]) == (0, None, [])


def test_words_of_closings_are_a_coding_without_a_wave(coordination, programme, call):
    coding = Coding.objects.create(closings_of=programme, begun_at=NOW, first=coordination.person)

    [row] = call("api_codings", programme=programme.slug)["results"]

    assert (row["id"], row["wave"], row["programme"]) == (coding.pk, None, programme.slug)
    assert row["question"] == "What people wrote when they closed a relationship"


def taken_up(coordination, idea=IDEA):
    by = {"person": coordination.person, "by": coordination.person, "at": NOW}
    return accept_action(coordination.programme, idea, due_on=TODAY + timedelta(days=7), **by)


def test_an_action_comes_with_its_readings_and_what_may_be_said_of_them(coordination, programme, call):
    for each in pairs(programme, 5):
        talk(each, answer_after_hours=96)
    recompute(programme, at=NOW)
    action = taken_up(coordination)
    finish_action(action, by=coordination.person, at=NOW)
    recompute(programme, at=NOW + timedelta(days=28))
    action.refresh_from_db()
    shown = action_rows([action], TODAY)[0]

    [row] = call("api_actions", programme=programme.slug)["results"]

    assert (row["what"], row["who"], row["person"]) == (shown.what, IDEA.who, str(coordination.person.pk))
    assert (row["indicator"], row["expected"], row["state"]) == ("RC1", IDEA.points, "Read again")
    assert row["before"] == {
        "on": TODAY.isoformat(), "points": shown.before.points, "said": shown.before.sentence,
    }  # fmt: skip
    assert (row["after"]["points"], row["effect"]) == (shown.after.points, shown.effect)


def test_a_figure_that_may_not_stand_beside_the_one_after_is_not_told_here_either(coordination, programme, call):
    for each in pairs(programme, 5):
        talk(each)
    recompute(programme, at=NOW)
    action = taken_up(coordination)
    talk(pair(programme))
    finish_action(action, by=coordination.person, at=NOW)
    recompute(programme, at=NOW + timedelta(days=28))

    [row] = call("api_actions")["results"]

    assert (row["before"], row["effect"]) == (
        None, "Fewer than five people came or went in between, so the change is not named.",
    )  # fmt: skip


def test_precision_of_past_alerts_comes_with_its_interval_and_not_of_few(programme, call):
    said = [{"code": "dissatisfied", "points": 3, "value": 2, "who": "mentee"}]
    for each in range(4):
        ended(programme, reasons=[*SILENT, *said] if each else SILENT)
    refresh_alerts(Facts(programme, NOW))
    few = call("api_risk", programme.slug)
    assert (few["past"]["alerts"], few["past"]["precision"], few["became"]) == (None, None, [])
    assert (few["not_known_yet"], few["by_reason"], few["after_acts"]) == (None, [], None)

    alerted(programme, closed=9, outcome="settled_by_itself", reasons=[*SILENT, *said])
    ended(programme, reasons=said)
    refresh_alerts(Facts(programme, NOW))
    told = call("api_risk", programme.slug)

    figure = told["past"]["precision"]
    assert {name: round(figure[name], 2) for name in figure} == {"value": 0.83, "low": 0.44, "high": 0.97, "n": 6}
    assert {row["became"]: row["alerts"] for row in told["became"]} == {
        "ended_early": 5, "continued": 0, "recovered": 1, "completed": 0,
    }  # fmt: skip
    assert [(row["name"], row["alerts"], row["ended_early"]) for row in told["by_reason"]] == [
        ("Silence longer than 2 agreed intervals", 5, 4),
        ("Satisfaction 2 or lower, or fallen by 2", None, None),
    ]
    assert told["not_known_yet"] == past_alerts(programme).waiting
    assert (told["points_version"], {row["signal"]: row["points"] for row in told["limits"]}["review_from"]) == (1, 6)


def test_what_came_after_somebody_acted_is_told_from_five_relationships_on(programme, call):
    for _ in range(5):
        alerted(programme, closed=30)
    Alert.objects.update(acted_at=NOW - timedelta(days=60), days_compared=14, days_before=1, days_after=3)

    assert call("api_risk", programme.slug)["after_acts"] == {
        "alerts": 5, "more": 5, "same": 0, "fewer": 0, "not_compared": 0,
    }  # fmt: skip


def test_the_judgement_of_a_model_is_told_with_every_figure_of_the_page(programme, call):
    assert call("api_risk_model") == {
        "over": 0, "early": 0, "over_needed": 200, "early_needed": 50, "newest": None,
    }  # fmt: skip
    judged = judge(replace(lived(), names=PREDICTORS[:3]), flag_from=REVIEW_FROM, week=WEEK, at_least=5)
    RiskModel.objects.create(
        institution=programme.institution, version=1, made_at=NOW, closed=300, early=90, better=judged.better,
        coefficients={}, threshold=judged.threshold, result=judged.result,
    )  # fmt: skip

    newest = call("api_risk_model")["newest"]

    told, result = newest["judged"], judged.result
    assert (newest["version"], newest["why"], newest["replaces_points"]) == (1, "better", True)
    assert newest["held_out"]["early"] == result["held_out"]["early"]
    assert (told["auc"], told["brier"]) == (result["auc"], result["brier"])
    assert told["sensitivity"] == {
        "model": result["found"]["model"]["sensitivity"], "points": result["found"]["points"]["sensitivity"], "goal": 0.43,
    }  # fmt: skip
    assert len(told["calibration"]) == len(foresight(programme.institution_id).calibration) == 5
    assert {row["group"]: row["n"] is None for row in told["false_alarms"]} == {"large": False, "small": True}


def test_a_model_that_had_too_little_to_be_judged_says_so(programme, call):
    judged = judge(lived(relationships=12), flag_from=REVIEW_FROM, week=WEEK, at_least=5)
    RiskModel.objects.create(
        institution=programme.institution, version=1, made_at=NOW, closed=200, early=50, better=False,
        result=judged.result,
    )  # fmt: skip

    newest = call("api_risk_model")["newest"]

    assert (newest["why"], newest["replaces_points"], newest["judged"]) == ("too_few", False, None)


def test_how_often_they_met_hides_what_the_page_hides(coordination, programme, call):
    programme.status, programme.ends_on = programme.Status.CLOSED, TODAY
    programme.save()
    for sessions, count in enumerate((7, 6, 2)):
        for each in pairs(programme, count, days=60):
            for day in range(sessions):
                meet(each, 7 + day)

    told = call("api_session_weeks", programme.slug)["weeks"]

    [busy] = [week for week in told if any(cell["sessions"] and cell["relationships"] != 0 for cell in week["met"])]
    assert (busy["relationships"], [cell["relationships"] for cell in busy["met"]]) == (15, [7, None, None, 0, 0])
    assert [week["from_on"] for week in told][:2] == ["2026-09-21", "2026-09-28"], "none before the programme began"
    assert len(told) == 9 and told == sorted(told, key=lambda week: week["from_on"])


def test_a_wave_tells_how_many_of_those_asked_have_answered(programme, call):
    mine = wave(programme)
    first, _second = pairs(programme, 2)
    answered(mine, first, "mentee")

    [row] = call("api_waves", programme=programme.slug)["results"]

    assert (row["id"], row["form"], row["questionnaire"]) == (mine.pk, "short", None)
    assert (row["asked"], row["answered"]) == (4, 1)


def test_every_indicator_is_told_with_the_anchors_of_the_programme(coordination, programme, call):
    today = timezone.now()
    set_anchors(programme, BY_CODE["RC1"], values=[96.0, 24.0], from_on=None, by=coordination.person, at=today)

    rows = {row["code"]: row for row in call("api_indicators", programme.slug)["indicators"]}

    assert set(rows) == set(BY_CODE) and all(row["how"] for row in rows.values())
    assert (rows["RC1"]["anchors"], rows["RC1"]["anchors_version"]) == ([96.0, 24.0], 2)
    assert all(bool(row["anchors"]) == BY_CODE[code].is_computed for code, row in rows.items())


def filled(programme):
    """One more row on each list, two of codings."""
    by = CoordinationFactory(programme=programme).person
    accept_action(programme, IDEA, person=by, due_on=TODAY, by=by, at=NOW)
    own = own_instrument(programme.institution, programme.slug, active=True)
    asked = Wave.objects.create(programme=programme, form="own", instrument=own, number=1, opens_at=NOW)
    Coding.objects.create(wave=asked, item="c1", begun_at=NOW, first=by)
    Coding.objects.create(closings_of=programme, begun_at=NOW, first=by)
    answered(wave(programme, number=2), pair(programme), "mentee")


@pytest.mark.parametrize("route", ["api_actions", "api_codings", "api_waves"])
def test_a_list_asks_as_often_for_three_programmes_as_for_one_and_shows_none_of_another_institution(
    programme, call, route
):
    filled(ProgrammeFactory())
    filled(programme)
    call(route)
    with CaptureQueriesContext(connection) as one:
        mine = call(route)["results"]
    for _ in range(2):
        filled(ProgrammeFactory(institution=programme.institution))

    with CaptureQueriesContext(connection) as three:
        every = call(route)["results"]

    assert {row["programme"] for row in mine} == {programme.slug} and len(every) == 3 * len(mine)
    assert len(three) == len(one)


@pytest.mark.parametrize("route", ["api_risk", "api_session_weeks", "api_indicators"])
def test_figures_of_a_programme_elsewhere_are_not_there(call, route):
    call(route, ProgrammeFactory().slug, status=404)
    call(route, "nothing", status=404)


def test_a_coding_and_a_model_elsewhere_are_not_there(call):
    elsewhere = CoordinationFactory()
    coding = begin_coding(
        asked_in_words(elsewhere.programme, 10), "c1", with_model=False, by=elsewhere.person, at=LATELY
    )
    RiskModel.objects.create(
        institution=elsewhere.programme.institution,
        version=1,
        made_at=NOW,
        closed=200,
        early=50,
        better=False,
        result={},
    )

    call("api_coding", coding.pk, status=404)
    assert call("api_risk_model")["newest"] is None
