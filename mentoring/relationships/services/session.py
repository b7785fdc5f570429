"""Proposing, confirming, moving and cancelling a session."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.jobs import enqueue
from core.text import listed
from mentoring.relationships.models import Relationship, Session, SessionSlot
from mentoring.relationships.queries import meets_another
from mentoring.relationships.services.relationship import lock_working
from mentoring.relationships.signals import relationship_moved, session_proposed
from notifications.services import notify

MOST_TIMES = 3
REMIND_HOURS = (24, 1)


class TimeNotPossible(DomainError):
    code = "time_not_possible"
    status = 422
    default = _("Offer one to three times that are still to come.")


class TimeNotFree(DomainError):
    code = "time_not_free"
    default = _("One of you already has a session at this time. Choose another of the times, or offer new ones.")


class SessionChanged(DomainError):
    code = "session_changed"
    default = _("This session was changed in the meantime. Look at it again.")


class NotTheOtherSide(DomainError):
    code = "not_the_other_side"
    status = 403
    default = _("Whoever proposed a time waits; the other side chooses.")


class SessionHasBegun(SessionChanged):
    code = "session_has_begun"
    default = _(
        "This session has begun; it can no longer be moved or called off. Write down how it went, or who could not come."
    )


@transaction.atomic
def propose_session(
    relationship: Relationship,
    *,
    times: Sequence[datetime],
    minutes: int,
    place: str,
    link: str,
    topic: str,
    by: User,
    at: datetime,
    origin: str = "",
) -> Session:
    """Offer one to three times to the other side. Raises TimeNotPossible, NotPossibleNow."""
    held = lock_working(relationship)
    session = Session.objects.create(
        relationship=held, proposed_by=by, minutes=minutes, place=place, link=link, topic=topic, created_at=at
    )
    _offer(session, times, at=at)
    tell(session, "session_proposed", to=held.partners_of(by), by=by, at=at)
    if origin:
        session_proposed.send(Session, session=session, origin=origin, by=by, at=at)
    return session


def _offer(session: Session, times: Iterable[datetime], *, at: datetime) -> None:
    wanted = sorted(set(times))
    if not 1 <= len(wanted) <= MOST_TIMES or wanted[0] <= at:
        raise TimeNotPossible
    session.slots.all().delete()
    SessionSlot.objects.bulk_create(SessionSlot(session=session, starts_at=moment) for moment in wanted)


def lock_session(session: Session, *, even_apart: bool = False, even_over: bool = False) -> Session:
    """The session as it is now, in a relationship that is at work, both held until the transaction ends."""
    relationship = lock_working(session.relationship, even_apart=even_apart, even_over=even_over)
    held = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    held.relationship = relationship
    return held


@transaction.atomic
def confirm_session(session: Session, slot: SessionSlot, *, by: User, at: datetime) -> Session:
    """The other side takes one of the offered times. Nobody gets two sessions at once.

    The members' own rows are the lock, taken in the order of their ids, so that two confirmations that share a person
    wait for each other. Raises TimeNotFree, TimeNotPossible, SessionChanged, NotTheOtherSide, NotPossibleNow.
    """
    people = sorted(person.pk for person in session.relationship.people)
    hold_people(people)
    held = lock_session(session)
    if held.status != Session.Status.PROPOSED or not held.slots.filter(pk=slot.pk).exists():
        raise SessionChanged
    if held.proposed_by is not None and by not in held.relationship.other_side_of(held.proposed_by):
        raise NotTheOtherSide
    if slot.starts_at <= at:
        raise TimeNotPossible(_("This time has passed. Offer new times; it takes a moment."))
    if meets_another(people, starts_at=slot.starts_at, minutes=held.minutes, beside=held):
        raise TimeNotFree
    held.status, held.starts_at = Session.Status.CONFIRMED, slot.starts_at
    held.confirmed_by, held.confirmed_at = by, at
    held.save()
    _remind(held, at=at)
    tell(held, "session_confirmed", to=held.relationship.partners_of(by), by=by, at=at)
    return held


def hold_people(people: Sequence[int]) -> None:
    """Lock the rows of these people (ids) until the transaction ends, always in the same order."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))


def _remind(session: Session, *, at: datetime) -> None:
    assert session.starts_at is not None  # noqa: S101
    for hours in REMIND_HOURS:
        due_at = session.starts_at - timedelta(hours=hours)
        if due_at > at:
            enqueue(
                "relationships.remind_session",
                key=f"session-reminder:{session.pk}:{session.sequence}:{hours}",
                due_at=due_at,
                session_id=session.pk,
                sequence=session.sequence,
                hours=hours,
            )


@transaction.atomic
def move_session(session: Session, *, times: Sequence[datetime], by: User, at: datetime) -> Session:
    """Offer other times instead; the other side chooses again. Raises TimeNotPossible, SessionChanged, SessionHasBegun,
    NotPossibleNow."""
    held = lock_session(session)
    _lies_ahead(held, at=at)
    held.status, held.proposed_by = Session.Status.PROPOSED, by
    held.confirmed_by = held.confirmed_at = None
    held.sequence += 1
    held.save()
    _offer(held, times, at=at)
    tell(held, "session_moved", to=held.relationship.partners_of(by), by=by, at=at)
    return held


@transaction.atomic
def change_details(session: Session, *, topic: str, place: str, link: str, by: User, at: datetime) -> Session:
    """Change what a standing session is about and where it is; its time stays. Raises SessionChanged, NotPossibleNow."""
    held = lock_session(session)
    if held.status not in (Session.Status.PROPOSED, Session.Status.CONFIRMED):
        raise SessionChanged
    held.topic, held.place, held.link = topic, place, link
    held.sequence += 1  # calendars take a new place only with a new number
    held.save()
    if held.status == Session.Status.CONFIRMED:
        _remind(held, at=at)
    return held


@transaction.atomic
def cancel_session(session: Session, *, by: User, at: datetime) -> None:
    """Call it off; nobody has to say why. Cancelling twice is cancelling once. Raises SessionChanged when it is over, and
    SessionHasBegun."""
    held = lock_session(session, even_apart=True)
    if held.status == Session.Status.CANCELLED:
        return
    _lies_ahead(held, at=at)
    call_off(held, by=by, at=at)
    relationship_moved.send(Session, relationship_id=held.relationship_id, at=at)
    tell(held, "session_cancelled", to=held.relationship.partners_of(by), by=by, at=at)


def _lies_ahead(session: Session, *, at: datetime) -> None:
    if session.status not in (Session.Status.PROPOSED, Session.Status.CONFIRMED):
        raise SessionChanged
    if session.status == Session.Status.CONFIRMED and session.starts_at is not None and session.starts_at <= at:
        raise SessionHasBegun


def call_off(session: Session, *, by: User | None, at: datetime) -> None:
    """`by` None: it went with its relationship, nobody let the other side down."""
    session.status, session.cancelled_by, session.cancelled_at = Session.Status.CANCELLED, by, at
    session.sequence += 1
    session.save()


def tell(session: Session, what: str, *, to: Iterable[User], by: User, at: datetime) -> None:
    """Tell people what happened to a session, once per change."""
    for person in to:
        notify(
            f"relationships.{what}",
            to=person,
            key=f"{what}:{session.pk}:{session.sequence}:{person.pk}",
            at=at,
            url=reverse("session", args=[session.pk]),
            partner=str(by),
        )


@transaction.atomic
def remind(session: Session, *, hours: int, sequence: int, at: datetime) -> int:
    """Remind the members, if the session still stands as it did when the reminder was planned. Returns how many were told."""
    if (
        session.status != Session.Status.CONFIRMED
        or session.sequence != sequence
        or not session.relationship.is_working
        or session.relationship.rests
    ):
        return 0
    if session.starts_at is None or session.starts_at <= at:
        return 0
    people = session.relationship.people
    for person in people:
        partners = listed(session.relationship.partners_of(person))
        notify(
            "relationships.session_tomorrow" if hours > 1 else "relationships.session_soon",
            to=person,
            key=f"session-reminder:{session.pk}:{sequence}:{hours}:{person.pk}",
            at=at,
            url=reverse("session", args=[session.pk]),
            partner=partners,
        )
    return len(people)
