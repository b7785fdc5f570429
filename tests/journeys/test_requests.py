"""A mentee ranks two mentors; the first declines, the second is asked by itself and accepts; their workspace opens."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.flows import until
from tests.journeys.platform import PEOPLE, Visitor, follow

PROGRAMME = "/programmes/ask-a-graduate/"
SECOND = PEOPLE["en"]["coordinator"]  # coordinates, and is a mentor too
FIRST = {"en": PEOPLE["fa"]["mentor"], "fa": PEOPLE["en"]["mentor"]}
WORDS = {"en": "You work where I would like to work.", "fa": "شما همان جایی کار می‌کنید که من دوست دارم."}


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.once), "fa"])
def test_the_second_choice_is_asked_by_itself_and_accepts(visitor, language):
    mentee = visitor(width=390, dark=language == "fa")
    mentee.sign_in(PEOPLE[language]["mentee"])
    for mentor in (FIRST[language], SECOND):
        choose(mentee, mentor, WORDS[language])
    mentee.check()
    page = mentee.page
    follow(page.locator("form[action$='/send/'] button"))
    expect(page.locator("h1")).to_contain_text(FIRST[language])

    page = read(visitor(), FIRST[language], PEOPLE[language]["mentee"])
    expect(page.locator("main")).to_contain_text(WORDS[language])
    page.locator("details:has(#decline_reason_field) > summary").click()
    page.locator("#decline_reason_field label").first.click()
    follow(page.locator("form[action$='/decline/'] button"))

    until(mentee.page, lambda: SECOND in mentee.go(f"{PROGRAMME}my-requests/").locator("h1").inner_text())

    page = read(visitor(dark=True), SECOND, PEOPLE[language]["mentee"])
    follow(page.locator(".page-head button.primary"))
    assert re.search(r"/relationships/\d+/", page.url)
    workspace = page.url
    mentee.page.goto(workspace)
    expect(mentee.page.locator("main")).to_contain_text(SECOND)
    mentee.page.goto(f"{PROGRAMME}my-requests/")
    expect(mentee.page.locator("form[action$='/send/']")).to_have_count(0)


def choose(mentee: Visitor, mentor: str, words: str) -> None:
    """From the directory through the mentor's page onto the list."""
    page = mentee.go(f"{PROGRAMME}mentors/")
    follow(page.get_by_role("link", name=mentor, exact=True))
    mentee.check()
    page.locator("[name=message]").fill(words)
    follow(page.locator("main form.form button.primary"))


def read(visitor: Visitor, mentor: str, mentee: str) -> Page:
    """The mentor finds the request in the inbox and opens it."""
    visitor.sign_in(mentor)
    page = visitor.go("/requests/")
    follow(page.locator("main li a", has_text=mentee).first)
    visitor.check()
    return page
