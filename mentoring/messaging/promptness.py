"""Whether what was said reached the devices that were there within five seconds: looked at for a few messages at a time, so that
a busy hub pays one comparison for each of the others."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from django.db.models.functions import Coalesce

from accounts.models import User
from core.tallies import Counting
from mentoring.messaging.models import Message, Room

WHAT = "delivered"
LATE, IN_TIME = 0, 1
WITHIN_S = 5.0
MOST, MOST_DEVICES = 64, 20
"""Messages that are watched at the same time, and devices that are looked at for one of them."""


class Device(Protocol):
    user: User

    def waits(self, text: str) -> bool | None:
        """Whether this text has not been given to it yet; None when the device is gone."""


def _programmes(rooms: Collection[int]) -> Iterable[tuple[int, int]]:
    rows = Room.objects.filter(pk__in=rooms).annotate(of=Coalesce("relationship__programme", "programme"))
    return rows.exclude(of=None).values_list("pk", "of")


delivered = Counting(WHAT, _programmes)


class Promptness:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.watched = loop, 0

    @property
    def is_free(self) -> bool:
        return self.watched < MOST

    def watch(self, message: Message, given: Sequence[tuple[Device, str]], now: datetime) -> None:
        """Look again five seconds after the message was accepted whether everybody else has it."""
        others = [(device, text) for device, text in given if device.user.pk != message.sender_id]
        left = WITHIN_S - (now - message.created_at).total_seconds()
        if not others:
            return
        if left <= 0:
            delivered.count(message.room_id, LATE)
            return
        self.watched += 1
        self.loop.call_later(left, self._look, message.room_id, others)

    def _look(self, room: int, others: Sequence[tuple[Device, str]]) -> None:
        self.watched -= 1
        waiting = [device.waits(text) for device, text in others]
        if any(waiting):
            delivered.count(room, LATE)
        elif False in waiting:
            delivered.count(room, IN_TIME)
