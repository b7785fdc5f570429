"""Verbs about what people bring and want."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from mentoring.planning.models import Availability, Enrolment, EnrolmentConcept, Never, Wish
from mentoring.planning.queries import counterparts
from mentoring.planning.services.enrolments import settle_readiness_of
from mentoring.planning.services.more_answers import add_answers
from mentoring.planning.services.places import set_capacity

WISHES = 5
PLAIN = ("headline", "organisation", "field", "seniority", "languages", "goals", "motivation", "contacts_wanted")


class EnoughWishes(DomainError):
    code = "enough_wishes"
    default = _("You can name up to five people. Take one off the list first.")


@transaction.atomic
def answer(enrolment: Enrolment, answers: Mapping[str, Any], *, at: datetime) -> None:
    """Keep what somebody answered; keys that are missing stay as they were.

    Keys: the plain fields of Enrolment, `capacity`, `skills` as {concept: level 1-5}, `availability` as
    [(weekday, starts, ends)] with Monday 0 and minutes of the person's own day, `more` as `add_answers` takes it. Raises
    PlacesTaken.
    """
    changed = [name for name in PLAIN if name in answers]
    for name in changed:
        setattr(enrolment, name, answers[name])
    if changed:
        enrolment.save(update_fields=changed)
    if "capacity" in answers and answers["capacity"] != enrolment.capacity:
        set_capacity(enrolment, answers["capacity"])
    if "skills" in answers:
        set_concepts(enrolment, answers["skills"])
    if "availability" in answers:
        set_availability(enrolment.person, answers["availability"])
    if "more" in answers:
        add_answers(enrolment, answers["more"], at=at)
    settle_readiness_of(enrolment.person_id, at=at)
    enrolment.refresh_from_db(fields=["status", "status_at", "ready_at"])


@transaction.atomic
def set_concepts(enrolment: Enrolment, levels: Mapping[str, int]) -> None:
    """Replace what a mentor offers or a mentee wants; EnrolmentConcept.MUST as level: cannot do without it."""
    kind = EnrolmentConcept.Kind.OFFERED if enrolment.is_mentor else EnrolmentConcept.Kind.WANTED
    enrolment.concepts.filter(kind=kind).delete()
    EnrolmentConcept.objects.bulk_create(
        EnrolmentConcept(
            enrolment=enrolment,
            concept=slug,
            kind=kind,
            level=min(level, EnrolmentConcept.MUST - 1),
            must=level == EnrolmentConcept.MUST,
        )
        for slug, level in levels.items()
    )


@transaction.atomic
def set_availability(person: User, stretches: Iterable[tuple[int, int, int]]) -> None:
    """Replace a person's weekly free time: (weekday, starts, ends), Monday 0, minutes in their own zone."""
    Availability.objects.filter(person=person).delete()
    Availability.objects.bulk_create(
        Availability(person=person, weekday=day, starts=starts, ends=ends) for day, starts, ends in stretches
    )


@transaction.atomic
def wish(enrolment: Enrolment, other_id: int) -> None:
    """Put a ready counterpart at the end of the list. Raises EnoughWishes; Enrolment.DoesNotExist for anybody else."""
    other = counterparts(enrolment).get(pk=other_id)
    ranked = _ranked(enrolment)
    if other.pk not in ranked and len(ranked) == WISHES:
        raise EnoughWishes
    if other.pk not in ranked:
        order_wishes(enrolment, [*ranked, other.pk])


@transaction.atomic
def order_wishes(enrolment: Enrolment, wished_ids: list[int]) -> None:
    """Set the whole list anew, first choice first."""
    enrolment.wishes.all().delete()
    Wish.objects.bulk_create(
        Wish(enrolment=enrolment, wished_id=pk, rank=rank) for rank, pk in enumerate(wished_ids[:WISHES], start=1)
    )


@transaction.atomic
def drop_wish(enrolment: Enrolment, other_id: int) -> None:
    order_wishes(enrolment, [pk for pk in _ranked(enrolment) if pk != other_id])


@transaction.atomic
def raise_wish(enrolment: Enrolment, other_id: int) -> None:
    """One place up."""
    ranked = _ranked(enrolment)
    if other_id in ranked[1:]:
        place = ranked.index(other_id)
        ranked[place - 1], ranked[place] = ranked[place], ranked[place - 1]
        order_wishes(enrolment, ranked)


def _ranked(enrolment: Enrolment) -> list[int]:
    """The list as it stands, held for this transaction: of two who change it at once the second sees what the first did."""
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    return list(enrolment.wishes.order_by("rank").values_list("wished_id", flat=True))


@transaction.atomic
def never(enrolment: Enrolment, other_id: int, *, by: User) -> None:
    """These two are not to be matched; the other side never learns of it. Raises Enrolment.DoesNotExist."""
    other = counterparts(enrolment).get(pk=other_id)
    Never.objects.get_or_create(enrolment=enrolment, other=other, defaults={"by": by})
    drop_wish(enrolment, other_id)


@transaction.atomic
def take_back_never(enrolment: Enrolment, other_id: int, *, by: User) -> None:
    enrolment.nevers.filter(other=other_id, by=by).delete()
