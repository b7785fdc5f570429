"""Keeping two people apart: as one of them wishes, or by a coordinator's order. It holds at once in all they share."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.matching.services import close_between
from mentoring.messaging.services import rest_between
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Block
from mentoring.safeguarding.queries import people_met, programme_of_both
from notifications.services import notify


class NotTheirs(DomainError):
    code = "not_theirs"
    status = 404
    default = _("You have not met this person here.")


@transaction.atomic
def block_person(person: User, *, by: User, at: datetime) -> Block:
    """`by` does not want to be reached by `person`: neither reaches the other from now on. The coordinators hear that two people
    need help, not who and not why; `person` is told by nobody. Again changes nothing. Raises NotTheirs.
    """
    if not people_met(by).filter(pk=person.pk).exists():
        raise NotTheirs
    facts = {"programme": programme_of_both(by, person), "by": by, "made_at": at, **_faces(by, person)}
    block, is_new = Block.objects.get_or_create(one=by, other=person, order=False, lifted_at=None, defaults=facts)
    if is_new:
        _part(block, at)
        record("block.made", by=by, at=at, target=block)  # of no institution: whoever is kept away may administer it
        if block.programme:
            _tell_desk(block, block.programme, at)
    return block


@transaction.atomic
def lift_block(block: Block, *, by: User, at: datetime) -> None:
    """Take the wish back. An order, or a wish of the other one, holds on. Raises NotTheirs."""
    if block.order or block.one_id != by.pk:
        raise NotTheirs
    _lift(block, by, at, "block.lifted", None)


@transaction.atomic
def keep_apart(programme: Programme, one: User, other: User, *, reason: str, by: User, at: datetime) -> Block:
    """A coordinator's order: these two do not reach each other until a coordinator lifts it. `reason` is for coordinators.

    Raises NotTheirs where one of them is not of the programme, or `by` is one of them.
    """
    first, second = sorted((one, other), key=lambda person: person.pk)
    here = Enrolment.objects.filter(programme=programme, person__in=(one, other)).values("person").distinct().count()
    if here != 2 or by in (one, other):
        raise NotTheirs
    facts = {"reason": reason, "by": by, "made_at": at, **_faces(first, second)}
    block, is_new = Block.objects.get_or_create(
        programme=programme, one=first, other=second, order=True, lifted_at=None, defaults=facts
    )
    if is_new:
        _part(block, at)
        record("order.made", by=by, at=at, target=block, institution_id=programme.institution_id)
    return block


@transaction.atomic
def lift_order(block: Block, *, by: User, at: datetime) -> None:
    """End an order; what one of the two wishes holds on. Raises NotTheirs for a wish."""
    if not block.order or block.programme is None:
        raise NotTheirs
    _lift(block, by, at, "order.lifted", block.programme.institution_id)


def _faces(one: User, other: User) -> dict[str, str]:
    """As they see each other from now on."""
    names = {"one_name": one.name, "one_about": one.about}
    return {**names, "other_name": other.name, "other_about": other.about}


def _part(block: Block, at: datetime) -> None:
    _note(block)
    rest_between(block.one, block.other, at=at)
    close_between(block.one_id, block.other_id, at=at)


def _lift(block: Block, by: User, at: datetime, action: str, institution: int | None) -> None:
    if Block.objects.standing().filter(pk=block.pk).update(lifted_at=at, lifted_by=by):
        _note(block)
        rest_between(block.one, block.other, at=at)
        record(action, by=by, at=at, target=block, institution_id=institution)


def _note(block: Block) -> None:
    """Whether anything keeps each of the two apart from somebody; what begins and what ends just then waits for one another."""
    both = User.objects.select_for_update(no_key=True).filter(pk__in=(block.one_id, block.other_id))
    for person in both.order_by("pk"):
        apart = Block.objects.standing().filter(Q(one=person) | Q(other=person)).exists()
        User.objects.filter(pk=person.pk).update(kept_apart=apart)


def _tell_desk(block: Block, programme: Programme, at: datetime) -> None:
    """Whoever is one of the two is not told."""
    for coordinator in programme.coordinators.exclude(pk__in=(block.one_id, block.other_id)):
        with translation.override(coordinator.language):
            name = str(programme)
        key, url = f"safeguarding.apart:{block.pk}:{coordinator.pk}", reverse("safety_desk", args=[programme.slug])
        notify("safeguarding.apart", to=coordinator, key=key, at=at, url=url, programme=name)
