import copy
import tomllib

import pytest

from paradigm.model import (
    HERE,
    InvalidModel,
    build,
    categories,
    category,
    component,
    components,
    paradigm,
    stage,
    stage_of,
    stages,
)

DATA = tomllib.loads((HERE / "paradigm.toml").read_text(encoding="utf-8"))
ABOUT_FA = tomllib.loads((HERE / "persian.toml").read_text(encoding="utf-8"))["about_fa"]


def test_the_model_has_five_stages_seven_categories_and_21_components():
    assert [row.slug for row in stages()] == ["causal", "contextual", "intervening", "strategy", "consequence"]
    assert len(categories()) == DATA["study"]["categories"] == 7
    assert len(components()) == DATA["study"]["components"] == 21
    assert [row.slug for row in categories("causal")] == ["planning", "modelling"]


def test_planning_is_the_core_and_nothing_else():
    assert [row.slug for row in categories() if row.core] == ["planning"]


def test_a_component_knows_its_category_and_stage():
    assert component("tools.lms").category == "tools"
    assert stage_of("tools.lms") == stage("contextual")
    with pytest.raises(KeyError):
        component("tools.fax")


def test_every_name_and_description_exists_in_both_languages():
    named = (*stages(), *categories(), *components(), *paradigm().outcome_scales)
    concepts = [concept for row in categories() for concept in row.concepts]
    texts = [*(row.question for row in stages()), *(row.about for row in components())]

    assert category("planning").name("fa-IR") == "برنامه‌ریزی و مدیریت منتورینگ"
    assert category("planning").name(None) == "Mentoring planning and management"
    assert all(row.name("en") and row.name("fa") and row.name("en") != row.name("fa") for row in (*named, *concepts))
    assert all(text.text("en") and text.text("fa") and text.text("en") != text.text("fa") for text in texts)
    assert set(ABOUT_FA) == {row.slug for row in components()}


def test_the_study_facts_agree_with_each_other():
    study = paradigm().study

    assert [count for _step, count in study.screening] == [87, 38, 19, 14, 12]
    assert study.included == 12
    assert round(100 * study.retest_agreements / study.retest_codes, 1) == study.retest_percent == 86.7


def _without_a_component(data):
    data["category"][0]["components"].pop()


def _with_a_slug_twice(data):
    data["category"][0]["components"][0]["slug"] = data["category"][0]["components"][1]["slug"]


def _with_a_relation_to_nowhere(data):
    data["relation"][0]["to"] = "nowhere"


def _with_an_unknown_stage(data):
    data["category"][0]["stage"] = "nowhere"


def _with_two_cores(data):
    data["category"][1]["core"] = True


@pytest.mark.parametrize(
    "spoil",
    [
        _without_a_component,
        _with_a_slug_twice,
        _with_a_relation_to_nowhere,
        _with_an_unknown_stage,
        _with_two_cores,
    ],
)
def test_a_model_that_contradicts_itself_is_refused(spoil):
    data = copy.deepcopy(DATA)
    spoil(data)

    with pytest.raises(InvalidModel):
        build(data, ABOUT_FA)
