"""A coordinator takes a cohort from a file to published matches and sees how the programme stands."""

import pytest
from playwright.sync_api import Page, expect

from core.text import to_ascii_digits
from tests.journeys.flows import (
    LONG,
    OPEN_PROGRAMME,
    RUNNING_PROGRAMME,
    bring_in,
    match_and_publish,
    people_file,
    proposed,
    upload,
)
from tests.journeys.platform import PEOPLE, ROOT, follow

REAL_FILES = ROOT.parent / "shared/data/civil-service-small"


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.once), "fa"])
def test_a_cohort_goes_from_a_file_to_published_matches(visitor, tmp_path, language):
    coordinator = visitor(width=1280, dark=language == "fa")
    coordinator.sign_in(PEOPLE[language]["coordinator"])
    for role, n in (("mentor", 6), ("mentee", 8)):
        _import(coordinator, role, people_file(tmp_path / f"{role}s.csv", role, n, language), n)

    page = coordinator.page
    page.goto(f"/programmes/{OPEN_PROGRAMME}/relationships/")
    before = relationships(page)
    published = match_and_publish(coordinator, OPEN_PROGRAMME, look=coordinator.check)
    assert published >= 8

    coordinator.go(f"/programmes/{OPEN_PROGRAMME}/relationships/")
    assert relationships(page) == before + published
    follow(page.locator("tbody a").first)
    coordinator.check()
    coordinator.go(f"/programmes/{RUNNING_PROGRAMME}/health/")
    expect(page.locator(".stages .stage")).to_have_count(5)


def relationships(page: Page) -> int:
    """How many the programme has, in whatever state, says the first of the filters."""
    return int(to_ascii_digits(page.locator(".chips .number").first.inner_text()))


def _import(coordinator, role, file, n):
    """Map, try, import; then the same file again brings nothing new."""
    page = upload(coordinator, OPEN_PROGRAMME, role, file)
    coordinator.check()
    meaning = {
        row.locator("label").inner_text(): row.locator("select").input_value() for row in page.locator("tbody tr").all()
    }
    assert meaning["email address"] == "email"
    assert meaning["biography"] == "goals"
    follow(page.locator("form .form-actions button.primary"))
    coordinator.check()
    bad = page.locator("tbody tr").first
    expect(bad).to_contain_text("not an address")
    expect(bad.locator("ul")).to_contain_text("email address")
    bring_in(coordinator)
    coordinator.check()
    expect(page.locator("tbody tr")).to_have_count(n + 1)
    spoiled = page.request.get(page.locator("a[href$='bad-rows.csv']").get_attribute("href")).text()
    assert "not an address" in spoiled
    assert "people.example" not in spoiled

    upload(coordinator, OPEN_PROGRAMME, role, file)
    follow(page.locator("form .form-actions button.primary"))
    expect(page.locator("button[value=import]")).to_have_count(0)


@pytest.mark.skipif(
    not REAL_FILES.exists(), reason="the civil service's files lie beside the checkout only where it is built"
)
def test_the_civil_service_cohort_goes_from_its_files_to_a_first_wave(visitor):
    """A mapping that is kept, a proven draft, an answer for whom was not chosen, a rejection, its undoing, a wave of two."""
    coordinator = visitor()
    coordinator.sign_in(PEOPLE["en"]["coordinator"])
    _bring_in_the_civil_service(coordinator)
    page = coordinator.page
    page.goto(f"/programmes/{OPEN_PROGRAMME}/matching/")
    follow(page.locator(".page-head button.primary"))
    proposed(page)
    draft = page.url
    coordinator.go(f"{draft}report/?again=1")
    expect(page.locator("h1")).to_contain_text("no better result exists")
    expect(page.locator("main")).to_contain_text("Computed once more: the same result, byte by byte.")

    page.goto(draft)
    other = page.locator("a.pair-line bdi").nth(3).inner_text()
    follow(page.locator("a.pair-line").first)
    names = [name.inner_text() for name in page.locator("h1 bdi").all()]
    page.locator("input[name=why_not]").fill(other)
    follow(page.locator("#why-not form button"))
    expect(page.locator("#why-not li").first).to_contain_text(other)
    coordinator.check()

    page.locator("textarea[name=reason]").fill("They work in one team.")
    follow(page.locator("form[action$='/reject/'] button.danger").first)
    expect(page.locator("ol.list > li").first).to_contain_text(names[0])
    coordinator.check()
    follow(page.locator(".undo button"))
    expect(page.locator("body")).to_contain_text("The draft is as it was before.")
    follow(page.locator("a.pair-line").first)
    assert [name.inner_text() for name in page.locator("h1 bdi").all()] == names

    page.goto(draft)
    follow(page.locator(".page-head form[action$='/approve/'] button"))
    page.locator("input[name=which][value=ticked]").check()
    for box in page.locator("input[name=pairs]").all()[:2]:
        box.check()
    coordinator.check()
    follow(page.locator(".page-head button.primary"))
    expect(page.locator("#run-progress")).to_have_count(0, timeout=LONG)
    expect(page.locator(".chip[href*='status=published']")).to_contain_text("2")
    expect(page.locator(".chip[href*='status=approved']")).to_be_visible()


def _bring_in_the_civil_service(coordinator):
    page = upload(coordinator, OPEN_PROGRAMME, "mentor", REAL_FILES / "mentors.csv")
    page.locator("input[name=save_as]").fill("Civil service")
    follow(page.locator("form .form-actions button.primary"))
    page.locator("input[name=field_as_concept]").check()
    bring_in(coordinator)
    expect(page.locator("h1")).to_have_text("50 people came in")

    upload(coordinator, OPEN_PROGRAMME, "mentee", REAL_FILES / "mentees.csv")
    page.locator("select[name=saved]").select_option(label="Civil service")
    follow(page.locator("form[method=get] button"))
    follow(page.locator("form .form-actions button.primary"))
    bring_in(coordinator)
    expect(page.locator("h1")).to_have_text("50 people came in")
