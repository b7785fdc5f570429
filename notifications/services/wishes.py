"""What a person wants to be told, in which ways and when."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.db import transaction

from accounts.models import User
from notifications.kinds import kinds
from notifications.models import Absence, Preference, Rhythm
from notifications.queries import Ways
from notifications.signals import rest_changed


@transaction.atomic
def keep_preferences(person: User, wanted: Mapping[str, Ways]) -> None:
    """Store in which ways `person` wants each kind of news. Kinds not named stay as they are."""
    for kind in kinds():
        if ways := wanted.get(kind.slug):
            Preference.objects.update_or_create(person=person, kind=kind.slug, defaults=ways.as_fields())


@transaction.atomic
def keep_absence(person: User, *, from_on: date, until_on: date, at: datetime) -> Absence:
    """Store that `person` is away; the same first day again changes the last."""
    absence, _is_new = Absence.objects.update_or_create(person=person, from_on=from_on, defaults={"until_on": until_on})
    rest_changed.send(Absence, person=person, at=at)
    return absence


@transaction.atomic
def drop_absence(absence: Absence, *, at: datetime) -> None:
    """They are not away on these days after all."""
    absence.delete()
    rest_changed.send(Absence, person=absence.person, at=at)


@transaction.atomic
def keep_rhythm(person: User, *, at: datetime, **chosen: bool | time | str) -> Rhythm:
    """Store when `person` may be reached; what is not named stays as it is."""
    rhythm, _is_new = Rhythm.objects.update_or_create(person=person, defaults=chosen)
    rest_changed.send(Rhythm, person=person, at=at)
    return rhythm
