"""Beginning, joining, pausing; contact; what a coordinator does beside it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from core.text import listed
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.services import take_place
from mentoring.relationships.models import Agreement, CoordinatorTouch, Relationship, RelationshipMember, Signature
from mentoring.relationships.queries import apart_among
from mentoring.relationships.rules import OVER
from mentoring.relationships.signals import mentee_joined, relationship_moved, relationship_started
from notifications.services import notify


class AlreadyTogether(DomainError):
    code = "already_together"
    default = _("These two already have an open relationship.")


class KeptApart(DomainError):
    code = "kept_apart"
    default = _("These two are kept apart and cannot be brought together.")


class NotPossibleNow(DomainError):
    code = "not_possible_now"
    default = _("This is not possible in the present state of the relationship.")


@transaction.atomic
def start_relationship(
    programme: Programme,
    *,
    mentor: Enrolment,
    mentee: Enrolment,
    why: dict[str, Any],
    score: int | None,
    by: User | None,
    at: datetime,
) -> Relationship:
    """Bring a mentor and a mentee together: their places are taken, the draft agreement waits for both signatures.

    `why` is a copy of the reasons, so that nobody has to ask the matching later; under "texts" it holds the sentence for
    each role in each language, `{"mentee": {"en": ..., "fa": ...}, "mentor": ...}`. Raises NoFreePlace, AlreadyTogether,
    KeptApart.
    """
    if apart_among([mentor.person_id, mentee.person_id]):
        raise KeptApart
    for enrolment in sorted((mentor, mentee), key=lambda e: e.pk):  # one order of locks
        take_place(enrolment)
    try:
        with transaction.atomic():
            relationship = Relationship.objects.create(
                programme=programme,
                status_at=at,
                started_at=at,
                planned_end_on=programme.ends_on,
                pair_key=f"{mentor.pk}-{mentee.pk}",
                score=score,
                why=why,
            )
    except IntegrityError as error:
        raise AlreadyTogether from error
    RelationshipMember.objects.bulk_create(_member(relationship, enrolment, at) for enrolment in (mentor, mentee))
    Agreement.objects.create(
        relationship=relationship,
        rhythm_days=programme.rhythm_days,
        channels=[Agreement.Channel.HERE, Agreement.Channel.VIDEO],
        ends_on=programme.ends_on,
        updated_at=at,
    )
    record("match.published", by=by, at=at, target=relationship, institution_id=programme.institution_id)
    relationship_started.send(Relationship, relationship=relationship, at=at)
    return relationship


def _member(relationship: Relationship, enrolment: Enrolment, at: datetime) -> RelationshipMember:
    return RelationshipMember(
        relationship=relationship,
        enrolment=enrolment,
        person_id=enrolment.person_id,
        role=enrolment.role,
        joined_at=at,
    )


@transaction.atomic
def add_mentee(relationship: Relationship, mentee: Enrolment, *, by: User | None, at: datetime) -> RelationshipMember:
    """Let one more mentee into a circle, or one who had left it: a place of the mentee and of the mentor is taken.

    What was signed stays signed by those who signed; the newcomer signs too. Raises NoFreePlace, AlreadyTogether,
    NotPossibleNow for a programme of pairs, another programme or a closed circle, KeptApart.
    """
    programme = relationship.programme
    if (
        programme.format != Programme.Format.CIRCLE
        or mentee.programme_id != programme.pk
        or not Relationship.objects.open().filter(pk=relationship.pk).exists()
    ):
        raise NotPossibleNow
    people = [*relationship.members.filter(left_at=None).values_list("person", flat=True), mentee.person_id]
    if any(mentee.person_id in pair for pair in apart_among(people)):
        raise KeptApart
    mentor = relationship.members.select_related("enrolment", "person").get(role=Enrolment.Role.MENTOR, left_at=None)
    for enrolment in sorted((mentor.enrolment, mentee), key=lambda e: e.pk):
        take_place(enrolment)
    member = _member(relationship, mentee, at)
    gone = relationship.members.exclude(left_at=None).filter(person=mentee.person_id, enrolment=mentee).first()
    member.pk = gone.pk if gone else None
    try:
        with transaction.atomic():
            member.save(force_insert=not gone)
    except IntegrityError as error:
        raise AlreadyTogether from error
    record("match.joined", by=by, at=at, target=relationship, institution_id=programme.institution_id)
    for reader, partner in ((mentor.person, mentee.person), (mentee.person, mentor.person)):
        notify(
            "relationships.joined",
            to=reader,
            key=f"joined:{relationship.pk}:{mentee.pk}:{reader.pk}",
            at=at,
            url=reverse("relationship", args=[relationship.pk]),
            partner=str(partner),
        )
    mentee_joined.send(Relationship, relationship=relationship, member=member, at=at)
    return member


@transaction.atomic(savepoint=False)  # as it is said with nearly every message: two turns to the database less
def note_contacts(relationships: Collection[int], *, at: datetime) -> None:
    """Something passed between the members of these relationships: a message or a session. Counts and times only.

    Their rows are locked in the order of their ids until the transaction ends.
    """
    rows = Relationship.objects.filter(pk__in=relationships).select_for_update(no_key=True).order_by("pk")
    times = list(rows.values_list("pk", "first_contact_at", "last_contact_at"))
    if first := [pk for pk, first_at, _ in times if first_at is None]:
        Relationship.objects.filter(pk__in=first).update(first_contact_at=at)
    if later := [pk for pk, _, last_at in times if last_at is None or last_at < at]:
        Relationship.objects.filter(pk__in=later).update(last_contact_at=at)


def lock(relationship: Relationship) -> Relationship:
    """The row as it is now, held until the transaction ends, so that two who decide at once decide one after the other."""
    return (
        Relationship.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme")
        .get(pk=relationship.pk)
    )


class Resting(NotPossibleNow):
    code = "resting"
    default = _(
        "Between you this rests for the moment. What there is stays readable. Your coordinators are there for your questions."
    )


def lock_working(relationship: Relationship, *, even_apart: bool = False, even_over: bool = False) -> Relationship:
    """`lock`, for what members do: refused with NotPossibleNow while paused and after the end, and with Resting while the two
    are kept apart. `even_over` is for what may go on after an end, but not after a match that was a mistake."""
    held = lock(relationship)
    if not held.is_working and not (even_over and held.status in OVER):
        raise NotPossibleNow(
            _("This relationship is paused; it waits until the coordinator opens it again.")
            if held.is_open
            else _("This relationship is over; what you wrote stays readable.")
        )
    if not even_apart and held.rests:
        raise Resting
    return held


def is_agreed(relationship: Relationship) -> bool:
    """Whether every present member has signed the agreement as it stands now."""
    agreement = relationship.agreement
    signed = set(
        Signature.objects.filter(agreement=agreement, version=agreement.version).values_list("person_id", flat=True)
    )
    members = set(relationship.members.filter(left_at=None).values_list("person_id", flat=True))
    return bool(members) and members <= signed


def change_status(
    relationship: Relationship, status: str, *, by: User | None, at: datetime, action: str, reason: str = ""
) -> None:
    """Write a new state, its audit event, and the pause that begins or ends with it; `relationship` is a locked row."""
    relationship.status, relationship.status_at = status, at
    relationship.save()
    keep_pause(relationship, at=at)
    record(
        action, by=by, at=at, target=relationship, institution_id=relationship.programme.institution_id, reason=reason
    )


def keep_pause(relationship: Relationship, *, at: datetime) -> bool:
    """Begin or end the time in which it rests: while it is paused, or open and without somebody whom it needs. Nobody counts as
    silent then. Whether it rests now."""
    paused = relationship.status == Relationship.Status.PAUSED
    rests = paused or (relationship.is_open and relationship.lacks_somebody)
    if rests:
        relationship.pauses.get_or_create(ended_at=None, defaults={"began_at": at})
    else:
        relationship.pauses.filter(ended_at=None).update(ended_at=at)
    return rests


@transaction.atomic
def pause_relationship(relationship: Relationship, *, by: User, at: datetime) -> Relationship:
    """Let it rest; nobody is reminded or counted as silent. Raises NotPossibleNow."""
    held = lock(relationship)
    if held.status not in (Relationship.Status.AWAITING, Relationship.Status.ACTIVE):
        raise NotPossibleNow
    change_status(held, Relationship.Status.PAUSED, by=by, at=at, action="match.paused")
    tell_of_state(held, "paused", by=by, at=at)
    return held


@transaction.atomic
def resume_relationship(relationship: Relationship, *, by: User, at: datetime) -> Relationship:
    """Go on after a pause: active where the agreement is signed, else waiting for it. Raises NotPossibleNow."""
    held = lock(relationship)
    if held.status != Relationship.Status.PAUSED:
        raise NotPossibleNow
    change_status(held, open_status(held), by=by, at=at, action="match.resumed")
    tell_of_state(held, "resumed", by=by, at=at)
    return held


def open_status(relationship: Relationship) -> str:
    return Relationship.Status.ACTIVE if is_agreed(relationship) else Relationship.Status.AWAITING


def tell_of_state(relationship: Relationship, what: str, *, by: User | None, at: datetime) -> None:
    """Tell the members (but not the one who did it) that their relationship was paused, resumed, closed or reopened."""
    for person in relationship.people:
        if by is None or person.pk != by.pk:
            notify(
                f"relationships.{what}",
                to=person,
                key=f"{what}:{relationship.pk}:{at.isoformat()}:{person.pk}",
                at=at,
                url=reverse("relationship", args=[relationship.pk]),
                partner=listed(relationship.partners_of(person)),
            )


@transaction.atomic
def record_touch(
    relationship: Relationship, *, person: User | None, reason: str, by: User, at: datetime
) -> CoordinatorTouch:
    """Keep that a coordinator was in contact with a member (None: with all of them), and why in a few words."""
    relationship_moved.send(CoordinatorTouch, relationship_id=relationship.pk, at=at)
    return CoordinatorTouch.objects.create(
        relationship=relationship, coordinator=by, person=person, reason=reason[:60], at=at
    )
