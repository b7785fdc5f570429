"""What a conversation refuses, each with its code on the socket and its sentence on the page."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class EmptyMessage(DomainError):
    code = "empty"
    status = 422
    default = _("Write something first.")


class TooLong(DomainError):
    code = "too_long"
    status = 422
    default = _("A message has at most 8,000 characters. Send it in two parts.")


class TooFast(DomainError):
    code = "busy"
    status = 429
    default = _("That was a lot at once. Wait a few seconds, then send it again.")


class CannotBeKept(DomainError):
    code = "cannot_be_kept"
    status = 422
    default = _("This message cannot be kept as it is. Write it in other words.")


class RoomClosed(DomainError):
    code = "closed"
    default = _("This conversation is closed. You can still read it.")


class TopicClosed(DomainError):
    code = "topic_closed"
    default = _("This topic is closed. Open it again, or write to everything.")


class InTopic(DomainError):
    code = "in_topic"
    default = _("This message belongs to a topic already.")


class TooManyTopics(DomainError):
    code = "too_many_topics"
    default = _("Fifty topics are open here already. Close one that is done.")


class NoTitle(DomainError):
    code = "no_title"
    status = 422
    default = _("Give the topic a name of up to 80 characters.")


class NotAMember(DomainError):
    code = "not_found"
    status = 404
    default = _("This conversation is not there.")


class Resting(DomainError):
    """They are kept apart from somebody here; nobody is told by whom."""

    code = "resting"
    status = 403
    default = _(
        "This conversation rests for the moment: you can read it, nothing new is said. Your coordinators are there for your"
        " questions."
    )


class Held(DomainError):
    """`details["rule"]` says by which rule."""

    code = "held"
    default = _(
        "This waits for a coordinator of your programme, who looks at messages with contact details or certain words. Until then"
        " nobody else reads it; you can change it or drop it."
    )


class HeldBack(DomainError):
    code = "held_back"
    default = _(
        "Your programme lets a coordinator look at contact details and certain words first. Send it as a new message, or change"
        " it in other words."
    )


class Conflict(DomainError):
    code = "conflict"
    default = _("This message was already sent with other words.")


class TooLate(DomainError):
    code = "too_late"
    default = _("A message can be changed for 15 minutes after it was sent.")


class Deleted(DomainError):
    code = "deleted"
    default = _("This message was deleted.")


class Stale(DomainError):
    code = "stale"
    default = _(
        "This message was changed on another device meanwhile. Look at its words as they are now, and save again."
    )


class NoSuchSign(DomainError):
    code = "bad_frame"
    status = 422
    default = _("There is no such sign.")


class TooManyPins(DomainError):
    code = "too_many"
    default = _("Fifty messages are pinned here already. Unpin one that is no longer needed.")


class FileNotReady(DomainError):
    code = "file_not_ready"
    default = _("A file is not there any more. Add it once more.")


class TooManyFiles(DomainError):
    code = "too_many_files"
    status = 422
    default = _("A message carries five files at most.")


class TooBig(DomainError):
    code = "too_big_file"
    status = 413
    default = _("This file is too big for this conversation.")


class FilesFull(DomainError):
    code = "files_full"
    status = 413
    default = _("Your files together are more than we can keep. Delete messages with files that nobody needs.")


class OtherPart(DomainError):
    """`details["have"]` says from where to go on."""

    code = "other_part"
    default = _("Go on from where the file was cut off.")


class FileBlocked(DomainError):
    code = "file_blocked"
    status = 422


class NotLater(DomainError):
    code = "not_later"
    status = 422
    default = _("Choose a time that is still to come, within a year.")


class NoCallHere(DomainError):
    code = "no_call_here"
    status = 403
    default = _("Calls are for open conversations of two people.")


class InCall(DomainError):
    code = "in_call"
    default = _("You are in a call already. End it first.")


class CallIsOver(DomainError):
    code = "call_over"
    default = _("This call is over.")


class TooManyCalls(DomainError):
    code = "too_many_calls"
    status = 429
    default = _("You have rung several times without an answer. Write a message, and try again in ten minutes.")


class OnlyReading(DomainError):
    code = "only_reading"
    status = 403
    default = _("Only the coordinators write here. You can answer them privately.")
