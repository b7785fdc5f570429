"""What one person keeps to themselves changes no byte of what another one reads.

Each reader's pages are drawn twice: as the world is, and after everything that is not theirs to know was changed. Equal bytes
prove that nothing of it was there, words, numbers and counts alike. The tests stand in `test_pages.py`, which draws the same
pages of the same world.
"""

import json
import re
from collections.abc import Callable

from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Answer, OpenAnswer
from mentoring.matching.models import Request
from mentoring.messaging.models import Message, Topic
from mentoring.planning.models import Never, Wish
from mentoring.relationships.models import ExitAnswer, Goal, GoalStep, Note, Session, SessionRating
from mentoring.support.models import HelpReply, HelpRequest
from mentoring.training.models import LessonAnswer, ModuleProgress, SelfRating
from tests.authorisation.conftest import VOLATILE, Visitors
from tests.authorisation.table import TABLE
from tests.authorisation.world import ADMIN, COORD, FAR, MENTEE, MENTOR, NEAR, NOBODY, PEER, World

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
    changed(OpenAnswer.objects.filter(response__enrolment__person=person), "text")
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
    changed(Topic.objects.filter(root__room__relationship=pair), "title")
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


def pages_of(
    world: World, visitors: Visitors, role: str, *, fresh: bool = False, only: set[str] | None = None
) -> dict[str, bytes]:
    """Every page that the table opens to this role, or `only` these, and their own data as a file; `fresh` after a change."""
    found, read = {}, visitors.read_anew if fresh else visitors.read
    for case, row in TABLE.items():
        name = case.partition(":")[0]
        if row.get is None or role not in row.get or name in NOT_THEIRS or (only and case not in only):
            continue
        path = reverse(name, args=row.args(world.it)) + ASKED_FOR.get(name, "")
        answer = read(role, path)
        if answer.status_code == 200:
            found[case] = answer.content
    data = json.loads(visitors.ask(role, "POST", reverse("my_data_file")).content)
    data.pop("accounts.AuditEvent")  # names this very request
    found["my_data_file"] = json.dumps(data).encode()
    return {case: OF_THE_FORM.sub(b"", VOLATILE.sub(b"", page)) for case, page in found.items()}


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {case for case in before.keys() | after.keys() if before.get(case) != after.get(case)}
