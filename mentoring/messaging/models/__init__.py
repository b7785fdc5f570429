"""Rooms, what is said in them, and what people put on it."""

from mentoring.messaging.models.calls import Call
from mentoring.messaging.models.files import Attachment, AttachmentPart
from mentoring.messaging.models.mails import InboundMail
from mentoring.messaging.models.marks import ICONS, Mention, Outgrowth, Pin, Reaction, SavedMessage
from mentoring.messaging.models.messages import Change, HideReason, Message, MessageRevision
from mentoring.messaging.models.rooms import Room, RoomMember
from mentoring.messaging.models.topics import Topic
from mentoring.messaging.models.watching import Flag, WordRules
from mentoring.messaging.models.writing import Draft, ScheduledMessage

__all__ = [
    "ICONS",
    "Attachment",
    "AttachmentPart",
    "Call",
    "Change",
    "Draft",
    "Flag",
    "HideReason",
    "InboundMail",
    "Mention",
    "Message",
    "MessageRevision",
    "Outgrowth",
    "Pin",
    "Reaction",
    "Room",
    "RoomMember",
    "SavedMessage",
    "ScheduledMessage",
    "Topic",
    "WordRules",
]
