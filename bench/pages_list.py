"""The pages and lists that are measured, each with who calls it."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.keys import SCOPES
from accounts.models import Institution, User
from accounts.services import make_api_key
from evaluation.models import Alert, Wave
from mentoring.matching.models import MatchRun, Pair
from mentoring.messaging.models import Room
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, Session
from mentoring.support.models import HelpRequest

Caller = tuple[str, str, Callable[[], Any]]


def browser(key: str) -> Client:
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    person = User.objects.get(email=f"{key}@demo.peyvand.example")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def callers() -> Iterator[Caller]:
    """(who, name of the page, a call of it)."""
    yield from pages("visitor", Client(HTTP_HOST=settings.ALLOWED_HOSTS[0]), visitor())
    yield from pages("mentee", browser("daniel"), member("daniel"))
    yield from pages("mentor", browser("sara"), member("sara"))
    yield from pages("coordinator", browser("leila"), coordinator())
    yield from pages("administrator", browser("james"), administrator())
    yield from api()


def pages(who: str, client: Client, paths: list[tuple[str, str]]) -> Iterator[Caller]:
    for name, path in paths:
        yield who, name, lambda path=path: client.get(path)


def visitor() -> list[tuple[str, str]]:
    programme = Programme.objects.get(slug="career-alumni")
    names = ["front", "account_login", "about_model", "programme_list", "developers", "terms", "privacy"]
    return [(name, reverse(name)) for name in names] + [("programme_public", programme.get_absolute_url())]


def member(key: str) -> list[tuple[str, str]]:
    person = User.objects.get(email=f"{key}@demo.peyvand.example")
    relationship = Relationship.objects.open().filter(members__person=person).order_by("pk").first()
    session = Session.objects.filter(relationship=relationship, status="held").first()
    wave = Wave.objects.filter(programme=relationship.programme, instrument=None).order_by("-number").first()
    plain = [
        "home",
        "rooms",
        "my_sessions",
        "growth",
        "people",
        "inbox",
        "go",
        "profile",
        "preferences",
        "security",
        "my_data",
    ]
    plain += ["audit", "mails", "my_scores", "support", "support_ask", "calendar_settings", "programme_list"]
    inside = ["relationship", "agreement", "goals", "sessions", "notes", "closing", "session_propose", "session_past"]
    inside += ["agreement_edit", "goal_new"]
    return [
        *((name, reverse(name)) for name in plain),
        *((name, reverse(name, args=[relationship.pk])) for name in inside),
        ("session", session.get_absolute_url()),
        ("room", Room.objects.get(relationship=relationship).get_absolute_url()),
        ("module", reverse("module", args=["first-meeting"])),
        ("survey", reverse("survey", args=[wave.pk])),
        *(asking(person) if key == "daniel" else [("request_inbox", reverse("request_inbox"))]),
    ]


def asking(mentee: User) -> list[tuple[str, str]]:
    """Where a mentee looks for a mentor."""
    enrolment = Enrolment.objects.get(person=mentee, programme__slug="ask-a-graduate")
    names = ["mentor_directory", "my_requests"]
    return [
        *((name, reverse(name, args=[enrolment.programme.slug])) for name in names),
        *((name, reverse(name, args=[enrolment.pk])) for name in ["enrolment", "enrolment_edit"]),
    ]


def coordinator() -> list[tuple[str, str]]:
    programme = Programme.objects.get(slug="first-semester")
    run = MatchRun.objects.filter(programme=programme).first()
    slug = [
        "programme_people",
        "programme_settings",
        "matching_home",
        "relationship_list",
        "health",
        "waves",
        "own_figures",
        "quality",
        "codings",
        "studies",
        "import_new",
        "people_invite",
        "training_settings",
    ]
    alert = Alert.objects.filter(relationship__programme=programme).first()
    return [
        ("home", reverse("home")),
        *((name, reverse(name, args=[programme.slug])) for name in slug),
        ("enrolment", reverse("enrolment", args=[Enrolment.objects.filter(programme=programme).first().pk])),
        ("matching_run", run.get_absolute_url()),
        ("matching_pair", reverse("matching_pair", args=[Pair.objects.filter(run=run).first().pk])),
        ("relationship", Relationship.objects.filter(programme=programme).order_by("-pk").first().get_absolute_url()),
        ("alerts", reverse("alerts", args=[programme.slug])),
        ("contact", reverse("contact", args=[programme.slug])),
        ("alert", alert.get_absolute_url()),
        ("support_desk", reverse("support_desk")),
        ("support_request", HelpRequest.objects.filter(programme=programme).first().get_absolute_url()),
        ("matching_publish", reverse("matching_publish", args=[run.pk])),
        ("programme_requests", reverse("programme_requests", args=["ask-a-graduate"])),
        ("programme_new", reverse("programme_new")),
    ]


def administrator() -> list[tuple[str, str]]:
    house = Institution.objects.get()
    names = ["institution_state", "institution_people", "api_keys", "institution_audit"]
    plain = ["home", "programme_list"]
    return [
        *((name, reverse(name)) for name in plain),
        *((name, reverse(name, args=[house.slug])) for name in names),
    ]


def api() -> Iterator[Caller]:
    house = Institution.objects.get()
    _key, token = make_api_key(house, name="bench", scopes=list(SCOPES), by=None, at=timezone.now())
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0], HTTP_AUTHORIZATION=f"Bearer {token}")
    for name in ("programmes", "people", "enrolments", "relationships", "scores"):
        yield "API key", f"/api/v1/{name}", lambda name=name: client.get(f"/api/v1/{name}?page_size=200")
