"""Mails that say of ours that they did not arrive (RFC 3464), or that their reader does not want them (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses

from django.conf import settings
from django.utils.crypto import salted_hmac

HARD, SOFT, COMPLAINT = "hard", "soft", "complaint"
_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_NO_SUCH_PLACE = re.compile(r"5\.(?:1\.\d{1,3}|2\.1)")
"""RFC 3463: something about the address, or a mailbox that takes nothing any more. A full mailbox, a network, or what somebody
thinks of our server says nothing of it."""


@dataclass(frozen=True)
class Returned:
    """`id`: the Message-ID of ours; `addresses`: to whom it went, as far as the report knows; `code`: the extended status."""

    id: str
    addresses: frozenset[str]
    kind: str
    code: str


def id_of(key: str) -> str:
    """What stands before the @ of the Message-ID of a mail with this key: always the same, and nobody else can make it, so
    that a report about it comes from where it was read."""
    return salted_hmac("notifications.mail", key, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()[:40]


def returned(raw: bytes) -> Returned | None:
    """What a raw mail reports of one of ours; None where it is no report, or only of a delay."""
    mail: EmailMessage = message_from_bytes(raw, policy=policy.compat32)  # type: ignore[assignment]
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    parts = {part.get_content_type(): part for part in mail.get_payload() if isinstance(part, Message)}
    ours = _our_headers(parts)
    if ours is None:
        return None
    to = _addresses(ours.get("To"))
    mine = str(ours.get("Message-ID", "")).strip().strip("<>").partition("@")[0]
    if report := parts.get("message/feedback-report"):
        told = [
            _addresses(block.get(name))
            for block in _blocks(report)
            for name in ("Original-Rcpt-To", "Removal-Recipient")
        ]
        return Returned(mine, to.union(*told), COMPLAINT, COMPLAINT)
    for block in _blocks(parts.get("message/delivery-status")):
        if str(block.get("Action", "")).strip().lower() == "failed":
            codes = _CODE.findall(f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}")
            code = next((each for each in codes if not each.endswith(".0.0")), next(iter(codes), ""))
            told = [
                _addresses(str(block.get(name, "")).rpartition(";")[2])
                for name in ("Final-Recipient", "Original-Recipient")
            ]
            return Returned(mine, to.union(*told), HARD if _NO_SUCH_PLACE.fullmatch(code) else SOFT, code)
    return None


def _our_headers(parts: dict[str, Message]) -> Message | None:
    """Those of the mail that came back."""
    if whole := parts.get("message/rfc822"):
        return next(_blocks(whole), None)
    if headers := parts.get("text/rfc822-headers"):
        return message_from_bytes(bytes(headers.get_payload(decode=True) or b""))
    return None


def _blocks(part: Message | None) -> Iterator[Message]:
    payload = part.get_payload() if part is not None else None
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))


def _addresses(header: object) -> frozenset[str]:
    return frozenset(address.lower() for _name, address in getaddresses([str(header or "")]) if "@" in address)
