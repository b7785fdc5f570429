"""One world with an object of every kind, and everybody who might knock at its doors."""

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from accounts.models import Belonging, User
from accounts.services import invite, make_api_key
from evaluation.actions import ideas_for
from evaluation.facts import Facts
from evaluation.models import Answer, Certificate, Coding, OpenAnswer, ResearchExport, Response, Wave
from evaluation.models.certificates import hash_of
from evaluation.questionnaire import form_items
from evaluation.services import accept_action, lock_plan, make_report, make_study, refresh_alerts, write_plan
from mentoring.matching.services import lock_pair
from mentoring.messaging.models import Flag, Room, ScheduledMessage
from mentoring.messaging.services import announce, look_into, open_topic, schedule_message, send_message, take_file
from mentoring.planning import services as planning
from mentoring.planning.models import Enrolment, Milestone, Never, Programme, Wish
from mentoring.relationships.models import (
    Block,
    ExitAnswer,
    GoalStep,
    RelationshipMember,
    Session,
    SessionRating,
    SessionSlot,
)
from mentoring.relationships.services import check_in, propose_goal, record_touch, renew_feed
from mentoring.safeguarding.models import Reading
from mentoring.safeguarding.services import (
    answer_reading,
    ask_to_read,
    block_person,
    keep_apart,
    read_page,
    report_message,
    report_person,
)
from mentoring.support.models import HelpReply
from mentoring.training.models import LessonAnswer, SelfRating
from notifications.models import Absence, Device
from notifications.services import notify, push_key
from tests import factories as make
from tests.evaluation.own import own_instrument
from tests.matching.programmes import WANTED, Ready, staged

ANON = "anon"
MENTEE, MENTOR = "mentee", "mentor"  # of the relationship
LEFT = "left"  # was a second mentee of it and has left
PEER = "peer"  # another mentee of the programme
COORD = "coord"  # coordinates the programme, and a draft of another one
NEAR = "near"  # coordinates another programme of the institution
ADMIN = "admin"  # administers the institution
FAR = "far"  # coordinates a programme of another institution and administers that institution
NOBODY = "nobody"  # has an account and belongs nowhere
ROLES = (ANON, MENTEE, MENTOR, LEFT, PEER, COORD, NEAR, ADMIN, FAR, NOBODY)

CSV = "name,email\nNew Person,new-one@example.org\nNo Address,broken\n"

PLAN = {"hypotheses": ["They rise"], "who": "mentee", "before": "w0", "after": "w3", "primary": ["skills.techliteracy"],
        "exclusions": []}  # fmt: skip
PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@dataclass
class World:
    now: datetime
    people: dict[str, User]
    it: SimpleNamespace = field(default_factory=SimpleNamespace)


def build() -> World:
    now = timezone.now().replace(microsecond=0)
    people = {role: make.PersonFactory(name=f"{role.title()} Person") for role in ROLES if role != ANON}
    world = World(now, people)
    _houses(world)
    _programmes(world)
    _pair(world)
    _work_of_the_pair(world)
    _talk(world)
    _learning_and_help(world)
    _answers(world)
    _staff_work(world)
    _requests(world)
    _safety(world)
    return world


def _houses(world: World) -> None:
    it, people = world.it, world.people
    it.house, it.other_house = make.InstitutionFactory(), make.InstitutionFactory()
    for role in (MENTEE, MENTOR, LEFT, PEER, COORD, NEAR):
        make.BelongingFactory(institution=it.house, person=people[role])
    for role, house in ((ADMIN, it.house), (FAR, it.other_house)):
        make.BelongingFactory(institution=house, person=people[role], administrator=True)
    it.belonging = Belonging.objects.get(person=people[MENTEE])
    at = {"by": people[ADMIN], "at": world.now}
    it.invitation, it.token = invite(it.house, email="guest@example.org", role="member", mail=False, **at)
    it.api_key, it.secret = make_api_key(it.house, name="Roster", scopes=["people:read"], **at)
    it.feed_token = renew_feed(people[MENTEE], at=world.now)


def _programmes(world: World) -> None:
    it, people, today = world.it, world.people, world.now.date()
    dates = {"starts_on": today - timedelta(days=60), "ends_on": today + timedelta(days=60)}
    it.programme = make.ProgrammeFactory(institution=it.house, matched_by=Programme.MatchedBy.BOTH, **dates)
    it.draft = make.ProgrammeFactory(institution=it.house, status=Programme.Status.DRAFT, **dates)
    near = make.ProgrammeFactory(institution=it.house, **dates)
    far = make.ProgrammeFactory(institution=it.other_house, **dates)
    it.far_programme = far
    for programme, role in ((it.programme, COORD), (it.draft, COORD), (near, NEAR), (far, FAR)):
        make.CoordinationFactory(programme=programme, person=people[role])
    it.second_coordinator = make.CoordinationFactory(programme=it.programme).person
    it.milestone = Milestone.objects.create(programme=it.programme, title_en="Kick-off", due_on=today)
    long_ago = {"applied_at": world.now - timedelta(days=58), "decided_at": world.now - timedelta(days=57)}
    of = {"programme": it.programme, **long_ago}
    it.mentor = make.EnrolmentFactory(person=people[MENTOR], mentor=True, free_places=0, **of)
    it.mentee = make.EnrolmentFactory(person=people[MENTEE], free_places=0, **of)
    it.left = make.EnrolmentFactory(person=people[LEFT], status=Enrolment.Status.WITHDRAWN, **of)
    it.peer = make.EnrolmentFactory(person=people[PEER], **of)
    it.applied = make.EnrolmentFactory(status=Enrolment.Status.APPLIED, programme=it.programme)
    it.invited = make.EnrolmentFactory(status=Enrolment.Status.INVITED, programme=it.programme)


def _pair(world: World) -> None:
    it, people, now = world.it, world.people, world.now
    it.pair = make.RelationshipFactory(
        mentor=it.mentor, mentee=it.mentee, started_at=now - timedelta(days=40), planned_end_on=it.programme.ends_on
    )
    refresh_alerts(Facts(it.programme, now))  # forty days without a word
    it.alert = it.pair.alerts.get()
    gone = {"joined_at": it.pair.started_at, "left_at": now - timedelta(days=5)}
    RelationshipMember.objects.create(
        relationship=it.pair, enrolment=it.left, person=people[LEFT], role=Enrolment.Role.MENTEE, **gone
    )
    it.room = make.RoomFactory(relationship=it.pair)
    it.room.members.create(person=people[LEFT], **gone)
    it.far_pair = make.RelationshipFactory(programme=it.far_programme)


def _work_of_the_pair(world: World) -> None:
    it, people, now = world.it, world.people, world.now
    mentor, mentee = people[MENTOR], people[MENTEE]
    it.goal = make.GoalFactory(relationship=it.pair, created_at=now, confirmed_at=now)
    it.step = GoalStep.objects.create(goal=it.goal, title="Read three papers", owner=mentee)
    it.asked_goal = propose_goal(it.pair, title="Speak in public", why="", by=mentee, at=now)
    more = {"relationship": it.pair, "created_at": now}
    it.coming = make.SessionFactory(starts_at=now + timedelta(days=3), proposed_by=mentor, **more)
    it.offered = make.SessionFactory(status=Session.Status.PROPOSED, starts_at=None, proposed_by=mentor, **more)
    it.slot = SessionSlot.objects.create(session=it.offered, starts_at=now + timedelta(days=5))
    it.held = make.SessionFactory(
        held=True, starts_at=now - timedelta(days=7), summary="We spoke of fear.", next_step="Rest", **more
    )
    it.logged = make.SessionFactory(
        held=True,
        starts_at=now - timedelta(days=9),
        provenance=Session.Provenance.SELF_LOGGED,
        logged_by=mentor,
        **more,
    )
    notes = {"author": mentor, **more}
    it.private, it.shared, it.for_all = (
        make.NoteFactory(scope=scope, body=f"A {scope} note of the mentor", **notes)
        for scope in ("private", "shared", "programme")
    )
    it.mentee_private = make.NoteFactory(scope="private", body="A private note", **{**notes, "author": mentee})
    it.note_of_left = make.NoteFactory(scope="private", body="What I thought then", **{**notes, "author": people[LEFT]})
    for person in (mentor, mentee):
        SessionRating.objects.create(session=it.held, person=person, stars=2, rated_at=now)
        ExitAnswer.objects.create(
            relationship=it.pair, person=person, satisfaction=2, stay_in_touch=2, comment="Not so well", answered_at=now
        )
        check_in(it.pair, by=person, mood=3, at=now)
    record_touch(it.pair, person=mentee, reason="start", by=people[COORD], at=now)


def _talk(world: World) -> None:
    it, people, now = world.it, world.people, world.now
    say = {"room": it.room, "at": now}
    it.message = make.MessageFactory(by=people[MENTEE], body="Words of the mentee", **say)
    it.answer = make.MessageFactory(by=people[MENTOR], body="Words of the mentor", **say)
    it.topic = open_topic(it.answer, by=people[MENTEE], title="Topic of the two", at=now).message.topic
    words = {"cid": make.uuid4(), "body": "Words for later", "due_at": now + timedelta(days=1)}
    it.later = schedule_message(it.room, by=people[MENTEE], at=now, **words)
    all_ = {"to": Room.Audience.EVERYONE, "body": "Words to all", "cid": make.uuid4()}
    it.news_room = announce(it.programme, by=people[COORD], at=now, **all_).room
    seat = it.room.members.filter(person=people[LEFT])
    left_at = seat.get().left_at
    seat.update(left_at=None)
    picture = look_into(it.room, name="a.png", claimed="image/png", data=PICTURE)
    it.file, it.unsent_file = (take_file(it.room, picture, by=people[MENTEE], at=now) for _twice in range(2))
    send_message(it.room, by=people[MENTEE], cid=make.uuid4(), body="", files=[it.file.pk], at=now)
    it.message_of_left = send_message(it.room, by=people[LEFT], cid=make.uuid4(), body="Words from before", at=now)
    seat.update(left_at=left_at)
    Room.objects.filter(pk=it.room.pk).update(kind=Room.Kind.PAIR)
    push_key()  # the same on every page
    it.absence = Absence.objects.create(person=people[MENTEE], from_on=date(2090, 1, 1), until_on=date(2090, 1, 9))
    it.device = Device.objects.create(person=people[MENTEE], endpoint="https://push.example.net/0", created_at=now)
    it.news = notify("support.seen", to=people[MENTEE], key="authorisation", at=now, url="/support/")


def _learning_and_help(world: World) -> None:
    it, people, now = world.it, world.people, world.now
    make.ProgrammeModuleFactory(programme=it.programme)
    for role in (MENTEE, MENTOR):
        progress = make.ModuleProgressFactory(person=people[role], finished=True, finished_at=now)
        LessonAnswer.objects.create(
            progress=progress, lesson="opening.reflect", answer={"text": "What I think"}, answered_at=now
        )
        SelfRating.objects.create(progress=progress, statement="opening", moment="before", value=2, rated_at=now)
        request = make.HelpRequestFactory(
            programme=it.programme, person=people[role], body=f"Help, says the {role}", created_at=now
        )
        HelpReply.objects.create(request=request, author=people[COORD], body="We are here", created_at=now)
        setattr(it, f"help_of_{role}", request)


def _answers(world: World) -> None:
    it, now = world.it, world.now
    waves = {"programme": it.programme, "form": Wave.Form.SHORT, "opens_at": now - timedelta(days=3)}
    it.wave = Wave.objects.create(number=1, **waves)
    it.sent_wave = Wave.objects.create(number=2, **waves)
    for enrolment in (it.mentee, it.mentor):
        response = Response.objects.create(
            wave=it.sent_wave, enrolment=enrolment, relationship=it.pair, started_at=now, submitted_at=now
        )
        items = form_items(Wave.Form.SHORT)
        Answer.objects.bulk_create(Answer(response=response, item=item.code, value=2) for item in items)
        setattr(it, f"response_of_{enrolment.role}", response)
    it.own_draft, it.instrument = own_instrument(it.house, version=2), own_instrument(it.house, active=True)
    it.own_wave = Wave.objects.create(number=3, **waves | {"form": Wave.Form.OWN, "instrument": it.instrument})
    own = Response.objects.create(
        wave=it.own_wave, enrolment=it.mentee, relationship=it.pair, started_at=now, submitted_at=now
    )
    Answer.objects.create(response=own, item="a1", value=2)
    OpenAnswer.objects.create(response=own, item="c1", text="What the mentee wrote")
    it.coding = Coding.objects.create(wave=it.own_wave, item="c1", begun_at=now, first=world.people[COORD])


def _staff_work(world: World) -> None:
    world.it.export = ResearchExport.objects.create(
        programme=world.it.programme, asked_at=world.now, made_at=world.now, size=1, data=b"x"
    )
    idea = ideas_for("planning.structure")[0]
    world.it.action = accept_action(
        world.it.programme,
        idea,
        person=world.people[COORD],
        due_on=world.now.date(),
        by=world.people[COORD],
        at=world.now,
    )
    world.it.paper = make_report(world.it.programme, kind="brief", language="en", by=world.people[COORD], at=world.now)
    it, people, now = world.it, world.people, world.now
    coordinator = people[COORD]
    it.study, it.draft_study = (
        make_study(it.programme, kind="pre_post", title=title, by=coordinator, at=now) for title in ("Skills", "Tools")
    )
    for study in (it.study, it.draft_study):
        write_plan(study, PLAN, by=coordinator, at=now)
    lock_plan(it.study, by=coordinator, at=now)
    code = "the-code-of-a-certificate"
    names = {language: {"programme": "P", "institution": "I"} for language in ("en", "fa")}
    printed = {"name": str(people[MENTEE]), "role": MENTEE, **names}
    days = {"starts_on": now.date(), "ends_on": now.date(), "made_at": now}
    it.certificate = Certificate.objects.create(
        enrolment=it.mentee, code=code, code_hash=hash_of(code), printed=printed, **days
    )
    Never.objects.create(enrolment=it.mentee, other=it.mentor, by=people[MENTEE])
    Never.objects.create(enrolment=it.mentor, other=it.mentee, by=people[MENTOR])
    Wish.objects.create(enrolment=it.mentee, wished=it.mentor, rank=1)
    it.import_ = planning.begin_import(
        it.programme, role="mentee", file_name="people.csv", text=CSV, by=coordinator, at=now
    )
    it.checked = planning.begin_import(
        it.programme, role="mentee", file_name="more.csv", text=CSV, by=coordinator, at=now
    )
    planning.map_columns(it.checked, it.checked.mapping)
    rows = [make.EnrolmentFactory(programme=it.programme) for _ in range(3)]
    others = [make.EnrolmentFactory(programme=it.programme, mentor=True, capacity=1, free_places=1) for _ in range(2)]
    for kind, some in (("wanted", rows), ("offered", others)):
        for place, enrolment in enumerate(some):
            enrolment.concepts.create(concept=WANTED[place], kind=kind, level=5)
    it.run = staged(Ready(it.programme, coordinator, rows, others))
    it.match, it.second_match = it.run.pairs.order_by("pk")[:2]
    it.unmatched = it.run.unmatched.first()
    it.free_mentor = others[0]
    lock_pair(it.second_match, locked=True, by=coordinator, at=world.now)
    it.decision = it.run.steps.get()


def _safety(world: World) -> None:
    """Somebody who was once in the conversation of the pair: the mentee wants no word of them, and by order the peer neither."""
    it, people, now = world.it, world.people, world.now
    it.bystander = make.EnrolmentFactory(programme=it.programme).person
    it.room.members.create(person=it.bystander, joined_at=it.pair.started_at, left_at=now - timedelta(days=6))
    it.block = block_person(it.bystander, by=people[MENTEE], at=now)
    Block.objects.filter(pk=it.block.pk).update(programme=it.programme)
    it.flag = Flag.objects.create(programme=it.programme, message=it.message, rule="phones", at=now)
    words = {"cid": make.uuid4(), "body": "Held words", "due_at": now, "written_at": now, "held": "phones"}
    it.held_words = ScheduledMessage.objects.create(room=it.room, person=people[MENTEE], **words)
    it.report = report_message(it.answer, reason="hurt", words="It hurt", by=people[MENTEE], at=now)
    evidence = it.report.evidence.create(message_id=0, seq=0, author_name="x", said_at=now)
    it.kept_file = evidence.files.create(name="a.txt", mime="text/plain", size=1, sha256="0" * 64)
    it.above = report_person(people[COORD], reason="hurt", words="It hurt", by=people[MENTEE], at=now)
    it.order = keep_apart(it.programme, it.bystander, people[PEER], reason="As agreed", by=people[COORD], at=now)
    _readings(world)


def _readings(world: World) -> None:
    """Conversations that have nothing to do with the coordinator: one to ask for, one asked for, one that was begun. That of the
    pair was read, and they know."""
    it, people, now = world.it, world.people, world.now
    rooms = [make.RoomFactory(relationship__programme=it.programme) for _n in range(3)]
    it.quiet = rooms[0].relationship
    why = {"reason": "danger", "words": "Nobody has seen them", "by": people[COORD], "at": now}
    it.asked_reading, it.open_reading = (ask_to_read(room, **why) for room in rooms[1:])
    answer_reading(it.open_reading, agrees=True, answer="", by=people[ADMIN], at=now)
    read_page(it.open_reading, before=None, by=people[COORD], at=now)
    it.told_reading = Reading.objects.create(
        room=it.room, reason="law", words="A court asks", state="over", asked_by=make.PersonFactory(), asked_at=now,
        answered_by=people[ADMIN], answered_at=now, opened_at=now, pages=1, closed_at=now, told_at=now,
    )  # fmt: skip


def _requests(world: World) -> None:
    """The peer has asked the mentor, and somebody else is next in line."""
    it, now = world.it, world.now
    asked = {"programme": it.programme, "mentee": it.peer, "created_at": now}
    it.hidden_mentor = make.EnrolmentFactory(programme=it.programme, mentor=True)
    Never.objects.create(enrolment=it.hidden_mentor, other=it.peer, by=it.hidden_mentor.person)
    it.request = make.RequestFactory(
        mentor=it.mentor, message="Why I ask you", sent_at=now, due_at=now + timedelta(days=7), **asked
    )
    it.choice = make.RequestFactory(mentor=it.free_mentor, message="Why I might ask you", rank=2, draft=True, **asked)
