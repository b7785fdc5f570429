"""The world is built once for a module, in a transaction that is rolled back; every request runs in a savepoint of it."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.authorisation.world import ANON, ROLES, World, build

VOLATILE = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"|one_time_key" value="[^"]*"')
"""What differs in any two answers."""


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Browser(Client):
    """Keeps no copy of what each template was given, which costs a tenth of a page; what breaks is an answer of 500."""

    def request(self, **request: object) -> HttpResponse:
        response = self.handler(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response


class Visitors:
    """A browser for each role, as it was right after its first page, whatever the request before did."""

    def __init__(self, world: World) -> None:
        self.client = Browser()
        self.known: dict[tuple[str, str], HttpResponse] = {}
        self.cookies = {ANON: ""}
        for role in ROLES:
            if role == ANON:
                continue
            browser = Client()
            browser.force_login(world.people[role], backend="django.contrib.auth.backends.ModelBackend")
            browser.get(reverse("inbox"))
            self.cookies[role] = browser.cookies.output(header="", sep=";")

    def ask(self, role: str, method: str, path: str, data: dict | None = None, **headers: str) -> HttpResponse:
        self.client.cookies = SimpleCookie(self.cookies[role])
        with undone():
            return getattr(self.client, method.lower())(path, data or {}, headers=headers)

    def read_anew(self, role: str, path: str) -> HttpResponse:
        return self.ask(role, "GET", path)

    def read(self, role: str, path: str) -> HttpResponse:
        """A page of the world as it is: the same however often it is asked for."""
        if (role, path) not in self.known:
            self.known[role, path] = self.read_anew(role, path)
        return self.known[role, path]


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are the point here, not news."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield build()


@pytest.fixture(scope="module")
def visitors(world: World) -> Visitors:
    return Visitors(world)
