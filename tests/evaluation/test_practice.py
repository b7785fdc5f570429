"""The practical checklist ticks itself: what was done here once, by whom, and what becomes of it in the health of a programme."""

from datetime import timedelta
from uuid import uuid4

import pytest

from evaluation.facts import Facts
from evaluation.facts.practice import TASKS
from evaluation.indicators import BY_CODE
from evaluation.queries import checklist_of
from evaluation.services import update_person
from mentoring.messaging.models import Attachment, Call
from mentoring.relationships.models import Session
from mentoring.relationships.services import renew_feed
from tests.evaluation.living import meet, members, pair, say
from tests.factories import NOW, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=1)


def share(relationship, person):
    message = say(relationship, person, BEFORE)
    Attachment.objects.create(
        room=message.room, message=message, uploader=person, name="a.pdf", size=1, state="clean", created_at=BEFORE
    )


def offer(relationship, person):
    Session.objects.create(relationship=relationship, proposed_by=person, created_at=BEFORE)


def choose(relationship, person):
    meet(relationship, -2, Session.Status.CONFIRMED, confirmed_by=person, confirmed_at=BEFORE)


def ring(relationship, person):
    Call.objects.create(
        id=uuid4(), message=say(relationship, person, BEFORE), callee=members(relationship)[0], state="talked",
        answered_at=BEFORE, ended_at=BEFORE, seen_at=BEFORE,
    )  # fmt: skip


def done(person, at=NOW):
    found = checklist_of(person, at=at)
    return {name for name, task in zip(TASKS, found.tasks, strict=True) if task.done}


@pytest.mark.parametrize(
    ("does", "mentee", "mentor"),
    [
        (lambda it, who: say(it, who, BEFORE), {"send"}, set()),
        (share, {"send", "share"}, set()),
        (offer, {"book"}, set()),
        (choose, {"book"}, set()),
        (lambda it, who: meet(it, 1, Session.Status.HELD, proposed_by=who, provenance="self_logged"), set(), set()),
        (lambda it, who: meet(it, 1, Session.Status.HELD, place="in_person"), set(), set()),
        (lambda it, who: meet(it, 1, Session.Status.NO_SHOW, absent=who), set(), set()),
        (lambda it, who: meet(it, 1), {"join"}, {"join"}),
        (ring, {"join"}, {"join"}),
        (lambda it, who: renew_feed(who, at=BEFORE), {"export"}, set()),
    ],
)
def test_what_somebody_has_done_ticks_itself_for_them_alone(does, mentee, mentor):
    each = pair(ProgrammeFactory())
    does(each, members(each)[1])

    assert [done(person) for person in reversed(members(each))] == [mentee, mentor]
    assert done(members(each)[1], NOW - timedelta(days=3)) == set()


def test_sl1_is_the_share_of_five_things_from_the_fourth_week_of_the_first_match_on():
    programme = ProgrammeFactory()
    long, fresh = pair(programme, days=28), pair(programme, days=27)
    for each in (long, fresh):
        share(each, members(each)[1])
        renew_feed(members(each)[1], at=BEFORE)

    found = BY_CODE["SL1"].compute(Facts(programme, NOW))

    assert found.raw[found.enough].tolist() == [0.0, 0.6]
    assert found.numerator.tolist() == [0, 3, 0, 3]
    assert BY_CODE["SL1"].score(found.raw[found.enough]).round(2).tolist() == [0.0, 33.33]


def test_the_figure_of_one_person_is_that_of_the_whole_programme():
    each = pair(ProgrammeFactory(), days=40)
    person = members(each)[1]
    share(each, person)

    update_person(person.pk, at=NOW)

    (row,) = person.enrolments.get().scores.all()
    assert row.scores["SL1"][:4] == [0.0, 0.4, 2.0, 5.0]


def test_growth_shows_the_checklist_to_whoever_is_in_a_relationship(sign_in):
    each = pair(ProgrammeFactory())
    share(each, members(each)[1])
    renew_feed(members(each)[1], at=BEFORE)

    mentee, mentor, nobody = (
        sign_in(person).get("/growth/").content.decode() for person in (*members(each)[::-1], PersonFactory())
    )

    assert "3 of 5" in mentee and 'href="/calendar/"' not in mentee
    assert "0 of 5" in mentor and 'href="/calendar/"' in mentor
    assert "Try it once" not in nobody
