"""Keys by which an institution's systems read and write over REST."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import ApiKey, Institution, User, new_token, token_hash
from accounts.services.audit import record


@transaction.atomic
def make_api_key(
    institution: Institution,
    *,
    name: str,
    scopes: Iterable[str],
    by: User | None,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key of `institution`. Returns the row and the key itself, which is shown this once and never again."""
    token = f"pv_{new_token()}"
    key = ApiKey.objects.create(
        institution=institution,
        name=name,
        prefix=token[:10],
        key_hash=token_hash(token),
        scopes=sorted(scopes),
        created_by=by,
        expires_at=expires_at,
    )
    record("api_key.made", by=by, at=at, target=key, institution_id=institution.pk, reason=" ".join(key.scopes))
    return key, token


@transaction.atomic
def revoke_api_key(key: ApiKey, *, by: User, at: datetime) -> None:
    """From now on the key opens nothing; revoking again changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        record("api_key.revoked", by=by, at=at, target=key, institution_id=key.institution_id)
