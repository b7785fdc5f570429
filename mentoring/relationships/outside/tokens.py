"""JSON Web Tokens (RFC 7519) with HS256 (RFC 7518): made, and read again."""

import base64
import hashlib
import hmac
import json
from binascii import Error
from datetime import datetime
from typing import Any

from mentoring.relationships.outside.base import NotFromThere


def token(claims: dict[str, object], secret: str) -> str:
    """The claims, sealed."""
    parts = [
        _packed(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    ]
    return ".".join([*parts, _packed(_seal(".".join(parts), secret))])


def claims_of(header: str, secret: str, *, at: datetime) -> dict[str, Any]:
    """The claims of the token in an `Authorization` header, with or without "Bearer". Raises NotFromThere for another algorithm,
    a wrong seal, no secret, and before or after its time."""
    try:
        signed, _dot, seal = header.removeprefix("Bearer ").strip().rpartition(".")
        head, claims = (json.loads(_unpacked(part)) for part in signed.split("."))
        genuine = bool(secret) and hmac.compare_digest(_seal(signed, secret), _unpacked(seal))
        if not genuine or head["alg"] != "HS256":
            raise NotFromThere
        if not float(claims.get("nbf", 0)) <= at.timestamp() < float(claims.get("exp", "inf")):
            raise NotFromThere
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Error) as error:
        raise NotFromThere from error
    return dict(claims)


def _seal(signed: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
