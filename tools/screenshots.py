"""`make screenshots`: draw docs/screenshots from a running demonstration.

`tools/screenshots.py FOLDER [PAGE ...] --all` draws every language, theme and width of the named pages (or of all) into FOLDER.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from tests.journeys.platform import CHROMIUM, OPTIONS, ROOT, Site, new_site, plant, start

MENTEE, MENTOR, COORDINATOR, ADMINISTRATOR = range(4)
NAMES = {
    "en": ["Daniel Okafor", "Sara Lindqvist", "Leila Ahmadi", "James Whitfield"],
    "fa": ["نیلوفر کریمی", "آرمان رضایی", "مریم حسینی", "پروین صادقی"],
}
# name -> (who looks, how to get there: a path, or link texts found by CSS selectors from home)
PAGES: dict[str, tuple[int | None, list[str]]] = {
    "front": (None, ["/"]),
    "sign-in": (None, ["/account/login/"]),
    "model": (None, ["/about/model/"]),
    "mentee-home": (MENTEE, ["/home/"]),
    "talk": (MENTEE, ["/home/", "a[href^='/rooms/']:not([href='/rooms/'])"]),
    "workspace": (MENTEE, ["/home/", "main a[href^='/relationships/']"]),
    "growth": (MENTEE, ["/growth/"]),
    "pulse": (MENTEE, ["/pulse/"]),
    "mentor-home": (MENTOR, ["/home/"]),
    "coordinator-home": (COORDINATOR, ["/home/"]),
    "people": (COORDINATOR, ["/programmes/first-semester/people/"]),
    "import": (COORDINATOR, ["/programmes/first-semester/people/import/"]),
    "matching": (COORDINATOR, ["/programmes/career-alumni/matching/"]),
    "review": (COORDINATOR, ["/programmes/career-alumni/matching/", "main a[href^='/matching/']"]),
    "health": (COORDINATOR, ["/programmes/first-semester/health/"]),
    "institution-home": (ADMINISTRATOR, ["/home/"]),
    "institution-detail": (ADMINISTRATOR, ["/institution/simorgh/"]),
}
AS_IN_THE_WINDOW = {"talk"}  # it opens at its end
SHOWN = [("en", False, 1280), ("fa", False, 1280), ("fa", True, 390)]
EVERY = [(lang, dark, width) for lang in ("en", "fa") for dark in (False, True) for width in (1280, 390)]


def draw(page: Page, site: Site, folder: Path, language: str, dark: bool, width: int, names: list[str]) -> None:
    """Visit each page as its person and keep the picture."""
    signed_in: int | None = None
    for name in names:
        who, way = PAGES[name]
        if who is not None and who != signed_in:
            page.context.clear_cookies()
            page.goto(site.url + "/account/login/")
            page.get_by_role("button", name=NAMES[language][who]).first.click()
            page.wait_for_load_state()
            signed_in = who
        if who is None:
            page.context.clear_cookies()
            page.context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
            signed_in = None
        for step in way:
            if step.startswith("/"):
                page.goto(site.url + step)
            else:
                page.locator(step).first.click()
            page.wait_for_load_state()
        page.wait_for_timeout(150)
        theme = "dark" if dark else "light"
        # A window as high as the page: what is fixed to the window's edges then stands at the page's.
        seen = page.viewport_size
        if name not in AS_IN_THE_WINDOW:
            page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
        page.screenshot(path=folder / f"{name}-{language}-{theme}-{width}.png")
        page.set_viewport_size(seen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs/screenshots")
    parser.add_argument("pages", nargs="*", help="names of pages: " + ", ".join(PAGES))
    parser.add_argument("--all", action="store_true", help="both languages, both themes, both widths")
    asked = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("Screenshots need chromium (Debian: apt install chromium).")
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        own = Path(data) / "site"
        own.mkdir()
        site, remove = new_site(own, Path(data))
        try:
            plant(site)
            start(site)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
            for language, dark, width in EVERY if asked.all else SHOWN:
                context = browser.new_context(
                    viewport={"width": width, "height": 844 if width < 720 else 900},
                    color_scheme="dark" if dark else "light",
                    reduced_motion="reduce",
                    locale=language,
                )
                draw(context.new_page(), site, asked.folder, language, dark, width, asked.pages or list(PAGES))
                context.close()
        finally:
            site.stop()
            remove()
    print(f"{len(list(asked.folder.glob('*.png')))} pictures in {asked.folder}.")


if __name__ == "__main__":
    main()
