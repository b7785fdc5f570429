"""Web Push without a library: who we are (VAPID, RFC 8292) and the message, encrypted for one browser (RFC 8188, RFC 8291).

Addresses of push services come from browsers, that is from anybody: `core.outward` connects to public ones only.
"""

import base64
import json
import os
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.outward import Unreachable as Unreachable
from core.outward import ask

RECORD = 4096
WHOLE_S = 20
"""For one delivery from the handshake to the answer: who answers byte by byte would keep a worker for days."""
KEPT_S = 24 * 3600
_CURVE = ec.SECP256R1()


def packed(data: bytes) -> str:
    """Base64 for addresses, without the signs at the end."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_key() -> str:
    """A private key as it is kept."""
    number = ec.generate_private_key(_CURVE).private_numbers().private_value
    return packed(number.to_bytes(32, "big"))


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unpacked(key), "big"), _CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def public_key(key: str) -> str:
    """What a browser is told of us."""
    return packed(_point(_private(key).public_key()))


def signed(endpoint: str, *, key: str, contact: str, now: float | None = None) -> str:
    """The `Authorization` header for one push service."""
    where = urlsplit(endpoint)
    claims = {"aud": f"{where.scheme}://{where.netloc}", "exp": int(now or time.time()) + 12 * 3600, "sub": contact}
    text = ".".join(packed(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(_private(key).sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={text}.{packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public_key(key)}"


def sealed(text: bytes, *, p256dh: str, auth: str, salt: bytes | None = None, sender: str | None = None) -> bytes:
    """The body only that browser can read. Raises ValueError for keys that are none."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, unpacked(p256dh))
    ours = _private(sender or new_key())
    salt = salt or os.urandom(16)
    own = _point(ours.public_key())
    info = b"WebPush: info\0" + _point(theirs) + own
    secret = _derived(ours.exchange(ec.ECDH(), theirs), unpacked(auth), info, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(own)]) + own
    return header + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def deliver(
    endpoint: str,
    body: bytes,
    *,
    authorization: str,
    topic: str,
    urgent: bool,
    kept_s: int = KEPT_S,
    private: bool = False,
) -> int:
    """Hand a sealed body to a push service, which keeps it for `kept_s` seconds where the device is away; the status it answers.
    `private` allows addresses of one's own network. Raises Unreachable."""
    headers = {
        "Authorization": authorization,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(kept_s),
        "Topic": topic,
        "Urgency": "high" if urgent else "normal",
    }
    return ask("POST", endpoint, body, headers, private=private, whole_s=WHOLE_S)[0]
