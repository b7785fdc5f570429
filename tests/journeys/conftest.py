"""The journeys' platform and its visitors."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.journeys.platform import CHROMIUM, OPTIONS, PATIENCE, Site, Visitor, new_site, plant, start

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The sweep comes first: it looks at the demonstration as it was planted."""
    items.sort(key=lambda item: item.path.stem != "test_sweep")
    for item in (item for item in items if Path(__file__).parent in item.path.parents):
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no chromium here"))


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One platform with the small demonstration for all journeys of this process."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    made, remove = new_site(tmp_path_factory.mktemp("site"), shared)
    try:
        plant(made)
        start(made)
        yield made
    finally:
        made.stop()
        remove()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
    yield launched
    launched.close()


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: `visitor(width=390, dark=True, scripts=False)`; `judges_all`: axe looks at every page that they see."""
    made: list[Visitor] = []

    def make(*, width: int = 1280, dark: bool = False, scripts: bool = True, judges_all: bool = False) -> Visitor:
        made.append(Visitor(browser, site, width=width, dark=dark, scripts=scripts, judges_all=judges_all))
        return made[-1]

    yield make
    for one in made:
        one.close()
