"""What became of a session: held, missed or logged afterwards; how each found it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentoring.relationships.models import Goal, GoalStep, Relationship, Session, SessionRating
from mentoring.relationships.services.goal import add_step
from mentoring.relationships.services.relationship import NotPossibleNow, lock_working, note_contacts
from mentoring.relationships.services.session import (
    NotTheOtherSide,
    SessionChanged,
    TimeNotPossible,
    call_off,
    lock_session,
    tell,
)
from mentoring.relationships.signals import relationship_moved, session_held, session_logged


class AlreadyLogged(TimeNotPossible):
    code = "already_logged"
    default = _("A meeting at this time is in the list already; nothing was logged twice.")


class RatingStays(NotPossibleNow):
    code = "rating_stays"
    default = _("A rating can be changed for a day; then it stays, so that no figure of the programme tells of yours.")


@transaction.atomic
def log_session(
    session: Session,
    *,
    absent: User | None,
    technical_fault: bool,
    summary: str,
    next_step: str,
    goal: Goal | None,
    by: User,
    at: datetime,
) -> Session:
    """Write down how a confirmed session went: held, or missed by `absent`. A next step becomes a step of `goal`, if any.

    After the first log the summary and next step can still be completed by either side; the outcome stands.
    Raises TimeNotPossible before it began, SessionChanged, NotPossibleNow.
    """
    held = lock_session(session)
    if held.status not in (Session.Status.CONFIRMED, Session.Status.HELD, Session.Status.NO_SHOW):
        raise SessionChanged
    if held.starts_at is None or held.starts_at > at:
        raise TimeNotPossible(_("This session has not begun yet. You can log it from its beginning on."))
    first = held.status == Session.Status.CONFIRMED
    is_new_step = bool(next_step) and next_step != held.next_step
    if first:
        held.status = Session.Status.NO_SHOW if absent is not None else Session.Status.HELD
        held.absent, held.technical_fault, held.logged_by, held.ended_at = absent, technical_fault, by, held.ends_at
    held.summary, held.next_step = summary, next_step
    held.save()
    if goal is not None and is_new_step:
        add_step(goal, title=next_step, owner=None, due_on=None, source=GoalStep.Source.SESSION, by=by, at=at)
    if first:
        relationship_moved.send(Session, relationship_id=held.relationship_id, at=at)
    if first and held.status == Session.Status.HELD:
        _was_held(held, at=at)
    return held


def _was_held(session: Session, *, at: datetime) -> None:
    assert session.starts_at is not None  # noqa: S101
    note_contacts([session.relationship_id], at=session.starts_at)
    session_held.send(Session, session=session, at=at)


@transaction.atomic
def log_past_session(
    relationship: Relationship,
    *,
    starts_at: datetime,
    minutes: int,
    place: str,
    topic: str,
    summary: str,
    next_step: str,
    by: User,
    at: datetime,
    origin: str = "",
) -> Session:
    """Log a meeting that was not planned here. It counts as contact once the other side confirms it.

    Of a relationship that is over, those since its end: what it came to stays as it was, and contact may go on.
    Raises TimeNotPossible for a time to come or before that, AlreadyLogged, NotPossibleNow.
    """
    held = lock_working(relationship, even_over=True)
    if not (held.closed_at or held.started_at) <= starts_at <= at:
        raise TimeNotPossible(
            _("Log a meeting that took place since you were matched.")
            if held.is_open
            else _("Write down a meeting that took place since the end.")
        )
    if held.sessions.filter(starts_at=starts_at, status=Session.Status.HELD).exists():
        raise AlreadyLogged
    session = Session.objects.create(
        relationship=held,
        status=Session.Status.HELD,
        provenance=Session.Provenance.SELF_LOGGED,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        topic=topic,
        summary=summary,
        next_step=next_step,
        proposed_by=by,
        logged_by=by,
        created_at=at,
    )
    session.ended_at = session.ends_at
    session.save(update_fields=["ended_at"])
    tell(session, "session_logged", to=held.other_side_of(by), by=by, at=at)
    if origin:
        session_logged.send(Session, session=session, origin=origin, by=by, at=at)
    return session


def _waiting_log(session: Session, *, by: User) -> Session:
    held = lock_session(session, even_over=True)
    if held.provenance != Session.Provenance.SELF_LOGGED or held.status != Session.Status.HELD:
        raise SessionChanged
    if held.logged_by is not None and by not in held.relationship.other_side_of(held.logged_by):
        raise NotTheOtherSide(_("Whoever logged a meeting waits; the other side confirms."))
    return held


@transaction.atomic
def confirm_log(session: Session, *, by: User, at: datetime) -> None:
    """The other side says that the logged meeting took place; from now on it counts as contact."""
    held = _waiting_log(session, by=by)
    held.provenance, held.confirmed_by, held.confirmed_at = Session.Provenance.PARTNER_CONFIRMED, by, at
    held.save()
    relationship_moved.send(Session, relationship_id=held.relationship_id, at=at)
    _was_held(held, at=at)


@transaction.atomic
def deny_log(session: Session, *, by: User, at: datetime) -> None:
    """The other side does not remember it: the entry is taken back, and who wrote it is told."""
    held = _waiting_log(session, by=by)
    call_off(held, by=by, at=at)
    relationship_moved.send(Session, relationship_id=held.relationship_id, at=at)
    tell(held, "log_denied", to=[held.logged_by] if held.logged_by else [], by=by, at=at)


@transaction.atomic
def rate_session(session: Session, *, stars: int, by: User, at: datetime) -> SessionRating:
    """Say how one found it, 1 to 5; one's own, never shown to the partner. Raises NotPossibleNow, and RatingStays a day later."""
    if session.status != Session.Status.HELD:
        raise NotPossibleNow(_("Only a session that took place can be rated."))
    mine = SessionRating.objects.select_for_update().filter(session=session, person=by).first()
    if mine is not None and mine.stays(at):
        raise RatingStays
    rating, _is_new = SessionRating.objects.update_or_create(
        session=session, person=by, defaults={"stars": stars}, create_defaults={"stars": stars, "rated_at": at}
    )
    relationship_moved.send(Session, relationship_id=session.relationship_id, at=at)
    return rating
