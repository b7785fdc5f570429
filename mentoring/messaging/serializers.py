"""Changes as clients read them: one shape for the socket and for plain HTTP.

A frame is the same for everybody, so it is packed once however many hear it; only its words about time (`w`) are each reader's.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone, translation

from accounts.faces import Faces, seen_with
from accounts.models import User
from core.dates import activate_calendar, format_clock, get_calendar, local
from mentoring.messaging.models import Attachment, Call, Change, Message, Reaction, Topic
from mentoring.messaging.queries import says_only
from mentoring.messaging.services import Done
from mentoring.messaging.words import day_words, parts, snippet

Frame = dict[str, Any]
QUARTER = 15 * 60
"""Midnights of all zones of the world lie on quarters of an hour."""


class Speech(NamedTuple):
    """How a reader is told the time."""

    language: str
    calendar: str
    zone: str

    @classmethod
    def of(cls, person: User) -> "Speech":
        return cls(person.language, person.calendar, person.time_zone)


@dataclass(frozen=True, slots=True)
class Marks:
    """What was put on a message; nothing yet on a new one."""

    signs: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    pinned: bool = False
    called: Sequence[str] = ()
    call: Call | None = None


class Words(NamedTuple):
    """When something was said, in the words of a reader: the frame's `w`, and its clock alone."""

    packed: str
    clock: str


packed: Callable[[Frame], str] = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":")
).encode
"""A frame as a text."""


def change_frame(change: Change, faces: Faces | None = None) -> Frame:
    """`c`: what happened, with the message as it is now (loaded by `for_frames`), for whoever sees people with these faces."""
    if faces is not None:
        with seen_with(lambda: faces):
            return change_frame(change)
    message = change.message
    marks = Marks(
        reacted(message.reactions.all()),
        pinned=message.is_pinned,
        called=tuple(mention.words for mention in message.mentions.all()),
        call=message.its_call,
    )
    return _change(change.room_id, change.seq, change.kind, message, str(message.sender), marks)


def new_message_frame(message: Message, name: str) -> Frame:
    """`c` of a message that was just committed; `name` is its sender's."""
    return _change(message.room_id, message.seq, Change.Kind.MESSAGE, message, name, Marks(called=message.called))


def reacted(reactions: Iterable[Reaction]) -> dict[str, list[tuple[int, str]]]:
    """By sign: who put it there, id and name, the first one first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for each in sorted(reactions, key=lambda reaction: reaction.pk):
        found.setdefault(each.sign, []).append((each.person_id, str(each.person)))
    return found


def _change(room: int, seq: int, kind: str, message: Message, name: str, marks: Marks) -> Frame:
    quoted = message.reply_to if message.reply_to_id else None  # asked of a model, nothing costs as much as something
    topic = message.topic if message.topic_id else None
    return {
        "t": "c",
        "r": room,
        "s": seq,
        "k": str(kind),
        "m": {
            "id": message.pk,
            "s": message.seq,
            "cid": str(message.cid),
            "u": message.sender_id,
            "name": name,
            "parts": [] if marks.call or says_only(message) else parts(message.body, marks.called),
            "files": [told(file) for file in message.files],
            "re": {"s": quoted.seq, "name": str(quoted.sender), "b": snippet(quoted.body)} if quoted else None,
            "x": marks.signs,
            "pin": marks.pinned,
            "rev": message.rev,
            "edited": message.edited_at is not None,
            "gone": message.deleted_at is not None,
            **({"hidden": True} if message.hidden else {}),
            **({"th": told_topic(topic)} if topic else {}),
            **({"call": told_call(marks.call)} if marks.call else {}),
            "ts": message.created_at.isoformat(),
        },
    }


def told_topic(topic: Topic) -> dict[str, Any]:
    return {"id": topic.pk, "title": str(topic), "open": topic.closed_at is None}


def told_call(call: Call) -> dict[str, Any]:
    """What became of a call; where it was talked, how long and since when."""
    talked = {"seconds": call.seconds, "minutes": call.minutes} if call.state == Call.State.TALKED else {}
    elsewhere = {"outside": True} if call.outside else {}
    return {"id": str(call.pk), "st": call.state, "since": call.began_at.isoformat(), **talked, **elsewhere}


def told(file: Attachment) -> dict[str, Any]:
    """A file as the client shows it."""
    shown: dict[str, Any] = {}
    if file.width:
        small = reverse("file_small", args=[file.pk])
        shown = {"small": small, "weight": file.weight, "w": file.width, "h": file.height}
    return {
        "id": str(file.pk),
        "name": file.name,
        "size": file.size,
        "kind": file.kind,
        "seconds": file.seconds,
        "url": file.get_absolute_url(),
        **shown,
    }


def for_reader(frame: Frame, said_at: datetime, speech: Speech, *, now: datetime) -> Frame:
    """The frame with its time in the words of a reader."""
    return {**frame, "w": json.loads(words(said_at, speech, now=now).packed)}


@lru_cache(maxsize=64)  # all of a batch are said in one moment
def words(said_at: datetime, speech: Speech, *, now: datetime) -> Words:
    """The clock, the day for comparing, and the day in words."""
    return _words(int(said_at.timestamp()) // 60, speech, int(now.timestamp()) // QUARTER)


@lru_cache(maxsize=4096)
def _words(minute: int, speech: Speech, quarter: int) -> Words:
    said_at, now = (datetime.fromtimestamp(seconds, tz=UTC) for seconds in (minute * 60, quarter * QUARTER))
    with _spoken(speech):
        day, clock = local(said_at).date().isoformat(), format_clock(said_at)
        return Words(packed({"time": clock, "day": day, "day_words": day_words(said_at, now=now)}), clock)


@contextmanager
def _spoken(speech: Speech) -> Iterator[None]:
    before = get_calendar()
    activate_calendar(speech.calendar)
    try:
        with translation.override(speech.language), timezone.override(ZoneInfo(speech.zone)):
            yield
    finally:
        activate_calendar(before)


def heartbeat(rooms: Mapping[int, tuple[int, UUID]], told: Mapping[int, UUID]) -> Frame:
    """`hb`: where `rooms` are, {room: (head, epoch)}. Epochs only where they are others than the client was `told`."""
    anew = {room: str(epoch) for room, (_head, epoch) in rooms.items() if told.get(room, epoch) != epoch}
    heads = {room: head for room, (head, _epoch) in rooms.items()}
    return {"t": "hb", "heads": heads, **({"epochs": anew} if anew else {})}


def ok_frame(message: Message, speech: Speech, *, now: datetime) -> Frame:
    """`ok`: committed, with its place in the room."""
    return {
        "t": "ok",
        "cid": str(message.cid),
        "r": message.room_id,
        "s": message.seq,
        "id": message.pk,
        "ts": message.created_at.isoformat(),
        "time": words(message.created_at, speech, now=now).clock,
    }


def done_frame(done: Done, cid: object) -> Frame:
    """`ok` of what was done to a message: the change it took, 0 where everything stood so already."""
    seq = done.change.seq if done.change else 0
    return {"t": "ok", "cid": str(cid), "r": done.message.room_id, "s": seq, "id": done.message.pk}
