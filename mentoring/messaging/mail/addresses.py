"""An address for one person in one conversation: reply+<room>-<person>-<seal>@host. Who does not have it cannot make it."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SEAL = 24
_FORM = re.compile(rf"\+([0-9a-f]{{1,15}})-([0-9a-f]{{1,15}})-([0-9a-f]{{{_SEAL}}})@", re.IGNORECASE)


def address_for(room: int, person: int) -> str:
    """Where answers of `person` go; empty where no mail comes in. Mail folds upper case, so it is written in hexadecimal."""
    name, at, host = settings.REPLY_ADDRESS.partition("@")
    return f"{name}+{room:x}-{person:x}-{_seal(room, person)}@{host}" if at else ""


def find_address(addresses: Iterable[str]) -> tuple[int, int] | None:
    """(room, person) of the first of our own addresses among these."""
    name, _at, host = settings.REPLY_ADDRESS.lower().partition("@")
    for address in addresses:
        found = _FORM.search(address.lower())
        if not found or not address.lower().startswith(f"{name}+") or not address.lower().endswith(f"@{host}"):
            continue
        room, person = int(found[1], 16), int(found[2], 16)
        if constant_time_compare(found[3].lower(), _seal(room, person)):
            return room, person
    return None


def _seal(room: int, person: int) -> str:
    return salted_hmac("messaging.reply", f"{room}:{person}", algorithm="sha256").hexdigest()[:_SEAL]
