"""A mentee and a mentor in two browsers: agree, talk, meet, learn, answer; what comes of it is seen on the page and over REST."""

import json
import re
import urllib.request
from datetime import datetime, timedelta

import jdatetime
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.text import to_ascii_digits, to_persian_digits
from tests.journeys.flows import RUNNING_PROGRAMME, fill_section, first_workspace, until
from tests.journeys.platform import PEOPLE, Visitor, follow

HEALTH = f"/programmes/{RUNNING_PROGRAMME}/health/"
STAGES = ["causal", "contextual", "intervening", "strategy", "consequence"]


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.once), "fa"])
def test_a_pair_agrees_talks_meets_learns_and_answers_and_the_figures_follow(visitor, language):
    names, phone = PEOPLE[language], {"width": 390, "dark": language == "en"}
    mentee, mentor, coordinator = visitor(**phone), visitor(), visitor()
    for who, role in ((mentee, "mentee"), (mentor, "mentor"), (coordinator, "coordinator")):
        who.sign_in(names[role])
    before = evidence(coordinator)
    workspace = first_workspace(mentee)

    agree(mentee, mentor, workspace)
    talk(mentee, mentor, workspace)
    book(mentee, mentor, workspace)
    meet(mentee, mentor, workspace)
    learn(mentee)
    for who in (mentee, mentor):
        answer_pulse(who)

    administrator = visitor()
    administrator.sign_in(names["administrator"])
    key = make_key(administrator, language)

    def the_figures_follow() -> bool:
        """The programme is computed by the hour, too: that may come between the page and REST, and before what was asked."""
        changed = evidence(coordinator) != before
        shown = [to_ascii_digits(text) for text in coordinator.page.locator(".stages .score").all_inner_texts()]
        rows = over_rest(administrator, key, f"scores?programme={RUNNING_PROGRAMME}&facet=both")
        read = {row["component"]: row["value"] for row in rows if row["component"] in STAGES}
        return changed and [str(round(read[stage])) for stage in STAGES] == shown

    coordinator.page.goto(HEALTH)
    follow(coordinator.page.locator("form[action$='/recompute/'] button"))
    until(coordinator.page, the_figures_follow)
    coordinator.check()


def evidence(coordinator: Visitor) -> str:
    """What the health page says about what happens between people, figures and n."""
    coordinator.page.goto(HEALTH + "?stage=intervening")
    return coordinator.page.locator("#evidence").text_content()


def agree(mentee: Visitor, mentor: Visitor, workspace: str) -> None:
    """A change makes a new version, which both sign."""
    page = mentee.go(workspace + "agreement/edit/")
    page.locator("[name=expectations]").fill("We both come prepared.")
    follow(page.locator("main form.form button.primary"))
    for who in (mentee, mentor):
        page = who.go(workspace + "agreement/")
        follow(page.locator("form[action$='/sign/'] button"))
        expect(page.locator("form[action$='/sign/']")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("We both come prepared.")
    expect(page.locator(".list .why")).to_have_count(2)


def talk(mentee: Visitor, mentor: Visitor, workspace: str) -> None:
    """Live, and once only after a lost connection."""
    mentee.page.goto(workspace)
    room = mentee.page.locator("main a[href^='/rooms/']").first.get_attribute("href").split("#")[0].split("?")[0]
    ours, theirs = mentee.go(room), mentor.go(room)
    say(ours, "سلام! Shall we meet?")
    expect(theirs.locator(".say:not(.mine) .body").last).to_have_text("سلام! Shall we meet?")
    say(theirs, "Gladly.")
    expect(ours.locator(".say:not(.mine) .body").last).to_have_text("Gladly.")

    mentee.context.set_offline(True)
    ours.evaluate("dispatchEvent(new Event('offline'))")
    say(ours, "I am in a tunnel")
    expect(ours.locator(".say.waiting")).to_have_count(1)
    mentee.context.set_offline(False)
    ours.evaluate("dispatchEvent(new Event('online'))")
    expect(theirs.locator(".say .body").last).to_have_text("I am in a tunnel")
    expect(ours.locator(".say.waiting")).to_have_count(0)
    for page in (ours, theirs):
        expect(page.locator(".say .body", has_text="I am in a tunnel")).to_have_count(1)
    mentee.faults = [fault for fault in mentee.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def say(page: Page, text: str) -> None:
    page.locator("[data-compose] textarea").fill(text)
    page.locator("[data-compose] button.primary:visible").click()


def book(mentee: Visitor, mentor: Visitor, workspace: str) -> None:
    """A time that suits both, or where none is known one of their own, is offered and taken."""
    page = mentee.go(workspace + "sessions/new/")
    suggested = page.locator("[name=suggested]")
    if suggested.count():
        suggested.last.press("Space")
        expect(suggested.last).to_be_checked()
    else:
        page.locator("[name=time_1_0]").fill(day(timezone.now() + timedelta(days=9), page))
        page.locator("[name=time_1_1]").fill("11:25")
    page.locator("[name=topic]").fill("My thesis")
    follow(page.locator("#times button.primary"))
    assert re.search(r"/sessions/\d+/$", page.url)
    mentee.check()
    page = mentor.go(page.url)
    follow(page.locator("form[action$='/confirm/'] button").first)
    expect(page.locator("a[href$='session.ics']")).to_be_visible()
    assert (
        page.request.get(page.locator("a[href$='session.ics']").get_attribute("href"))
        .text()
        .startswith("BEGIN:VCALENDAR")
    )


def meet(mentee: Visitor, mentor: Visitor, workspace: str) -> None:
    """A meeting elsewhere is logged by one, vouched for by the other, rated by both."""
    page = mentor.go(workspace + "sessions/past/")
    page.locator("[name=starts_at_0]").fill(day(timezone.now() - timedelta(days=1), page))
    page.locator("[name=starts_at_1]").fill("10:00")
    page.locator("[name=minutes]").fill("۴۵")
    page.locator("[name=topic]").fill("A long talk")
    follow(page.locator("main form.form button.primary"))
    assert re.search(r"/sessions/\d+/$", page.url)
    for who in (mentee, mentor):
        seen = who.go(page.url)
        if who is mentee:
            follow(seen.locator("button[name=took_place][value='1']"))
            expect(seen.locator("button[name=took_place]")).to_have_count(0)
        seen.locator("label:has(input[name=stars][value='5'])").click()
        follow(seen.locator("form[action$='/rate/'] button"))
        expect(seen.locator("input[name=stars][value='5']")).to_be_checked()


def day(moment: datetime, page: Page) -> str:
    """A day as the reader of this page types it."""
    if page.locator("html[lang=fa]").count():
        return to_persian_digits(jdatetime.date.fromgregorian(date=moment.date()).strftime("%Y/%m/%d"))
    return moment.date().isoformat()


def learn(mentee: Visitor) -> None:
    """A module that is not finished yet, from its first screen to its end."""
    page = mentee.go("/growth/")
    for path in dict.fromkeys(link.get_attribute("href") for link in page.locator("main a[href^='/growth/']").all()):
        page.goto(path)
        if page.locator("a[href$='/done/']").count() == 0:
            break
    follow(page.locator(".page-head .primary"))
    looked = set()
    for _ in range(60):
        kind = "screen" if re.search(r"/\d+/(#.*)?$", page.url) else page.url
        if kind not in looked:
            mentee.check()
            looked.add(kind)
        if page.url.endswith("/done/"):
            return
        step(page, kind == "screen")
    raise AssertionError("the module has no end")


def step(page: Page, on_a_screen: bool) -> None:
    """Answer what is asked and go on."""
    if on_a_screen:
        waits_for_an_answer = page.locator("a[data-next]").count() == 0 and page.locator("#answer label.answer").count()
        if waits_for_an_answer and page.locator("#answer input[type=radio]:checked").count() == 0:
            page.locator("#answer label.answer").first.click()
        follow(page.locator("[data-next]"))
        return
    if (left_open := page.locator("main .card ul.list a")).count():
        follow(left_open.first)
        return
    for group in page.locator("main form fieldset").all():
        group.locator("label").nth(1).click()
    follow(page.locator("main form button.primary"))


def answer_pulse(who: Visitor) -> None:
    page = who.page
    page.goto("/pulse/")
    while page.locator("a.primary[href^='/surveys/']").count():
        follow(page.locator("a.primary[href^='/surveys/']").first)
        fill_section(who)
        page.goto("/pulse/")
    if re.search(r"/surveys/\d+/\w+/\d+/", page.url):
        fill_section(who)


def make_key(administrator: Visitor, language: str) -> str:
    page = administrator.page
    follow(page.locator("a[href$='/keys/']").first)
    administrator.check()
    page.locator("[name=name]").fill(f"Student system {language}")
    page.locator("input[name=scopes][value='scores:read']").check()
    follow(page.locator("#new .form-actions button"))
    token = page.locator("code.key").first.inner_text()
    administrator.check()
    return token


def over_rest(administrator: Visitor, key: str, path: str) -> list[dict]:
    asked = urllib.request.Request(
        f"{administrator.site.url}/api/v1/{path}&page_size=200", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return json.load(answer)["results"]
