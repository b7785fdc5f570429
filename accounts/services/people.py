"""What a person chose, which role they hold, and their leaving for good."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import personal_data
from accounts.models import Belonging, User
from accounts.services.audit import record
from accounts.signals import person_will_be_erased, sessions_ended
from core.errors import DomainError
from core.realtime import publish


class LastAdministrator(DomainError):
    code = "last_administrator"
    default = _("An institution needs at least one administrator. Give somebody else this role first.")


def keep_choice(person: User, **choices: str | bool) -> None:
    """Store what a person chose about themselves: name, about, language, calendar, zone, appearance, keys, role to work in."""
    for name, value in choices.items():
        setattr(person, name, value)
    person.save(update_fields=list(choices))


@transaction.atomic
def change_belonging(belonging: Belonging, *, role: str, by: User, at: datetime) -> None:
    """Give or take the administrator's role. Raises LastAdministrator when nobody would be left to hold it."""
    if belonging.role == role:
        return
    administrators = Belonging.objects.select_for_update().filter(
        institution=belonging.institution_id, role=Belonging.Role.ADMINISTRATOR
    )
    if role != Belonging.Role.ADMINISTRATOR and len(administrators) == 1:
        raise LastAdministrator
    belonging.role = role
    belonging.save(update_fields=["role"])
    action = "role.granted" if role == Belonging.Role.ADMINISTRATOR else "role.revoked"
    record(action, by=by, at=at, target=belonging, institution_id=belonging.institution_id, reason="administrator")


def tell_signed_out(*, sessions: Sequence[str] = (), people: Sequence[int] = ()) -> None:
    """After commit, let open sockets hear that these sessions are over, and that those of these people are to be looked at."""
    publish("accounts.signed_out", sessions=list(sessions), people=list(people))


@transaction.atomic
def end_sessions(person: User, *, by: User, at: datetime, keep: str = "") -> int:
    """Sign `person` out everywhere except in the session with the key `keep`. Returns how many sessions ended."""
    keys = [s.session_key for s in personal_data.sessions_of(person, at=at) if s.session_key != keep]
    ended, _rows = Session.objects.filter(session_key__in=keys).delete()
    sessions_ended.send(User, person=person, keep=keep, now=keep)
    if ended:
        tell_signed_out(sessions=keys)
        record("session.revoked", by=by, at=at, target=person)
    return ended


@transaction.atomic
def erase_person(person: User, *, by: User, at: datetime) -> None:
    """Take a person out of every row, for good: what they wrote is emptied, the skeleton that statistics need stays.

    Derived from the data class of every field. Raises LastAdministrator when an institution would be left without one.
    """
    for belonging in person.belongings.filter(role=Belonging.Role.ADMINISTRATOR).select_related("institution"):
        if belonging.institution.belongings.filter(role=Belonging.Role.ADMINISTRATOR).count() == 1:
            raise LastAdministrator
    person_will_be_erased.send(User, person=person, at=at)
    end_sessions(person, by=by, at=at)
    personal_data.erase(person, at=at)
    record("person.erased", by=by, at=at, target=person)
