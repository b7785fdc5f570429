"""A mentee chooses up to five mentors and asks them one after the other; a mentor accepts, declines or asks for more.

Locks are taken in one order: an open request, enrolments, choices not sent yet, the audit trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from core.jobs import enqueue
from mentoring.matching.directory import Directory, open_directory
from mentoring.matching.engine.eligibility import SAFETY_RULES
from mentoring.matching.models import Request, RequestQuestion
from mentoring.matching.rules import may_ask
from mentoring.matching.services.publishing import bring_together
from mentoring.matching.services.runs import facts, rules_of, weights_of
from mentoring.planning.models import Enrolment
from mentoring.planning.services import pause, set_capacity
from mentoring.relationships.models import Relationship
from notifications.services import notify

CHOICES = 5
Status = Request.Status


class CannotAskNow(DomainError):
    code = "cannot_ask_now"
    default = _("You can ask a mentor as soon as you are ready in this programme and have no mentor yet.")


class MentorNotThere(DomainError):
    code = "mentor_not_there"
    default = _("This mentor takes no requests just now. Please choose somebody else.")


class EnoughChoices(DomainError):
    code = "enough_choices"
    default = _("You can choose up to five mentors. Take one off your list first.")


class AlreadyChosen(DomainError):
    code = "already_chosen"
    default = _("This mentor is on your list already.")


class AlreadyAsking(DomainError):
    code = "already_asking"
    default = _("One request is on its way. The next mentor is asked when it is declined or runs out.")


class NothingToSend(DomainError):
    code = "nothing_to_send"
    default = _("Choose a mentor first.")


class RequestMovedOn(DomainError):
    code = "request_moved_on"
    default = _("This request has moved on in the meantime. Please look at the page again.")


def directory_of(mentee: Enrolment) -> Directory:
    """The mentors whom a mentee may ask, by the rules and weights of her programme."""
    settings = mentee.programme.match_settings
    return open_directory(
        mentee, rules=rules_of(settings.get("rules", {})), weights=weights_of(settings.get("weights", {}))
    )


# What the mentee does


@transaction.atomic
def choose_mentor(mentee: Enrolment, mentor: Enrolment, *, message: str, at: datetime) -> Request:
    """Put a mentor of the directory at the end of the list, with the words they will read.

    Raises CannotAskNow, MentorNotThere, AlreadyChosen, EnoughChoices.
    """
    mentee = hold_enrolment(mentee)
    if not may_ask(mentee):
        raise CannotAskNow
    takes_people = mentor.is_mentor and mentor.status == Enrolment.Status.READY and mentor.free_places
    if mentor.programme_id != mentee.programme_id or not takes_people:
        raise MentorNotThere
    live = list(Request.objects.live().filter(mentee=mentee).order_by("rank"))
    if any(request.mentor_id == mentor.pk for request in live):
        raise AlreadyChosen
    if len(live) >= CHOICES:
        raise EnoughChoices
    if live and live[-1].rank == CHOICES:
        _rank(live)
    return Request.objects.create(
        programme=mentee.programme,
        mentee=mentee,
        mentor=mentor,
        rank=(live[-1].rank or 0) + 1 if live else 1,
        message=message,
        created_at=at,
    )


def _rank(live: Sequence[Request]) -> None:
    """Number them anew in this order; nobody has a number in between, for no two may ever share one."""
    Request.objects.filter(pk__in=[request.pk for request in live]).update(rank=None)
    for rank, request in enumerate(live, start=1):
        request.rank = rank
        request.save(update_fields=["rank"])


@transaction.atomic
def change_message(request: Request, message: str) -> None:
    """Write it otherwise, as long as it was not sent. Raises RequestMovedOn."""
    hold_enrolment(request.mentee)
    if not Request.objects.filter(pk=request.pk, status=Status.DRAFT).update(message=message):
        raise RequestMovedOn


@transaction.atomic
def move_choice(request: Request, *, up: bool) -> None:
    """Change places with the choice before or behind, among those not sent yet."""
    hold_enrolment(request.mentee)
    live = list(Request.objects.live().filter(mentee=request.mentee_id).order_by("rank"))
    drafts = [row.pk for row in live if row.status == Status.DRAFT]
    if request.pk not in drafts:
        raise RequestMovedOn
    place = live.index(request)
    other = place - 1 if up else place + 1
    if 0 <= other < len(live) and live[other].pk in drafts:
        live[place], live[other] = live[other], live[place]
        _rank(live)


@transaction.atomic
def drop_choice(request: Request) -> None:
    """Take a choice off the list that was not sent yet; nobody has heard of it. Raises RequestMovedOn."""
    hold_enrolment(request.mentee)
    dropped, _rows = Request.objects.filter(pk=request.pk, status=Status.DRAFT).delete()
    if not dropped:
        raise RequestMovedOn


@transaction.atomic
def send_first(mentee: Enrolment, *, at: datetime) -> Request | None:
    """Ask the first choice; the others wait for their turn. None when none of them can be asked any more.

    Raises CannotAskNow, AlreadyAsking, NothingToSend.
    """
    mentee = hold_enrolment(mentee)
    if not may_ask(mentee):
        raise CannotAskNow
    live = Request.objects.filter(mentee=mentee)
    if live.open().exists():
        raise AlreadyAsking
    if not live.live().exists():
        raise NothingToSend
    return ask_first_possible(mentee, at=at)


def ask_first_possible(mentee: Enrolment, *, at: datetime) -> Request | None:
    """Send the first choice that can still be asked; those before it are closed with the reason. Under the mentee's row."""
    drafts: list[Request] = list(Request.objects.filter(mentee=mentee, status=Status.DRAFT).for_rows().order_by("rank"))
    possible = directory_of(mentee).mentors if drafts else {}
    for request in drafts:
        if request.mentor_id in possible:
            _send(request, at=at)
            return request
        full = request.mentor.status == Enrolment.Status.READY and not request.mentor.free_places
        cause = Request.SupersededBecause.MENTOR_FULL if full else Request.SupersededBecause.MENTOR_UNAVAILABLE
        end(request, Status.SUPERSEDED, at=at, superseded_because=cause)
    return None


def _send(request: Request, *, at: datetime) -> None:
    request.status, request.sent_at = Status.SENT, at
    request.due_at = at + timedelta(days=request.programme.request_days)
    request.save(update_fields=["status", "sent_at", "due_at"])
    set_clock(request)
    log(request, "sent", by=request.mentee.person, at=at)
    tell(request, "request_received", to=request.mentor, at=at)


@transaction.atomic
def withdraw_request(request: Request, *, by: User, at: datetime) -> None:
    """Take a request back; the next choice waits until the mentee sends it. Raises RequestMovedOn."""
    request = hold(request)
    end(request, Status.WITHDRAWN, at=at)
    log(request, "withdrawn", by=by, at=at)
    tell(request, "request_closed", to=request.mentor, at=at)


@transaction.atomic
def answer_question(request: Request, answer: str, *, by: User, at: datetime) -> None:
    """Tell the mentor more: the mentor's clock goes on where it stood, a day at least. Raises RequestMovedOn."""
    request = hold(request, Status.INFO_ASKED)
    request.questions.filter(answered_at=None).update(answer=answer, answered_at=at)
    request.status, request.due_at = Status.ANSWERED, at + max(request.time_left or timedelta(), timedelta(days=1))
    request.time_left = None
    request.save(update_fields=["status", "due_at", "time_left"])
    set_clock(request)
    log(request, "answered", by=by, at=at)
    tell(request, "request_answered", to=request.mentor, at=at)


# What the mentor does


def see_request(request: Request, *, at: datetime) -> None:
    """The mentor has opened it; the mentee sees that."""
    if Request.objects.filter(pk=request.pk, status=Status.SENT).update(status=Status.SEEN, seen_at=at):
        request.status, request.seen_at = Status.SEEN, at


@transaction.atomic
def ask_for_more(request: Request, question: str, *, by: User, at: datetime) -> None:
    """Ask before deciding: the mentor's clock stands still, the mentee has the programme's days to answer.

    Raises RequestMovedOn.
    """
    request = hold(request, Status.SENT, Status.SEEN, Status.ANSWERED)
    RequestQuestion.objects.create(request=request, question=question, asked_at=at)
    request.time_left = request.due_at - at if request.due_at else None
    request.status, request.due_at = Status.INFO_ASKED, at + timedelta(days=request.programme.request_days)
    request.replied_at = request.replied_at or at
    request.save(update_fields=["status", "due_at", "time_left", "replied_at"])
    set_clock(request)
    log(request, "asked", by=by, at=at)
    tell(request, "request_question", to=request.mentee, at=at)


@transaction.atomic
def accept_request(
    request: Request, *, by: User, at: datetime, capacity: int | None = None, and_pause: bool = False
) -> Relationship:
    """Begin the relationship: both places are taken in one statement each, so two cannot take the last.

    `capacity` changes how many places the mentor has, this one included; `and_pause` takes nobody new after it.
    Raises RequestMovedOn, NoFreePlace, PlacesTaken, AlreadyTogether: then nothing of it happened.
    """
    request = hold(request)
    mentor, mentee = request.mentor, request.mentee
    directory = directory_of(mentee)
    if not {mentor.pk, mentee.pk} <= directory.pool.people.keys():  # somebody paused or left at this moment
        raise RequestMovedOn
    story = directory.stories([mentor.pk])[mentor.pk]
    if SAFETY_RULES & set(story.broken):  # decided elsewhere in the meantime, and nobody is told by whom
        raise RequestMovedOn
    end(request, Status.ACCEPTED, at=at)
    wanted = mentor.capacity if capacity is None else capacity
    if wanted > mentor.capacity:
        for enrolment in sorted((mentor, mentee), key=lambda e: e.pk):  # in the order in which places are taken
            hold_enrolment(enrolment)
        set_capacity(mentor, wanted)
    why = facts(directory.pool, story, unknown=(), broken=[code for code in story.broken if code != "place"])
    why["weights"] = asdict(directory.weights)
    why["wished_by"] = ["mentee", *(role for role in why["wished_by"] if role != "mentee")]
    relationship = bring_together(
        request.programme,
        mentor=mentor,
        mentee=mentee,
        why=why,
        parts=story.parts,
        score=story.score,
        by=by,
        at=at,
        was_asked=True,
    )
    if wanted < mentor.capacity:
        set_capacity(mentor, wanted)
    if and_pause:
        pause(mentor, by=by, at=at)
    log(request, "accepted", by=by, at=at)
    return relationship


@transaction.atomic
def decline_request(
    request: Request, *, reason: str, words: str, by: User, at: datetime, and_pause: bool = False
) -> None:
    """Say no, with a reason and perhaps a kind word; the mentee's next choice is asked. Raises RequestMovedOn."""
    request = hold(request)
    end(request, Status.DECLINED, at=at, decline_reason=reason, words=words)
    if and_pause and request.mentor.status == Enrolment.Status.READY:
        pause(request.mentor, by=by, at=at)
    log(request, "declined", by=by, at=at)
    ask_next_later(request)


# What all of these share


def hold_enrolment(enrolment: Enrolment) -> Enrolment:
    """The row as it is now, held until the transaction ends: one change of a list at a time."""
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True).select_related("person", "programme")
    return rows.get(pk=enrolment.pk)


def hold(request: Request, *states: str) -> Request:
    """The open request as it is now, held until the transaction ends. Raises RequestMovedOn in any other of `states`."""
    rows = Request.objects.select_for_update(of=("self",), no_key=True).for_rows()
    held: Request | None = rows.filter(pk=request.pk, status__in=states or Request.OPEN).first()
    if held is None:
        raise RequestMovedOn
    return held


def end(request: Request, status: str, *, at: datetime, **fields: str) -> None:
    """Decide a request that is held; a reply of the mentor is counted as one."""
    if status in (Status.ACCEPTED, Status.DECLINED):
        Request.objects.filter(pk=request.pk).update(replied_at=Coalesce(F("replied_at"), at))
    Request.objects.filter(pk=request.pk).update(status=status, decided_at=at, time_left=None, **fields)
    request.status, request.decided_at = status, at


def ask_next_later(request: Request) -> None:
    """The next choice is asked in a transaction of its own, so that nobody waits for the rows of other people."""
    enqueue("matching.ask_next", key=f"matching.ask_next:{request.pk}", request_id=request.pk)


def set_clock(request: Request) -> None:
    """Write down that the request runs out when it is due, and that whoever must answer is reminded a day before."""
    due = request.due_at
    if due is None:
        return
    mark = f"{request.pk}:{due.isoformat()}"
    enqueue("matching.expire_request", key=f"matching.expire:{mark}", due_at=due, request_id=request.pk)
    if request.programme.request_days > 1:
        remind_at = due - timedelta(days=1)
        enqueue(
            "matching.remind_request",
            key=f"matching.remind:{mark}",
            due_at=remind_at,
            request_id=request.pk,
            due=due.isoformat(),
        )


def tell(request: Request, what: str, *, to: Enrolment, at: datetime, **params: str) -> None:
    """News of a request for one of its two people, who is `to`; once for each time its clock was set."""
    partner = request.mentee if to.pk == request.mentor_id else request.mentor
    with override(to.person.language):
        programme = request.programme.name
    if request.due_at is not None:
        params = {"due_at": request.due_at.isoformat(), **params}
    notify(
        f"matching.{what}",
        to=to.person,
        key=f"matching.{what}:{request.pk}:{request.due_at and request.due_at.isoformat()}",
        at=at,
        url=request.get_absolute_url(),
        partner=str(partner.person),
        programme=programme,
        **params,
    )


def log(request: Request, what: str, *, by: User | None, at: datetime) -> None:
    record(f"request.{what}", by=by, at=at, target=request, institution_id=request.programme.institution_id)
