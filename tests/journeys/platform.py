"""A real platform to look at: its own data, real processes, and visitors in real Chromium.

Embedded lane: `manage.py up`, one process. Server lane: uvicorn and a Celery worker with beat, on a database of their own.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, Locator, Page
from redis import Redis

from core.browser import chromium
from tests.migrated import FILE, beside, migrated, run_sql
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = chromium()
EMBEDDED = "DATABASE_URL" not in os.environ
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]  # fmt: skip


@dataclass
class Site:
    """A running platform: its address, its environment, its processes."""

    url: str
    env: dict[str, str]
    shared: Path
    processes: list[subprocess.Popen] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)

    def first_to_see(self, kind: object) -> bool:
        """Whether nobody in any process of this run has seen this kind of page before."""
        try:
            (self.shared / sha256(repr(kind).encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def manage(self, *words: str) -> str:
        return self.run([sys.executable, "manage.py", *words])

    def run(self, command: list[str]) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *commands: list[str]) -> None:
        log = Path(self.env["PEYVAND_DATA"]) / "processes.log"
        for command in commands:
            with log.open("ab") as out:
                self.processes.append(subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=out, stderr=out))
        for _ in range(900):
            with suppress(OSError):
                urllib.request.urlopen(self.url + "/healthz", timeout=2)
                return
            time.sleep(0.2)
        raise AssertionError("the platform did not start:\n" + log.read_text()[-4000:])

    def stop(self, *, kill: bool = False) -> None:
        for process in self.processes:
            process.kill() if kill else process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


def scratch_database(url: str) -> tuple[str, Callable[[], None]]:
    """The address of a new database beside the given one, and what removes it with all that its installation left in Redis."""
    name = f"peyvand_journey_{os.getpid()}_{free_port()}"

    def remove() -> None:
        for database in (name, PLANTED):
            run_sql(url, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        with Redis.from_url(os.environ["REDIS_URL"]) as shared:
            shared.delete(name, *shared.scan_iter(f"*{name}*"))

    return beside(url, name), remove


def new_site(folder: Path, shared: Path) -> tuple[Site, Callable[[], None]]:
    """A platform on the parts of this lane, not started yet, and what removes it; `shared` is a folder of all processes of
    this run."""
    port = free_port()
    own = {
        "PEYVAND_DATA": str(folder),
        "PEYVAND_DEMO": "1",
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "PEYVAND_MANIFEST": "0",
    }
    env = os.environ | own | {"SITE_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "WARNING"}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    remove: Callable[[], None] = lambda: None  # noqa: E731
    if os.environ.get("DATABASE_URL"):
        env["DATABASE_URL"], remove = scratch_database(os.environ["DATABASE_URL"])
        env["SECRET_KEY"] = "only for this journey"
    return Site(f"http://127.0.0.1:{port}", env, shared), remove


PLANTED = f"peyvand_planted_{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"[:60]
"""The demonstration, planted by the first process of this run and copied by each."""


def plant(site: Site) -> None:
    """Give the platform the small demonstration."""
    with (site.shared / "planting").open("w") as lock:
        flock(lock, LOCK_EX)
        if EMBEDDED:
            kept, own = site.shared / PLANTED, Path(site.env["PEYVAND_DATA"])
            if not kept.exists():
                kept.mkdir()
                shutil.copy(migrated(), kept / FILE)
                sow(site.env | {"PEYVAND_DATA": str(kept)})
            shutil.copytree(kept, own, dirs_exist_ok=True)
        else:
            url = os.environ["DATABASE_URL"]
            if not run_sql(url, f"SELECT 1 FROM pg_database WHERE datname = '{PLANTED}'"):
                run_sql(url, f'CREATE DATABASE "{PLANTED}" TEMPLATE "{migrated()}"')
                sow(site.env | {"DATABASE_URL": beside(url, PLANTED)})
            own = urlsplit(site.env["DATABASE_URL"]).path.strip("/")
            run_sql(url, f'CREATE DATABASE "{own}" TEMPLATE "{PLANTED}"')


def sow(env: dict[str, str]) -> None:
    Site("", env, Path()).manage("seed_demo", "--size", "small")


def start(site: Site) -> None:
    """Start a planted platform."""
    if "DATABASE_URL" not in site.env:
        site.start([sys.executable, "manage.py", "up"])
        return
    port = site.env["PORT"]
    uvicorn = "-m uvicorn config.asgi:application --lifespan off --ws core.line:Line --log-level warning --port"
    worker = "-m celery -A config worker --pool threads --concurrency 2 --beat --loglevel warning --without-mingle -s"
    site.start(
        [sys.executable, *uvicorn.split(), port],
        [sys.executable, *worker.split(), f"{site.env['PEYVAND_DATA']}/beat"],
    )


AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
UNJUDGED = """judged => {
  const grounds = new Map();
  const ground = (node) => {
    if (node && !grounds.has(node)) {
      const {backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position} = getComputedStyle(node);
      const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join("|");
      const paints = own === "rgba(0, 0, 0, 0)|none|1|none|normal" ? "" : own;
      const placed = position === "static" || position === "relative" ? "" : `${position} ${node.tagName}.${node.className}`;
      grounds.set(node, `${ground(node.parentElement)}${paints}${placed}`);
    }
    return grounds.get(node) ?? "";
  };
  const known = new Set(judged), fresh = [];
  for (const node of document.body.querySelectorAll("*")) {
    const says = [...node.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
    if (!says && !node.matches("input, select, textarea")) continue;
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(node);
    const look = [ground(node), color, fontSize, fontWeight, textShadow].join("|");
    if (known.has(look)) continue;
    known.add(look);
    fresh.push(look);
    node.setAttribute("data-unjudged", "");
  }
  axe.configure({rules: [{id: "color-contrast", selector: "[data-unjudged]"}]});
  return fresh;
}"""
"""Marks the texts whose contrast nobody has judged yet, for contrast alone takes half of the time of axe: a text of the
same colour, size and weight on the same grounds has the same contrast, in whatever language and on whatever page."""
VIOLATIONS = """axe.run(document, {resultTypes: ['violations'], preload: false}).then(({violations}) => violations.map(
    fault => `${fault.id}: ${fault.help} ${fault.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' … ')}`))"""
"""The faults alone are sent: all that axe found in order takes the test longer to read than the page took to draw."""
PATIENCE = 60_000
"""Milliseconds, for a machine that has much else to do: a journey that goes well waits for none of them."""
SEEN = """(page => [page.lang, document.querySelector('.error') !== null, page.scrollWidth - page.clientWidth])(
    document.documentElement)"""
ROLES = ("mentee", "mentor", "coordinator", "administrator")
PEOPLE = {
    "en": dict(zip(ROLES, ("Daniel Okafor", "Sara Lindqvist", "Leila Ahmadi", "James Whitfield"), strict=True)),
    "fa": dict(zip(ROLES, ("نیلوفر کریمی", "آرمان رضایی", "مریم حسینی", "پروین صادقی"), strict=True)),
}


def follow(way: Locator) -> Page:
    """Click what leads to another page, a link or the button of a form, and wait until that page is there as a whole."""
    with way.page.expect_navigation():
        way.click()
    return way.page


class Visitor:
    """A person at a browser. Every page they see is checked: no console error, nothing for axe, no sideways scrolling."""

    def __init__(
        self, browser: Browser, site: Site, *, width: int, dark: bool, scripts: bool, judges_all: bool = False
    ) -> None:
        self.site, self.look, self.judges_all = site, (width, dark), judges_all
        self.context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
            base_url=site.url,
            service_workers="block",  # each would fetch the whole shell first; tests/messaging/test_poor_line.py lets them
        )
        self.context.set_default_timeout(PATIENCE)
        if judges_all:  # every page brings axe along, which is quicker than to hand it to one
            self.context.add_init_script(AXE)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _heard(self, message) -> None:
        # Axe tries styles of its own, which our policy refuses; what a page does has an address.
        if message.type == "error" and message.location["url"]:
            self.faults.append(f"console: {message.text}")

    def sign_in(self, name: str) -> None:
        """One click of the demonstration, by the person's name; the home that opens is not checked yet."""
        self.page.goto("/account/login/")
        follow(self.page.get_by_role("button", name=name).first)
        assert urlsplit(self.page.url).path == "/home/"

    def speak(self, language: str) -> None:
        """Choose a language before signing in."""
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.site.url}])

    def go(self, path: str) -> Page:
        self.page.goto(path)
        self.check()
        return self.page

    def check(self, *, axe: bool = True) -> None:
        """What must hold on every page. axe looks at each kind of page once per language, look and absence of errors, in the
        embedded lane: how a page is made does not depend on the database."""
        self.page.wait_for_load_state()
        where = self.page.url
        language, errors, wide = self.page.evaluate(SEEN)
        kind = (re.sub(r"\d+", "#", urlsplit(where).path), language, self.look, errors)
        assert wide <= 0, f"{where} is {wide} px wider than the window"
        if axe and EMBEDDED and self.site.first_to_see(kind):
            if not self.judges_all:
                self.page.evaluate(AXE)
            self.site.judged.update(self.page.evaluate(UNJUDGED, list(self.site.judged)))
            found = self.page.evaluate(VIOLATIONS)
            assert found == [], f"{where}:\n" + "\n".join(found)
        assert self.faults == [], f"{where}: {self.faults}"

    def close(self) -> None:
        self.context.close()
