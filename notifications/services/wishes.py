"""What a person wants to be told, in which ways and when."""

from collections.abc import Mapping
from datetime import date, time

from django.db import transaction

from accounts.models import User
from notifications.kinds import kinds
from notifications.models import Absence, Preference, Rhythm
from notifications.queries import Ways


@transaction.atomic
def keep_preferences(person: User, wanted: Mapping[str, Ways]) -> None:
    """Store in which ways `person` wants each kind of news. Kinds not named stay as they are."""
    for kind in kinds():
        if ways := wanted.get(kind.slug):
            Preference.objects.update_or_create(person=person, kind=kind.slug, defaults=ways.as_fields())


def keep_absence(person: User, *, from_on: date, until_on: date) -> Absence:
    """Store that `person` is away; the same first day again changes the last."""
    absence, _is_new = Absence.objects.update_or_create(person=person, from_on=from_on, defaults={"until_on": until_on})
    return absence


def keep_rhythm(person: User, **chosen: bool | time | str) -> Rhythm:
    """Store when `person` may be reached; what is not named stays as it is."""
    rhythm, _is_new = Rhythm.objects.update_or_create(person=person, defaults=chosen)
    return rhythm
