"""The platform looks after itself once a minute: does it answer over the network, with its database, and do its jobs move?

The worker asks and the clock rings, so a minute without a passed check is one in which something of these stood still.
"""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from core.outward import Unreachable, ask
from core.tallies import add

WHAT, EVERYBODY = "health", 0
FAILED, PASSED = 0, 1
SECONDS = 10.0


def look(*, at: datetime) -> bool:
    """Ask `/readyz` as a visitor would, and count whether it said yes."""
    site = urlsplit(settings.SITE_URL)
    headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
    try:
        status, _body = ask("GET", f"{settings.HEALTH_URL}/readyz", headers=headers, private=True, whole_s=SECONDS)
    except Unreachable:
        status = 0
    add(WHAT, {(EVERYBODY, PASSED if status == 200 else FAILED): 1}, at=at)
    return status == 200
