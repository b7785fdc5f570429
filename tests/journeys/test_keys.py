"""Whoever likes keys gets everywhere with them, on any keyboard; they stay away from whoever writes, and can be switched off."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.platform import PEOPLE, follow

pytestmark = pytest.mark.once

FIRST = "Daniel Okafor"


def persian_key(page: Page, key: str, code: str, *, ctrl: bool = False) -> None:
    """As a keyboard sends it on which Persian is set."""
    page.evaluate(
        "([key, code, ctrlKey]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', { key, code, ctrlKey, bubbles: true, cancelable: true }))",
        [key, code, ctrl],
    )


def test_keys_lead_to_places_and_through_lists_and_stay_away_from_whoever_writes(visitor):
    mentor = visitor()
    mentor.sign_in(PEOPLE["en"]["mentor"])
    page = mentor.page
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("m")
    assert page.url.endswith("/rooms/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".thread-list a").first).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator(".keys dl")).to_be_visible()
    mentor.check()
    page.keyboard.press("Escape")
    expect(page.locator(".help > summary")).to_be_focused()

    page.keyboard.press("c")
    palette = page.get_by_role("dialog", name="Where to?")
    expect(palette.get_by_role("link", name=FIRST)).to_be_visible()
    page.keyboard.type("okaf")
    expect(palette.get_by_role("link")).to_have_count(1)
    mentor.check()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("c")
    page.keyboard.type("gh?jce")
    expect(page.locator("#compose-body")).to_have_value("gh?jce")
    page.locator("#compose-body").fill("")

    page.locator("#main").focus()
    persian_key(page, "ن", "KeyK", ctrl=True)
    page.keyboard.type("growth")
    expect(palette.get_by_role("link").first).to_have_text("Growth")
    page.keyboard.press("ArrowDown")
    expect(palette.get_by_role("link").first).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/inbox/")
    unread = page.locator("[action$='/read/'] [data-done]")
    waiting = unread.count()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("e")
    expect(unread).to_have_count(waiting - 1)
    toast = page.locator(".toast")
    toast.hover()  # it stays while somebody is there
    follow(toast.get_by_role("button", name="Undo"))
    expect(unread).to_have_count(waiting)

    persian_key(page, "ل", "KeyG")
    with page.expect_navigation():
        persian_key(page, "ا", "KeyH")
    assert page.url.endswith("/home/")


def test_keys_that_are_switched_off_do_nothing(visitor):
    person = visitor()
    person.sign_in(PEOPLE["fa"]["mentor"])
    page = person.page
    page.goto("/me/")
    page.locator("[name=shortcuts]").uncheck()
    follow(page.locator("main button.primary"))
    page.keyboard.press("?")
    page.keyboard.press("c")
    page.keyboard.press("Control+k")
    page.locator("[data-goes]").click()  # after the keys, which must not have opened it
    expect(page.locator("[data-whom]")).to_be_hidden()
    page.locator("[data-closes]:visible").click()
    expect(page.locator(".help")).not_to_have_attribute("open", "")
    page.locator("[name=shortcuts]").check()
    follow(page.locator("main button.primary"))
    page.keyboard.press("?")
    expect(page.locator(".help")).to_have_attribute("open", "")
