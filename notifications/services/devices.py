"""News on the devices of a person, by Web Push: who and where to look, never what was said."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language_bidi

from accounts.letters import in_words_of
from accounts.models import User
from core import webpush
from notifications.kinds import kind as kind_of
from notifications.models import Device, PushKey
from notifications.queries import way_to
from notifications.texts import filled

GONE = (404, 410)
REFUSED = (400, 401, 403, 413)
MOST_DEVICES = 10
log = structlog.get_logger(__name__)


def push_key() -> str:
    """The private key of this installation; made once, when it is first asked for."""
    row = PushKey.objects.filter(pk=1).first()
    return (row or PushKey.objects.get_or_create(pk=1, defaults={"private": webpush.new_key()})[0]).private


def keep_device(
    person: User, *, endpoint: str, p256dh: str, auth: str, name: str, at: datetime, session: str = ""
) -> Device:
    """Let this browser show the news of `person`, and of nobody else any more. Raises ValueError for keys that are none."""
    webpush.sealed(b"", p256dh=p256dh, auth=auth)
    device, _is_new = Device.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "person": person,
            "p256dh": p256dh,
            "auth": auth,
            "name": name,
            "created_at": at,
            "session": _sum(session),
        },
    )
    latest = Device.objects.filter(person=person).order_by("-created_at", "-pk")
    Device.objects.filter(pk__in=list(latest.values_list("pk", flat=True)[MOST_DEVICES:])).delete()
    return device


def forget_devices(person: User, *, session: str) -> None:
    """The session with this key is over, and so is what was added in it."""
    Device.objects.filter(person=person, session=_sum(session)).delete()


def forget_other_devices(person: User, *, keep: str, now: str) -> None:
    """Only the session with the key `keep` goes on, under the key `now`."""
    kept = Q(session=_sum(keep)) if keep else Q(pk=None)
    Device.objects.filter(~kept, person=person).delete()
    if keep != now:
        Device.objects.filter(person=person).update(session=_sum(now))


def _sum(session: str) -> str:
    return sha256(session.encode()).hexdigest() if session else ""


def push(device: Device, *, kind: str, key: str, url: str, params: Mapping[str, str | int], at: datetime) -> int:
    """Show the title of one piece of news there, in its person's language. A device that is no more is forgotten.

    Returns the status of the push service. Raises Unreachable, for another try.
    """
    news = kind_of(kind)
    with in_words_of(device.person):
        direction = "rtl" if get_language_bidi() else "ltr"
        shown = {"title": filled(news.title, params), "url": url, "lang": device.person.language, "dir": direction}
    shown["way"] = way_to(kind, key=key, recipient=device.person, url=url)
    mine = push_key()
    status = webpush.deliver(
        device.endpoint,
        webpush.sealed(json.dumps(shown).encode()[:3000], p256dh=device.p256dh, auth=device.auth),
        authorization=webpush.signed(device.endpoint, key=mine, contact=settings.PUSH_CONTACT),
        topic=webpush.packed(sha256(key.encode()).digest()[:24]),
        urgent=news.urgent or news.lasts_s is not None,
        kept_s=news.lasts_s or webpush.KEPT_S,
        private=settings.PUSH_TO_OWN_NETWORK,
    )
    if status in GONE:
        device.delete()
    elif 200 <= status < 300:
        Device.objects.filter(pk=device.pk).update(used_at=at)
    elif status in REFUSED:
        log.warning("push_refused", device=device.pk, status=status)
    else:
        raise webpush.Unreachable(str(status))
    return status
