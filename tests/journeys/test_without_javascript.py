"""Everything that is read, filled in or sent works in a browser without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.flows import OPEN_PROGRAMME
from tests.journeys.platform import PEOPLE, Visitor, follow


@pytest.fixture
def plain(visitor) -> Visitor:
    return visitor(width=390, scripts=False)


def test_a_mentor_reads_the_home_sends_a_message_and_ticks_a_step(plain):
    plain.sign_in(PEOPLE["en"]["mentor"])
    page = plain.page
    expect(page.locator("main a[href^='/relationships/']").first).to_be_visible()
    page.locator(".help > summary").click()
    expect(page.get_by_text("A mentee never sees where they stand in it.")).to_be_visible()

    page.goto("/rooms/")
    for room in page.locator("main a[href*='#'][href^='/rooms/']").evaluate_all(
        "links => links.map(link => link.href)"
    ):
        page.goto(room)
        if page.locator("[data-compose] textarea").count():  # others may be closed by now
            break
    page.locator("[data-compose] textarea").fill("Written without a script")
    follow(page.locator("[data-compose] button.primary:visible"))
    expect(page.locator(".say.mine .body").last).to_have_text("Written without a script")
    said = page.locator(".say.mine").last
    said.locator(".menu > summary").click()
    follow(said.get_by_role("link", name="What to do with this message"))
    follow(said.get_by_role("button", name="Pin it for everybody here"))
    expect(said.locator("[data-pinned]")).to_be_visible()

    page.goto("/people/")
    workspaces = {link.get_attribute("href") for link in page.locator("main a[href^='/relationships/']").all()}
    for workspace in sorted(workspaces):
        page.goto(re.match(r"/relationships/\d+/", workspace)[0] + "goals/")
        ticks = page.locator("form[action$='/tick/'] button[aria-pressed=false]")
        if open_steps := ticks.count():
            follow(ticks.first)
            expect(ticks).to_have_count(open_steps - 1)
            return
    raise AssertionError("no step of any goal is open")


@pytest.mark.once
def test_a_coordinator_who_mentors_too_answers_the_pulse(plain):
    plain.sign_in(PEOPLE["en"]["coordinator"])
    page = plain.page
    page.goto("/pulse/")
    if page.locator("a.primary[href^='/surveys/']").count():
        follow(page.locator("a.primary[href^='/surveys/']").first)
    for question in page.locator(".likert").all():
        question.locator("label.option").nth(3).click()
    follow(page.locator("button[name=act][value=next]"))
    assert re.search(r"/surveys/results/\d+/", page.url)


def test_a_newcomer_signs_up_and_applies(plain):
    plain.speak("en")
    page = plain.page
    page.goto("/account/signup/")
    page.get_by_label("E-mail").fill("newcomer@people.example")
    page.locator("[name=name]").fill("Noor Newcomer")
    page.locator("[name=password1]").fill("a-long-and-quiet-sentence-7")
    follow(page.get_by_role("button", name="Make my account"))
    page.goto(f"/programmes/{OPEN_PROGRAMME}/apply/mentee/")
    if "/consent/" in page.url:
        page.locator("[name=terms]").check()
        follow(page.locator("form[action='/consent/'] button.primary"))
        page.goto(f"/programmes/{OPEN_PROGRAMME}/apply/mentee/")
    apply(page)
    assert re.search(r"/enrolments/\d+/", page.url)
    page.goto(page.url + "edit/")
    expect(page.locator(".concepts-chosen [value=machine-learning]")).to_be_checked()
    expect(page.locator("[name=skills_level_machine-learning]")).to_have_value("5")


def apply(page: Page) -> None:
    page.locator("[name=headline]").fill("First-year student of biology")
    page.locator("select[name=field]").select_option(index=1)
    page.locator("[name=languages]").first.check()
    page.locator("details:has([value=machine-learning]) > summary").click()
    expect(page.locator("[name=skills_level_machine-learning]")).to_be_hidden()
    page.locator("[name=skills][value=machine-learning]").check()
    page.locator("[name=skills_level_machine-learning]").select_option("5")
    page.locator("[name=goals]").fill("I want to find my way in the first year.")
    page.locator("[name=availability_from]").first.select_option(index=30)
    page.locator("[name=availability_to]").first.select_option(index=36)
    page.locator("[name=motivation]").fill("Somebody recommended it.")
    follow(page.locator("button[name=do][value=send]"))
