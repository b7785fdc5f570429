"""Saying what one looks for: a phone, a thumb and a few letters of Persian."""

import pytest
from playwright.sync_api import expect

from tests.journeys.flows import OPEN_PROGRAMME
from tests.journeys.platform import PEOPLE, follow


@pytest.mark.once
def test_a_mentee_types_a_few_letters_confirms_what_is_suggested_and_keeps_the_rest_in_her_own_words(visitor):
    niloufar = visitor(width=390)
    niloufar.sign_in(PEOPLE["fa"]["mentee"])
    page = niloufar.go(f"/programmes/{OPEN_PROGRAMME}/apply/mentee/")
    typing = page.locator("[data-concepts] .suggest input")
    options = page.locator("[data-concepts] .suggest [role=option]")
    chosen = page.locator(".concepts-chosen > li")

    typing.press_sequentially("يادگيري ماش")
    expect(options).to_have_text(["یادگیری ماشین"])
    expect(typing).to_have_attribute("aria-expanded", "true")
    expect(typing).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    typing.press("Enter")
    typing.fill("SPSS")
    options.first.click()
    expect(chosen.locator("label")).to_have_text(["یادگیری ماشین", "آمار"])
    chosen.first.get_by_role("combobox").select_option("5")
    chosen.last.get_by_role("button").click()
    expect(chosen).to_have_count(1)
    expect(chosen.first.get_by_role("button")).to_be_focused()

    typing.fill("زرافه‌شناسی")
    expect(options).to_have_count(1)
    niloufar.check()
    options.click()
    expect(page.locator("[name=goals]")).to_have_value("زرافه‌شناسی")

    field = page.locator("#id_field")
    field.fill("پرستار")
    expect(page.locator("[data-of=field] [role=option]").first).to_contain_text("پرستاری")
    field.press("Enter")
    follow(page.locator("button[name=do][value=save]"))
    assert "/enrolments/" in page.url

    page = niloufar.go(f"/programmes/{OPEN_PROGRAMME}/apply/mentee/")
    expect(page.locator("[name=skills]:checked")).to_have_value("machine-learning")
    expect(page.locator("[name=skills_level_machine-learning]")).to_have_value("5")
    expect(page.locator("#id_field")).to_have_value("پرستاری")
