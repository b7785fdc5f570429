"""What a client may say, understood once for the socket and for plain HTTP. Rights are asked with every frame."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.faces import seen_with
from accounts.models import User
from mentoring.messaging.models import Message, Room
from mentoring.messaging.queries import MOST_CHANGES, changes_after
from mentoring.messaging.serializers import Frame, Speech, change_frame, for_reader, packed
from mentoring.messaging.services import (
    Done,
    Send,
    close_topic,
    delete_message,
    edit_message,
    keep_draft,
    open_topic,
    pin,
    react,
    rename_topic,
    reopen_topic,
)
from mentoring.relationships.queries import faces_for

VERSION = 1
MOST_ROOMS = 60
MOST_BYTES = 32 * 1024
MOST_FILES = 50


class BadFrame(Exception):
    """Not a frame of the protocol."""


class NoRoom(Exception):
    """Not there, or not for this person: the same answer."""


def parsed(text: str | None) -> Frame:
    if text is None:
        raise BadFrame
    if len(text) * 4 > MOST_BYTES and len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise BadFrame("too_big")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    if not isinstance(frame, dict):
        raise BadFrame
    return frame


def number(frame: Frame, key: str) -> int:
    value = frame.get(key)
    if type(value) is not int or not 0 <= value < 2**63:
        raise BadFrame
    return value


def client_id(frame: Frame) -> UUID:
    try:
        return UUID(frame.get("cid"))
    except (ValueError, TypeError, AttributeError) as error:
        raise BadFrame from error


def resume_points(frame: Frame) -> dict[int, int]:
    """{room: last change the client has}, from `{"rooms": {"5": 17}}`."""
    rooms = frame.get("rooms")
    if frame.get("v") != VERSION or not isinstance(rooms, dict) or len(rooms) > MOST_ROOMS:
        raise BadFrame
    if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in rooms):
        raise BadFrame
    return {int(key): number(rooms, key) for key in rooms}


def text(frame: Frame, key: str) -> str:
    value = frame.get(key)
    if not isinstance(value, str):
        raise BadFrame
    return value


def gap_frame(room: int, head: int, after: int) -> Frame | None:
    """What is said instead of the changes from `after` to `head` where they are more than a page, or where the database is
    older than the client."""
    return None if 0 <= head - after <= MOST_CHANGES else {"t": "gap", "r": room, "head": head}


def frames_after(user: User, speech: Speech, room_id: int, after: int) -> tuple[int, list[str]]:
    """How far the frames go, and the frames of the changes after `after`, packed. More than a page is left to
    `GET /rooms/<id>/changes`, and so is everything when the database is older than the client. Raises NoRoom."""
    room = Room.objects.visible_to(user).filter(pk=room_id).with_rest().first()
    if room is None:
        raise NoRoom
    if gap := gap_frame(room_id, room.last_seq, after):
        return room.last_seq, [packed(gap)]
    changes, now = changes_after(room_id, after, until=room.last_seq), timezone.now()
    with seen_with(lambda: faces_for(user.pk)) if room.rests else nullcontext():
        frames = [for_reader(change_frame(c), c.message.created_at, speech, now=now) for c in changes]
    return (changes[-1].seq if changes else after), [packed(frame) for frame in frames]


def send_of(frame: Frame, by: User) -> Send:
    """`m`: what somebody wants to say."""
    quoted = number(frame, "re") if frame.get("re") is not None else None
    topic = number(frame, "th") if frame.get("th") is not None else None
    return Send(number(frame, "r"), by, client_id(frame), text(frame, "b"), quoted, file_ids(frame), topic=topic)


def file_ids(frame: Frame) -> tuple[UUID, ...]:
    """`att`: the ids of files that were uploaded before."""
    ids = frame.get("att") or []
    if not isinstance(ids, list) or len(ids) > MOST_FILES:
        raise BadFrame
    try:
        return tuple(UUID(each) for each in ids)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadFrame from error


def write_draft(frame: Frame, by: User, *, at: datetime) -> None:
    """`dr`: what somebody has begun to write. Raises BadFrame, NoRoom, and what the service refuses."""
    room = Room.objects.visible_to(by).filter(pk=number(frame, "r")).first()
    if room is None:
        raise NoRoom
    device = frame.get("dev")
    keep_draft(room, by=by, body=text(frame, "b"), device=device if isinstance(device, str) else "", at=at)


def do(frame: Frame, by: User, *, at: datetime) -> Done:
    """`e`, `d`, `x`, `p`, `th`: what is done to message `m` of room `r`. Raises BadFrame, NoRoom, and what the services
    refuse."""
    act, cid = ACTS[frame["t"]], client_id(frame)
    message = Message.objects.visible_to(by).filter(room=number(frame, "r"), pk=number(frame, "m")).first()
    if message is None:
        raise NoRoom
    return act(message, frame, by, at, cid)


def _edit(message: Message, frame: Frame, by: User, at: datetime, cid: UUID) -> Done:
    return edit_message(message, by=by, body=text(frame, "b"), rev=number(frame, "rev"), at=at, cid=cid)


def _delete(message: Message, _frame: Frame, by: User, at: datetime, cid: UUID) -> Done:
    return delete_message(message, by=by, at=at, cid=cid)


def _react(message: Message, frame: Frame, by: User, at: datetime, cid: UUID) -> Done:
    return react(message, by=by, sign=text(frame, "x"), on=frame.get("on") is True, at=at, cid=cid)


def _pin(message: Message, frame: Frame, by: User, at: datetime, cid: UUID) -> Done:
    return pin(message, by=by, on=frame.get("on") is True, at=at, cid=cid)


def _topic(message: Message, frame: Frame, by: User, at: datetime, cid: UUID) -> Done:
    """`b` opens it, `to` gives it another name; without either it is closed or opened again."""
    if "to" in frame:
        return rename_topic(message, by=by, title=text(frame, "to"), at=at, cid=cid)
    if "b" in frame:
        return open_topic(message, by=by, title=text(frame, "b"), at=at, cid=cid)
    turn = reopen_topic if frame.get("on") is True else close_topic
    return turn(message, by=by, at=at, cid=cid)


ACTS: dict[str, Callable[[Message, Frame, User, datetime, UUID], Done]] = {
    "e": _edit,
    "d": _delete,
    "x": _react,
    "p": _pin,
    "th": _topic,
}
