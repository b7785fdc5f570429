"""What several journeys do: bring people in, match and publish them. Found by names and addresses, in any language."""

import csv
import io
import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.platform import PATIENCE, Visitor, follow

OPEN_PROGRAMME = "career-alumni"
RUNNING_PROGRAMME = "first-semester"
LONG = 2 * PATIENCE
"""For the work of the background, which on a busy machine may wait for the sweep."""
HEADERS = (
    "first name", "last name", "email address", "both mentor and mentee", "job title", "grade", "organisation",
    "profession", "biography",
)  # fmt: skip


def people_file(path: Path, role: str, n: int, mark: str, *, bad: bool = True) -> Path:
    """A file with the civil service's headers, a byte order mark, quoted lines, and (last) a row without an e-mail."""
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(HEADERS)
    for k in range(n):
        about = f'I am {role} {k}.\nI say "hello", and I listen; questions are welcome.'
        row = (role.title(), f"{mark} {k}", f"{role}.{mark}.{k}@people.example", "no", "Some role", "HEO", "Joy")
        write.writerow((*row, "Policy", about))
    if bad:
        write.writerow(("Nobody", "Known", "not an address", "no", "Some role", "HEO", "Joy", "Policy", "Lost"))
    path.write_text("\ufeff" + out.getvalue(), encoding="utf-8", newline="")
    return path


def upload(visitor: Visitor, slug: str, role: str, file: Path) -> Page:
    """As far as the columns."""
    page = visitor.page
    page.goto(f"/programmes/{slug}/people/import/")
    page.locator(f"input[name=role][value={role}]").check()
    page.locator("input[name=file]").set_input_files(file)
    follow(page.locator("form[enctype] button.primary"))
    assert re.search(r"/imports/\d+/map/", page.url)
    return page


def bring_in(visitor: Visitor) -> Page:
    """From the trial to the end of the job."""
    page = visitor.page
    page.locator("input[name=ready]").check()
    follow(page.locator("button[value=import]"))
    finished(page)
    return page


def finished(page: Page) -> None:
    """The import in sight comes to its end, which the page shows by itself."""
    expect(page.locator("#import-progress table")).to_be_visible(timeout=LONG)
    page.reload()


def proposed(page: Page) -> None:
    """The run of matching in sight comes to its end, and its page opens by itself."""
    expect(page.locator("#run-progress")).to_have_count(0, timeout=LONG)
    expect(page.locator(".page-head form[action$='/approve/'] button")).to_be_visible()


def match_and_publish(visitor: Visitor, slug: str, *, look: Callable[[], None] = lambda: None) -> int:
    """Start a run, wait, approve all, publish; returns the number of pairs. `look` is called on each page."""
    page = visitor.page
    page.goto(f"/programmes/{slug}/matching/")
    look()
    follow(page.locator(".page-head button.primary"))
    proposed(page)
    look()
    follow(page.locator(".page-head form[action$='/approve/'] button"))
    look()
    follow(page.locator(".page-head button.primary"))
    expect(page.locator("#run-progress")).to_have_count(0, timeout=LONG)
    look()
    follow(page.locator(".chip[href*='status=published']"))
    return page.locator(".pair-line:not(.head)").count()


def until(page: Page, true: Callable[[], bool]) -> None:
    """Look again until the work of the background shows; `true` opens the page anew."""
    end = time.monotonic() + LONG / 1000
    while not true():
        assert time.monotonic() < end, f"{page.url} still shows:\n{page.locator('main').inner_text()[:1500]}"
        page.wait_for_timeout(500)


def first_workspace(visitor: Visitor) -> str:
    """The address of this person's oldest relationship: another journey may have begun a new one."""
    visitor.page.goto("/people/")
    links = [link.get_attribute("href") for link in visitor.page.locator("main a[href^='/relationships/']").all()]
    return f"/relationships/{min(int(link.split('/')[2]) for link in links)}/"


def fill_section(who: Visitor) -> None:
    """Answer the one section of a questionnaire, as far as one's own result."""
    who.check()
    page = who.page
    for question in page.locator(".likert").all():
        question.locator("label.option").nth(3).click()
    follow(page.locator("button[name=act][value=next]"))
    assert re.search(r"/surveys/results/\d+/", page.url)
    who.check()
