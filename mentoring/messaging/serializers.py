"""Changes as clients read them: one shape for the socket and for plain HTTP."""

from datetime import datetime
from typing import Any

from accounts.models import User
from core.dates import format_clock, local
from mentoring.messaging.models import Change, Message
from mentoring.messaging.words import day_words, parts, snippet

Frame = dict[str, Any]


def change_frame(change: Change, reader: User, *, now: datetime) -> Frame:
    """`c`: what happened, with the message as it is now. Times and days are in words, so ask under the reader's settings."""
    return {
        "t": "c",
        "r": change.room_id,
        "s": change.seq,
        "k": change.kind,
        "m": message_frame(change.message, reader, now=now),
    }


def message_frame(message: Message, reader: User, *, now: datetime) -> Frame:
    quoted = message.reply_to
    return {
        "id": message.pk,
        "s": message.seq,
        "cid": str(message.cid),
        "mine": message.sender_id == reader.pk,
        "name": str(message.sender),
        "parts": parts(message.body),
        "re": {"name": str(quoted.sender), "b": snippet(quoted.body)} if quoted else None,
        "edited": message.edited_at is not None,
        "gone": message.deleted_at is not None,
        "ts": message.created_at.isoformat(),
        "time": format_clock(message.created_at),
        "day": local(message.created_at).date().isoformat(),
        "day_words": day_words(message.created_at, now=now),
    }


def ok_frame(message: Message) -> Frame:
    """`ok`: committed, with its place in the room."""
    return {
        "t": "ok",
        "cid": str(message.cid),
        "r": message.room_id,
        "s": message.seq,
        "id": message.pk,
        "ts": message.created_at.isoformat(),
        "time": format_clock(message.created_at),
    }
