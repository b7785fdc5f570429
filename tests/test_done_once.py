"""Every form that brings something about, sent again from a page fetched anew: after "back", or from another tab."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from core.idempotency import FIELD, ONCE_MORE
from tests.authorisation.world import ADMIN, COORD, MENTEE, MENTOR, World, build
from tests.evaluation.own import document
from tests.factories import NOW

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
TODAY = NOW.date()
SOON = {"time_1_0": str(TODAY + timedelta(days=4)), "time_1_1": "10:30"}
LAST_WEEK = {"starts_at_0": str(TODAY - timedelta(days=6)), "starts_at_1": "10:30"}

# Route: who sends it, about which object of the world, with what.
ONCE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "alert": (COORD, "alert", {"text": "How are you both?"}),
    "api_keys": (ADMIN, "house", {"name": "Roll", "scopes": ["people:read"], "expires_on": str(TODAY)}),
    "goal_close": (MENTEE, "goal", {"attainment": "1", "helped": "Asking"}),
    "goal_new": (MENTEE, "pair", {"title": "Write", "why": ""}),
    "institution_people": (ADMIN, "house", {"email": "new@example.org", "role": "member"}),
    "instrument_new": (
        ADMIN,
        "house",
        {"instrument": "New", "low": "1", "high": "5", "method": "mean", "min_valid": "1", "maps_to": "none"},
    ),
    "instruments": (ADMIN, "house", {}),
    "invitation_again": (COORD, "invited", {}),
    "milestone_add": (COORD, "programme", {"title": "Half time", "due_on": str(TODAY)}),
    "notes": (MENTOR, "pair", {"body": "She grows.", "scope": "private"}),
    "order_new": (COORD, "pair", {"reason": "As agreed"}),
    "people_invite": (COORD, "programme", {"email": "new@example.org", "name": "New", "role": "mentee"}),
    "programme_new": (ADMIN, "", {"template": "peer-circle", "name_en": "Circles", "starts_on": str(TODAY)}),
    "programme_reports": (COORD, "programme", {"kind": "brief", "language": "en"}),
    "reading_ask": (COORD, "quiet", {"reason": "danger", "words": "Nobody has seen them."}),
    "relationship_touch": (COORD, "pair", {"person": "", "reason": "Rang up"}),
    "report_message": (MENTOR, "message", {"reason": "hurt"}),
    "report_person": (MENTOR, "bystander", {"reason": "hurt", "words": "It hurt."}),
    "session_move": (MENTOR, "coming", SOON),
    "session_past": (MENTOR, "pair", {**LAST_WEEK, "minutes": "30", "place": "video", "summary": "We met."}),
    "session_propose": (MENTEE, "pair", {**SOON, "minutes": "45", "place": "video"}),
    "step_add": (MENTEE, "goal", {"title": "Read", "due_on": str(TODAY)}),
    "studies": (COORD, "programme", {"kind": "pre_post", "title": "Growth"}),
    "study_amend": (COORD, "study", {"outcomes": ["skills.virtuallearning"], "why": "Asked later"}),
    "support_ask": (MENTEE, "", {"topic": "technical", "body": "The video stays black."}),
    "support_request": (MENTEE, "help_of_mentee", {"body": "Still black."}),
    "waves": (COORD, "programme", {"form": "pulse", "opens_on": str(TODAY), "closes_on": ""}),
}


@pytest.fixture(autouse=True)
def one_day(monkeypatch):
    """The forms above and the world they are sent in do not fall on both sides of a midnight."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def guarded(patterns) -> dict[str, bool]:
    """Name of every route under `once` -> whether it is done once after "back", too."""
    found = {}
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            found |= guarded(pattern.url_patterns)
        elif hasattr(pattern.callback, "is_once_after_back"):
            found[pattern.name] = pattern.callback.is_once_after_back
    return found


def test_every_route_that_is_done_once_after_back_is_tried_here():
    assert {name for name, after_back in guarded(get_resolver().url_patterns).items() if after_back} == ONCE.keys()


def test_every_form_that_posts_to_such_a_route_carries_a_one_time_key():
    routes = guarded(get_resolver().url_patterns).keys()
    forms = re.compile(r"""<form method="post"[^>]*action="{% url '(\w+)'.*?</form>""", re.DOTALL)
    lacking = [
        f"{path.relative_to(TEMPLATES)}: {form[1]}"
        for path in TEMPLATES.rglob("*.html")
        for form in forms.finditer(path.read_text())
        if form[1] in routes and "{% one_time_key %}" not in form[0]
    ]
    assert lacking == ["accounts/api_keys.html: api_keys"]  # it answers in place, so nothing is led there


def rows() -> int:
    """Of all tables together, counted in one go: they are asked a hundred times."""
    counts = " + ".join(f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in apps.get_models())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return cursor.fetchone()[0]


def sender(world: World, sign_in, name: str):
    """A function that sends a form of ONCE as it stands on a page that was just opened."""
    role, thing, data = ONCE[name]
    found = getattr(world.it, thing) if thing else None
    url = reverse(name, args=[getattr(found, "slug", "") or found.pk] if found else [])
    some = {
        "order_new": {"people": [person.pk for person in world.it.pair.people]},
        "support_ask": {"programme": world.it.programme.pk},
        "programme_new": {"institution": world.it.house.pk},
    }
    browser = sign_in(world.people[role])
    return lambda **more: browser.post(url, {**data, **some.get(name, {}), **chosen(name), FIELD: str(uuid4()), **more})


def chosen(name: str) -> dict[str, Any]:
    """The file of a form that takes one, chosen anew."""
    if name != "instruments":
        return {}
    return {"file": SimpleUploadedFile("trust.json", json.dumps(document(instrument="from a file")).encode())}


@pytest.mark.django_db
def test_back_and_send_again_brings_about_nothing_more_and_says_so(sign_in):
    world = build()
    done = {}
    for name in ONCE:
        with transaction.atomic():
            send = sender(world, sign_in, name)
            before, first = rows(), send()
            between, second = rows(), send()
            done[name] = (first.status_code, between > before, second.status_code, rows() - between)
            transaction.set_rollback(True)

    assert done.pop("api_keys") == (200, True, 200, 0)  # its name is taken
    assert done == dict.fromkeys(done, (302, True, 409, 0))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["notes", "people_invite", "step_add"])
def test_who_means_it_twice_presses_once_more_and_it_is_done_again(sign_in, name):
    send = sender(build(), sign_in, name)
    send()
    before = rows()

    assert send(**{ONCE_MORE: "1"}).status_code == 302
    assert rows() > before
