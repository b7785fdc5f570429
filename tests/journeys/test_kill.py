"""The one process is killed in the middle of its work: started again, it finishes, and nothing is doubled or lost."""

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mentoring.planning.services.import_runs import CHUNK
from tests.journeys.flows import finished, people_file, proposed, upload
from tests.journeys.platform import PATIENCE, PEOPLE, Site, Visitor, follow, start

MENTORS, MENTEES = 200, 600
DONE_OF_A_RUNNING_IMPORT = """
    SELECT count(*) FROM planning_importrow r JOIN planning_peopleimport i ON i.id = r.people_import_id
    WHERE i.role = 'mentee' AND r.outcome = 'done' AND i.status = 'running'
"""
AFTER_A_CHUNK = f"""UPDATE OF outcome ON planning_importrow WHEN {CHUNK} < (
    SELECT count(*) FROM planning_importrow WHERE people_import_id = NEW.people_import_id AND outcome = 'done'
)"""
ENROLLED = (
    "SELECT count(*) FROM planning_enrolment e JOIN planning_programme p ON p.id = e.programme_id WHERE p.slug = ?"
)

pytestmark = pytest.mark.skipif(
    "DATABASE_URL" in os.environ,
    reason="only the embedded process has no other to take over at once; tests/core/test_jobs.py proves the lease of the others",
)


def one(site: Site, question: str, *values: object) -> int:
    """A count from the platform's own database, asked from outside."""
    path = Path(site.env["PEYVAND_DATA"]) / "peyvand.sqlite3"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20) as connection:
        return connection.execute(question, values).fetchone()[0]


def change(site: Site, statement: str) -> None:
    with closing(sqlite3.connect(Path(site.env["PEYVAND_DATA"]) / "peyvand.sqlite3", timeout=20)) as connection:
        connection.execute(statement)


@contextmanager
def killed_amid(site: Site, event: str, begun: Callable[[], bool]) -> Iterator[None]:
    """The work that is asked for inside comes as far as `event` and would stay there for days: however late a slow machine
    looks, it is in the middle of it."""
    everybody = ", ".join(f"accounts_user u{n}" for n in range(5))
    change(site, f"CREATE TRIGGER held AFTER {event} BEGIN SELECT count(*) FROM {everybody}; END")
    yield
    end = time.monotonic() + PATIENCE / 1000
    while not begun():
        assert time.monotonic() < end, "the work never began"
        time.sleep(0.05)
    site.stop(kill=True)
    change(site, "DROP TRIGGER held")


def test_an_import_and_a_matching_run_survive_a_kill(visitor, site, tmp_path):
    coordinator = visitor()
    coordinator.sign_in(PEOPLE["en"]["coordinator"])
    slug = new_programme(coordinator)
    mentors = people_file(tmp_path / "mentors.csv", "mentor", MENTORS, "killed", bad=False)
    site.manage("import_people", str(mentors), "--programme", slug, "--role", "mentor")

    file = people_file(tmp_path / "mentees.csv", "mentee", MENTEES, "killed", bad=False)
    page = upload(coordinator, slug, "mentee", file)
    follow(page.locator("form .form-actions button.primary"))
    with killed_amid(site, AFTER_A_CHUNK, lambda: one(site, DONE_OF_A_RUNNING_IMPORT) > 0):
        page.locator("button[value=import]").click(no_wait_after=True)
    assert 0 < one(site, DONE_OF_A_RUNNING_IMPORT) < MENTEES
    start(site)
    page.goto(f"/programmes/{slug}/people/import/")
    follow(page.locator("main a[href^='/imports/']").first)
    finished(page)
    assert one(site, "SELECT count(*) FROM accounts_user WHERE email LIKE 'mentee.killed.%'") == MENTEES
    assert one(site, ENROLLED, slug) == MENTEES + MENTORS

    page.goto(f"/programmes/{slug}/matching/")
    running = "SELECT count(*) FROM matching_matchrun WHERE status = 'running'"
    with killed_amid(site, "INSERT ON matching_pair", lambda: one(site, running) > 0):
        page.locator(".page-head button.primary").click(no_wait_after=True)
    assert one(site, running) == 1
    start(site)
    page.goto(f"/programmes/{slug}/matching/")
    follow(page.locator("main a[href^='/matching/']").first)
    proposed(page)
    run = int(re.search(r"/matching/(\d+)/", page.url)[1])
    pairs = one(site, f"SELECT count(*) FROM matching_pair WHERE run_id = {run}")
    assert pairs == one(site, f"SELECT count(DISTINCT mentee_id) FROM matching_pair WHERE run_id = {run}")
    assert pairs + one(site, f"SELECT count(*) FROM matching_unmatched WHERE run_id = {run}") == MENTEES
    assert one(site, f"SELECT count(*) FROM matching_matchrun WHERE id >= {run}") == 1


def new_programme(coordinator: Visitor) -> str:
    page = coordinator.go("/programmes/new/")
    page.locator("[name=name_en]").fill("The day the power went")
    page.locator("[name=starts_on]").fill("2027-02-01")
    follow(page.locator("main form button.primary"))
    return re.search(r"/programmes/([\w-]+)/", page.url)[1]
