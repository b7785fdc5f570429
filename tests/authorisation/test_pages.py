"""Every page and every action, asked for by everybody: the walls stand where the table says, and nowhere else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.authorisation.conftest import Visitors
from tests.authorisation.table import TABLE, Row, may
from tests.authorisation.world import ANON, NOBODY, ROLES, World

pytestmark = pytest.mark.django_db
OF_OTHERS = (
    "account/",
    "admin/",
    "api/",
)  # allauth, the dashboard of Django, and the API, which knows keys and no roles
TOLD = (403, 409)  # a refusal by the view, or by the rule that both sides must agree
UNKNOWN = {int: 987654321, str: "there-is-no-such-thing", UUID: UUID(int=1)}
VOLATILE = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"|one_time_key" value="[^"]*"')


def named_routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        where = prefix + str(each.pattern)
        if where.startswith(OF_OTHERS):
            continue
        if isinstance(each, URLResolver):
            yield from named_routes(each.url_patterns, where)
        elif isinstance(each, URLPattern):
            yield each.name or where


@dataclass
class Cell:
    """One role at one door with one method; `never` is the same address with an id that does not exist."""

    case: str
    role: str
    method: str
    row: Row
    path: str
    never: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.case} as {self.role}"


def cells(world: World) -> Iterator[Cell]:
    for case, row in TABLE.items():
        name, args = case.partition(":")[0], row.args(world.it)
        path = reverse(name, args=args)
        never = reverse(name, args=[UNKNOWN[type(args[0])], *args[1:]]) if args else None
        for method in ("GET", "POST"):
            for role in ROLES:
                yield Cell(case, role, method, row, path, never)


def seen(answer: HttpResponse, path: str) -> tuple[int, str, bytes]:
    """What the asker can see of an answer, without what differs in any two."""
    where = answer.headers.get("Location", "").replace(path, "")
    return answer.status_code, where, VOLATILE.sub(b"", getattr(answer, "content", b"")).replace(path.encode(), b"")


def is_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("account_login"))


def is_open(answer: HttpResponse) -> bool:
    led_away = is_sign_in(answer) or "/consent/" in answer.headers.get("Location", "")
    return answer.status_code not in (401, 403, 404, 405) and not led_away


class Walls:
    """Judges answers. How a role is told of something that does not exist is remembered, for it is the same everywhere."""

    def __init__(self, world: World, visitors: Visitors) -> None:
        self.world, self.visitors = world, visitors
        self.nothings: dict[tuple[str, str], set[tuple[int, str, bytes]]] = {}

    def ask(self, cell: Cell, path: str) -> HttpResponse:
        data = cell.row.sent(self.world.it) if cell.method == "POST" else {}
        return self.visitors.ask(cell.role, cell.method, path, data)

    def fault(self, cell: Cell) -> str:
        """What is wrong with the answer, empty if nothing."""
        answer, allowed = self.ask(cell, cell.path), may(cell.row, cell.method)
        status = answer.status_code
        if status >= 500:
            return f"broke with {status}"
        if allowed is not None and cell.role in allowed:
            return "" if is_open(answer) else f"is wrongly refused: {status} {answer.headers.get('Location', '')}"
        if cell.role in cell.row.told - {ANON} and (cell.method == "POST" or cell.row.told_to_read):
            return "" if status in TOLD else f"answers {status} and is not told no"
        expected = 405 if allowed is None else 404
        if status != expected and not (cell.role == ANON and is_sign_in(answer)):
            return f"answers {status} instead of {expected}"
        return "" if cell.never is None or self.is_nothing(cell, answer) else "differs from what does not exist"

    def is_nothing(self, cell: Cell, answer: HttpResponse) -> bool:
        known = self.nothings.setdefault((cell.role, cell.method), set())
        if (told := seen(answer, cell.path)) not in known or cell.role == NOBODY:
            known.add(seen(self.ask(cell, cell.never), cell.never))
        return told in known


def test_every_route_of_ours_stands_in_the_table_and_nothing_else_does():
    assert {case.partition(":")[0] for case in TABLE} == set(named_routes())


def test_everybody_passes_where_they_may_and_nobody_elsewhere(world, visitors):
    walls, faults, count = Walls(world, visitors), [], 0
    for cell in cells(world):
        count += 1
        if found := walls.fault(cell):
            faults.append(f"{cell} {found}")
    print(f"{count} cells of {len(TABLE)} doors")
    assert faults == [], "\n".join(["", *faults])
    assert count >= 2500
