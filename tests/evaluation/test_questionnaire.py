import pytest

from evaluation.questionnaire import form_items, items, sections
from paradigm.model import components


@pytest.mark.parametrize(("form", "count"), [("full", 63), ("short", 21), ("pulse", 5)])
def test_the_forms_have_their_number_of_items(form, count):
    assert len(form_items(form)) == count
    assert sum(len(section.items) for section in sections(form)) == count


def test_every_component_has_three_items_of_which_the_third_is_reversed():
    for part in components():
        mine = [item for item in items().values() if item.component == part.slug]
        assert [item.reverse for item in mine] == [False, False, True]
        assert [item.short_form for item in mine] == [True, False, False]


def test_the_partner_is_named_by_role_and_language():
    item = items()["modelling.framework.3"]
    assert item.text("mentee", "en") == "My mentor and I expect different amounts of contact."
    assert item.text("mentor", "en") == "My mentee and I expect different amounts of contact."
    assert "منتورم" in item.text("mentee", "fa")
    assert "منتی‌ام" in item.text("mentor", "fa")
    assert not any(
        "{p}" in each.text(role, language)
        for each in items().values()
        for role in ("mentor", "mentee")
        for language in ("en", "fa")
    )


def test_a_page_holds_one_category_stage_or_pulse():
    assert [section.of for section in sections("full")] == [
        "planning", "modelling", "infrastructure", "tools", "relationships", "skills", "support",
    ]  # fmt: skip
    assert len(sections("short")) == 5
    assert len(sections("pulse")) == 1


def test_somebody_without_a_partner_is_not_asked_about_one():
    shown = [item for section in sections("full", False) for item in section.items]
    assert shown
    assert not any(item.needs_partner for item in shown)
    assert not any(section.of in ("relationships", "support") for section in sections("full", False))
