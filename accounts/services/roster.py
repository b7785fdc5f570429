"""People as an institution's own lists bring them: rosters, files of people, other systems."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Belonging, Institution, User
from accounts.services.audit import record
from accounts.services.invitations import invite
from core.errors import DomainError
from core.text import clean_name


class ExternalIdTaken(DomainError):
    code = "external_id_taken"
    default = _("Another person of the institution already has this id.")


@transaction.atomic
def add_person(
    institution: Institution,
    *,
    email: str,
    name: str,
    external_id: str = "",
    by: User | None,
    at: datetime,
    **choices: str,
) -> tuple[User | None, bool]:
    """Find or make the person with this e-mail in the institution.

    A new person has no password (they set one by resetting it) and the institution's language, calendar and zone unless
    `choices` say otherwise. Nothing of a person who is already there is overwritten. Somebody with an account of their
    own elsewhere is asked first: they get an invitation, and nothing is said about them. Returns the person (None when
    they were asked) and whether they are new. Raises ExternalIdTaken.
    """
    like_the_house = {field: getattr(institution, field) for field in ("language", "calendar", "time_zone")}
    person = User.objects.filter(email=email.lower()).first()
    if person is not None and not Belonging.objects.filter(institution=institution, person=person).exists():
        invite(institution, email=email, role=Belonging.Role.MEMBER, by=by, at=at)
        return None, False
    if person is None:
        person = User.objects.create_user(email, name=clean_name(name), **(like_the_house | choices))
    taken = Belonging.objects.filter(institution=institution, external_id=external_id).exclude(person=person)
    if external_id and taken.exists():
        raise ExternalIdTaken
    _belonging, is_new = Belonging.objects.get_or_create(
        institution=institution, person=person, defaults={"external_id": external_id}
    )
    if is_new:
        record("person.added", by=by, at=at, target=person, institution_id=institution.pk)
    return person, is_new
