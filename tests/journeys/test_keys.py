"""Whoever likes keys gets everywhere with them, on any keyboard; they stay away from whoever writes, and can be switched off."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.platform import PEOPLE, follow

pytestmark = pytest.mark.once

FIRST = "Daniel Okafor"


def persian_keys(page: Page, *keys: tuple[str, str], ctrl: bool = False, busy_ms: int = 0) -> None:
    """As a keyboard sends them on which Persian is set, pressed at once; a page that is busy hears each later."""
    page.evaluate(
        """([keys, ctrlKey, busy]) => {
          const pressed = keys.map(([key, code]) =>
            new KeyboardEvent("keydown", { key, code, ctrlKey, bubbles: true, cancelable: true }));
          for (const event of pressed) {
            const end = performance.now() + busy;
            while (performance.now() < end);
            document.activeElement.dispatchEvent(event);
          }
        }""",
        [keys, ctrl, busy_ms],
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
    persian_keys(page, ("ن", "KeyK"), ctrl=True)
    with page.expect_response(re.compile("q=growth&")):
        page.keyboard.type("growth")
    expect(palette.get_by_role("link").first).to_have_text("Growth")
    page.keyboard.press("ArrowDown")
    expect(palette.get_by_role("link").first).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    hold_animations(page)
    page.goto("/inbox/")
    first = page.locator("[action$='/read/']:has([data-done])").first.get_attribute("action")
    unread = page.locator(f"[action='{first}'] [data-done]")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("e")
    expect(unread).to_have_count(0)
    toast = page.locator(".toast")
    toast.hover()
    follow(toast.get_by_role("button", name="Undo"))
    expect(unread).to_have_count(1)

    with page.expect_navigation():
        persian_keys(page, ("ل", "KeyG"), ("ا", "KeyH"), busy_ms=1_600)
    assert page.url.endswith("/home/")


def hold_animations(page: Page) -> None:
    """What leaves by itself after a while stays, however long a slow machine takes to get there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Animation.enable")
    devtools.send("Animation.setPlaybackRate", {"playbackRate": 0})


def test_who_has_gone_down_already_stays_among_the_places_when_a_later_answer_comes(visitor):
    mentor = visitor()
    mentor.sign_in(PEOPLE["en"]["mentor"])
    page = mentor.page

    def go_down_first(route: Route) -> None:
        page.keyboard.press("ArrowDown")
        route.continue_()

    page.keyboard.press("Control+k")
    places = page.get_by_role("dialog", name="Where to?").get_by_role("link")
    field = page.locator("#palette-q")
    page.keyboard.insert_text("g")
    expect(places.nth(1)).to_be_visible()
    page.route(re.compile("q=growth"), go_down_first)

    page.keyboard.insert_text("rowth")
    expect(places).to_have_count(1)
    expect(places).to_be_focused()

    field.fill("growthless")
    expect(places).to_have_count(0)
    expect(field).to_be_focused()


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
