"""What conversations tell people. The words of a message stay in the conversation: the letter only says that there are some."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.urls import resolve
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.messaging.mail import address_for
from mentoring.messaging.models import Call, Room
from mentoring.messaging.models.calls import RINGS_FOR
from mentoring.messaging.queries import (
    CALLED,
    HELD,
    HIDDEN,
    MEETS,
    MISSED_CALL,
    NEW_MESSAGE,
    REPLY_REFUSED,
    RINGS,
    members_who_wait,
)
from notifications.kinds import Kind, register

MEETS_FOR = timedelta(minutes=15)


def _still_unread(person: int, url: str) -> bool:
    """Read on another device, deleted, or no longer a member: nothing is left to tell."""
    return members_who_wait(_room(url)).filter(person=person).exists()


def _still_rings(person: int, url: str) -> bool:
    return Call.objects.ringing(at=timezone.now()).filter(callee=person, message__room=_room(url)).exists()


def _still_met(person: int, url: str) -> bool:
    return Call.objects.filter(message__room=_room(url), state=Call.State.LIVE).exclude(outside="").exists()


def _answers_go_to(person: int, url: str) -> str:
    """Nowhere where one only reads."""
    room = Room.objects.filter(pk=_room(url), closed_at=None).exclude(kind=Room.Kind.NEWS).first()
    return address_for(room.pk, person) if room else ""


def _room(url: str) -> int:
    """The conversation that the page of a piece of news is in."""
    pk: int = resolve(urlsplit(url).path).kwargs["pk"]
    return pk


register(
    Kind(
        NEW_MESSAGE,
        label=_("A new message"),
        title=_("%(partner)s wrote to you"),
        body=_("There is a message for you that you have not read yet."),
        action=_("Read it"),
        still=_still_unread,
        reply_to=_answers_go_to,
    ),
    Kind(
        CALLED,
        label=_("Somebody calls me by name in a message"),
        title=_("%(partner)s calls you in a conversation"),
        body=_("Your name stands in a message that you have not read yet."),
        action=_("Read it"),
        still=_still_unread,
        reply_to=_answers_go_to,
    ),
    Kind(
        RINGS,
        label=_("Somebody calls me"),
        title=_("%(partner)s is calling you"),
        body=_("Open the conversation to answer."),
        action=_("Answer the call"),
        mail=False,
        lasts_s=int(RINGS_FOR.total_seconds()),
        still=_still_rings,
    ),
    Kind(
        MEETS,
        label=_("Somebody is in the programme’s room for calls"),
        title=_("%(partner)s is in the programme’s room for calls"),
        body=_("Open the conversation and go there, too, if it suits you now."),
        action=_("Open the conversation"),
        mail=False,
        lasts_s=int(MEETS_FOR.total_seconds()),
        still=_still_met,
    ),
    Kind(
        MISSED_CALL,
        label=_("A missed call"),
        title=_("%(partner)s called you"),
        body=_("You did not come to the phone. Call back when it suits you, or write a line."),
        action=_("Open the conversation"),
        still=_still_unread,
    ),
    Kind(
        REPLY_REFUSED,
        label=_("My answer by mail did not arrive"),
        title=_("Your answer by mail did not arrive"),
        body=_(
            "The conversation is closed or rests, a coordinator would look at it first, or there were no words of yours in the"
            " mail. Write in the conversation instead."
        ),
        action=_("Open the conversation"),
    ),
    Kind(
        HELD,
        label=_("Messages that wait for me"),
        title=_("A message in “%(programme)s” waits for you"),
        body=_("A rule about contact details or words was met. Its writer knows that it waits."),
        action=_("Look at it"),
        desk=True,
    ),
    Kind(
        HIDDEN,
        label=_("A message of mine was hidden"),
        title=_("A message of yours is not shown any more"),
        body=_(
            "Your programme has hidden it. The reason: %(reason)s. The conversation goes on; if you see it otherwise, write to"
            " your coordinators."
        ),
        action=_("Open the conversation"),
    ),
)
