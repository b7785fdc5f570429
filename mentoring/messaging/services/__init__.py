"""What people do in a conversation. Every change takes the next number of its room in the transaction of the change."""

from mentoring.messaging.services.acting import Done
from mentoring.messaging.services.changing import EDIT_WINDOW, delete_message, edit_message, forget_revisions
from mentoring.messaging.services.marking import pin, react, save
from mentoring.messaging.services.reading import (
    choose_ways,
    mark_read,
    mark_unread,
    move_deliveries,
    move_pointers,
    tell_unread,
)
from mentoring.messaging.services.refusals import (
    Conflict,
    Deleted,
    EmptyMessage,
    NoSuchSign,
    NotAMember,
    RoomClosed,
    Stale,
    TooLate,
    TooLong,
    TooManyPins,
)
from mentoring.messaging.services.rooms import begin_epoch, close_room, join_room, open_room, reopen_room
from mentoring.messaging.services.sending import send_all, send_message
from mentoring.messaging.services.wanted import Send, Sent

__all__ = [
    "EDIT_WINDOW",
    "Conflict",
    "Deleted",
    "Done",
    "EmptyMessage",
    "NoSuchSign",
    "NotAMember",
    "RoomClosed",
    "Send",
    "Sent",
    "Stale",
    "TooLate",
    "TooLong",
    "TooManyPins",
    "begin_epoch",
    "choose_ways",
    "close_room",
    "delete_message",
    "edit_message",
    "forget_revisions",
    "join_room",
    "mark_read",
    "mark_unread",
    "move_deliveries",
    "move_pointers",
    "open_room",
    "pin",
    "react",
    "reopen_room",
    "save",
    "send_all",
    "send_message",
    "tell_unread",
]
