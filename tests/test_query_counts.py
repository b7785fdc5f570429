"""Every page, every list of the API and every list for operators asks the database as often for two hundred rows as for one."""

import json
import re
from collections import Counter
from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.db import connection
from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse

from config import api
from evaluation.models import Wave
from mentoring.planning.models import Programme
from tests.authorisation.conftest import Browser, undone
from tests.authorisation.table import IN, NONE, TABLE, Roles
from tests.authorisation.world import ADMIN, ANON, COORD, MENTEE, MENTOR, PEER
from tests.crowd import OPERATOR, Crowd
from tests.factories import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MANY = 200
KEY = "key"  # reads the API
EACH_THEIR_OWN = {"front", "home", "programme_list", "programme_public"}
"""Pages that are open to everybody and show something else to each."""


def readers(case: str, allowed: Roles) -> list[str]:
    """One of each sort of people who see something else on a page."""
    members = [role for role in (MENTOR, PEER, MENTEE) if role in allowed][:1]
    if allowed >= IN and case not in EACH_THEIR_OWN:
        return members
    return members + [role for role in (ANON, COORD, ADMIN) if role in allowed]


def nothing(it):
    return []


LISTED = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
ENDPOINTS = [
    each.name for each in api.urlpatterns if each.name and "<" not in str(each.pattern) and each.name != "schema"
]
PAGES = {
    **{
        f"{case} as {role}": (role, case.partition(":")[0], row.args, "")
        for case, row in TABLE.items()
        for role in readers(case, row.get or NONE)
    },
    "home as mentee": (MENTEE, "home", nothing, ""),
    "home as peer": (PEER, "home", nothing, ""),
    "alerts?show=seen as coord": (COORD, "alerts", lambda it: [it.programme.slug], "?show=seen"),
    "go?q as mentor": (MENTOR, "go", nothing, "?q=mentee"),
    "go?q as coord": (COORD, "go", nothing, "?q=applicant"),
    "go?q as admin": (ADMIN, "go", nothing, "?q=programme"),
    "relationship?all as mentor": (MENTOR, "relationship", lambda it: [it.pair.pk], "?all"),
    "programme_people?status as coord": (COORD, "programme_people", lambda it: [it.programme.slug], "?status=applied"),
    "rooms_search?q as mentor": (MENTOR, "rooms_search", nothing, "?q=in:%22Mentee+№0%22+from:m"),
    "support_desk?all as coord": (COORD, "support_desk", nothing, "?all"),
    "import_run:done as coord": (COORD, "import_run", lambda it: [it.done.pk], ""),
    "mails as mentee": (MENTEE, "mails", nothing, ""),  # only in the demonstration, as the list of the next one
    "account_login as anon": (ANON, "account_login", nothing, ""),
    **{f"admin:{name}": (OPERATOR, f"admin:{name}_changelist", nothing, "") for name in LISTED},
    **{name: (KEY, name, nothing, f"?page_size={MANY}") for name in ENDPOINTS},
}
"""Who reads, the route with its arguments, the query."""


LISTS = {
    "home as mentor": ("Mentee", 1, 200),
    "home as mentee": ("Mentor", 1, 200),
    "home as coord": ("alerts", 1, 6),
    "home as admin": ("Programme", 1, 200),
    "go as mentor": ("Mentee", 1, 6),
    "go?q as mentor": ("Mentee", 1, 6),
    "go?q as coord": ("Applicant", 1, 6),
    "go?q as admin": ("Programme", 1, 5),
    "safety as mentor": ("people", 5, 50),
    "safety_desk as coord": ("Mate", 1, 200),
    "cases as coord": ("cases", 1, 25),
    "cases as admin": ("cases", 1, 25),
    "case as coord": ("Step", 1, 200),
    "readings as coord": ("readings", 3, 25),
    "reading:near as admin": ("Mate", 1, 200),
    "reading_told as mentor": ("Mate", 1, 200),
    "readings as admin": ("readings", 4, 25),
    "report_message as mentor": ("Colleague", 1, 200),
    "report_person as mentor": ("Colleague", 1, 200),
    "front as anon": ("About", 1, 6),
    "account_login as anon": ("Member", 1, 200),
    "programme_list as anon": ("About", 1, 200),
    "programme_list as mentor": ("About", 1, 200),
    "programme_list as coord": ("About", 1, 200),
    "programme_list as admin": ("About", 1, 200),
    "programme_new as admin": ("House", 0, 199),
    "programme_public as anon": ("Milestone", 1, 200),
    "programme_public as mentor": ("Milestone", 1, 200),
    "programme_public as coord": ("Milestone", 1, 200),
    "programme_public as admin": ("Milestone", 1, 200),
    "programme_settings as coord": ("Colleague", 1, 200),
    "programme_settings as admin": ("Milestone", 1, 200),
    "programme_people as coord": ("Applicant", 1, 50),
    "programme_people?status as coord": ("enrolments", 1, 50),
    "enrolment:mentee as coord": ("Colleague", 1, 50),
    "enrolment:mentee as mentee": ("Helper", 1, 5),
    "wishes as mentee": ("Line", 1, 24),
    "wishes:peer as peer": ("Line", 1, 24),
    "mentor_directory as peer": ("mentors", 1, 12),
    "my_requests as peer": ("Helper", 1, 200),
    "request_inbox as mentor": ("Seeker", 1, 200),
    "request as mentor": ("Question", 1, 200),
    "request as coord": ("Question", 1, 200),
    "programme_requests as coord": ("requests", 1, 50),
    "import_new as coord": ("File", 1, 8),
    "import_map as coord": ("Mapping", 1, 200),
    "import_check as coord": ("Row", 1, 50),
    "import_run:done as coord": ("Row", 1, 50),
    "import_bad_rows as coord": ("Row", 1, 200),
    "matching_between as coord": ("Helper", 1, 5),
    "matching_home as coord": ("matching", 1, 10),
    "matching_compare as coord": ("Colleague", 0, 12),
    "matching_run as coord": ("pairs", 1, 50),
    "matching_report as coord": ("Seeker", 1, 10),
    "matching_history as coord": ("Seeker", 1, 20),
    "matching_person as coord": ("Helper", 1, 200),
    "matching_pair as coord": ("Helper", 1, 200),
    "people as mentor": ("relationships", 1, 200),
    "relationship as mentor": ("Session", 1, 8),
    "relationship?all as mentor": ("Goal", 1, 200),
    "relationship as coord": ("Note", 1, 200),
    "relationship_list as coord": ("relationships", 1, 25),
    "goals as mentor": ("Goal", 1, 200),
    "notes as mentor": ("Note", 1, 20),
    "sessions as mentor": ("Session", 1, 140),
    "my_sessions as mentor": ("Mentee", 1, 200),
    "session:coming as mentor": ("Goal", 1, 3),
    "session:held as mentor": ("Goal", 1, 100),
    "calendar_feed as mentor": ("Mentee", 1, 200),
    "rooms as mentor": ("rooms", 2, 30),
    "rooms_search?q as mentor": ("Message", 1, 20),
    "rooms_mentions as mentor": ("Message", 1, 20),
    "rooms_saved as mentor": ("Message", 1, 20),
    "programme_announcements as coord": ("Announced", 1, 20),
    "room_pinned as mentor": ("Message", 1, 200),
    "room_topics as mentor": ("Topic", 1, 200),
    "room as mentor": ("Message", 1, 51),
    "room_changes as mentor": ("Message", 1, 200),
    "growth as mentor": ("Thought", 1, 200),
    "support as mentor": ("Help", 1, 25),
    "support_ask as mentor": ("Programme", 0, 100),
    "support_desk as coord": ("Help", 1, 25),
    "support_desk?all as coord": ("Help", 1, 25),
    "support_request:mentee as mentee": ("Reply", 1, 200),
    "support_request:mentee as coord": ("Reply", 1, 200),
    "support_request:mentor as mentor": ("Reply", 1, 200),
    "support_request:mentor as coord": ("Reply", 1, 200),
    "contact as coord": ("Mentee", 1, 20),
    "figures_file:contact as coord": ("Mentee", 1, 101),
    "alerts as coord": ("alerts", 1, 20),
    "alerts?show=seen as coord": ("alerts", 1, 20),
    "alert as coord": ("Colleague", 1, 200),
    "health as coord": ("alerts", 1, 3),
    "health as admin": ("Action", 1, 3),
    "actions as coord": ("Action", 1, 20),
    "actions as admin": ("Action", 1, 20),
    "component_actions as coord": ("Colleague", 1, 200),
    "programme_reports as coord": ("reports", 1, 20),
    "programme_reports as admin": ("reports", 1, 20),
    "research as coord": ("research", 1, 20),
    "research as admin": ("research", 1, 20),
    "waves as coord": ("waves", 1, 20),
    "own_figures as coord": ("questionnaires", 1, 10),
    "own_figures as admin": ("questionnaires", 1, 10),
    "codings as coord": ("words", 1, 20),
    "codings as admin": ("words", 1, 20),
    "coding_codes as coord": ("Code", 1, 200),
    "coding_codes as admin": ("Code", 1, 200),
    "instruments as coord": ("questionnaires", 2, 20),
    "instruments as admin": ("questionnaires", 2, 20),
    "studies as coord": ("Study", 1, 20),
    "studies as admin": ("Study", 1, 20),
    "study as coord": ("Reason", 1, 200),
    "study as admin": ("Reason", 1, 200),
    "certificates as mentor": ("Programme", 1, 100),
    "pulse as mentor": ("surveys", 1, 3),
    "survey as mentor": ("Mentee", 1, 101),
    "survey:own as mentor": ("Mentee", 1, 101),
    "survey_result:mentor as mentor": ("Mate", 1, 200),
    "my_scores as mentor": ("Mentee", 1, 6),
    "my_data as mentor": ("Text", 1, 200),
    "audit as mentor": ("Colleague", 1, 50),
    "inbox as mentor": ("Partner", 1, 30),
    "preferences as mentor": ("devices", 1, 200),
    "mails as mentee": ("Mail", 1, 20),
    "institution_state as admin": ("Programme", 1, 200),
    "institution_people as admin": ("belonging", 1, 50),
    "institution_audit as admin": ("Member", 1, 50),
    "api_keys as admin": ("Key", 1, 30),
}
"""Pages that show a list: what a row of it is called, and how many are drawn of one and of two hundred."""
IN_FULL = {f"admin:{name}": (name.partition("_")[2], 100) for name in LISTED} | dict.fromkeys(
    [name for name in ENDPOINTS if name not in ("api_institution_figures", "api_risk_model")], ("results", MANY)
)
"""Lists for operators and of the API: what a row is called, and how many of them fill a page."""


@dataclass
class Answer:
    """`drawn`: how many different rows of a name it shows."""

    status: int
    queries: list[str]
    drawn: Counter[str]


def drawn(answer: HttpResponse) -> Counter[str]:
    """ "Note №7" and "/note/7" are a row each; so is a result of the API."""
    if not answer.headers.get("Content-Type", "").startswith(("text/", "application/json")):
        return Counter()
    text = answer.content.decode()
    if answer.headers["Content-Type"] == "application/json":
        told = json.loads(text)
        text = json.dumps(told, ensure_ascii=False)
        if "results" in told:
            return Counter(results=len(told["results"]))
    return Counter(name for name, _ in set(re.findall(r"(\w+)(?: №|/)(\d+)", text)))


def ask_everything(crowd: Crowd, browsers: dict[str, Browser]) -> dict[str, Answer]:
    answers = {}
    for page, (reader, route, args, query) in PAGES.items():
        path = reverse(route, args=args(crowd.it)) + query
        asked: list[str] = []

        def listen(execute, sql, *more, asked=asked):
            asked.append(sql)
            return execute(sql, *more)

        with undone(), connection.execute_wrapper(listen):
            answer = browsers[reader].get(path)
        answers[page] = Answer(answer.status_code, asked, drawn(answer))
    return answers


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """What every page answers in a world of one row, and in one of two hundred."""
    with django_db_blocker.unblock(), undone(), override_settings(DEMO=True):
        crowd = Crowd()
        browsers = {KEY: Browser(headers={"authorization": "Bearer key-0"}), ANON: Browser()}
        for role, person in crowd.people.items():
            browsers[role] = Browser()
            browsers[role].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            browsers[role].get(reverse("profile"))  # the session learns of the consent and the programme in hand
        one = ask_everything(crowd, browsers)
        crowd.grow(MANY)
        return one, ask_everything(crowd, browsers)


def more_often(one: Answer, many: Answer) -> str:
    """The statements that came more often."""
    plain = [Counter(re.sub(r"%s(, %s)+|'[^']*'", "…", sql) for sql in each.queries) for each in (one, many)]
    return "\n".join(f"{n} more: {sql}" for sql, n in (plain[1] - plain[0]).most_common(3))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_for_two_hundred_rows_as_for_one(page, answers):
    one, many = (each[page] for each in answers)

    assert one.status == many.status < 500
    assert len(many.queries) == len(one.queries), more_often(one, many)


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("home")])
def test_a_home_asks_at_most_fifteen_questions_however_much_there_is(page, answers):
    for answer in (each[page] for each in answers):
        assert len(answer.queries) <= 15, "\n".join(answer.queries)


@pytest.mark.parametrize("page", ["health as coord", "health as admin"])
def test_how_a_programme_stands_asks_at_most_twenty_questions_however_much_there_is(page, answers):
    for answer in (each[page] for each in answers):
        assert len(answer.queries) <= 20, "\n".join(answer.queries)


def test_two_hundred_rows_or_a_full_page_of_them_are_drawn(answers):
    one, many = answers
    listed = {page: (rows, one[page].drawn[rows], many[page].drawn[rows]) for page, (rows, *_) in LISTS.items()}
    grown = {page for page in PAGES if many[page].drawn - one[page].drawn}

    assert listed == LISTS
    assert grown == LISTS.keys() | IN_FULL.keys()
    assert {page: many[page].drawn[rows] for page, (rows, _) in IN_FULL.items()} == {
        page: full for page, (_, full) in IN_FULL.items()
    }


@pytest.mark.parametrize(
    "rows", [Programme.objects.all().managed_by, Programme.objects.visible_to, Wave.objects.visible_to]
)
def test_who_may_see_is_asked_without_joining_everybody_who_takes_part(rows):
    head, _, condition = str(rows(PersonFactory()).query).partition(" WHERE ")

    assert condition
    assert "JOIN" not in head and "DISTINCT" not in head
