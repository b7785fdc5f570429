"""Verbs about the places of a mentor or mentee."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from mentoring.planning.models import Enrolment


class NoFreePlace(DomainError):
    code = "no_free_place"
    default = _("There is no free place left just now.")


class PlacesTaken(DomainError):
    code = "places_taken"
    default = _("More places are taken than this. End or hand over a relationship first.")


@transaction.atomic
def take_place(enrolment: Enrolment) -> None:
    """Count one free place down in one statement, so that two cannot take the last. Raises NoFreePlace."""
    taken = Enrolment.objects.filter(pk=enrolment.pk, free_places__gt=0).update(free_places=F("free_places") - 1)
    if not taken:
        raise NoFreePlace(_("%(name)s has no free place left just now.") % {"name": enrolment.person})


@transaction.atomic
def give_back_place(enrolment: Enrolment) -> None:
    """The place of a relationship that is over; never more than the person's places."""
    Enrolment.objects.filter(pk=enrolment.pk, free_places__lt=F("capacity")).update(free_places=F("free_places") + 1)


@transaction.atomic
def set_capacity(enrolment: Enrolment, capacity: int) -> None:
    """Change how many places there are; those taken stay taken. Raises PlacesTaken."""
    changed = Enrolment.objects.filter(pk=enrolment.pk, capacity__lte=F("free_places") + capacity).update(
        free_places=F("free_places") + capacity - F("capacity"), capacity=capacity
    )
    if not changed:
        raise PlacesTaken
    enrolment.refresh_from_db(fields=["capacity", "free_places"])
