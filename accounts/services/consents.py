"""What a person agreed to, and took back."""

from datetime import datetime

from django.db import transaction

from accounts.models import Consent, User
from accounts.services.audit import record
from accounts.signals import consent_given, consent_withdrawn


@transaction.atomic
def give_consent(person: User, kind: str, *, at: datetime) -> Consent:
    """Record that `person` agrees to the present version of this text; agreeing again changes nothing."""
    consent, is_new = Consent.objects.get_or_create(
        person=person, kind=kind, version=Consent.CURRENT[kind], withdrawn_at=None, defaults={"given_at": at}
    )
    if is_new:
        record("consent.given", by=person, at=at, target=consent)
        consent_given.send(Consent, consent=consent, at=at)
    return consent


@transaction.atomic
def withdraw_consent(person: User, kind: str, *, at: datetime) -> None:
    """Take back what was agreed to, in every version."""
    for consent in Consent.objects.filter(person=person, kind=kind, withdrawn_at=None):
        consent.withdrawn_at = at
        consent.save(update_fields=["withdrawn_at"])
        record("consent.withdrawn", by=person, at=at, target=consent)
        consent_withdrawn.send(Consent, consent=consent, at=at)
