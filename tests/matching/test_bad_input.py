"""Whatever is set or missing: a result, or a refusal that says what to change."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from mentoring.matching.engine import REFUSALS as CODES
from mentoring.matching.engine import Rules, Weights
from mentoring.matching.services import compute_run, preview
from mentoring.matching.services.refusals import REFUSALS, MatchingRefused, sentence_of
from mentoring.matching.services.runs import aim_of, pool_for
from mentoring.matching.studio_form import SettingsForm
from mentoring.planning.models import Enrolment, GroupLabel, Never, Programme
from tests.factories import NOW, CoordinationFactory
from tests.matching.programmes import EASY, free_on, ready_programme, staged, started

pytestmark = pytest.mark.django_db


def tried(ready, **more):
    settings = {"rules": EASY, "weights": Weights(), "objective": "most", "seed": 1, **more}
    return preview(pool_for(ready.programme), **settings)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("code", CODES)
def test_every_refusal_of_the_engine_is_one_sentence_with_its_names(code, language):
    ready = ready_programme(1, 1)
    people = {"mentee": ready.mentees[0].pk, "mentor": ready.mentors[0].pk}
    about = {name: people.get(name, "overlap" if name == "rule" else 3) for name in CODES[code]}
    with translation.override(language):
        told = sentence_of(code, about)
    assert code in REFUSALS and "%(" not in told and told.endswith(".")
    assert all(
        str(row.person) in told for row in (*ready.mentees, *ready.mentors) if people.get(row.role) in about.values()
    )


@pytest.mark.parametrize(("mentees", "mentors"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_hardly_anybody_is_a_result(mentees, mentors):
    result = tried(ready_programme(mentees, mentors))
    assert (result.matched, len(result.unmatched)) == (min(mentees, mentors), mentees - min(mentees, mentors))


def test_nobody_eligible_no_places_and_everybody_equal_are_results():
    ready = ready_programme(3, 2)
    assert tried(ready, rules=Rules(overlap_minutes=600, answers_needed=True)).matched == 0
    Enrolment.objects.filter(programme=ready.programme, role="mentor").update(free_places=0)
    assert {row.reason for row in tried(ready).unmatched} == {"rules"}
    Enrolment.objects.filter(programme=ready.programme, role="mentor").update(free_places=2)
    assert tried(ready, weights=Weights.from_parts(waiting=1)).matched == 3


def test_empty_weeks_pass_and_are_marked_and_a_week_across_a_change_of_the_clock_is_one_week():
    ready = ready_programme(1, 1)
    result = tried(ready, rules=Rules(overlap_minutes=60))
    assert result.matched == 1 and result.unknown[0] == ("overlap",)
    Programme.objects.filter(pk=ready.programme.pk).update(starts_on=date(2026, 10, 19))  # Berlin turns on the 25th
    ready.programme.refresh_from_db()
    ready.mentors[0].person.time_zone = "Europe/Berlin"
    ready.mentors[0].person.save()
    free_on(ready.mentees[0], 6, 60, 180)
    free_on(ready.mentors[0], 6, 120, 240)
    assert tried(ready, rules=Rules(overlap_minutes=60)).matched == 1


def test_locks_that_contradict_rules_places_or_each_other_are_named():
    ready = ready_programme(2, 1, places=2)
    run = staged(ready)
    run.pairs.update(locked=True)
    assert tried(ready, rules=Rules(overlap=False, seniority=True, answers_needed=True)).broken[0] == ("seniority",)
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(free_places=1)
    with pytest.raises(
        MatchingRefused, match=rf"locked with {ready.mentors[0].person} \(2\) than there are free places \(1\)"
    ):
        tried(ready)
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(status=Enrolment.Status.WITHDRAWN)
    with pytest.raises(MatchingRefused, match=f"{ready.mentors[0].person} are locked together, but one of them is not"):
        tried(ready)


def test_a_lock_on_a_private_list_stops_the_run_with_the_names():
    ready = ready_programme(1, 1)
    staged(ready).pairs.update(locked=True)
    run = started(ready)
    Never.objects.create(enrolment=ready.mentees[0], other=ready.mentors[0])
    compute_run(run, at=NOW)
    run.refresh_from_db()
    assert run.report["refused"] == "lock_breaks_a_safety_rule"
    assert str(ready.mentees[0].person) in sentence_of("lock_breaks_a_safety_rule", run.report["about"])


def test_aims_that_exclude_each_other_are_said_by_their_names():
    with pytest.raises(MatchingRefused, match="“No two would rather have each other” and “Wishes come first” cannot"):
        aim_of("stable", {"wishes_first": True})


def test_balance_between_groups_needs_groups_and_then_holds():
    ready = ready_programme(4, 1, places=2)
    even = {"aim": {"parity": {"group": "Region", "within": 0, "measure": "rate"}}}
    with pytest.raises(MatchingRefused, match="Nobody who waits has named a group"):
        tried(ready, **even)
    for mentee, label in zip(ready.mentees, ["north", "north", "south", "south"], strict=True):
        GroupLabel.objects.create(enrolment=mentee, group="Region", label=label)
    matched = set(tried(ready, **even).mentees.tolist())
    assert [len(matched & {mentee.pk for mentee in half}) for half in (ready.mentees[:2], ready.mentees[2:])] == [1, 1]


def chosen(programme: Programme, **changes) -> SettingsForm:
    first = SettingsForm.from_stored(programme)
    data = {name: value for name in first.fields if (value := first[name].value()) not in (None, False)}
    return SettingsForm({**data, **changes}, programme=programme)


def test_the_form_returns_what_it_was_given():
    programme = CoordinationFactory().programme
    changes = {
        "objective": "even", "evenness": 7, "quotas": "on", "balance": 3, "keep": 2, "previous": "prefer", "fusion": "min",
        "unit": "soft", "points_unit": 12, "institution": "hard", "institution_kind": "other", "seniority": "hard",
        "seniority_gap": 2, "seniority_most": 4, "must_have": "off", "language_level": 3, "feedback": 20, "manager_levels": 2,
        "mentors_experience": 30,
    }  # fmt: skip
    form = chosen(programme, **changes)
    assert form.is_valid(), form.errors
    assert form.aim == {
        "evenness": 7, "keep": 200, "balance": 300, "previous_bonus": 500, "quotas": True,
        "fusion": {"kind": "min", "mentee_share": 50, "mentors": {"experience": 30}},
    }  # fmt: skip
    assert (form.rules.soft, form.rules.must_have, form.rules.institution) == ({"unit": 1200}, "off", "other")
    programme.match_settings = json.loads(json.dumps(form.stored))
    again = chosen(programme)
    assert again.is_valid(), again.errors
    assert again.stored == form.stored


def test_the_form_says_at_once_what_cannot_be_and_asks_for_gender_only_where_the_programme_does():
    programme = CoordinationFactory().programme
    form = chosen(programme, objective="stable", two_mentors="on")
    assert "cannot be reached in one run" in str(form.non_field_errors())
    assert "circle_most" in chosen(programme, circle_least=5, circle_most=2).errors
    assert "gender" not in form.fields
    programme.asked = {"more_mentee": ["gender"]}
    assert chosen(programme).fields["gender"] and chosen(programme).initial == {}


def test_each_rule_tells_its_cost_beside_it_and_again_when_it_is_tried(sign_in):
    ready = ready_programme(2, 1)
    Never.objects.create(enrolment=ready.mentees[0], other=ready.mentors[0])
    home = reverse("matching_home", args=[ready.programme.slug])
    client = sign_in(ready.coordinator)
    assert "leaves 1 mentee with nobody" in client.get(home).content.decode()
    sent = {"objective": "most", "seed": 1, "skills": 1, "language": "hard"}
    partial = client.get(home, sent, headers={"HX-Request": "true"}).content.decode()
    assert 'id="cost-never" hx-swap-oob="true"' in partial and "leaves 1 mentee with nobody" in partial


def test_the_command_refuses_with_the_same_sentence():
    ready = ready_programme(1, 1)
    ready.programme.match_settings = {"objective": "stable", "aim": {"quotas": True}}
    ready.programme.save()
    with pytest.raises(CommandError, match="Every mentor gets at least one"):
        call_command("match", ready.programme.slug, "--dry-run")
