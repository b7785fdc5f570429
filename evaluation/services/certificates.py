"""Making one's certificate."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User, new_token
from accounts.services import record
from core.errors import DomainError
from evaluation.certificates import Standing, printed_words, span
from evaluation.models import Certificate
from evaluation.models.certificates import hash_of


class NotFinished(DomainError):
    code = "not_finished"
    status = 409
    default = _(
        "A certificate is for whoever finished: a relationship that was completed, and every module that is asked for."
    )


@transaction.atomic
def make_certificate(standing: Standing, *, by: User, at: datetime) -> Certificate:
    """Make the certificate of somebody who finished; making it again gives the same one. Raises NotFinished."""
    if standing.certificate is not None:
        return standing.certificate
    if not standing.finished:
        raise NotFinished
    starts_on, ends_on = span(standing)
    code = new_token()
    made, is_new = Certificate.objects.get_or_create(
        enrolment=standing.enrolment,
        defaults={
            "code": code,
            "code_hash": hash_of(code),
            "printed": printed_words(standing.enrolment),
            "starts_on": starts_on,
            "ends_on": ends_on,
            "made_at": at,
        },
    )
    if is_new:
        institution = standing.enrolment.programme.institution_id
        record("certificate.made", by=by, at=at, target=made, institution_id=institution)
    return made
