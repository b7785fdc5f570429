"""What happened in each relationship: they thrive, go steadily, drift apart, never start, or end early."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import User
from dashboard.demo import words
from mentoring.messaging.models import Change, Message, Room, RoomMember
from mentoring.messaging.words import searchable
from mentoring.planning.services import give_back_place
from mentoring.relationships.models import (
    Agreement,
    CheckIn,
    CoordinatorTouch,
    ExitAnswer,
    Goal,
    GoalStep,
    Note,
    Relationship,
    Session,
    SessionRating,
    SessionSlot,
    Signature,
)

WEEKS = 13
TO_THE_END = 99


@dataclass(frozen=True)
class Arc:
    """How a relationship goes, week by week: the chance of talk, of a session, its rating, and how people feel."""

    name: str
    talk: float
    session: float
    stars: tuple[int, ...]
    mood: tuple[int, ...]
    reply_hours: tuple[int, int]
    stops: int = TO_THE_END
    signs: bool = True
    ends: bool = False


ARCS = {
    arc.name: arc
    for arc in (
        Arc("thriving", 0.95, 0.85, (4, 5, 5, 5), (4, 4, 5), (1, 20)),
        Arc("steady", 0.8, 0.6, (3, 4, 4, 5), (3, 4, 4), (6, 48)),
        Arc("drifting", 0.85, 0.55, (2, 3, 3, 4), (2, 3, 3), (20, 110), stops=8),
        Arc("never", 0.0, 0.0, (3,), (3,), (24, 48), stops=0, signs=False),
        Arc("ended", 0.7, 0.4, (2, 2, 3), (2, 3), (24, 96), stops=6, ends=True),
    )
}
SHARES = [("thriving", 40), ("steady", 27), ("drifting", 17), ("never", 8), ("ended", 8)]


@dataclass
class Rows:
    """Everything of one batch, inserted table by table."""

    signatures: list[Signature] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    sessions: list[tuple[Session, list[SessionRating], list[SessionSlot]]] = field(default_factory=list)
    goals: list[tuple[Goal, list[GoalStep]]] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    exits: list[ExitAnswer] = field(default_factory=list)
    touches: list[CoordinatorTouch] = field(default_factory=list)
    changed: list[Relationship] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    readers: list[RoomMember] = field(default_factory=list)


class Pair:
    """One relationship while its story of so many weeks is told; `over`: one that has ended by `now`."""

    def __init__(
        self,
        relationship: Relationship,
        rng: Random,
        now: datetime,
        coordinator: User,
        *,
        weeks: int = WEEKS,
        over: bool = False,
    ) -> None:
        self.relationship, self.rng, self.now, self.coordinator = relationship, rng, now, coordinator
        self.weeks, self.over = weeks, over
        members = list(relationship.members.all())
        self.mentor = next(m.person for m in members if m.role == "mentor")
        self.mentee = next(m.person for m in members if m.role == "mentee")
        self.language = self.mentee.language
        self.start = relationship.started_at

    def moment(self, week: int, *, day: int | None = None, hour: int | None = None) -> datetime:
        """A moment of a week, at an hour at which people write."""
        day = self.rng.randint(0, 6) if day is None else day
        hour = self.rng.randint(6, 18) if hour is None else hour
        return self.start + timedelta(
            weeks=week, days=day, hours=hour - self.start.hour, minutes=self.rng.randint(0, 59)
        )

    def past(self, moment: datetime) -> bool:
        return self.start < moment < self.now - timedelta(hours=3)


def tell(pair: Pair, arc: Arc, rows: Rows) -> None:
    """Write the whole story of one relationship into `rows`."""
    talk(pair, arc, rows)
    agree(pair, arc, rows)
    meet(pair, arc, rows)
    aim(pair, arc, rows)
    feel(pair, arc, rows)
    note(pair, arc, rows)
    if arc.name == "drifting" and pair.rng.random() < 0.6:
        rows.touches.append(
            CoordinatorTouch(
                relationship=pair.relationship,
                coordinator=pair.coordinator,
                person=pair.mentor,
                at=pair.now - timedelta(days=pair.rng.randint(3, 12)),
                reason="silence",
            )
        )
    finish(pair, arc, rows)


def lines(pair: Pair, arc: Arc) -> Iterator[tuple[User, str, datetime]]:
    """(who, what, when) of everything they wrote."""
    begun = [
        pair.moment(week)
        for week in range(min(arc.stops, pair.weeks))
        for _ in range(2 if arc.name == "thriving" else 1)
        if pair.rng.random() <= arc.talk
    ]
    ended = pair.start
    for moment, exchange in zip(
        sorted(begun), some_of(words.EXCHANGES[pair.language], len(begun), arc, pair), strict=False
    ):
        moment = max(moment, ended)
        for turn, text in enumerate(exchange):
            who = pair.mentor if turn % 2 else pair.mentee
            moment = awake(moment, who)
            if pair.past(moment):
                yield who, text, moment
            moment += timedelta(hours=pair.rng.uniform(*arc.reply_hours))
        ended = moment
    if arc.name == "never":
        yield pair.mentor, words.HELLO_ONLY[pair.language], pair.start + timedelta(days=3)
    if arc.name == "drifting":
        last = pair.start + timedelta(weeks=arc.stops, days=2)
        if pair.past(last):
            yield pair.mentee, words.UNANSWERED[pair.language], last


def some_of(exchanges: list[list[str]], count: int, arc: Arc, pair: Pair) -> list[list[str]]:
    """The greeting and what follows in the order of a semester; who stops early has not come to its end."""
    reach = max(count, len(exchanges) * min(arc.stops, pair.weeks) // pair.weeks)
    later = exchanges[1:reach]
    chosen = sorted(pair.rng.sample(range(len(later)), min(max(0, count - 1), len(later))))
    return [exchanges[0], *(later[index] for index in chosen)]


def awake(moment: datetime, person: User) -> datetime:
    """This moment, or the next morning where the person's own clock says night."""
    here = moment.astimezone(ZoneInfo(person.time_zone))
    if 8 <= here.hour < 23:
        return moment
    morning = here.replace(hour=8) + timedelta(days=here.hour >= 23)
    return morning.astimezone(UTC)


def talk(pair: Pair, arc: Arc, rows: Rows) -> None:
    room = pair.relationship.room
    said = sorted(lines(pair, arc), key=lambda line: line[2])
    for seq, (who, text, moment) in enumerate(said, 1):
        cid = UUID(int=pair.rng.getrandbits(128), version=4)
        rows.messages.append(
            Message(room=room, seq=seq, sender=who, cid=cid, body=text, body_norm=searchable(text), created_at=moment)
        )
    room.last_seq = len(said)
    rows.rooms.append(room)
    for member in room.members.all():
        behind = 1 if arc.name in ("drifting", "never") and said and said[-1][0] != member.person else 0
        member.last_read_seq = max(0, len(said) - behind)
        member.read_at = said[-1][2] if said else None
        rows.readers.append(member)
    if said:
        pair.relationship.first_contact_at, pair.relationship.last_contact_at = said[0][2], said[-1][2]


def agree(pair: Pair, arc: Arc, rows: Rows) -> None:
    relationship, agreement = pair.relationship, pair.relationship.agreement
    if not arc.signs:
        return
    signed = pair.start + timedelta(days=pair.rng.randint(2, 6 if arc.name == "thriving" else 16))
    agreement.expectations, agreement.reconnect, agreement.boundaries = words.AGREED[pair.language]
    agreement.channels = ["chat", "video"]
    agreement.reply_hours = pair.rng.choice([24, 48, 48, 72])
    agreement.updated_at, agreement.updated_by = signed - timedelta(days=1), pair.mentor
    rows.agreements.append(agreement)
    for person, later in ((pair.mentor, 0), (pair.mentee, pair.rng.randint(1, 30))):
        moment = signed + timedelta(hours=later)
        rows.signatures.append(
            Signature(agreement=agreement, version=agreement.version, person=person, signed_at=moment)
        )
    relationship.status, relationship.status_at = Relationship.Status.ACTIVE, signed
    rows.changed.append(relationship)


def meet(pair: Pair, arc: Arc, rows: Rows) -> None:
    topics, number = words.TOPICS[pair.language], 0
    for week in range(min(arc.stops, pair.weeks)):
        if pair.rng.random() > arc.session:
            continue
        starts = pair.moment(week, hour=pair.rng.choice([13, 14, 15, 16])).replace(
            minute=pair.rng.choice([0, 30]), second=0
        )
        if not pair.past(starts):
            continue
        missed = pair.rng.random() < (0.03 if arc.name == "thriving" else 0.15)
        late = missed and week % 3 == 0  # called off half an hour before
        away = pair.rng.choice([pair.mentor, pair.mentee]) if missed else None
        session = Session(
            relationship=pair.relationship,
            status=Session.Status.CANCELLED if late else Session.Status.NO_SHOW if missed else Session.Status.HELD,
            topic=topics[min(number, len(topics) - 1)],
            starts_at=starts,
            minutes=pair.relationship.programme.session_minutes,
            place=pair.rng.choice([Session.Place.VIDEO, Session.Place.VIDEO, Session.Place.PHONE]),
            proposed_by=pair.mentee,
            confirmed_by=pair.mentor,
            created_at=starts - timedelta(days=3),
            confirmed_at=starts - timedelta(days=2),
            ended_at=None if late else starts + timedelta(minutes=45),
            absent=away if not late else None,
            cancelled_by=away if late else None,
            cancelled_at=starts - timedelta(minutes=30) if late else None,
            logged_by=None if late else pair.mentor,
            summary="" if missed else pair.rng.choice(words.SUMMARIES[pair.language]),
            next_step="" if missed else pair.rng.choice(words.NEXT_STEPS[pair.language]),
            technical_fault=pair.rng.random() < 0.05,
        )
        rated = [] if missed else [p for p in (pair.mentor, pair.mentee) if pair.rng.random() < 0.8]
        ratings = [
            SessionRating(person=p, stars=pair.rng.choice(arc.stars), rated_at=starts + timedelta(hours=2))
            for p in rated
        ]
        rows.sessions.append((session, ratings, []))
        number += not missed
        last = pair.relationship.last_contact_at
        if not missed and (last is None or starts > last):
            pair.relationship.last_contact_at = starts
    if arc.name == "thriving" and not pair.over:
        come(pair, rows, topics[min(number, len(topics) - 1)])


def come(pair: Pair, rows: Rows, topic: str) -> None:
    """The next meeting: most have one fixed, some are still choosing among three times."""
    day = (pair.now + timedelta(days=pair.rng.randint(1, 5))).replace(hour=15, minute=0, second=0, microsecond=0)
    fixed = pair.rng.random() < 0.7
    session = Session(
        relationship=pair.relationship,
        status=Session.Status.CONFIRMED if fixed else Session.Status.PROPOSED,
        topic=topic,
        starts_at=day if fixed else None,
        minutes=pair.relationship.programme.session_minutes,
        proposed_by=pair.mentee,
        confirmed_by=pair.mentor if fixed else None,
        created_at=pair.now - timedelta(days=2),
        confirmed_at=pair.now - timedelta(days=1) if fixed else None,
    )
    slots = [SessionSlot(starts_at=day + timedelta(days=n, hours=n % 2)) for n in range(1 if fixed else 3)]
    rows.sessions.append((session, [], slots))


def aim(pair: Pair, arc: Arc, rows: Rows) -> None:
    wanted = {"thriving": 2, "steady": 1, "drifting": 1, "never": 0, "ended": 1}[arc.name]
    for number, (title, steps) in enumerate(pair.rng.sample(words.GOALS[pair.language], wanted)):
        made = pair.moment(1 + number * 4)
        if not pair.past(made):
            continue
        over = arc.name in ("thriving", "steady") and number == 0 and pair.rng.random() < 0.5
        goal = Goal(
            relationship=pair.relationship,
            title=title,
            status=Goal.Status.CLOSED if over else Goal.Status.ACTIVE,
            proposed_by=pair.mentee,
            confirmed_by=pair.mentor,
            created_at=made,
            confirmed_at=made + timedelta(days=2),
            closed_at=pair.now - timedelta(days=pair.rng.randint(4, 20)) if over else None,
            attainment=pair.rng.choice([0, 0, 1, 1, 2]) if over else None,
        )
        done = len(steps) if over else pair.rng.randint(0, len(steps) - 1)
        rows.goals.append(
            (
                goal,
                [
                    GoalStep(
                        title=text,
                        owner=pair.mentee,
                        due_on=(pair.now + timedelta(days=3 * (place - done + 1))).date(),
                        done_at=min(made + timedelta(days=7 * (place + 1)), pair.now) if place < done else None,
                        position=place,
                    )
                    for place, text in enumerate(steps)
                ],
            )
        )


def feel(pair: Pair, arc: Arc, rows: Rows) -> None:
    chance = {"thriving": 0.75, "steady": 0.5, "drifting": 0.3, "never": 0.05, "ended": 0.4}[arc.name]
    for week in range(pair.weeks):
        for person in (pair.mentor, pair.mentee):
            moment = pair.moment(week, day=4)
            if week <= arc.stops and pair.rng.random() < chance and pair.past(moment):
                monday = moment.date() - timedelta(days=moment.weekday())
                rows.check_ins.append(
                    CheckIn(
                        relationship=pair.relationship,
                        person=person,
                        week_on=monday,
                        mood=pair.rng.choice(arc.mood),
                        answered_at=moment,
                    )
                )


def note(pair: Pair, arc: Arc, rows: Rows) -> None:
    """In good relationships: one note of each scope."""
    if arc.name not in ("thriving", "steady"):
        return
    private, shared, programme = words.NOTES[pair.language]
    for author, scope, body, week in (
        (pair.mentor, Note.Scope.PROGRAMME, programme, 3),
        (pair.mentee, Note.Scope.SHARED, shared, 6),
        (pair.mentor, Note.Scope.PRIVATE, private, 9),
    ):
        moment = pair.moment(week)
        if pair.past(moment):
            rows.notes.append(
                Note(relationship=pair.relationship, author=author, scope=scope, body=body, created_at=moment)
            )


def finish(pair: Pair, arc: Arc, rows: Rows) -> None:
    if not arc.ends:
        return
    relationship = pair.relationship
    closed = pair.start + timedelta(weeks=arc.stops + 1, hours=5)
    relationship.status = Relationship.Status.ENDED
    relationship.status_at = relationship.closed_at = closed
    relationship.close_reason = pair.rng.choice([Relationship.Reason.POOR_FIT, Relationship.Reason.NO_TIME])
    for member in relationship.members.all():
        give_back_place(member.enrolment)
    for person in (pair.mentor, pair.mentee):
        rows.exits.append(
            ExitAnswer(
                relationship=relationship,
                person=person,
                satisfaction=pair.rng.choice([2, 3, 3]),
                stay_in_touch=pair.rng.choice([1, 2, 3]),
                answered_at=closed,
            )
        )


def keep(rows: Rows) -> None:
    """Insert a batch, parents first."""
    Signature.objects.bulk_create(rows.signatures, batch_size=2000)
    messages = Message.objects.bulk_create(rows.messages, batch_size=2000)
    Change.objects.bulk_create(
        (
            Change(room_id=m.room_id, seq=m.seq, kind="message", message=m, actor_id=m.sender_id, at=m.created_at)
            for m in messages
        ),
        batch_size=2000,
    )
    Room.objects.bulk_update(rows.rooms, ["last_seq"], batch_size=300)
    RoomMember.objects.bulk_update(rows.readers, ["last_read_seq", "read_at"], batch_size=300)
    Session.objects.bulk_create([session for session, _, _ in rows.sessions], batch_size=1000)
    for session, ratings, slots in rows.sessions:
        for row in (*ratings, *slots):
            row.session = session
    SessionRating.objects.bulk_create([row for _, ratings, _ in rows.sessions for row in ratings], batch_size=2000)
    SessionSlot.objects.bulk_create([row for _, _, slots in rows.sessions for row in slots], batch_size=2000)
    Goal.objects.bulk_create([goal for goal, _ in rows.goals], batch_size=1000)
    for goal, steps in rows.goals:
        for step in steps:
            step.goal = goal
    GoalStep.objects.bulk_create([step for _, steps in rows.goals for step in steps], batch_size=2000)
    Note.objects.bulk_create(rows.notes, batch_size=2000)
    CheckIn.objects.bulk_create(rows.check_ins, batch_size=2000, ignore_conflicts=True)
    ExitAnswer.objects.bulk_create(rows.exits, batch_size=1000)
    CoordinatorTouch.objects.bulk_create(rows.touches, batch_size=1000)
    Agreement.objects.bulk_update(
        rows.agreements,
        ["expectations", "reconnect", "boundaries", "channels", "reply_hours", "updated_at", "updated_by"],
        batch_size=300,
    )


def keep_states(relationships: list[Relationship]) -> None:
    Relationship.objects.bulk_update(
        relationships,
        ["status", "status_at", "first_contact_at", "last_contact_at", "closed_at", "close_reason"],
        batch_size=300,
    )
