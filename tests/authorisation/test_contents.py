"""What one person keeps to themselves changes no byte of what another one reads.

Each reader's pages are drawn twice: as the world is, and after everything that is not theirs to know was changed. Equal bytes
prove that nothing of it was there, words, numbers and counts alike.
"""

import json
import re
from collections.abc import Callable
from functools import cache

import pytest
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Answer
from mentoring.matching.models import Request
from mentoring.messaging.models import Message
from mentoring.planning.models import Never, Wish
from mentoring.relationships.models import ExitAnswer, Goal, GoalStep, Note, Session, SessionRating
from mentoring.support.models import HelpReply, HelpRequest
from mentoring.training.models import LessonAnswer, ModuleProgress, SelfRating
from tests.authorisation.conftest import Visitors, undone
from tests.authorisation.table import TABLE
from tests.authorisation.test_pages import VOLATILE
from tests.authorisation.world import ADMIN, COORD, FAR, LEFT, MENTEE, MENTOR, NEAR, NOBODY, PEER, World

pytestmark = pytest.mark.django_db
# Not a page of the reader: bytes that measure the line, and the mentee's calendar, whose address is the secret.
NOT_THEIRS = {"connection_sample", "calendar_feed"}
# A form for a message brings an id of its own.
OF_THE_FORM = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ASKED_FOR = {"relationship": "?all", "support_desk": "?all", "support": "?page=1", "audit": "?page=1"}
OTHER_WORDS = "zq-other-words"


def changed(rows, *names: str) -> None:
    for name in names:
        rows.update(**{name: Concat(name, Value(OTHER_WORDS))})


def hide_private(person) -> None:
    """Change what is this person's alone: their partner, and every coordinator but for help, is to know nothing of it."""
    changed(Note.objects.filter(author=person, scope=Note.Scope.PRIVATE), "body")
    SessionRating.objects.filter(person=person).update(stars=5)
    ExitAnswer.objects.filter(person=person).update(satisfaction=5, stay_in_touch=5, comment=OTHER_WORDS)
    Never.objects.filter(by=person).delete()
    Answer.objects.filter(response__enrolment__person=person).update(value=5)
    LessonAnswer.objects.filter(progress__person=person).update(answer={"text": OTHER_WORDS})
    SelfRating.objects.filter(progress__person=person).update(value=5)
    ModuleProgress.objects.filter(person=person).update(quiz_before=0.25, quiz_after=0.5)


def hide_help(person) -> None:
    changed(HelpRequest.objects.filter(person=person), "body")
    HelpRequest.objects.filter(person=person).update(topic=HelpRequest.Topic.WELLBEING, resolved_at=timezone.now())
    changed(HelpReply.objects.filter(request__person=person), "body")


def hide_pair(pair) -> None:
    """Change what the two share and nobody else reads, coordinators neither."""
    changed(Message.objects.filter(room__relationship=pair), "body")
    changed(Note.objects.filter(relationship=pair, scope=Note.Scope.SHARED), "body")
    changed(Session.objects.filter(relationship=pair), "summary", "next_step", "topic", "link")
    changed(Goal.objects.filter(relationship=pair), "title", "why")
    changed(GoalStep.objects.filter(goal__relationship=pair), "title")


def hide_requests(*, sent: bool) -> None:
    """Change the words of lists that were not sent, which are the mentee's alone; with `sent` those of requests, too."""
    changed(Request.objects.all() if sent else Request.objects.filter(sent_at=None), "message", "words")


def from_partner(world: World, partner: str) -> None:
    person = world.people[partner]
    hide_private(person)
    hide_help(person)
    Wish.objects.filter(enrolment__person=person).delete()


def from_staff(world: World) -> None:
    for role in (MENTEE, MENTOR):
        hide_private_but_nevers(world, role)
    hide_pair(world.it.pair)
    hide_requests(sent=False)


def hide_private_but_nevers(world: World, role: str) -> None:
    """A coordinator matches, and so knows who is never to be matched with whom."""
    kept = list(Never.objects.all())
    hide_private(world.people[role])
    Never.objects.bulk_create(kept, ignore_conflicts=True)


def from_everybody(world: World) -> None:
    for role in (MENTEE, MENTOR):
        from_partner(world, role)
    hide_pair(world.it.pair)
    changed(Note.objects.filter(relationship=world.it.pair), "body")


def from_strangers(world: World) -> None:
    from_everybody(world)
    hide_requests(sent=True)


def from_mentee(world: World) -> None:
    from_partner(world, MENTOR)
    hide_requests(sent=True)


def from_mentor(world: World) -> None:
    from_partner(world, MENTEE)
    hide_requests(sent=False)


HIDDEN: dict[str, Callable[[World], None]] = {
    MENTEE: from_mentee,
    MENTOR: from_mentor,
    COORD: from_staff,
    ADMIN: from_strangers,
    NEAR: from_strangers,
    FAR: from_strangers,
    PEER: from_everybody,
    NOBODY: from_strangers,
}


def pages_of(world: World, visitors: Visitors, role: str, only: set[str] | None = None) -> dict[str, bytes]:
    """Every page that the table opens to this role, or `only` these, and their own data as a file."""
    found = {}
    for case, row in TABLE.items():
        name = case.partition(":")[0]
        if row.get is None or role not in row.get or name in NOT_THEIRS or (only and case not in only):
            continue
        path = reverse(name, args=row.args(world.it)) + ASKED_FOR.get(name, "")
        answer = visitors.ask(role, "GET", path)
        if answer.status_code == 200:
            found[case] = answer.content
    data = json.loads(visitors.ask(role, "POST", reverse("my_data_file")).content)
    data.pop("accounts.AuditEvent")  # names this very request
    found["my_data_file"] = json.dumps(data).encode()
    return {case: OF_THE_FORM.sub(b"", VOLATILE.sub(b"", page)) for case, page in found.items()}


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {case for case in before.keys() | after.keys() if before.get(case) != after.get(case)}


Drawn = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="module")
def drawn(world: World, visitors: Visitors) -> Drawn:
    """`drawn(role)`: the role's pages in the world as it is; `drawn(role, after=change, only=…)`: after a change."""
    as_it_is = cache(lambda role: pages_of(world, visitors, role))

    def draw(role: str, *, after: Callable[[World], None] | None = None, only: set[str] | None = None):
        if after is None:
            return as_it_is(role)
        with undone():
            after(world)
            return pages_of(world, visitors, role, only)

    return draw


@pytest.fixture(autouse=True)
def one_moment(world: World, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: world.now)


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


@pytest.mark.parametrize("role", SEEN)
def test_the_same_changes_are_seen_by_those_whose_they_are(drawn, role):
    """The control: a change that nobody could see would prove nothing."""
    change, seen = SEEN[role]
    before, after = drawn(role), drawn(role, after=change, only=seen)
    assert {case for case in seen if before[case] != after[case]} == seen


def test_who_left_reads_nothing_that_was_said_or_done_since(drawn):
    assert differing(drawn(LEFT), drawn(LEFT, after=from_everybody_but_left)) == set()


def from_everybody_but_left(world: World) -> None:
    own = (Message.objects.get(pk=world.it.message_of_left.pk).body, Note.objects.get(pk=world.it.note_of_left.pk).body)
    from_everybody(world)
    Message.objects.filter(pk=world.it.message_of_left.pk).update(body=own[0])
    Note.objects.filter(pk=world.it.note_of_left.pk).update(body=own[1])
