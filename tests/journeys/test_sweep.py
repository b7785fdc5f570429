"""Every page that links lead to, seen by each role: nothing for axe, no console error, nothing wider than the window."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.journeys.platform import PEOPLE, ROLES, Visitor

pytestmark = pytest.mark.once

MOST_PAGES = 60
# Files, and what leaves the page for good.
NOT_PAGES = {
    "session_ics", "calendar_feed", "import_bad_rows", "my_data_file", "account_logout", "schema", "connection_sample",
}  # fmt: skip
# Pages that look different for each role; any other is looked at once per language.
EACH_ROLE = {"home", "growth", "inbox", "people", "programme_list", "support", "my_sessions", "relationship"}
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map(link => link.href)"
PERSIAN = re.compile("[آ-ی]")


def pattern_of(address: str, home: str) -> str | None:
    """The name of the page at an address of this platform (a link to nowhere is a name, too); None for files."""
    if not address.startswith(home + "/"):
        return None
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address
    return None if name in NOT_PAGES or name.startswith("admin:") else name


def sweep(visitor: Visitor, start: str, seen: set[str]) -> list[str]:
    """Follow every link, breadth first, one page of each kind; returns the faults found."""
    page, home = visitor.page, visitor.site.url
    queue, mine, faults = deque([home + start]), {"front", "home"} & {pattern_of(home + start, home)}, []
    visited = 0
    while queue and visited < MOST_PAGES:
        address = queue.popleft()
        answer = page.goto(address)
        visited += 1
        if answer is None or not answer.ok:
            faults.append(f"{address}: {answer and answer.status}")
            continue
        faults += look(visitor)
        for link in page.evaluate(LINKS):
            name = pattern_of(link, home)
            if name and name not in mine and (name not in seen or name in EACH_ROLE):
                mine.add(name)
                queue.append(link.split("#")[0])
    seen |= mine
    return faults


def look(visitor: Visitor) -> list[str]:
    """What is wrong with the page in sight; looking goes on."""
    page, found = visitor.page, []
    try:
        visitor.check()
    except AssertionError as fault:
        found.append(str(fault))
    visitor.faults.clear()
    if page.locator("html[lang=fa]").count():
        heading = page.locator("h1").first.inner_text()
        if not PERSIAN.search(heading):
            found.append(f"{page.url}: the heading is not Persian: {heading}")
    return found


@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1280, False), ("fa", 390, True)])
def test_every_page_of_every_role_can_be_shown(visitor, language, width, dark):
    faults, seen = [], set()
    for role in ROLES:
        guest = visitor(width=width, dark=dark, judges_all=True)
        guest.sign_in(PEOPLE[language][role])
        faults += sweep(guest, "/home/", seen)
        guest.close()
    stranger = visitor(width=width, dark=dark, judges_all=True)
    stranger.speak(language)
    faults += sweep(stranger, "/", set())
    assert faults == [], "\n\n".join(faults)
