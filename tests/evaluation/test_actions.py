from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dashboard.desks import tasks_of
from evaluation.actions import PERCEPTION, ideas_for, library
from evaluation.indicators import BY_CODE
from evaluation.models import Action, Score, Study, StudyResult
from evaluation.queries import action_rows, health, offers
from evaluation.services import (
    ActionIsClosed,
    ActionIsUnderWay,
    accept_action,
    drop_action,
    finish_action,
    recompute,
    set_anchors,
)
from notifications.models import Notification
from paradigm.model import components
from tests.evaluation.living import members, pair, pairs, say, talk
from tests.factories import NOW, CoordinationFactory, PersonFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
IDEA = library()["answer-even-short"]  # read by RC1, 28 days after it is done


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def programme(coordination):
    return coordination.programme


def take(coordination, idea=IDEA, *, at=NOW, due=7):
    by = coordination.person
    return accept_action(coordination.programme, idea, person=by, due_on=TODAY + timedelta(days=due), by=by, at=at)


def done_and_read(coordination, action, *, wait=28):
    """Done on the day it was taken up; computed again at the end of its window."""
    finish_action(action, by=coordination.person, at=NOW)
    later = NOW + timedelta(days=wait)
    recompute(coordination.programme, at=later)
    action.refresh_from_db()
    return action_rows([action], timezone.localdate(later))[0]


@pytest.mark.once
def test_every_component_has_something_that_can_be_done_read_by_an_indicator_of_its_own():
    for part in components():
        found = ideas_for(part.slug)
        assert found, part.slug
        for idea in found:
            assert idea.indicator == PERCEPTION or BY_CODE[idea.indicator].component == part.slug, idea.slug
            assert idea.indicator == PERCEPTION or BY_CODE[idea.indicator].is_computed, idea.slug
            assert bool(idea.source) == (idea.evidence == "S"), idea.slug
            assert 0 < idea.points <= 20 and 7 <= idea.days <= 21 and 14 <= idea.window <= 60, idea.slug
            assert all(text.en and text.fa for text in (idea.what, idea.how)), idea.slug


def test_an_action_is_read_again_after_its_window_and_both_figures_stand_side_by_side(coordination, programme):
    for each in pairs(programme, 5):
        talk(each, answer_after_hours=96)
    recompute(programme, at=NOW)
    action = take(coordination)
    for each in programme.relationships.all():
        mentor, mentee = members(each)
        for day in range(1, 12):
            say(each, mentee, NOW + timedelta(days=day))
            say(each, mentor, NOW + timedelta(days=day, hours=2))

    finish_action(action, by=coordination.person, at=NOW)
    recompute(programme, at=NOW + timedelta(days=27))
    action.refresh_from_db()
    assert (action.before_on, action.read_again_on, action.after_on) == (TODAY, TODAY + timedelta(days=28), None)

    recompute(programme, at=NOW + timedelta(days=28))
    action.refresh_from_db()
    row = action_rows([action], TODAY + timedelta(days=28))[0]
    scores = Score.objects.filter(programme=programme, code="RC1").order_by("as_of_on")
    before, after = (round(scores.get(as_of_on=day).value) for day in (action.before_on, action.after_on))
    assert (row.before.points, row.after.points) == (before, after)
    assert row.effect.startswith(f"{after - before} points more: associated with this action, never proven")
    assert Notification.objects.filter(kind="evaluation.action_read_again", recipient=coordination.person).count() == 1


def test_where_a_figure_is_missing_or_hidden_there_is_a_sentence_and_no_number(coordination, programme):
    pair(programme)  # too few people for a figure of the programme
    recompute(programme, at=NOW)
    row = done_and_read(coordination, take(coordination))

    assert (row.before.points, row.after.points) == (None, None)
    assert row.effect == "One of the two figures is missing, so nothing can be said about a change."


def test_what_was_measured_otherwise_is_not_compared(coordination, programme):
    for each in pairs(programme, 5):
        talk(each, answer_after_hours=24)
    recompute(programme, at=NOW)
    action = take(coordination)
    set_anchors(programme, BY_CODE["RC1"], values=[96.0, 24.0], from_on=None, by=coordination.person, at=NOW)

    assert "measured otherwise" in done_and_read(coordination, action).effect


def test_where_fewer_than_five_people_came_the_figure_before_is_not_shown_beside_the_one_after(coordination, programme):
    for each in pairs(programme, 5):
        talk(each)
    recompute(programme, at=NOW)
    action = take(coordination)
    talk(pair(programme))
    row = done_and_read(coordination, action)

    assert (row.before, row.after.points is not None) == (None, True)
    assert row.effect == "Fewer than five people came or went in between, so the change is not named."


def test_an_idea_is_under_way_once_and_settled_once(coordination, programme):
    action = take(coordination)
    with pytest.raises(ActionIsUnderWay):
        take(coordination)

    drop_action(action, reason="The mentors already do", by=coordination.person, at=NOW)
    with pytest.raises(ActionIsClosed):
        finish_action(action, by=coordination.person, at=NOW)
    assert take(coordination) != action
    recompute(programme, at=NOW + timedelta(days=60))
    action.refresh_from_db()
    assert action.after_on is None


def test_what_was_taken_up_stands_on_the_desk_until_it_is_done(coordination, programme):
    action = take(coordination)
    titles = [task.title for task in tasks_of(coordination.person, programme, now=NOW)]
    assert titles == ["Spread the custom of the short answer"]

    finish_action(action, by=coordination.person, at=NOW)
    assert tasks_of(coordination.person, programme, now=NOW) == []


def test_a_coordinator_walks_from_a_weak_outcome_to_an_action_and_leaves_one_with_a_reason(
    coordination, programme, sign_in
):
    client, colleague = sign_in(coordination.person), CoordinationFactory(programme=programme).person
    page = reverse("component_actions", args=[programme.slug, "support.continuity"])
    assert "Help silent pairs to pick it up again" in client.get(page).content.decode()
    assert client.get(reverse("component_actions", args=[programme.slug, "no.such"])).status_code == 404

    sent = {"idea": "pick-it-up-again", "pick-it-up-again-due_on": str(timezone.localdate() + timedelta(days=3))}
    stranger = client.post(page, {**sent, "pick-it-up-again-person": PersonFactory().pk})
    assert (stranger.status_code, Action.objects.count()) == (200, 0)
    client.post(page, {**sent, "pick-it-up-again-person": colleague.pk})
    action = Action.objects.get()
    assert (action.person, action.code, action.window_days) == (colleague, "SC1", 21)
    assert Notification.objects.filter(kind="evaluation.action_given", recipient=colleague).count() == 1

    empty = client.post(reverse("action_drop", args=[action.pk]), {"reason": ""})
    assert (empty.status_code, Action.objects.open().count()) == (200, 1)
    client.post(reverse("action_drop", args=[action.pk]), {"reason": "They rang up already"})
    assert "They rang up already" in client.get(reverse("actions", args=[programme.slug])).content.decode()


def test_the_offers_are_in_the_readers_language_and_say_what_the_indicator_says_now(programme):
    recompute(programme, at=NOW)
    with translation.override("fa"):
        found = offers(programme, "relationships.communication")
    assert found[0].what == "رسمِ پاسخِ کوتاه را جا بیندازید"
    assert {offer.idea.indicator for offer in found} == {"RC1", "RC2"}


def test_with_little_measured_upstream_the_first_thing_to_do_is_to_measure(programme):
    component = {"institution": programme.institution, "programme": programme, "code": "both", "facet": "both", "as_of_on": TODAY,
                 "computed_at": NOW}  # fmt: skip
    scored = {"state": "scored", "n": 9}
    Score.objects.create(component="causal", state="too_early", **component)
    Score.objects.create(component="support.learning", value=40, **scored, **component)
    upstream = [part.slug for part in components() if not part.slug.startswith("support.")]
    Score.objects.bulk_create(Score(component=slug, value=50, **scored, **component) for slug in upstream[:8])
    assert health(programme).drill_down.measure_first

    Score.objects.create(component=upstream[8], value=50, **scored, **component)
    down = health(programme).drill_down
    assert (down.measure_first, down.weak, len(down.unmeasured)) == (False, ["Improved learning (40)"], 9)


LOCKED = {"plan": "{}", "sha256": "a" * 64, "locked_at": NOW}


def test_a_condition_weighs_what_a_study_of_the_programme_found_if_it_found_it_surely(programme):
    row = {"institution": programme.institution, "programme": programme, "as_of_on": TODAY, "computed_at": NOW, "n": 9,
           "state": "scored"}  # fmt: skip
    Score.objects.create(component="causal", code="both", facet="both", value=50, **row)
    Score.objects.create(component="support.learning", code="both", facet="both", value=40, **row)
    slugs = [part.slug for part in components() if not part.slug.startswith("support.")]
    for slug in slugs:
        value = 30 if slug in ("planning.structure", "relationships.friendly", "skills.training") else 70
        Score.objects.create(component=slug, code="both", facet="both", value=value, **row)
        Score.objects.create(
            component=slug, code="behaviour", facet="behaviour", value=value, inputs={"measured": 1, "of": 1}, **row
        )

    def found(n, *paths):
        study = Study.objects.create(
            programme=programme, kind="path", title="What goes with what", made_at=NOW, **LOCKED
        )
        analysis = {"outcome": "support.learning", "state": "ok", "n": n, "weak": n < 150, "paths": paths}
        StudyResult.objects.create(study=study, asked_at=NOW, made_at=NOW, content={"analyses": [analysis]})

    alike = [(each.component.slug, each.path) for each in health(programme).drill_down.rows]
    assert alike == [("planning.structure", None), ("relationships.friendly", None), ("skills.training", None)]

    found(149, ["planning.structure", 0.9, 0.8, 1.0])
    found(
        150,
        ["did.agreement_day", 0.2, 0.1, 0.3],
        ["relationships.friendly", 0.4, 0.3, 0.5],
        ["skills.training", 0.3, -0.1, 0.7],
    )
    rows = health(programme).drill_down.rows
    assert [(each.component.slug, each.path and each.path.estimate, each.priority) for each in rows] == [
        ("skills.training", None, 15.0),
        ("relationships.friendly", 0.4, 6.0),
        ("planning.structure", 0.2, 3.0),
    ]
