"""A world with one row of everything, which grows to two hundred: every row with people of its own, and where that can be
with a programme of its own. What belongs to row 7 is called "Note №7", so that an answer tells how many rows it drew.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.keys import SCOPES
from accounts.models import ApiKey, AuditEvent, Belonging, Consent, Institution, Invitation, User, token_hash
from core.models import Job
from evaluation.models import (
    Action,
    Alert,
    Answer,
    Certificate,
    Code,
    Coding,
    ProgrammeReport,
    ResearchExport,
    Response,
    Score,
    Study,
    StudyAmendment,
    Wave,
)
from evaluation.models.certificates import hash_of
from evaluation.questionnaire import form_items
from evaluation.studies.plans import canonical, plan_of, sha256
from mentoring.matching.models import MatchRun, Pair, Request, RequestQuestion, ReviewStep, Unmatched
from mentoring.messaging.models import (
    Attachment,
    Change,
    Flag,
    Mention,
    Message,
    Pin,
    Reaction,
    Room,
    RoomMember,
    SavedMessage,
    ScheduledMessage,
    Topic,
)
from mentoring.planning import models as planning
from mentoring.planning.models import Enrolment, EnrolmentConcept, PeopleImport, Programme
from mentoring.relationships import models as relationships
from mentoring.relationships.models import Block, Relationship, RelationshipMember, Session
from mentoring.safeguarding.models import Evidence, EvidenceFile, Reading, Report, ReportStep
from mentoring.support.models import ConnectionCheck, HelpReply, HelpRequest
from mentoring.training.models import LessonAnswer, ModuleProgress, ProgrammeModule, SelfRating
from notifications.models import Device, Mail, Notification
from paradigm.model import stages
from tests import factories as make
from tests.authorisation.world import ADMIN, COORD, MENTEE, MENTOR, PEER
from tests.evaluation.own import own_instrument, own_row

OPERATOR = "operator"
PLAN = {"hypotheses": ["They rise"], "who": MENTEE, "before": "w0", "after": "w3", "primary": ["skills.techliteracy"],
        "exclusions": []}  # fmt: skip
PRINTED = {"name": "N", "role": MENTEE, "en": {"programme": "P", "institution": "I"}}
READERS = (MENTEE, MENTOR, PEER, COORD, ADMIN, OPERATOR)
OTHERS = ("applicant", "seeker", "helper", "waiting", MENTOR, MENTEE, "mate", "colleague", "member")
"""The people whom every row brings along."""
POOL = {
    "applicant": (MENTEE, "applied"),
    "seeker": (MENTEE, "ready"),
    "helper": (MENTOR, "ready"),
    "waiting": (MENTEE, "paused"),
    "mate": (MENTEE, "withdrawn"),
}
"""Who stands in the programme of all, as what and how far."""
PARTNERS = {MENTOR: MENTEE, MENTEE: MENTOR}
"""With whom the mentor and the mentee who read have their further relationships."""
KINDS = {MENTEE: EnrolmentConcept.Kind.WANTED, MENTOR: EnrolmentConcept.Kind.OFFERED}
PAIR = {
    "score": 7250,
    "parts": {"skills": 3500, "field": 750, "goals": 500, "needs": 1000, "time": 500, "wishes": 500, "experience": 500},
    "why": {"concepts": ["funding"], "languages": ["en"], "broken": [], "unknown": [], "wished_by": [],
            "overlap_minutes": 60, "same_field": False},
}  # fmt: skip
LOAD = {
    "filled": 1,
    "places": 1,
    "one_more_people": 1,
    "one_more_points": 50,
    "one_fewer_people": 1,
    "one_fewer_points": 9,
}
SILENT = [{"code": "silence", "days": 20, "rhythm": 7, "points": 4}, {"code": "untouched", "days": 20, "points": 1}]
DAY = timedelta(days=1)
PAPER = {"lang": "en", "title": "How it stands", "stages": [], "details": []}


def kept(rows: Iterable[Any]) -> list[Any]:
    """Rows of one kind, written at once."""
    found = list(rows)
    return type(found[0])._default_manager.bulk_create(found) if found else []


def by_pk(person: User) -> int:
    return person.pk


class Crowd:
    """`people`: who reads. `it`: what `tests.authorisation.table` asks of a world. `size`: how many rows there are."""

    def __init__(self) -> None:
        self.now = timezone.now().replace(microsecond=0)
        self.size = 0
        self.people = {role: make.PersonFactory(name=f"{role.title()} №0") for role in READERS}
        User.objects.filter(pk=self.people[OPERATOR].pk).update(is_staff=True, is_superuser=True)
        self.others = {(role, 0): self.people[role] for role in PARTNERS}
        self.seats: dict[tuple[Programme, User, str], Enrolment] = {}
        self.bonds: dict[tuple[str, int], Relationship] = {}
        self.over: dict[int, Wave] = {}
        self.it = SimpleNamespace()
        self._skeleton()
        self.grow(1)
        self._name_the_first()

    def _skeleton(self) -> None:
        """What there is once: the house, its programme, the pair."""
        it, people, today = self.it, self.people, self.now.date()
        it.house = make.InstitutionFactory()
        self.dates = {"starts_on": today - 60 * DAY, "ends_on": today + 60 * DAY}
        it.programme = make.ProgrammeFactory(
            matched_by=Programme.MatchedBy.BOTH,
            institution=it.house,
            name_en="Programme №0",
            summary_en="About №0",
            **self.dates,
        )
        it.draft = make.ProgrammeFactory(institution=it.house, status=Programme.Status.DRAFT, **self.dates)
        self.programmes = {0: it.programme}
        make.BelongingFactory(institution=it.house, person=people[ADMIN], administrator=True)
        for programme in (it.programme, it.draft):
            make.CoordinationFactory(programme=programme, person=people[COORD])
        joined = {"programme": it.programme, "decided_at": self.now - 57 * DAY}
        it.peer = make.EnrolmentFactory(person=people[PEER], **joined)
        joined["free_places"] = 0
        it.mentor = make.EnrolmentFactory(person=people[MENTOR], role=MENTOR, **joined)
        it.mentee = make.EnrolmentFactory(person=people[MENTEE], **joined)
        self._sit([it.mentor, it.mentee])
        start = {"started_at": self.now - 40 * DAY, "planned_end_on": it.programme.ends_on}
        it.pair = make.RelationshipFactory(mentor=it.mentor, mentee=it.mentee, **start)
        it.room = make.RoomFactory(relationship=it.pair)
        it.news_room = Room.objects.create(
            institution=it.house, programme=it.programme, kind=Room.Kind.NEWS, audience="everyone", key="news",
            created_at=self.now,
        )  # fmt: skip
        for role in (MENTOR, MENTEE, COORD):
            it.news_room.members.create(person=people[role], office=role == COORD, joined_at=self.now)
        quiet = [make.RoomFactory(relationship__programme=it.draft) for _n in range(2)]
        it.quiet, why = quiet[0].relationship, {"reason": "danger", "words": "Why", "asked_at": self.now}
        it.asked_reading = Reading.objects.create(room=quiet[0], asked_by=people[ADMIN], **why)
        agreed = {"answered_by": people[ADMIN], "answered_at": self.now, "opened_at": self.now, "pages": 1}
        self.read = why | agreed | {"state": "over", "closed_at": self.now, "asked_by": people[COORD]}
        it.open_reading = Reading.objects.create(room=quiet[1], **self.read | {"state": "agreed", "closed_at": None})
        it.told_reading = Reading.objects.create(room=it.room, told_at=self.now, **self.read)
        self.bonds |= {(role, 0): it.pair for role in PARTNERS}
        done = {"finished": True, "finished_at": self.now}
        self.progress = [make.ModuleProgressFactory(person=people[role], **done) for role in PARTNERS]
        it.feed_token = "feed"
        relationships.CalendarFeed.objects.create(
            person=people[MENTOR], token_hash=token_hash(it.feed_token), created_at=self.now
        )
        text = "\n".join(["name,email", *(f"Row №{n},broken" for n in range(200))])
        columns = {"columns": ["name", "email"], "mapping": {"name": "name", "email": "email"}}
        self.file = {"programme": it.programme, "role": MENTEE, "text": text, **columns}
        it.import_ = PeopleImport.objects.create(file_name="new.csv", **self.file)
        it.checked = PeopleImport.objects.create(file_name="checked.csv", status="checked", **self.file)
        it.done = PeopleImport.objects.create(file_name="File №0", status="done", **self.file)

    @property
    def a_file(self) -> dict[str, Any]:
        shown = {"kind": "picture", "small": b"x", "width": 1, "height": 1}
        return {"name": "a.png", "size": 1, "received": 1, "state": "clean", "created_at": self.now, **shown}

    def _name_the_first(self) -> None:
        """What the addresses of the pages are made of."""
        it, pair = self.it, self.it.pair
        it.token = "guest-0"
        it.paper = it.programme.papers.get()
        it.export = it.programme.exports.get()
        it.action = it.programme.actions.get()
        it.study, it.draft_study = (it.programme.studies.get(locked_at__isnull=free) for free in (False, True))
        it.certificate = it.mentee.certificate
        it.left, it.free_mentor = self.seat("mate", 0), self.seat("helper", 0)
        it.request, it.choice = it.mentor.requests_received.open().get(), it.peer.requests_sent.live().get()
        it.run = it.programme.match_runs.get()
        it.match, it.unmatched = it.run.pairs.get(), it.run.unmatched.get()
        it.later, it.held_words = it.room.scheduled.get(held=""), it.room.scheduled.exclude(held="").get()
        it.bystander = self.others["mate", 0]
        it.order = it.programme.blocks.get(order=True)
        it.goal, it.message, it.alert = pair.goals.get(), it.room.messages.get(), pair.alerts.get()
        it.answer = it.message
        it.file, it.flag, it.topic = it.message.attachments.get(), it.message.flags.get(), it.message.topic
        it.unsent_file = Attachment.objects.create(room=it.room, uploader=it.mentee.person, **self.a_file)
        it.private = it.shared = it.for_all = pair.notes.get()
        it.coming, it.held = pair.sessions.upcoming(self.now).get(), pair.sessions.get(status="held")
        it.news = self.people[MENTEE].notifications.get()
        it.device = self.people[MENTEE].devices.get()
        it.wave = it.programme.waves.get(number=1)
        for role in PARTNERS:
            person = self.people[role]
            setattr(it, f"help_of_{role}", person.help_requests.get())
            setattr(it, f"response_of_{role}", Response.objects.get(enrolment__person=person))

    def grow(self, to: int) -> None:
        """Add rows of everything until there are `to`."""
        numbers = range(self.size, to)
        self.size = to
        for kind in OTHERS:
            role = MENTEE if kind == "member" else ""  # these can be played in the demonstration
            new = [n for n in numbers if (kind, n) not in self.others]
            people = kept(
                User(email=f"{kind}-{n}@demo.peyvand.example", name=f"{kind.title()} №{n}", role=role) for n in new
            )
            self.others |= {(kind, n): person for n, person in zip(new, people, strict=True)}
        for part in (self._houses, self._programmes, self._pool, self._matching, self._requests, self._files,
                     self._bonds, self._pair, self._sessions, self._goals, self._talk, self._waves, self._help,
                     self._own, self._news, self._safety):  # fmt: skip
            part(numbers)

    def _sit(self, enrolments: Iterable[Enrolment]) -> None:
        self.seats |= {(row.programme, row.person, row.role): row for row in enrolments}

    def seat(self, kind: str, n: int) -> Enrolment:
        """Where somebody of POOL stands in the programme of all."""
        return self.seats[self.it.programme, self.others[kind, n], POOL[kind][0]]

    def further(self, numbers: Sequence[int]) -> list[tuple[Relationship, User]]:
        """The relationships of these rows besides the pair, each with whom it is new."""
        return [(self.bonds[role, n], self.others[kind, n]) for role, kind in PARTNERS.items() for n in numbers if n]

    def _houses(self, numbers: range) -> None:
        it, others, administers = self.it, self.others, Belonging.Role.ADMINISTRATOR
        houses = kept(Institution(slug=f"house-{n}", name_en=f"House №{n}") for n in numbers if n)
        kept(Belonging(institution=house, person=self.people[ADMIN], role=administers) for house in houses)
        kept(
            Programme(
                institution=house,
                slug=f"of-{house.slug}",
                name_en=house.name_en,
                summary_en=house.name_en.replace("House", "About"),
                status="running",
                **self.dates,
            )
            for house in houses
        )
        kept(Belonging(institution=it.house, person=others["member", n]) for n in numbers if n)
        kept(EmailAddress(user=others["member", n], email=others["member", n].email) for n in numbers)
        kept(
            ApiKey(institution=it.house, name=f"Key №{n}", key_hash=token_hash(f"key-{n}"), scopes=list(SCOPES),
                   created_by=others["colleague", n])
            for n in numbers
        )  # fmt: skip
        kept(
            Invitation(institution=it.house, email=f"Guest №{n}", token_hash=token_hash(f"guest-{n}"),
                       invited_by=others["colleague", n], expires_at=self.now + DAY)
            for n in numbers
        )  # fmt: skip

    def _programmes(self, numbers: range) -> None:
        it, others, today = self.it, self.others, self.now.date()
        more = kept(
            Programme(
                institution=it.house,
                slug=f"own-{n}",
                name_en=f"Programme №{n}",
                summary_en=f"About №{n}",
                status="running",
                **self.dates,
            )
            for n in numbers
            if n
        )
        self.programmes |= zip((n for n in numbers if n), more, strict=True)
        kept(planning.Coordination(programme=row, person=self.people[COORD]) for row in more)
        kept(planning.Coordination(programme=it.programme, person=others["colleague", n]) for n in numbers)
        kept(ProgrammeModule(programme=self.programmes[n], module="first-meeting", role=MENTEE) for n in numbers)
        kept(
            planning.Milestone(programme=it.programme, title_en=f"Milestone №{n}", due_on=today, met_at=self.now,
                               met_by=others["colleague", n])
            for n in numbers
        )  # fmt: skip
        score = {"component": stages()[0].slug, "code": "both", "facet": "both", "state": "scored"}
        kept(
            Score(
                institution=self.programmes[n].institution,
                programme=self.programmes[n],
                as_of_on=today - age * DAY,
                value=50,
                n=9,
                computed_at=self.now,
                **score,
            )
            for n in numbers
            for age in (0, 20)
        )

        taken = {"idea": "goal-talk", "component": "planning.coordination", "code": "PC3", "points": 15, "window_days": 28,
                 "due_on": today, "accepted_at": self.now, "before_on": today, "dropped_at": self.now}  # fmt: skip
        kept(
            Action(programme=it.programme, person=others["colleague", n], drop_reason=f"Action №{n}", **taken)
            for n in numbers
        )
        kept(
            ResearchExport(programme=it.programme, asked_at=self.now, made_at=self.now, size=1, data=b"x",
                           asked_by=others["colleague", n])
            for n in numbers
        )  # fmt: skip
        self._studies(numbers)
        kept(
            ProgrammeReport(programme=it.programme, kind="brief", language="en", as_of_on=today, made_at=self.now,
                            made_by=others["colleague", n], content=PAPER)
            for n in numbers
        )  # fmt: skip

    def _studies(self, numbers: range) -> None:
        """One that is locked, to which reasons are added; others that are being planned."""
        it, of = self.it, {"kind": "pre_post", "made_at": self.now}
        if 0 in numbers:
            Study.objects.create(programme=it.programme, title="Draft", **of)
            code = {"code": "code", "code_hash": hash_of("code"), "printed": PRINTED}
            day = self.now.date()
            Certificate.objects.create(enrolment=it.mentee, starts_on=day, ends_on=day, made_at=self.now, **code)
        first = Study(programme=it.programme, title="Study", **of)
        plan = canonical(plan_of(first, PLAN))
        locked = {**of, "plan": plan, "sha256": sha256(plan), "locked_at": self.now}
        rows = kept(
            Study(programme=it.programme, title=f"Study №{n}", made_by=self.others["colleague", n], **locked)
            for n in numbers
        )
        self.locked_study = getattr(self, "locked_study", rows[0])
        added = [{"outcomes": ["skills.training"], "why": f"Reason №{n}"} for n in numbers]
        kept(
            StudyAmendment(study=self.locked_study, number=n + 1, text=canonical(row), sha256="0" * 64, made_at=self.now,
                           made_by=self.others["colleague", n])
            for n, row in zip(numbers, added, strict=True)
        )  # fmt: skip

    def _pool(self, numbers: range) -> None:
        """Who has applied to the programme of all, who is ready, who was left over, who has gone."""
        rows = kept(
            Enrolment(programme=self.it.programme, person=self.others[kind, n], role=role, status=status,
                      status_at=self.now, decided_at=self.now, languages=["en"], headline=f"Line №{n}")
            for kind, (role, status) in POOL.items()
            for n in numbers
        )  # fmt: skip
        self._sit(rows)
        free = [row for row in rows if row.status in ("ready", "paused")]
        kept(EnrolmentConcept(enrolment=row, concept="funding", kind=KINDS[row.role]) for row in free)
        kept(planning.Availability(person=row.person, weekday=1, starts=600, ends=900) for row in free)
        kept(
            planning.Availability(person=self.people[MENTEE], weekday=n % 7, starts=n // 7 * 30, ends=n // 7 * 30 + 30)
            for n in numbers
        )
        kept(
            planning.Wish(enrolment=self.it.mentee, wished=self.seat("helper", n), rank=n + 1) for n in numbers if n < 5
        )
        kept(
            planning.Never(enrolment=self.it.mentee, other=self.seat("mate", n), by=self.people[MENTEE])
            for n in numbers
        )

    def _matching(self, numbers: range) -> None:
        it = self.it
        kept(
            MatchRun(programme=it.programme, status="published" if n else "staged", started_by=self.others["colleague", n],
                     created_at=self.now + n * DAY, total=7250, rules={"overlap": False},
                     report={"load": [{"mentor": it.mentor.pk, **LOAD}], "rules": []})
            for n in numbers
        )  # fmt: skip
        run = it.programme.match_runs.get(status="staged")
        kept(Pair(run=run, mentor=self.seat("helper", n), mentee=self.seat("seeker", n), **PAIR) for n in numbers)
        kept(
            ReviewStep(run=run, action="locked", mentee=self.seat("seeker", n), mentor=self.seat("helper", n),
                       made_by=self.others["colleague", n], made_at=self.now)
            for n in numbers
        )  # fmt: skip
        taken = {"helps": 2, "minutes": None, "rules": [], "score": 1, "short": 1}
        kept(
            Unmatched(run=run, enrolment=self.seat("waiting", n), reason="taken",
                      details={"mentor": self.seat("helper", n).pk, **taken})
            for n in numbers
        )  # fmt: skip

    def _requests(self, numbers: range) -> None:
        """Of the seekers to the mentor, waiting; of others to the mentor and of the peer to others, declined."""
        it, at = self.it, self.now
        sent = {"programme": it.programme, "message": "You know the way.", "created_at": at, "sent_at": at}
        open_ = kept(
            Request(mentee=self.seat("seeker", n), mentor=it.mentor, status="sent", due_at=at + 7 * DAY, **sent)
            for n in numbers
        )
        draft = {"programme": it.programme, "message": "And you, too.", "created_at": at}
        kept(Request(mentee=it.peer, mentor=self.seat("helper", n), rank=n + 1, **draft) for n in numbers if n < 5)
        declined = {"status": "declined", "decline_reason": "no_time", "decided_at": at, **sent}
        kept(Request(mentee=self.seat("waiting", n), mentor=it.mentor, **declined) for n in numbers)
        kept(
            Request(mentee=it.peer, mentor=self.seat("helper", n), fell_through_to=next_, **declined)
            for n, next_ in zip(numbers, open_, strict=True)
        )
        first = getattr(it, "request", open_[0])
        kept(
            RequestQuestion(request=first, question=f"Question №{n}", asked_at=at, answer="Yes.", answered_at=at)
            for n in numbers
        )

    def _files(self, numbers: range) -> None:
        kept(
            PeopleImport(file_name=f"File №{n}", status="done", created_by=self.others["colleague", n], **self.file)
            for n in numbers
            if n
        )
        kept(planning.ImportMapping(programme=self.it.programme, name=f"Mapping №{n}") for n in numbers)
        wrong = {"code": "email_wrong", "column": "email", "level": "bad", "value": "broken"}
        kept(
            planning.ImportRow(people_import=file, line=n + 2, outcome="bad", problems=[wrong],
                               values={"name": f"Row №{n}"}, enrolment=self.seat("applicant", n))
            for file in (self.it.checked, self.it.done)
            for n in numbers
        )  # fmt: skip

    def _bonds(self, numbers: range) -> None:
        """The mentor and the mentee each with somebody new: in the programme of all, every other time in one of its own."""
        wanted = [
            (role, n, self.it.programme if n % 2 else self.programmes[n],
             {role: self.people[role], other: self.others[other, n]})
            for role, other in PARTNERS.items()
            for n in numbers
            if n
        ]  # fmt: skip
        places = {(programme, who, role) for _, _, programme, sides in wanted for role, who in sides.items()}
        joined = {"status": "ready", "status_at": self.now, "decided_at": self.now, "free_places": 0}
        self._sit(
            kept(
                Enrolment(programme=programme, person=who, role=role, headline=f"With {who}", **joined)
                for programme, who, role in places - self.seats.keys()
            )
        )
        start, end = self.now - 40 * DAY, self.it.programme.ends_on
        open_ = {"status": "active", "status_at": start, "started_at": start, "planned_end_on": end}
        rows = kept(
            Relationship(programme=programme, pair_key=f"{role}-{n}", **open_) for role, n, programme, _ in wanted
        )
        self.bonds |= {(role, n): row for row, (role, n, _, _) in zip(rows, wanted, strict=True)}
        members = [
            (row, role, who) for row, (*_, sides) in zip(rows, wanted, strict=True) for role, who in sides.items()
        ]
        kept(
            RelationshipMember(relationship=row, person=who, role=role, joined_at=start,
                               enrolment=self.seats[row.programme, who, role])
            for row, role, who in members
        )  # fmt: skip
        agreed = {"rhythm_days": 7, "ends_on": end, "updated_at": start}
        kept(relationships.Agreement(relationship=row, **agreed) for row in rows)
        kept(Room(institution=self.it.house, relationship=row, created_at=start, last_seq=1) for row in rows)
        kept(RoomMember(room=row.room, person=who, joined_at=start) for row, _, who in members)

    def _pair(self, numbers: range) -> None:
        """What gathers around the pair: mates who have left again, what they signed and said, notes, contacts; and alerts."""
        it, at, others = self.it, self.now, self.others
        mates = {n: others["mate", n] for n in numbers}
        gone = {"joined_at": at - 30 * DAY, "left_at": at - DAY}
        kept(
            RelationshipMember(
                relationship=it.pair, enrolment=self.seat("mate", n), person=mates[n], role=MENTEE, **gone
            )
            for n in numbers
        )
        kept(RoomMember(room=it.room, person=mates[n], **gone) for n in numbers)
        kept(
            relationships.Signature(agreement=it.pair.agreement, version=1, person=mates[n], signed_at=at)
            for n in numbers
        )
        week = {"week_on": at.date() - at.weekday() * DAY, "mood": 4, "answered_at": at}
        kept(relationships.CheckIn(relationship=it.pair, person=mates[n], **week) for n in numbers)
        kept(
            relationships.Note(relationship=it.pair, author=mates[n] if n else self.people[MENTOR], scope="programme",
                               body=f"Note №{n}", created_at=at)
            for n in numbers
        )  # fmt: skip
        kept(
            relationships.Pause(relationship=it.pair, began_at=at - (n + 2) * DAY, ended_at=at - (n + 1) * DAY)
            for n in numbers
        )
        kept(
            relationships.CoordinatorTouch(relationship=it.pair, coordinator=others["colleague", n], person=mates[n], at=at,
                                           reason=f"Contact №{n}")
            for n in numbers
        )  # fmt: skip
        watched = [*(row for row, _ in self.further(numbers)), *([it.pair] if 0 in numbers else [])]
        kept(
            Alert(relationship=row, level="review", points=5, reasons=SILENT, raised_at=at, needs_look_since=at,
                  acted_at=at, looked_at=at)
            for row in watched
        )  # fmt: skip

    def _sessions(self, numbers: range) -> None:
        """In the pair sessions of every kind, with whoever was a mate then; with every other person one that is to come."""
        it, at = self.it, self.now
        kinds = {"proposed": None, "confirmed": 3 * DAY, "held": -7 * DAY, "to log": -2 * DAY, "cancelled": -3 * DAY}
        rows = []
        for n in numbers:
            who = self.others["mate", n]
            by = dict.fromkeys(("proposed_by", "confirmed_by", "cancelled_by", "logged_by", "absent"), who)
            for kind in [list(kinds)[n % len(kinds)]] if n else ["proposed", "confirmed", "held", "to log"]:
                after, status = kinds[kind], "confirmed" if kind == "to log" else kind
                starts_at = None if after is None else at + after + n * timedelta(minutes=1)
                rows.append(
                    Session(relationship=it.pair, status=status, starts_at=starts_at, topic=f"Session №{n}", created_at=at,
                            cancelled_at=at - 4 * DAY if status == "cancelled" else None, **by)
                )  # fmt: skip
        kept(rows)
        kept(relationships.SessionSlot(session=row, starts_at=at + 5 * DAY) for row in rows if row.starts_at is None)
        kept(
            relationships.SessionRating(session=row, person=person, stars=4, rated_at=at)
            for row in rows
            if row.status == "held"
            for person in (it.mentor.person, it.mentee.person)
        )
        kept(
            Session(relationship=row, status="confirmed", starts_at=at + 4 * DAY, created_at=at, proposed_by=who,
                    confirmed_by=who, topic=f"With {who}")
            for row, who in self.further(numbers)
        )  # fmt: skip

    def _goals(self, numbers: range) -> None:
        it, at = self.it, self.now
        states = ("active", "proposed", "closed", "dropped")
        own = kept(
            relationships.Goal(relationship=it.pair, title=f"Goal №{n}", status=states[n % 4], created_at=at, confirmed_at=at,
                               proposed_by=self.others["mate", n], confirmed_by=self.others["mate", n])
            for n in numbers
        )  # fmt: skip
        more = kept(
            relationships.Goal(relationship=row, title=f"With {who}", status="active", created_at=at, proposed_by=who)
            for row, who in self.further(numbers)
        )
        kept(
            relationships.GoalStep(goal=goal, title=f"Step of {goal.title}", owner=goal.proposed_by)
            for goal in own + more
        )

    def _talk(self, numbers: range) -> None:
        it = self.it
        said = {"created_at": self.now, "reply_to": it.room.messages.filter(seq=1).first()}
        rows = kept(
            Message(room=it.room, seq=n + 1, sender=self.others["mate", n] if n else it.mentee.person, cid=uuid4(),
                    body=f"Message №{n}", body_norm=f"message no{n}", **said)
            for n in numbers
        )  # fmt: skip
        rows += kept(
            Message(room=row.room, seq=1, sender=who, cid=uuid4(), body=f"From {who}", **said)
            for row, who in self.further(numbers)
        )
        kept(
            Change(room=row.room, seq=row.seq, kind="message", message=row, actor=row.sender, at=self.now)
            for row in rows
        )
        kept(Attachment(message=row, uploader=row.sender, room=row.room, **self.a_file) for row in rows)
        kept(Reaction(message=row, person=row.sender, sign=Reaction.Sign.AGREE, at=self.now) for row in rows)
        due = {"body": "Later", "due_at": self.now + DAY, "written_at": self.now}
        kept(ScheduledMessage(room=it.room, person=self.people[MENTEE], cid=uuid4(), **due) for n in numbers)
        kept(
            Message(room=it.news_room, seq=n + 1, sender=self.people[COORD], cid=uuid4(), body=f"Announced №{n}",
                    created_at=self.now)
            for n in numbers
        )  # fmt: skip
        here = [row for row in rows if row.room_id == it.room.pk]
        kept(SavedMessage(message=row, person=self.people[MENTOR], at=self.now) for row in here)
        kept(Mention(message=row, person=self.people[MENTOR], words="@№") for row in here)
        kept(Pin(message=row, person=self.people[MENTOR], at=self.now) for row in here)
        begun = {"opened_by": self.people[MENTOR], "opened_at": self.now}
        for topic in kept(Topic(root=row, title=f"Topic №{row.seq}", **begun) for row in here):
            topic.root.topic = topic
        Message.objects.bulk_update(here, ["topic"])
        Room.objects.filter(pk=it.room.pk).update(last_seq=self.size)

    def _safety(self, numbers: range) -> None:
        """Who is kept apart from whom, what was reported, and what the rules for words have found."""
        it, at, others, mentee = self.it, self.now, self.others, self.people[MENTEE]
        mates = [others["mate", n] for n in numbers]
        kept(Block(one=mentee, other=mate, programme=it.programme, made_at=at) for mate in mates)
        kept(
            Block(one=min(pair, key=by_pk), other=max(pair, key=by_pk), programme=it.programme, order=True, made_at=at)
            for pair in ((others["waiting", n], others["seeker", n]) for n in numbers)
        )
        told = {"programme": it.programme, "made_at": at, "kept_until": at + DAY}
        mine = kept(
            Report(reporter=mentee, accused=mate, desk="programme", reason="hurt", words="Hurt", **told)
            for mate in mates
        )
        above = kept(
            Report(reporter=mate, accused=self.people[COORD], desk="institution", reason="hurt", **told)
            for mate in mates
        )
        if 0 in numbers:
            it.report, it.above = mine[0], above[0]
        kept(Reading(room=it.open_reading.room, **self.read) for _n in numbers)
        kept(ReportStep(report=it.report, note=f"Step №{n}", state="raised", severity=2, at=at) for n in numbers)
        said = it.room.messages.filter(seq__gt=numbers.start, seq__lte=numbers.stop).order_by("seq")
        rows = kept(
            Evidence(report=it.report, message_id=row.pk, seq=n, author_name=f"Author №{n}", said_at=at)
            for n, row in zip(numbers, said, strict=True)
        )
        files = kept(EvidenceFile(evidence=row, name="a", mime="text/plain", size=1, sha256="0" * 64) for row in rows)
        it.kept_file = getattr(it, "kept_file", files[0])
        kept(Flag(programme=it.programme, message=row, rule="phones", at=at) for row in said)
        held = {"body": "Held", "due_at": at, "written_at": at, "held": "phones"}
        kept(ScheduledMessage(room=it.room, person=mentee, cid=uuid4(), **held) for _n in numbers)

    def _waves(self, numbers: range) -> None:
        """One wave that is asked; and one that is over, which the mentor and the mentee answered about each relationship."""
        it, at = self.it, self.now
        asked = {"form": Wave.Form.SHORT, "opens_at": at - 3 * DAY}
        kept(Wave(programme=it.programme, number=n + 1, **asked) for n in numbers)
        kept(Wave(programme=self.programmes[n], number=1, **asked) for n in numbers if n)
        over = kept(Wave(programme=self.programmes[n], number=1000, closes_at=at - DAY, **asked) for n in numbers)
        self.over |= {wave.programme_id: wave for wave in over}
        rows = kept(
            Response(wave=self.over[bond.programme_id], enrolment=self.seats[bond.programme, self.people[role], role],
                     relationship=bond, started_at=at, submitted_at=at)
            for (role, n), bond in self.bonds.items()
            if n in numbers
        )  # fmt: skip
        items = form_items(Wave.Form.SHORT)[:3]
        kept(Answer(response=row, item=item.code, value=4) for row in rows for item in items)
        self._questionnaires(numbers)

    def _questionnaires(self, numbers: range) -> None:
        """Questionnaires of the house's own; the first was asked, the others are planned."""
        it, at = self.it, self.now
        made = kept(own_row(it.house, f"own-{n}", active=True) for n in numbers)
        if 0 in numbers:
            it.instrument, it.own_draft = made[0], own_instrument(it.house, version=2)
        over = {"opens_at": at - 3 * DAY, "closes_at": at - DAY}
        own = {"programme": it.programme, "form": Wave.Form.OWN}
        waves = kept(
            Wave(number=2000 + n, instrument=row, **own, **({"opens_at": at + DAY} if n else over))
            for n, row in zip(numbers, made, strict=True)
        )
        codings = kept(Coding(wave=row, item="c1", begun_at=at, first=self.people[COORD]) for row in waves)
        if 0 in numbers:
            it.own_wave, it.coding = waves[0], codings[0]
        kept(Code(coding=it.coding, level=Code.Level.OPEN, name=f"Code №{n}") for n in numbers)

    def _help(self, numbers: range) -> None:
        """Requests of others that wait; the mentor's and the mentee's own, settled; and many answers to the first of those."""
        at, others = self.now, self.others
        kept(
            HelpRequest(programme=self.programmes[n], person=others["applicant", n], topic="other", body=f"Help №{n}",
                        created_at=at)
            for n in numbers
        )  # fmt: skip
        settled = {"topic": "other", "status": "resolved", "created_at": at, "first_answer_at": at, "resolved_at": at}
        for role in PARTNERS:
            mine = kept(
                HelpRequest(programme=self.programmes[n], person=self.people[role], body=f"Help №{n}", **settled)
                for n in numbers
            )
            first = getattr(self.it, f"help_of_{role}", mine[0])
            kept(
                HelpReply(request=first, author=others["colleague", n], body=f"Reply №{n}", created_at=at)
                for n in numbers
            )

    def _own(self, numbers: range) -> None:
        """What people have for themselves: lessons and how they rated themselves, consents, checks of the line."""
        at = self.now
        kept(
            LessonAnswer(
                progress=progress, lesson=f"lesson-{n}", answer={"text": f"Thought №{n}", "step": None}, answered_at=at
            )
            for progress in self.progress
            for n in numbers
        )
        kept(
            SelfRating(progress=progress, statement=f"statement-{n}", moment="before", value=3, rated_at=at)
            for progress in self.progress
            for n in numbers
        )
        begun = {"module": "first-meeting", "started_at": at, "touched_at": at}
        kept(ModuleProgress(person=self.others["seeker", n], **begun) for n in numbers)
        taken_back = {"kind": Consent.Kind.RESEARCH, "given_at": at, "withdrawn_at": at}
        readers = self.people.values()
        kept(Consent(person=who, version=f"Text №{n}", **taken_back) for who in readers for n in numbers)
        check = {"latency_ms": 90, "kbit_per_s": 900, "passed": True, "checked_at": at}
        kept(ConnectionCheck(person=who, **check) for who in readers for n in numbers)

    def _news(self, numbers: range) -> None:
        """What people are told; and what happened in the house, and to each reader."""
        at, others = self.now, self.others
        told = {"kind": "messaging.message", "created_at": at}
        kept(
            Device(
                person=self.people[role], name="Firefox", endpoint=f"https://push.example.net/{role}/{n}", created_at=at
            )
            for n in numbers
            for role in READERS
        )
        kept(
            Notification(recipient=who, key=f"{who.pk}-{n}", params={"partner": f"Partner №{n}"}, **told)
            for who in self.people.values()
            for n in numbers
        )
        kept(
            Mail(recipient=self.people[MENTEE], to="a@example.org", key=f"mail-{n}", subject=f"Mail №{n}", **told)
            for n in numbers
        )
        kept(Job(name="crowd", key=f"crowd-{n}", due_at=at + DAY) for n in numbers)
        readers = [("accounts.user", who.pk, None) for who in self.people.values()]
        readers.append(("planning.enrolment", self.it.mentee.pk, None))
        events = [
            (n, *event)
            for n in numbers
            for event in [*readers, ("accounts.user", others["member", n].pk, self.it.house.pk)]
        ]
        kept(
            AuditEvent(seq=10_000 * (numbers.start + 1) + place, at=at, action="login.ok", actor_id=others["colleague", n].pk,
                       institution_id=house, target_type=kind, target_id=str(pk))
            for place, (n, kind, pk, house) in enumerate(events)
        )  # fmt: skip
