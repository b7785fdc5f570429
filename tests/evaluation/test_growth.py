"""Growth of a person: what changed is named between the same statements only, and no programme hides another."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluation.models import Answer, Response, Wave
from evaluation.queries import my_scores, weeks_of_person
from evaluation.queries.growth import StageScore, in_words
from evaluation.questionnaire import SKIPPED
from paradigm.model import stage, stages
from tests.evaluation.living import answered, members, pair, wave
from tests.evaluation.own import DOCUMENT, own_instrument
from tests.evaluation.test_weeks import figure, keep
from tests.factories import NOW, EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def each(programme):
    return pair(programme)


def say(each, form, value, days_ago, **by_item):
    asked = wave(each.programme, form, number=each.programme.waves.count() + 1)
    return answered(asked, each, "mentee", value, at=NOW - timedelta(days=days_ago), **by_item)


def changes(each):
    """Newest first: of each result what changed, stage by stage, where something is named."""
    return [
        {row.stage.slug: row.change for row in result.stages if row.change is not None}
        for result in my_scores(members(each)[1])
    ]


def test_a_pulse_is_beside_the_last_pulse_and_not_beside_a_form_of_three_statements(each):
    say(each, "pulse", 2, days_ago=40)
    say(each, "full", 5, days_ago=30, relationships_communication_3=1)
    say(each, "pulse", 4, days_ago=20)
    say(each, "full", 4, days_ago=10, relationships_communication_3=2)

    newest, pulse, full, first = changes(each)

    assert (full, first) == ({}, {})
    assert set(pulse.values()) == {50}
    assert newest["intervening"] < 0 and len(newest) == 5


def test_two_forms_are_compared_in_the_stages_where_they_ask_the_same_statements(each):
    say(each, "early", 2, days_ago=30)
    say(each, "short", 3, days_ago=10)

    assert changes(each)[0] == {"contextual": 25, "intervening": 25, "strategy": 25}


def test_a_stage_without_one_of_its_components_is_not_beside_one_with_it(each):
    say(each, "short", 2, days_ago=30)
    response = say(each, "short", 3, days_ago=10)
    Answer.objects.filter(response=response, item__startswith="skills.training").update(value=-2)

    assert set(changes(each)[0]) == {"causal", "contextual", "intervening", "consequence"}


def test_somebody_in_two_programmes_sees_the_growth_of_each_the_newest_open(each, sign_in):
    person = members(each)[1]
    first = each.members.get(role="mentee").enrolment
    second = EnrolmentFactory(person=person, programme=ProgrammeFactory(name_en="Second steps"))
    for number in range(30):
        keep(number, {"SV1": figure(44.0)}, enrolment=first)
    for number in range(10, 12):
        keep(number, {"SV1": figure(81.0), "SV2": figure(20.0)}, enrolment=second)

    groups = weeks_of_person(person).groups
    text = sign_in(person).get("/growth/").content.decode()

    assert [(group.name, len(group.days), group.is_open) for group in groups] == [
        (f"{each.programme} · Mentee", 26, True),
        ("Second steps · Mentee", 2, False),
    ]
    assert "44 of 100, the same as at the beginning of these 26 weeks" in text
    assert "81 of 100, the same as at the beginning of these 2 weeks" in text
    assert text.count(f'id="trend-{first.pk}-SV1"') == text.count(f'id="trend-{second.pk}-SV1"') == 1


def test_growth_in_one_programme_names_no_programme(each, sign_in):
    keep(0, {"SV1": figure(44.0)}, enrolment=each.members.get(role="mentee").enrolment)

    text = sign_in(members(each)[1]).get("/growth/").content.decode()

    assert f"{each.programme} · Mentee" not in text


def test_figures_of_many_programmes_take_no_more_queries_than_one(each, django_assert_num_queries):
    person = members(each)[1]
    for _ in range(3):
        keep(0, {"SV1": figure(44.0)}, enrolment=EnrolmentFactory(person=person))
    with django_assert_num_queries(2):
        assert len(weeks_of_person(person).groups) == 3


def told(response, sign_in):
    page = sign_in(response.enrolment.person).get(reverse("survey_result", args=[response.pk]))
    return page.content.decode()


FIGURES, JOIN, BY_NAME = (
    "From 0 to 100",
    "Your answers join those of the others",
    "reaches your coordinators with your name",
)


def test_a_result_promises_only_what_happens_to_these_answers(each, sign_in):
    alike = say(each, "short", 4, days_ago=9)
    Response.objects.update(left_out=Response.LeftOut.SAME_ANSWER)
    pulse = say(each, "pulse", 4, days_ago=5)
    silent = say(each, "pulse", 4, days_ago=3, support_satisfaction_1=SKIPPED)

    pages = [told(response, sign_in) for response in (alike, pulse, silent)]

    assert [(JOIN in page, BY_NAME in page, "are yours alone" in page) for page in pages] == [
        (False, False, True),
        (True, True, False),
        (True, False, False),
    ]


def test_a_result_without_an_answer_says_so_and_explains_no_figure(each, sign_in):
    page = told(say(each, "pulse", SKIPPED, days_ago=3), sign_in)

    assert "You left every question open, so there is no figure." in page
    assert not any(words in page for words in (FIGURES, JOIN, BY_NAME, "This is what your answers say", "× 25"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["a1", "a2"], "You left every question open, so there is no figure."),
        (["a1", "a2", "c1"], "You left every question with a scale open, so there is no figure."),
        (["c1"], "These questions are answered in words, so there is no figure."),
    ],
)
def test_an_own_questionnaire_without_an_answer_says_what_was_left_open(each, sign_in, asked, said):
    items = [row for row in DOCUMENT["items"] if row["id"] in asked]
    scales = {"warm": {"en": "Warmth"}} if "a1" in asked else {}
    own = own_instrument(each.programme.institution, active=True, items=items, subscales=scales)
    row = wave(each.programme)
    row.instrument, row.form = own, Wave.Form.OWN
    row.save()
    mentee = each.members.get(role="mentee")
    response = Response.objects.create(
        wave=row, enrolment=mentee.enrolment, relationship=each, started_at=NOW, submitted_at=NOW
    )

    page = told(response, sign_in)

    assert said in page and JOIN not in page


def row_of(slug, value):
    return StageScore(stage(slug), slug, value, None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((50, 60, 70), ("the skills you build", "how clear things are between you")),
        ((50, 70, 70), ("", "how clear things are between you")),
        ((50, 50, 70), ("the skills you build", "")),
        ((50, 50, 70, 70), None),
        ((50, 50), None),
        ((50,), None),
    ],
)
def test_only_a_stage_that_stands_alone_is_called_the_highest_or_the_one_with_most_room(values, said):
    order = ["causal", "contextual", "strategy"] if len(values) == 3 else [each.slug for each in stages()]

    found = in_words([row_of(slug, value) for slug, value in zip(order, values, strict=False)], None)

    assert (found and (found.strength, found.room)) == said
    assert found is None or bool(found.step) == bool(found.room)


def test_a_tie_at_the_top_leaves_that_half_of_the_sentence_out(each, sign_in):
    page = told(say(each, "pulse", 4, days_ago=3, planning_structure_1=2), sign_in)

    assert "By your answers, <b>how clear things are between you</b> has the most room." in page
    assert "stands highest" not in page
