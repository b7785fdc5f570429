"""Rooms for calls that stand elsewhere, as a programme chooses: a link, Jitsi, BigBlueButton, LiveKit. Each can create a room,
say where one enters it, end it, and understand what its server tells; `Outside` is all that the rest knows of them."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import User
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship
from mentoring.relationships.outside.base import NotFromThere, Outside, RoomAway, Told
from mentoring.relationships.outside.bigbluebutton import BigBlueButton
from mentoring.relationships.outside.jitsi import Jitsi
from mentoring.relationships.outside.link import Link
from mentoring.relationships.outside.livekit import LiveKit
from mentoring.relationships.signals import ended_elsewhere, entered_elsewhere

__all__ = ["RoomAway", "Told", "code_of", "enter", "hear", "leave", "outside_of"]


def outside_of(programme: Programme) -> Outside | None:
    """The room elsewhere that a programme has chosen; None where people call each other from their conversation."""
    match programme.calls_by:
        case Programme.CallsBy.LINK:
            return Link(programme.calls_address)
        case Programme.CallsBy.JITSI:
            return Jitsi(programme.calls_address, programme.calls_key, programme.calls_secret)
        case Programme.CallsBy.BIGBLUEBUTTON:
            return BigBlueButton(programme.calls_address, programme.calls_secret)
        case Programme.CallsBy.LIVEKIT:
            return LiveKit(programme.calls_address, programme.calls_key, programme.calls_secret)
    return None


def code_of(relationship: Relationship) -> str:
    """The name of their room: always the same, and nobody guesses it."""
    return f"peyvand-{salted_hmac('mentoring.meeting', str(relationship.pk), algorithm='sha256').hexdigest()[:24]}"


def leave(relationship: Relationship, *, at: datetime) -> None:
    """Nobody meets there any more. Raises RoomAway."""
    if room := outside_of(relationship.programme):
        room.end(code_of(relationship), at=at)


def enter(relationship: Relationship, person: User, *, at: datetime) -> str:
    """Open the room elsewhere and say where this person enters; "" where there is none. Raises RoomAway."""
    room = outside_of(relationship.programme)
    if room is None:
        return ""
    code = code_of(relationship)
    hears_at = settings.SITE_URL + reverse("calls_told", args=[relationship.programme.slug, "ended"])
    room.create(code, hears_at=hears_at, at=at)
    entered_elsewhere.send(Relationship, relationship=relationship, person=person, code=code, at=at)
    return room.join_url(code, person, at=at)


def hear(slug: str, told: Told, *, at: datetime) -> bool:
    """What the server of a programme's room says. Whether it is known here: False for an unknown programme or room and for a
    wrong seal alike."""
    programme = Programme.objects.filter(slug=slug).first()
    room = programme and outside_of(programme)
    try:
        ended = room.hear(told, at=at) if room else None
    except NotFromThere:
        return False
    if room is None or ended is None:
        return room is not None
    heard = ended_elsewhere.send(
        Programme, programme=programme, code=ended.code, begun_by=ended.begun_by, at=min(ended.at, at)
    )
    return any(known for _receiver, known in heard)
