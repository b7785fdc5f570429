"""Telling a person something, once, in the ways and at the time they want it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core.jobs import enqueue
from notifications.kinds import Kind
from notifications.kinds import kind as kind_of
from notifications.models import Device, Notification
from notifications.queries import Ways, mail_pause_of, rhythm_of, ways_of
from notifications.quiet import quiet_until
from notifications.signals import news_read


def notify(kind: str, *, to: User, key: str, at: datetime, url: str = "", **params: str | int) -> Notification | None:
    """Tell one person something once, as they prefer to be told of this kind: the same `key` again changes nothing.

    In the inbox in this transaction, by mail and on their devices through the outbox. `params` fill the texts of the
    kind. Returns the notification, or None when it was already told, is not wanted in the inbox, or `to` has left.
    """
    return _notify(ways_of(to, kind), None, kind, to=to, key=key, at=at, url=url, params=params)


def notify_in(
    ways: Ways, kind: str, *, to: User, key: str, at: datetime, url: str = "", **params: str | int
) -> Notification | None:
    """`notify` in these ways, whatever is preferred for the kind; by the daily mail, too."""
    by_mail = None if ways.mail == ways_of(to, kind).mail else ways.mail
    return _notify(ways, by_mail, kind, to=to, key=key, at=at, url=url, params=params)


@transaction.atomic
def _notify(
    ways: Ways,
    by_mail: bool | None,
    kind: str,
    *,
    to: User,
    key: str,
    at: datetime,
    url: str,
    params: Mapping[str, str | int],
) -> Notification | None:
    if not to.is_active:
        return None
    made = None
    if ways.mail and not ways.in_app and mail_pause_of(to):  # then it stands at least where they look
        ways = replace(ways, in_app=True)
    if ways.in_app:
        made, is_new = Notification.objects.get_or_create(
            key=key,
            defaults={
                "recipient": to,
                "kind": kind,
                "params": params,
                "url": url,
                "created_at": at,
                "by_mail": by_mail,
            },
        )
        if not is_new:
            return None
    if kind_of(kind).mail and ways.mail:
        _mail(kind_of(kind), to=to, key=key, at=at, url=url, params=params, in_inbox=made is not None)
    if ways.push:
        _push(kind_of(kind), to=to, key=key, at=at, url=url, params=params)
    return made


def _push(kind: Kind, *, to: User, key: str, at: datetime, url: str, params: Mapping[str, str | int]) -> None:
    """To each device on its own, so that one that is away makes no other ring twice. What is over by the end of quiet hours is
    not held until then."""
    devices = list(Device.objects.filter(person=to).values_list("pk", flat=True))
    held = None if kind.urgent or not devices else quiet_until(rhythm_of(to), to.zone, at)
    if held and kind.lasts_s:
        return
    for device in devices:
        enqueue(
            "notifications.send_push",
            key=f"push:{key}:{device}",
            due_at=held,
            device_id=device,
            kind=kind.slug,
            news_key=key,
            params=params,
            url=url,
            held=held is not None,
        )


def _mail(
    kind: Kind, *, to: User, key: str, at: datetime, url: str, params: Mapping[str, str | int], in_inbox: bool
) -> None:
    """At once, when their quiet time ends, or with the rest of the day."""
    rhythm = rhythm_of(to)
    if rhythm.daily and in_inbox and not kind.urgent:
        return
    held = None if kind.urgent else quiet_until(rhythm, to.zone, at)
    enqueue(
        "notifications.send_mail",
        key=f"mail:{key}",
        due_at=held,
        recipient_id=to.pk,
        kind=kind.slug,
        mail_key=key,
        params=params,
        url=url,
        held=held is not None,
    )


@transaction.atomic
def mark_read(person: User, *, at: datetime, only: Notification | None = None) -> int:
    """Mark one piece of news, or all, as read. Returns how many were unread."""
    unread = Notification.objects.visible_to(person).unread()
    if only is not None:
        unread = unread.filter(pk=only.pk)
    newest = unread.aggregate(newest=Max("created_at"))["newest"]
    marked: int = unread.update(read_at=at) if newest else 0
    if marked:
        news_read.send(Notification, newest={person.pk: newest}, at=at)
    return marked


def mark_new(person: User, *, only: Notification | None = None, read_at: datetime | None = None) -> int:
    """Mark one piece of news as not read after all, or all that was marked as read in the moment `read_at`. Returns how many."""
    read = Notification.objects.visible_to(person).exclude(read_at=None)
    read = read.filter(read_at=read_at) if only is None else read.filter(pk=only.pk)
    marked: int = read.update(read_at=None)
    return marked
