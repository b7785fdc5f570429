"""Every operation of the API with every kind of key: no key, a wrong one, one that is over, and each single scope."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.keys import SCOPES
from accounts.services import make_api_key, revoke_api_key
from config import api
from tests.authorisation.world import MENTEE, NOBODY, World

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Route -> method -> the one scope that opens it; "" is open to the world. A method that is missing is offered to nobody.
SCOPE: dict[str, dict[str, str]] = {
    "api_programmes": {"GET": "programmes:read"},
    "api_programme": {"GET": "programmes:read"},
    "api_people": {"GET": "people:read", "POST": "people:write"},
    "api_person": {"GET": "people:read"},
    "api_enrolments": {"GET": "people:read", "POST": "people:write"},
    "api_enrolment": {"GET": "people:read"},
    "api_relationships": {"GET": "relationships:read"},
    "api_relationship": {"GET": "relationships:read"},
    "api_scores": {"GET": "scores:read"},
    "api_places": {"GET": "scores:read"},
    "api_satisfaction": {"GET": "scores:read"},
    "api_institution_figures": {"GET": "scores:read"},
    "api_indicators": {"GET": "scores:read"},
    "api_risk": {"GET": "scores:read"},
    "api_risk_model": {"GET": "scores:read"},
    "api_session_weeks": {"GET": "scores:read"},
    "api_actions": {"GET": "scores:read"},
    "api_waves": {"GET": "scores:read"},
    "api_matching_runs": {"GET": "matching:read", "POST": "matching:write"},
    "api_matching_run": {"GET": "matching:read"},
    "api_matching_pairs": {"GET": "matching:read"},
    "api_matching_unmatched": {"GET": "matching:read"},
    "api_matching_cancel": {"POST": "matching:write"},
    "api_reports": {"GET": "research:read", "POST": "research:write"},
    "api_report_file": {"GET": "research:read"},
    "api_exports": {"GET": "research:read", "POST": "research:write"},
    "api_export": {"GET": "research:read"},
    "api_export_file": {"GET": "research:read"},
    "api_studies": {"GET": "research:read"},
    "api_study": {"GET": "research:read"},
    "api_instruments": {"GET": "research:read"},
    "api_instrument": {"GET": "research:read"},
    "api_own_results": {"GET": "research:read"},
    "api_quality": {"GET": "research:read"},
    "api_codings": {"GET": "research:read"},
    "api_coding": {"GET": "research:read"},
    "schema": {"GET": ""},
}
ROUTES = [route for route in api.urlpatterns if route.name]
"""The one without a name says of every other address that nothing is there."""
NO_KEY = ("none", "wrong", "revoked", "expired", "empty")
ASK_IN_VAIN = ("none", "wrong", "ours:all", "theirs:all")
"""What asks no key, or is offered to nobody, is the same for each single scope: it is tried with these."""


@pytest.fixture(scope="module")
def headers(world: World) -> dict[str, dict[str, str]]:
    """Name of a key -> what is sent with it; each scope has a key of the institution and one of another."""
    made = {"none": {}, "wrong": bearer("pv_wrong"), "empty": {"authorization": "Bearer"}}
    with_all = {"scopes": SCOPES, "by": None, "at": world.now}
    old, secret = make_api_key(world.it.house, name="Old", **with_all)
    revoke_api_key(old, by=None, at=world.now)
    made["revoked"] = bearer(secret)
    over = world.now - timedelta(seconds=1)
    made["expired"] = bearer(make_api_key(world.it.house, name="Over", expires_at=over, **with_all)[1])
    for house, whose in ((world.it.house, "ours"), (world.it.other_house, "theirs")):
        made[f"{whose}:all"] = bearer(make_api_key(house, name="All", **with_all)[1])
        for scope in SCOPES:
            secret = make_api_key(house, name=scope, scopes=[scope], by=None, at=world.now)[1]
            made[f"{whose}:{scope}"] = bearer(secret)
    return made


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def address(world: World, name: str, *, unknown: bool = False) -> str:
    it = world.it
    args: dict[str, Any] = {
        "api_programme": it.programme.slug,
        "api_person": world.people[MENTEE].pk,
        "api_enrolment": it.mentee.pk,
        "api_relationship": it.pair.pk,
        **dict.fromkeys(("api_matching_runs", "api_indicators", "api_risk", "api_session_weeks"), it.programme.slug),
        **dict.fromkeys(("api_matching_run", "api_matching_pairs", "api_matching_unmatched"), it.run.pk),
        "api_matching_cancel": it.run.pk,
        "api_report_file": it.paper.pk,
        **dict.fromkeys(("api_export", "api_export_file"), it.export.pk),
        "api_study": it.study.pk,
        "api_coding": it.coding.pk,
        "api_instrument": it.instrument.pk,
    }
    if name not in args:
        return reverse(name)
    nothing = "nothing" if isinstance(args[name], str) else 987654321
    more = ["json"] if name == "api_report_file" else []
    return reverse(name, args=[nothing if unknown else args[name], *more])


def call(visitors, method: str, path: str, sent: dict[str, str]) -> tuple[int, str]:
    answer = visitors.ask("anon", method, path, None, accept="application/json", **sent)
    text = answer.content.decode()
    if answer.status_code >= 400:
        problem = json.loads(text)
        problem.pop("instance")
        text = json.dumps(problem, sort_keys=True)
    return answer.status_code, text


def doors() -> Iterator[tuple[str, str]]:
    for route in ROUTES:
        for method in METHODS:
            yield route.name, method


def test_every_operation_stands_in_the_table():
    assert set(SCOPE) == {route.name for route in ROUTES}


def test_a_key_opens_what_its_scope_says_in_its_own_institution_and_nothing_else(world, visitors, headers):
    faults, count = [], 0
    for name, method in doors():
        scope = SCOPE[name].get(method)
        for key in asking(headers, scope):
            sent = headers[key]
            count += 1
            status, text = call(visitors, method, address(world, name), sent)
            if found := fault(world, visitors, name, method, scope, key, sent, status, text):
                faults.append(f"{method} {name} with {key}: {status} {found}")
    print(f"{count} cells of {len(SCOPE)} operations")
    assert faults == [], "\n".join(["", *faults])
    assert count >= (800 if settings.EMBEDDED else 500)


def asking(headers: dict[str, dict[str, str]], scope: str | None) -> Iterable[str]:
    """Who knocks: every key, but of another institution only those that hold the scope. On the second database, where the
    walls are the same, those behind them and one of each side."""
    if not scope:
        return ASK_IN_VAIN
    if not settings.EMBEDDED:
        return (*ASK_IN_VAIN, f"ours:{scope}")
    return [key for key in headers if not key.startswith("theirs:") or key in ("theirs:all", f"theirs:{scope}")]


def fault(world, visitors, name, method, scope, key, sent, status, text) -> str:
    whose, _, held = key.partition(":")
    if status >= 500:
        return "broke"
    if scope == "":
        return "" if status == 200 else "is wrongly refused"
    if scope is None and SCOPE[name].get("GET") == "":
        return "" if status == 405 else "is offered"
    if key in NO_KEY:
        return "" if status == 401 else "is let in"
    if scope is None:
        return "" if status in (403, 405) else "is offered"
    if held not in (scope, "all"):
        return "" if status == 403 else "is let in without the scope"
    nothing = address(world, name, unknown=True)
    if whose == "theirs" and nothing != address(world, name):
        unknown = call(visitors, method, nothing, sent)
        return "" if (status, text) == unknown and status == 404 else "differs from what does not exist"
    if method == "POST":
        taken = (202,) if name == "api_matching_cancel" else (400, 415)
        return "" if status in taken else "takes an empty call"
    return "" if status == 200 else "is wrongly refused"


def test_lists_hold_the_rows_of_the_keys_institution_only(world, visitors, headers):
    for name in ("api_programmes", "api_people", "api_enrolments", "api_relationships"):
        ours, theirs = (
            {
                row["id"]
                for row in json.loads(call(visitors, "GET", address(world, name) + "?page_size=200", sent)[1])[
                    "results"
                ]
            }
            for sent in (headers["ours:all"], headers["theirs:all"])
        )
        assert ours and theirs
        assert not ours & theirs


def test_filters_of_a_key_tell_nothing_of_another_institution(world, visitors, headers):
    it = world.it
    for query in (
        f"?programme={it.programme.slug}",
        f"?person={world.people[MENTEE].pk}",
        f"?institution={it.house.pk}",
    ):
        for name in ("api_enrolments", "api_relationships", "api_scores"):
            path = address(world, name)
            asked = call(visitors, "GET", path + query, headers["theirs:all"])
            plain = call(visitors, "GET", path + query.partition("=")[0] + "=987654321", headers["theirs:all"])
            assert asked[0] == plain[0] == 200
            assert not {row.get("programme") for row in json.loads(asked[1])["results"]} & {it.programme.slug}


def test_a_session_is_no_key(world, visitors):
    for route in ROUTES:
        for method in (method for method, scope in SCOPE[route.name].items() if scope):
            assert visitors.ask(MENTEE, method, address(world, route.name)).status_code == 401
            assert visitors.ask(NOBODY, method, address(world, route.name)).status_code == 401


def test_nobody_is_enrolled_across_institutions(world, visitors, headers):
    far = world.it.far_pair
    foreign = {"programme": far.programme.slug, "person": world.people[MENTEE].pk, "role": "mentee"}
    person_of_others = {"programme": world.it.programme.slug, "person": world.people["far"].pk, "role": "mentee"}
    for body in (foreign, person_of_others):
        answer = visitors.client.post(
            reverse("api_enrolments"), json.dumps(body), content_type="application/json", headers=headers["ours:all"]
        )
        assert answer.status_code == 404
