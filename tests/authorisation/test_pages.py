"""Every page and every action, asked for by everybody: the walls stand where the table says, and nowhere else. What one
person keeps to themselves changes no byte of what another one reads (`contents.py`)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from mentoring.messaging.models import Message
from mentoring.relationships.models import Note
from tests.authorisation.conftest import VOLATILE, Visitors, undone
from tests.authorisation.contents import (
    HIDDEN,
    differing,
    from_everybody,
    from_partner,
    hide_pair,
    hide_requests,
    pages_of,
)
from tests.authorisation.table import NONE, TABLE, Roles, Row, may
from tests.authorisation.world import ANON, COORD, LEFT, MENTEE, MENTOR, NOBODY, PEER, ROLES, World

pytestmark = pytest.mark.django_db
OF_OTHERS = (
    "account/",
    "admin/",
    "api/",
)  # allauth, the dashboard of Django, and the API, which knows keys and no roles
FORMS = re.compile(r"""(<form\b[^>]*method="post"[^>]*>)(.*?)</form>""", re.DOTALL)
TOLD = (403, 409)  # a refusal by the view, or by the rule that both sides must agree
UNKNOWN = {int: 987654321, str: "there-is-no-such-thing", UUID: UUID(int=1)}
ASK_IN_VAIN = (ANON, NOBODY, COORD)
"""A method that a door does not know is unknown to all: it is tried by these."""
HANDLES = ("GET", "POST")


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
    for number, (case, row) in enumerate(TABLE.items()):
        name, args = case.partition(":")[0], row.args(world.it)
        path = reverse(name, args=args)
        never = reverse(name, args=[UNKNOWN[type(args[0])], *args[1:]]) if args else None
        for turn, method in enumerate(HANDLES):
            for place, role in enumerate(ROLES if may(row, method) is not None else ASK_IN_VAIN):
                if not is_stranger_to_both(row, role) or (number + turn + place) % 2:
                    yield Cell(case, role, method, row, path, never)


def ends(allowed: Roles | None) -> set[str]:
    """The first and the last who may."""
    passing = [role for role in ROLES if role in (allowed or NONE)]
    return {*passing[:1], *passing[-1:]}


def is_stranger_to_both(row: Row, role: str) -> bool:
    """Whose two handles are closed alike: a stranger turns one of them, at the next door the other."""
    return row.get is not None and row.get == row.post and role not in row.get | row.told


def seen(answer: HttpResponse, path: str) -> tuple[int, str, bytes]:
    """What the asker can see of an answer, without what differs in any two."""
    where = answer.headers.get("Location", "").replace(path, "")
    return answer.status_code, where, VOLATILE.sub(b"", getattr(answer, "content", b"")).replace(path.encode(), b"")


def is_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("account_login"))


def is_open(answer: HttpResponse) -> bool:
    led_away = is_sign_in(answer) or "/consent/" in answer.headers.get("Location", "")
    return answer.status_code not in (401, 403, 404, 405) and not led_away


def without_a_token(answer: HttpResponse) -> list[str]:
    """The forms that Django would take for a forgery: an include with `only` hides the token from what it draws."""
    html = answer.content.decode() if answer.headers.get("Content-Type", "").startswith("text/html") else ""
    return [head for head, body in FORMS.findall(html) if "csrfmiddlewaretoken" not in body]


class Walls:
    """Judges answers. How a role is told of something that does not exist is remembered, for it is the same everywhere."""

    def __init__(self, world: World, visitors: Visitors) -> None:
        self.world, self.visitors = world, visitors
        self.nothings: dict[tuple[str, str], set[tuple[int, str, bytes]]] = {}

    def ask(self, cell: Cell, path: str) -> HttpResponse:
        if cell.method == "GET":
            return self.visitors.read(cell.role, path)
        return self.visitors.ask(cell.role, cell.method, path, cell.row.sent(self.world.it))

    def fault(self, cell: Cell) -> str:
        """What is wrong with the answer, empty if nothing."""
        answer, allowed = self.ask(cell, cell.path), may(cell.row, cell.method)
        status = answer.status_code
        if status >= 500:
            return f"broke with {status}"
        if allowed is not None and cell.role in allowed:
            if not is_open(answer):
                return f"is wrongly refused: {status} {answer.headers.get('Location', '')}"
            return f"draws a form that would be refused: {forged[0]}" if (forged := without_a_token(answer)) else ""
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
        if not (settings.EMBEDDED or cell.role in ends(may(cell.row, cell.method))):
            continue  # the walls are the same on both databases; what is drawn and done behind them may not be
        count += 1
        if found := walls.fault(cell):
            faults.append(f"{cell} {found}")
    print(f"{count} cells of {len(TABLE)} doors")
    assert faults == [], "\n".join(["", *faults])
    assert count >= (4000 if settings.EMBEDDED else 600)


Drawn = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="module")
def drawn(world: World, visitors: Visitors) -> Drawn:
    """`drawn(role)`: the role's pages in the world as it is; `drawn(role, after=change, only=…)`: after a change."""

    def draw(role: str, *, after: Callable[[World], None] | None = None, only: set[str] | None = None):
        if after is None:
            return pages_of(world, visitors, role)
        with undone():
            after(world)
            return pages_of(world, visitors, role, fresh=True, only=only)

    return draw


@pytest.fixture(autouse=True)
def one_moment(world: World, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: world.now)


@pytest.mark.once
@pytest.mark.parametrize("role", HIDDEN)
def test_what_is_hidden_from_a_reader_changes_none_of_their_pages(drawn, role):
    assert len(drawn(role)) > 25
    assert differing(drawn(role), drawn(role, after=HIDDEN[role])) == set()


SEEN: dict[str, tuple[Callable[[World], None], set[str]]] = {
    MENTOR: (
        lambda world: from_partner(world, MENTOR),
        {"notes", "session:held", "support_request:mentor", "survey_result:mentor", "my_data_file"},
    ),
    MENTEE: (
        lambda world: hide_pair(world.it.pair),
        {"room", "room_changes", "notes", "goals", "session:held", "session_ics", "relationship"},
    ),
    PEER: (lambda world: hide_requests(sent=False), {"my_requests", "my_data_file"}),
}
"""What shows a change to whom it belongs."""


@pytest.mark.once
@pytest.mark.parametrize("role", SEEN)
def test_the_same_changes_are_seen_by_those_whose_they_are(drawn, role):
    """The control: a change that nobody could see would prove nothing."""
    change, seen = SEEN[role]
    before, after = drawn(role), drawn(role, after=change, only=seen)
    assert {case for case in seen if before[case] != after[case]} == seen


@pytest.mark.once
def test_who_left_reads_nothing_that_was_said_or_done_since(drawn):
    assert differing(drawn(LEFT), drawn(LEFT, after=from_everybody_but_left)) == set()


def from_everybody_but_left(world: World) -> None:
    own = (Message.objects.get(pk=world.it.message_of_left.pk).body, Note.objects.get(pk=world.it.note_of_left.pk).body)
    from_everybody(world)
    Message.objects.filter(pk=world.it.message_of_left.pk).update(body=own[0])
    Note.objects.filter(pk=world.it.note_of_left.pk).update(body=own[1])
