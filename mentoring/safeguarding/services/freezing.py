"""Evidence: messages as they are at this moment, copied so that nothing that happens later changes them."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from mentoring.messaging.models import Attachment, AttachmentPart, Change, Message, Topic
from mentoring.safeguarding.models import Evidence, EvidenceFile, EvidencePart, Report

AROUND = 5


def freeze(report: Report, message: Message) -> str:
    """Copy the message and up to five before and after it, with what was said before edits and with their files. Returns the
    digest of all of it."""
    told = []
    for each in _around(message):
        evidence = Evidence.objects.create(report=report, reported=each.pk == message.pk, **_facts(each))
        files = [_copy(file, evidence) for file in each.attachments.filter(state=Attachment.State.CLEAN).order_by("pk")]
        told.append([*_digested(evidence), [[file.name, file.sha256] for file in files]])
    return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def digest_of(report: Report) -> str:
    """The digest of the evidence as it is now; another one than `report.digest` says that somebody changed it."""
    rows = report.evidence.prefetch_related("files").order_by("seq")
    told = [
        [*_digested(each), [[f.name, f.sha256] for f in sorted(each.files.all(), key=lambda f: f.pk)]] for each in rows
    ]
    return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _around(message: Message) -> Iterable[Message]:
    said = Message.objects.filter(room=message.room_id).select_related("sender", "topic").prefetch_related("revisions")
    before = said.filter(seq__lte=message.seq).order_by("-seq")[: AROUND + 1]
    after = said.filter(seq__gt=message.seq).order_by("seq")[:AROUND]
    return [*reversed(before), *after]


def _facts(message: Message) -> dict[str, Any]:
    revisions = sorted(message.revisions.all(), key=lambda revision: revision.rev)
    return {
        "message_id": message.pk,
        "seq": message.seq,
        "author": message.sender,
        "author_name": str(message.sender),
        "said_at": message.created_at,
        "body": message.body,
        "revisions": [{"rev": r.rev, "body": r.body, "replaced_at": r.replaced_at.isoformat()} for r in revisions],
        "topic": _names(message.topic) if message.topic else [],
        "deleted": message.deleted_at is not None,
    }


def _names(topic: Topic) -> list[str]:
    renamed = Change.objects.filter(message=topic.root_id, kind=Change.Kind.TOPIC, data__has_key="was").order_by("seq")
    return [*(change.data["was"] for change in renamed), topic.title]


def _digested(evidence: Evidence) -> list[Any]:
    said_at: datetime = evidence.said_at
    told = [evidence.message_id, evidence.author_name, int(said_at.timestamp()), evidence.body, evidence.revisions]
    return (
        [*told, evidence.topic] if evidence.topic else told
    )  # what was frozen before topics had names keeps its digest


def _copy(file: Attachment, evidence: Evidence) -> EvidenceFile:
    """Its bytes part by part: never all of them in memory."""
    kept = EvidenceFile.objects.create(evidence=evidence, name=file.name, mime=file.mime, size=file.size, sha256="")
    digest = sha256()
    for part in AttachmentPart.objects.filter(attachment=file).order_by("start").iterator(chunk_size=4):
        digest.update(part.data)
        EvidencePart.objects.create(file=kept, start=part.start, data=part.data)
    kept.sha256 = digest.hexdigest()
    kept.save(update_fields=["sha256"])
    return kept
