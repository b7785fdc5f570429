"""The platform with one of its promises broken, named by SABOTAGE: what the drill must then find."""

import os
from typing import Any
from uuid import uuid4

from django.utils import timezone

from config import celery_app
from config.asgi import application
from mentoring.messaging import hub as module
from mentoring.messaging.models import Message
from mentoring.messaging.services import reading

__all__ = ["application", "celery_app"]


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
    line.listeners[listener] = after


def tell_anew(*args: Any, key: str, **how: Any) -> Any:
    """Whatever is told is told for the first time."""
    return kept_notify(*args, key=f"{key}:{uuid4()}", **how)


kept_say, kept_notify = module.Hub.say, reading.notify_in
BROKEN: dict[str, tuple[Any, str, Any]] = {
    "ack before commit": (module.Hub, "say", answer_first),
    "resume before join": (module.Hub, "join", read_first),
    "no resync after Redis": (module.Hub, "look_everywhere", lambda self: None),
    "news without a key": (reading, "notify_in", tell_anew),
}
if what := os.environ.get("SABOTAGE"):
    setattr(*BROKEN[what])
