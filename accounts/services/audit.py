"""The audit trail: one append-only chain of who did what to which row and when."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F

from accounts.models import AuditEvent, AuditHead, User
from core.middleware import current_request_id


def link(previous: str, event: dict[str, Any]) -> str:
    """The hash of one audit event: SHA-256 over the hash before it and the event's canonical JSON."""
    body = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((previous + body).encode()).hexdigest()


def event_body(event: AuditEvent) -> dict[str, Any]:
    """What of an event is hashed: everything that says who, what, when, and its place in the order."""
    return {
        "seq": event.seq,
        "at": event.at.isoformat(timespec="microseconds"),
        "action": event.action,
        "actor": event.actor_id,
        "institution": event.institution_id,
        "target": [event.target_type, event.target_id],
        "outcome": event.outcome,
        "reason": event.reason,
        "request": event.request_id,
    }


@transaction.atomic
def record(
    action: str,
    *,
    by: User | None,
    at: datetime,
    target: models.Model | None = None,
    institution_id: int | None = None,
    outcome: str = "ok",
    reason: str = "",
) -> AuditEvent:
    """Append an audit event in the caller's transaction. Says who did what to which row; never content.

    The head's row is the lock: two events cannot take the same place, and an event stands only if its fact stands.
    """
    if not AuditHead.objects.filter(pk=1).update(seq=F("seq") + 1):
        AuditHead.objects.get_or_create(pk=1)
        AuditHead.objects.filter(pk=1).update(seq=F("seq") + 1)
    head = AuditHead.objects.get(pk=1)
    event = AuditEvent(
        seq=head.seq,
        at=at,
        action=action,
        actor_id=by.pk if by is not None else None,
        institution_id=institution_id,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        outcome=outcome,
        reason=reason[:200],
        request_id=current_request_id(),
        previous=head.hash,
    )
    event.hash = link(head.hash, event_body(event))
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(hash=event.hash)
    return event


def broken_link() -> int | None:
    """The number of the first audit event that does not fit the chain; None when the whole chain holds."""
    previous, expected = "", 1
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        if event.seq != expected or event.previous != previous or event.hash != link(previous, event_body(event)):
            return event.seq
        previous, expected = event.hash, expected + 1
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None and (head.seq != expected - 1 or head.hash != previous):
        return expected
    return None
