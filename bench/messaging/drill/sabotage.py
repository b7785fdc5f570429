"""The platform with one of its promises broken, named by SABOTAGE: what the drill must then find."""

import os
from typing import Any

from django.utils import timezone

from config.asgi import application
from mentoring.messaging import hub as module
from mentoring.messaging.models import Message

__all__ = ["application"]


def answer_first(self: module.Hub, send: Any, answer: Any) -> None:
    """Acknowledge, then commit."""
    answer(Message(pk=0, room_id=send.room_id, seq=0, cid=send.cid, created_at=timezone.now()))
    kept_say(self, send, lambda _outcome: None)


async def read_first(self: module.Hub, listener: Any, room: int, after: int, read: Any, **_more: Any) -> None:
    """Read what was missed, then join."""
    after, texts = await module.readers(read, room, after)
    await listener.give_all(texts)
    line = self.lines.setdefault(room, module.Line(room))
    if not line.listeners:
        line.head = after
    line.listeners.add(listener)


kept_say = module.Hub.say
BROKEN = {
    "ack before commit": ("say", answer_first),
    "resume before join": ("join", read_first),
    "no resync after Redis": ("look_everywhere", lambda self: None),
}
if what := os.environ.get("SABOTAGE"):
    setattr(module.Hub, *BROKEN[what])
