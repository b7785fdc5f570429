"""How two browsers find each other: the servers of the settings, with a password that is good for half a day.

TURN by coturn's REST scheme: the name is "expiry:person", the password base64(HMAC-SHA1(secret, name)).
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import User
from mentoring.messaging.models import Room

GOOD_FOR = timedelta(hours=12)


def ice_servers(person: User, *, now: datetime) -> list[dict[str, Any]]:
    """As `RTCPeerConnection` takes them; none where none are set."""
    servers: list[dict[str, Any]] = [{"urls": settings.STUN_URLS}] if settings.STUN_URLS else []
    if settings.TURN_URLS:
        name, password = credentials(person.pk, settings.TURN_SECRET, until=now + GOOD_FOR)
        servers.append({"urls": settings.TURN_URLS, "username": name, "credential": password})
    return servers


def credentials(person: int, secret: str, *, until: datetime) -> tuple[str, str]:
    """Name and password for the TURN server."""
    name = f"{int(until.timestamp())}:{person}"
    seal = hmac.new(secret.encode(), name.encode(), hashlib.sha1)
    return name, base64.b64encode(seal.digest()).decode()


def relay_only(room: Room) -> bool:
    """Whether voices pass only through the relay, so that neither sees the address of the other (`relationship__programme`
    loaded)."""
    programme = room.relationship.programme if room.relationship else None
    return settings.CALLS_RELAY_ONLY or bool(programme and programme.calls_relay_only)
