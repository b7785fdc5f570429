"""Calls over the socket: who rings is SQL's to say, what two browsers tell each other is only passed on, to one device.

A page takes part with its first `look`. It is told how its person's calls stand, and again whenever that changes; a page that was
away looks again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.utils import timezone

from accounts.models import User
from core.threads import UNREACHABLE, DatabaseThreads, Together
from mentoring.messaging.frames import BadFrame, NoRoom, number, text
from mentoring.messaging.models import Call, Room, RoomMember
from mentoring.messaging.pen import writer
from mentoring.messaging.relays import ice_servers, relay_only
from mentoring.messaging.serializers import Frame, packed
from mentoring.messaging.services import (
    CallIsOver,
    answer_call,
    check_may_call,
    decline_call,
    end_call,
    keep_call,
    place_call,
)
from mentoring.messaging.words import keepable

LONGEST_DEVICE = 36
CALL_HINT, SIGNAL_HINT = "talk.call", "talk.signal"
log = structlog.get_logger(__name__)
Standing = tuple[Call | None, set[int]]
"""A call, and who of its two is still a member of its room where it was asked for by its id."""


class Phone(Protocol):
    """A socket that can ring."""

    user: User

    def put(self, text: str, *, now: bool = False) -> None: ...


class Switchboard:
    """`tell_others(kind, **ids)` reaches the other processes."""

    def __init__(
        self, readers: DatabaseThreads, spawn: Callable[[Any], None], tell_others: Callable[..., Awaitable[None]]
    ) -> None:
        self.readers, self.spawn, self.tell_others = readers, spawn, tell_others
        self.standing = Together(readers, _standing)  # in one row: what was read first is told first
        self.phones: dict[int, dict[Phone, str]] = {}  # by person: their pages here, each with the name of its device

    def begin(self, phone: Phone, device: str = "") -> None:
        """From here on it is told how its person's calls stand; without a device nobody can talk on it."""
        self.phones.setdefault(phone.user.pk, {})[phone] = device

    async def who_rings(self, person: User) -> Call | None:
        """The call that rings with `person` now."""
        call, _present = await self.standing(person)
        return call if call and call.rings(person) else None

    def leave(self, phone: Any) -> None:
        """The socket is closed."""
        theirs = self.phones.get(phone.user.pk, {})
        theirs.pop(phone, None)
        if not theirs:
            self.phones.pop(phone.user.pk, None)

    async def say(self, phone: Phone, frame: Frame) -> None:
        """`sig`. Raises BadFrame, NoRoom, and what the services refuse."""
        device = text(frame, "dev")
        if not 0 < len(keepable(device)) == len(device) <= LONGEST_DEVICE:
            raise BadFrame
        if frame.get("do") == "look":
            self.begin(phone, device)
            call, _present = await self.standing(phone.user)
            phone.put(told(call, phone.user, device) if call else packed({"t": "sig", "st": "none"}), now=True)
        elif "do" in frame:
            await writer(_do, frame, phone.user, device, at=timezone.now())
        else:
            await self._pass_on(phone, frame, device)

    async def _pass_on(self, phone: Phone, frame: Frame, device: str) -> None:
        """What one browser tells the other, never stored: only between the two devices that talk."""
        data, to = frame.get("data"), text(frame, "to")
        if not isinstance(data, dict):
            raise BadFrame
        person = await self.readers(_listener_of, frame, phone.user, device, to)
        said = keepable(packed({"t": "sig", "call": frame["call"], "from": device, "data": data}))
        if not self._hand(person, to, said):
            await self.tell_others(SIGNAL_HINT, person=person, device=to, said=said)

    def _hand(self, person: int, device: str, said: str) -> bool:
        phones = [phone for phone, name in self.phones.get(person, {}).items() if name == device]
        for phone in phones:
            phone.put(said, now=True)
        return bool(phones)

    def hear(self, hint: Mapping[str, Any]) -> None:
        """A call has changed, or somebody says something to a device that may be here."""
        if hint["kind"] == SIGNAL_HINT:
            self._hand(hint["person"], hint["device"], hint["said"])
        elif self.phones:
            self.spawn(self._show(hint["call"]))

    async def _show(self, call_id: str) -> None:
        """To all pages of both, for each device what it has to know."""
        try:
            call, present = await self.standing(call_id)
        except UNREACHABLE as error:  # whoever looks again is told
            log.warning("call_unread", error=repr(error))
            return
        if call is None:
            return
        for person in present:
            for phone, device in list(self.phones.get(person, {}).items()):
                phone.put(told(call, phone.user, device), now=True)


def _standing(asked: Sequence[User | str]) -> list[Standing]:
    """The open call of each person, and each call that was asked for by its id."""
    open_ones = _open_calls([each for each in asked if isinstance(each, User)])
    by_id = _calls_and_people([each for each in asked if isinstance(each, str)])
    return [open_ones[each.pk] if isinstance(each, User) else by_id.get(each, (None, set())) for each in asked]


def _open_calls(people: Sequence[User]) -> dict[int, Standing]:
    """One query for all of them, and one more for who is in one."""
    at = timezone.now()
    going_on = Call.objects.going_on(at).of(*people).values_list("callee", "message__sender")
    calling = {person for both in going_on for person in both}
    found = {person.pk: _open_call_of(person, at) if person.pk in calling else None for person in people}
    return {person: (call, set()) for person, call in found.items()}


def _open_call_of(person: User, at: datetime) -> Call | None:
    return Call.objects.visible_to(person).going_on(at).of(person).with_people().first()


def _calls_and_people(ids: Sequence[str]) -> dict[str, Standing]:
    calls = list(Call.objects.with_people().filter(pk__in=ids)) if ids else []
    members = RoomMember.objects.filter(room__in={call.message.room_id for call in calls}, left_at=None)
    present: dict[int, set[int]] = {}
    for room, person in members.values_list("room", "person"):
        present.setdefault(room, set()).add(person)
    both = {call: {call.callee_id, call.message.sender_id} for call in calls}
    return {str(call.pk): (call, both[call] & present.get(call.message.room_id, set())) for call in calls}


def told(call: Call, person: User, device: str = "") -> str:
    """`sig` about how a call stands; with the way to the other side for the devices that talk."""
    message, talks = call.message, call.state == Call.State.LIVE and device in (call.caller_device, call.callee_device)
    way = {"ice": ice_servers(person, now=timezone.now()), "relay": relay_only(message.room)} if talks else {}
    return packed(
        {
            "t": "sig",
            "call": str(call.pk),
            "r": message.room_id,
            "st": call.state,
            "u": message.sender_id,
            "to": call.callee_id,
            "name": str(call.callee if person.pk == message.sender_id else message.sender),
            "devs": [call.caller_device, call.callee_device],
            "since": call.began_at.isoformat(),
            **way,
        }
    )


def call_of(frame: Frame, person: User) -> Call:
    """The call that a frame is about, `person`'s own. Raises BadFrame, NoRoom."""
    call = Call.objects.visible_to(person).of(person).with_people().filter(pk=_id(frame)).first()
    if call is None:
        raise NoRoom
    return call


def _id(frame: Frame) -> UUID:
    try:
        return UUID(text(frame, "call"))
    except ValueError as error:
        raise BadFrame from error


def _listener_of(frame: Frame, person: User, device: str, to: str) -> int:
    """Whom `person` talks to from `device`, when that one talks on `to`. Rights may have gone since they began."""
    call = call_of(frame, person)
    check_may_call(call.message.room, person)
    ends = {call.caller_device: call.message.sender_id, call.callee_device: call.callee_id}
    if call.state != Call.State.LIVE or ends.get(device) != person.pk or to == device or to not in ends:
        raise CallIsOver
    return ends[to]


def _do(frame: Frame, person: User, device: str, *, at: datetime) -> None:
    if frame["do"] == "ring":
        room = Room.objects.visible_to(person).filter(pk=number(frame, "r")).first()
        if room is None:
            raise NoRoom
        place_call(room, by=person, call_id=_id(frame), device=device, at=at)
    elif frame["do"] == "answer":
        answer_call(call_of(frame, person), by=person, device=device, at=at)
    elif frame["do"] in ("decline", "end", "beat"):
        {"decline": decline_call, "end": end_call, "beat": keep_call}[frame["do"]](
            call_of(frame, person), by=person, at=at
        )
    else:
        raise BadFrame
