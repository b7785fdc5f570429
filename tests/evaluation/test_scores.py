from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Job
from evaluation.actions import library
from evaluation.facts import Facts
from evaluation.indicators import ALL, BY_CODE
from evaluation.models import Alert, Score, UnitScore
from evaluation.services import (
    accept_action,
    ask_to_recompute,
    finish_action,
    recompute,
    recompute_institution,
    still_measured,
)
from evaluation.services.units import recompute_soon
from evaluation.tasks import daily
from mentoring.relationships.models import Session
from mentoring.training.models import ProgrammeModule
from paradigm.model import categories, components, stages
from tests.evaluation.living import answered, meet, members, pair, pairs, talk, wave
from tests.factories import NOW, BelongingFactory, CoordinationFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


def programme_scores(programme):
    rows = Score.objects.filter(programme=programme, as_of_on=NOW.date())
    return {(row.component, row.code): row for row in rows}


def content(programme):
    fields = ("component", "code", "state", "value", "n", "inputs")
    units = UnitScore.objects.filter(programme=programme).values_list("enrolment", "relationship", "week_on", "scores")
    return sorted(map(str, [*Score.objects.filter(programme=programme).values_list(*fields), *units]))


def test_recomputing_twice_gives_the_same_rows():
    programme = ProgrammeFactory()
    for each in pairs(programme, 3):
        talk(each)
        meet(each, 10)

    recompute(programme, at=NOW)
    first = content(programme)
    recompute(programme, at=NOW)

    assert content(programme) == first
    assert first


def test_history_keeps_programmes_day_by_day_and_single_relationships_week_by_week():
    programme = ProgrammeFactory()
    talk(pair(programme))

    for days_ago in (20, 2, 0):
        recompute(programme, at=NOW - timedelta(days=days_ago))

    assert set(Score.objects.values_list("as_of_on", flat=True)) == {date(2026, 11, day) for day in (2, 20, 22)}
    weeks = UnitScore.objects.exclude(relationship=None).values_list("week_on", "computed_at").order_by("week_on")
    assert list(weeks) == [(date(2026, 11, 2), NOW - timedelta(days=20)), (date(2026, 11, 16), NOW)]


def test_a_computation_that_read_earlier_does_not_replace_a_later_one():
    programme = ProgrammeFactory()
    talk(pair(programme))
    recompute(programme, at=NOW)

    assert recompute(programme, at=NOW - timedelta(seconds=1)) == 0
    assert set(Score.objects.values_list("computed_at", flat=True)) == {NOW}


def test_asking_again_asks_nothing_while_one_waits_and_anew_once_it_has_begun():
    programme, person = ProgrammeFactory(), PersonFactory()
    first = ask_to_recompute(programme, by=person, at=NOW)
    Job.objects.update(due_at=NOW)

    assert ask_to_recompute(programme, by=person, at=NOW + timedelta(seconds=1)) == first
    assert ask_to_recompute(ProgrammeFactory(), by=person, at=NOW + timedelta(seconds=1)) != first

    Job.objects.filter(pk=first.pk).update(lease_until=NOW + timedelta(minutes=1))
    assert ask_to_recompute(programme, by=person, at=NOW + timedelta(seconds=2)) != first


def test_an_earlier_day_is_computed_from_what_was_known_then():
    programme = ProgrammeFactory()
    each = pair(programme)
    talk(each)

    then = Facts(programme, NOW - timedelta(days=30))

    assert then.messages.at.max() <= then.now
    assert then.pairs.days[0] == 30


@pytest.mark.once
def test_recompute_takes_the_same_number_of_queries_for_one_and_three_relationships():
    def queries(count):
        programme = ProgrammeFactory()
        asked = wave(programme)
        for each in pairs(programme, count):
            talk(each)
            meet(each, 10)
            answered(asked, each, "mentor")
        recompute(programme, at=NOW)  # new alerts tell people, each once
        with CaptureQueriesContext(connection) as caught:
            recompute(programme, at=NOW)
        return len([query for query in caught if "INSERT" not in str(query["sql"])])  # SQLite splits long inserts

    assert queries(1) == queries(3)


def test_every_score_of_an_empty_programme_has_a_state_and_no_number():
    programme = ProgrammeFactory()

    recompute(programme, at=NOW)

    rows = programme_scores(programme)
    assert len(rows) == len(ALL) + 3 * (len(components()) + len(categories()) + len(stages()))
    assert {row.value for row in rows.values()} == {None}
    assert {row.state for row in rows.values()} <= {"too_early", "not_measured", "not_applicable"}


def test_two_relationships_are_suppressed_and_three_are_not():
    programme = ProgrammeFactory()
    for each in pairs(programme, 2):
        talk(each)
    recompute(programme, at=NOW)
    hidden = programme_scores(programme)["relationships.communication", "RC1"]

    talk(pair(programme))
    recompute(programme, at=NOW)
    shown = programme_scores(programme)["relationships.communication", "RC1"]

    assert (hidden.state, hidden.value, hidden.n, hidden.inputs) == ("suppressed", None, 0, {})
    assert (shown.state, shown.n, shown.inputs["people"]) == ("scored", 3, 6)
    assert shown.value == pytest.approx(54.617, abs=1e-3)


def test_what_people_say_enters_five_people_of_a_side_at_a_time():
    programme = ProgrammeFactory()
    asked = wave(programme)

    def said(mentors, mentees=0, value=4):
        for each in pairs(programme, max(mentors, mentees)):
            for role in ["mentor"] * (mentors > 0) + ["mentee"] * (mentees > 0):
                answered(asked, each, role, value)
        recompute(programme, at=NOW)
        row = programme_scores(programme)["planning.structure", "perception"]
        return row.state, row.value, {name: row.inputs[name] for name in ("people", "only") if name in row.inputs}

    assert said(4, 4) == ("suppressed", None, {})
    assert said(1) == ("scored", 75.0, {"people": 5, "only": "mentor"})
    assert said(4, value=1) == ("scored", 75.0, {"people": 5, "only": "mentor"})
    assert said(1, value=1) == ("scored", 37.5, {"people": 10, "only": "mentor"})


def test_both_roles_are_shown_where_each_has_five_people():
    programme = ProgrammeFactory()
    asked = wave(programme)
    for each in pairs(programme, 5):
        answered(asked, each, "mentor", 5)
        answered(asked, each, "mentee", 3)

    recompute(programme, at=NOW)

    inputs = programme_scores(programme)["planning.structure", "perception"].inputs
    assert (inputs["mentor"], inputs["mentee"], inputs["mentors"], inputs["mentees"]) == (100.0, 50.0, 5, 5)


def test_stages_carry_an_interval_over_relationships_and_say_how_much_is_measured():
    programme = ProgrammeFactory()
    for place, each in enumerate(pairs(programme, 6)):
        talk(each, every=5 + 5 * place)
        meet(each, 5, place="video")
        meet(each, 25)
    asked = wave(programme)
    for each in programme.relationships.all():
        answered(asked, each, "mentor", 4)

    recompute(programme, at=NOW)

    stage = programme_scores(programme)["intervening", "both"]
    assert stage.state == "scored"
    assert stage.inputs["low"] <= stage.value <= stage.inputs["high"]
    assert (stage.inputs["measured"], stage.inputs["of"], stage.n) == (1, 1, 6)


def test_the_stage_is_the_mean_of_its_categories_and_a_component_of_its_facets():
    programme = ProgrammeFactory()
    asked = wave(programme)
    for each in pairs(programme, 5):
        talk(each)
        answered(asked, each, "mentee", 2)
    recompute(programme, at=NOW)
    rows = programme_scores(programme)

    happens, said, both = (rows["relationships.communication", facet] for facet in ("behaviour", "perception", "both"))
    assert both.value == pytest.approx((happens.value + said.value) / 2, abs=1e-3)
    assert both.inputs["gap"] == pytest.approx(happens.value - said.value, abs=0.01)
    causal = [rows[slug, "both"].value for slug in ("planning", "modelling")]
    measured = [value for value in causal if value is not None]
    assert rows["causal", "both"].value == pytest.approx(sum(measured) / len(measured), abs=1e-3)


def test_single_relationships_keep_no_row_of_what_people_said():
    programme = ProgrammeFactory()
    each = pair(programme)
    answered(wave(programme), each, "mentee", 1)

    recompute(programme, at=NOW)

    assert {code for row in UnitScore.objects.all() for code in row.scores} <= set(BY_CODE)


def test_the_registry_has_all_49_indicators_and_one_measured_in_each_category():
    measured = {BY_CODE[row.code].component.split(".")[0] for row in ALL if row.compute}

    assert len({row.code for row in ALL}) == len(ALL) == 49
    assert measured == {row.slug for row in categories()}
    assert all(row.why_not for row in ALL if not row.compute)


def test_the_daily_task_asks_once_a_day_for_every_institution_with_a_running_programme(run_jobs):
    running, _draft = ProgrammeFactory(), ProgrammeFactory(status="draft")

    daily()
    daily()

    assert Job.objects.filter(name="evaluation.recompute_institution").count() == 1
    run_jobs()
    assert set(Score.objects.values_list("institution", "programme")) == {
        (running.institution_id, running.pk),
        (running.institution_id, None),
    }


def test_a_closed_programme_is_measured_for_half_a_year_after_its_end_and_while_an_action_waits_to_be_read_again():
    today, person = timezone.localdate(NOW), PersonFactory()
    late, gone, waits = (
        ProgrammeFactory(status="closed", starts_on=date(2026, 1, 10), ends_on=today - timedelta(days=n))
        for n in (183, 184, 184)
    )
    ProgrammeFactory(status="draft")
    action = accept_action(waits, library()["answer-even-short"], person=person, due_on=today, by=person, at=NOW)
    assert set(still_measured(today)) == {late}

    finish_action(action, by=person, at=NOW)

    assert set(still_measured(today)) == {late, waits}
    recompute_institution(waits.institution, at=NOW + timedelta(days=action.window_days))
    assert set(still_measured(today)) == {late}
    for each in (late, gone):
        recompute_soon(each, at=NOW)  # as when somebody writes
    assert [job.payload["programme_id"] for job in Job.objects.filter(name="evaluation.recompute_programme")] == [
        late.pk
    ]


def test_contact_after_the_end_of_a_programme_is_counted_and_raises_no_alert():
    programme = ProgrammeFactory(status="closed", ends_on=timezone.localdate(NOW))
    first, *_others = pairs(programme, 10, status="completed", closed_at=NOW - timedelta(days=2))
    pair(programme)  # never wrote, and nobody closed it
    recompute_institution(programme.institution, at=NOW)
    meet(first, 1, provenance=Session.Provenance.PARTNER_CONFIRMED)

    recompute_institution(programme.institution, at=NOW + timedelta(days=1))

    found = Score.objects.filter(code="SC3").order_by("as_of_on")
    assert [row.inputs["numerator"] for row in found] == [0, 1]
    assert {row.programme for row in Score.objects.all()} == {
        programme
    }  # an institution's own are of running programmes
    assert not Alert.objects.exists()


def test_the_command_computes_one_programme_or_says_that_there_is_none(capsys):
    programme = ProgrammeFactory()

    call_command("recompute_scores", programme=programme.slug)

    assert programme.slug in capsys.readouterr().out
    with pytest.raises(CommandError, match="no programme"):
        call_command("recompute_scores", programme="nothing-here")


def test_scores_are_seen_by_level():
    programme = ProgrammeFactory()
    each = pair(programme, days=30)
    coordinator = CoordinationFactory(programme=programme).person
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    ProgrammeModule.objects.create(programme=programme, module="first-meeting", role="mentee")
    recompute_institution(programme.institution, at=NOW)

    def levels(person):
        rows = [*Score.objects.visible_to(person), *UnitScore.objects.visible_to(person)]
        return {row.level for row in rows}

    assert levels(coordinator) == {"G", "R"}
    assert levels(administrator) == {"G", "I"}
    assert levels(members(each)[1]) == {"P"}
    assert levels(CoordinationFactory().person) == set()
    assert levels(AnonymousUser()) == set()
