"""Changing and signing the agreement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from mentoring.relationships.models import Agreement, Relationship, Signature
from mentoring.relationships.services.relationship import change_status, is_agreed, lock_working
from mentoring.relationships.signals import relationship_moved
from notifications.services import notify

FIELDS = ("rhythm_days", "reply_hours", "channels", "expectations", "reconnect", "boundaries", "ends_on")


class AgreementChanged(DomainError):
    code = "agreement_changed"
    default = _("The agreement was changed in the meantime. Please read it again before you sign.")


@transaction.atomic
def change_agreement(
    agreement: Agreement, fields: Mapping[str, Any], *, version: int, by: User, at: datetime
) -> Agreement:
    """Write a new version; older signatures no longer count, and the others are asked to sign again.

    `version` is the one that was read. Raises AgreementChanged when somebody else was quicker, NotPossibleNow.
    Nothing changed: nothing happens.
    """
    relationship = lock_working(agreement.relationship)
    agreement = relationship.agreement
    if agreement.version != version:
        raise AgreementChanged(_("The agreement was changed in the meantime; your text is kept here. Look at both."))
    if all(getattr(agreement, name) == fields[name] for name in FIELDS):
        return agreement
    for name in FIELDS:
        setattr(agreement, name, fields[name])
    agreement.version += 1
    agreement.updated_at, agreement.updated_by = at, by
    agreement.save()
    relationship_moved.send(Relationship, relationship_id=relationship.pk, at=at)
    if relationship.planned_end_on != agreement.ends_on:
        relationship.planned_end_on = agreement.ends_on
        relationship.save(update_fields=["planned_end_on"])
    for person in relationship.partners_of(by):
        notify(
            "relationships.agreement_to_sign",
            to=person,
            key=f"agreement-to-sign:{agreement.pk}:{agreement.version}:{person.pk}",
            at=at,
            url=reverse("agreement", args=[relationship.pk]),
            partner=str(by),
        )
    return agreement


@transaction.atomic
def sign_agreement(agreement: Agreement, *, version: int, by: User, at: datetime) -> bool:
    """Sign the version that was read. True when with this the agreement is signed by all.

    The first time all have signed, the relationship becomes active. Signing twice is signing once.
    Raises AgreementChanged, NotPossibleNow.
    """
    relationship = lock_working(agreement.relationship)
    agreement = relationship.agreement
    if agreement.version != version:
        raise AgreementChanged
    _signature, is_new = Signature.objects.get_or_create(
        agreement=agreement, version=version, person=by, defaults={"signed_at": at}
    )
    agreed = is_agreed(relationship)
    if not is_new:
        return agreed
    relationship_moved.send(Relationship, relationship_id=relationship.pk, at=at)
    if agreed and relationship.status == Relationship.Status.AWAITING:
        change_status(relationship, Relationship.Status.ACTIVE, by=by, at=at, action="match.active")
    kind = "relationships.agreement_signed" if agreed else "relationships.agreement_to_sign"
    for person in relationship.partners_of(by):
        notify(
            kind,
            to=person,
            key=f"{kind}:{agreement.pk}:{version}:{by.pk}:{person.pk}",
            at=at,
            url=reverse("agreement", args=[relationship.pk]),
            partner=str(by),
        )
    return agreed
