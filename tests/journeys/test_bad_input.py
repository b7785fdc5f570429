"""A double click, the back button, two tabs, foreign ids, unusable files: clear, nothing lost, nothing done twice."""

import re
import shutil
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.flows import OPEN_PROGRAMME, first_workspace
from tests.journeys.platform import CHROMIUM, OPTIONS, PEOPLE, Visitor, follow

LETTERS = {"en": re.compile("[A-Za-z]"), "fa": re.compile("[آ-ی]")}
OTHERS = (
    "/relationships/{}/", "/rooms/{}/", "/sessions/{}/", "/enrolments/{}/", "/alerts/{}/", "/matching/{}/",
    "/surveys/results/{}/",
)  # fmt: skip
UNUSABLE = {
    "too-large": b"name;email\n" + b"x" * (5 * 1024 * 1024),
    "utf-16": "name;email\nSara;sara@people.example\n".encode("utf-16"),
    "windows-1256": "نام;رشته\nسارا;sara@people.example\n".encode("cp1256"),
    "broken-quotes": b'name;email\n"Sara;sara@people.example\n',
    "one-column": b"name\nSara\n",
    "empty": b"",
}


@pytest.fixture
def mentee(visitor):
    def make(language: str = "en", *, scripts: bool = True):
        one = visitor(width=390, scripts=scripts)
        one.sign_in(PEOPLE[language]["mentee"])
        one.workspace = first_workspace(one)
        return one

    return make


@pytest.mark.parametrize("scripts", [pytest.param(True, marks=pytest.mark.once), False])
def test_a_double_click_logs_one_meeting(mentee, scripts):
    one, topic = mentee(scripts=scripts), f"Once, scripts: {scripts}"
    page = one.page
    page.goto(one.workspace + "sessions/past/")
    log_a_meeting(page, topic, clock="10:00" if scripts else "12:00").dblclick()
    page.wait_for_url(re.compile(r"/sessions/\d+/$"))
    page.goto(one.workspace + "sessions/")
    expect(page.locator("main").get_by_text(topic, exact=True)).to_have_count(1)


@pytest.mark.once
def test_back_and_sent_again_logs_one_meeting(site, playwright):
    """In a browser that goes back as people's browsers do: to the page as it was left. The headless shell keeps none."""
    whole = shutil.which("chromium") or CHROMIUM
    browser = playwright.chromium.launch(
        executable_path=whole, args=OPTIONS, ignore_default_args=["--disable-back-forward-cache"]
    )
    one = Visitor(browser, site, width=390, dark=False, scripts=True)
    one.sign_in(PEOPLE["en"]["mentee"])
    page, topic, workspace = one.page, "Back, and sent again", first_workspace(one)
    page.goto(workspace + "sessions/past/")
    follow(log_a_meeting(page, topic, clock="14:00"))
    page.evaluate("setTimeout(() => history.back())")
    expect(page.locator("[name=topic]")).to_have_value(topic)
    page.locator("main form.form button.primary").click()
    expect(page.locator("[name=topic]")).to_have_count(0)
    page.goto(workspace + "sessions/")
    expect(page.locator("main").get_by_text(topic, exact=True)).to_have_count(1)
    browser.close()


@pytest.mark.once
def test_back_to_a_page_fetched_anew_writes_one_note_unless_two_are_meant(mentee):
    """In a browser that keeps no pages the one-time key is a new one; the words are the same."""
    one = mentee()
    page, words = one.page, "Back, and written again"
    notes, held = (
        page.locator("main article").get_by_text(words, exact=True),
        page.locator("main:has([name=once_more])"),
    )
    form = page.locator("form[data-draft=note]")
    page.goto(one.workspace + "notes/")
    form.locator("[name=body]").fill(words)
    form.locator("button").click()
    expect(notes).to_have_count(1)

    page.go_back()
    expect(form.locator("[name=body]")).to_have_value(words)
    form.locator("button").click()
    held.locator("a.button").click()
    expect(notes).to_have_count(1)

    form.locator("[name=body]").fill(words)
    form.locator("button").click()
    held.locator("button").click()
    expect(notes).to_have_count(2)


def log_a_meeting(page: Page, topic: str, *, clock: str) -> Locator:
    """Fill in the form for a meeting of last week; returns its button."""
    page.locator("[name=starts_at_0]").fill(str(date.today() - timedelta(days=7)))
    page.locator("[name=starts_at_1]").fill(clock)
    page.locator("[name=minutes]").fill("30")
    page.locator("[name=topic]").fill(topic)
    return page.locator("main form.form button.primary")


def test_of_two_tabs_the_second_hears_of_the_first_and_keeps_its_words(mentee):
    one = mentee()
    tabs = [one.page, one.context.new_page()]
    for tab in tabs:
        tab.goto(one.workspace + "agreement/edit/")
    for tab, words in zip(tabs, ("From the first tab", "From the second tab"), strict=True):
        tab.locator("[name=boundaries]").fill(words)
        follow(tab.locator("main form.form button.primary"))
    expect(tabs[1].locator("[data-errors]")).to_be_visible()
    expect(tabs[1].locator("[name=boundaries]")).to_have_value("From the second tab")
    tabs[0].goto(one.workspace + "agreement/")
    expect(tabs[0].locator("main")).to_contain_text("From the first tab")


def test_an_unknown_id_and_a_foreign_one_are_the_same_bytes(mentee):
    get = mentee().page.request.get
    for path in OTHERS:
        unknown = get(path.format(987_654_321))
        foreign = [answer for answer in (get(path.format(number)) for number in range(3, 6)) if answer.status != 200]
        assert foreign, f"{path}: every id was the reader's own"
        for answer in (unknown, *foreign):
            assert (answer.status, answer.body()) == (404, unknown.body())


@pytest.mark.once
@pytest.mark.parametrize("language", ["en", "fa"])
def test_an_unusable_file_is_explained_beside_the_field(visitor, tmp_path, language):
    coordinator = visitor()
    coordinator.sign_in(PEOPLE[language]["coordinator"])
    page = coordinator.page
    for name, content in UNUSABLE.items():
        page.goto(f"/programmes/{OPEN_PROGRAMME}/people/import/")
        (tmp_path / f"{name}.csv").write_bytes(content)
        page.locator("input[name=role][value=mentee]").check()
        page.locator("input[name=file]").set_input_files(tmp_path / f"{name}.csv")
        follow(page.locator("form[enctype] button.primary"))
        expect(page.locator("#id_file_field .error")).to_have_text(LETTERS[language])
        expect(page.locator("input[name=role][value=mentee]")).to_be_checked()
    coordinator.check()


@pytest.mark.once
@pytest.mark.parametrize(("language", "day"), [("fa", "۱۴۰۵/۱۳/۰۱"), ("en", "")])
def test_an_impossible_day_is_explained_beside_the_field_and_the_rest_is_kept(mentee, language, day):
    one = mentee(language)
    page = one.page
    page.goto(one.workspace + "sessions/past/")
    page.locator("[name=starts_at_0]").fill(day)
    page.locator("[name=starts_at_1]").fill("10:00")
    page.locator("[name=minutes]").fill("30")
    page.locator("[name=topic]").fill("What was said")
    follow(page.locator("main form.form button.primary"))
    expect(page.locator("#id_starts_at_field .error")).to_have_text(LETTERS[language])
    expect(page.locator("[name=starts_at_0]")).to_have_value(day)
    expect(page.locator("[name=topic]")).to_have_value("What was said")
    one.check()
