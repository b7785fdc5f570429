"""What was said, what became of it, and the one sequence of changes from which every client resumes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.messaging.models.rooms import Room

if TYPE_CHECKING:
    from mentoring.messaging.models.calls import Call
    from mentoring.messaging.models.files import Attachment


class MessageQuerySet(models.QuerySet["Message"]):
    def unread_by(self, person):
        """What others said in rooms where `person` is, after what they have read or want to read again."""
        return self.filter(
            room__members__person=person,
            room__members__left_at=None,
            seq__gt=Coalesce("room__members__unread_after", "room__members__last_read_seq"),
            deleted_at=None,
        ).exclude(sender=person)

    def for_thread(self):
        return self.select_related("sender", "pin", "call", "topic", "reply_to__sender").prefetch_related(
            "reactions__person", "mentions", "outgrowths__step__goal", "outgrowths__session"
        )

    def with_rooms(self):
        """For lists of messages out of several conversations."""
        return self.select_related("sender").prefetch_related(models.Prefetch("room", Room.objects.with_people()))

    def visible_to(self, user):
        return self.filter(room__in=Room.objects.visible_to(user))


class Message(models.Model):
    """Something said. `cid` is made by the client before the first try, so that sending again is sending once."""

    privacy = classify(
        internal="id room seq cid rev created_at edited_at deleted_at hidden reply_to topic",
        sensitive="sender body body_norm",
        subject="sender",
    )

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages", db_index=False)
    seq = models.PositiveBigIntegerField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages", db_index=False)
    cid = models.UUIDField()
    body = models.TextField(max_length=8000)
    body_norm = models.TextField(blank=True, db_default="")  # words.searchable(body)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replies", db_index=False)
    topic = models.ForeignKey(
        "messaging.Topic", models.SET_NULL, null=True, blank=True, related_name="messages", db_index=False
    )
    rev = models.PositiveIntegerField(default=0, db_default=0)  # how often its words were changed
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    hidden = models.BooleanField(default=False, db_default=False)  # taken away by the programme, not by its writer

    called: Sequence[str] = ()  # the names called in it, while it is new

    files: Sequence["Attachment"] = ()  # put there by `queries.with_files`
    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="message_seq_once_per_room"),
            models.UniqueConstraint(fields=["sender", "cid"], name="message_cid_once_per_sender"),
            models.CheckConstraint(condition=~Q(body="") | Q(deleted_at__isnull=False), name="message_says_something"),
            models.CheckConstraint(
                condition=Q(hidden=False) | Q(deleted_at__isnull=False), name="message_hidden_is_gone"
            ),
        ]
        indexes = [
            models.Index(fields=["reply_to"], condition=Q(reply_to__isnull=False), name="message_replies"),
            models.Index(fields=["topic", "seq"], condition=Q(topic__isnull=False), name="message_of_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}:{self.seq}"

    @property
    def trace(self) -> str:
        """What stands in its place, of one whose words are gone."""
        return (
            gettext("Hidden by the programme’s coordinators.") if self.hidden else gettext("This message was deleted.")
        )

    @property
    def is_pinned(self) -> bool:
        """Without a query where `pin` was selected."""
        return hasattr(self, "pin")

    @property
    def its_call(self) -> "Call | None":
        """The call that it is the trace of, if it is one. Without a query where `call` was selected."""
        return getattr(self, "call", None)


class HideReason(models.TextChoices):
    """Why a programme takes a message away: its writer is told, and the audit trail."""

    HURTS = "hurts", _("It could hurt somebody")
    CONTACT = "contact", _("It leads away from here")
    PRIVATE = "private", _("It tells something private about somebody")
    OTHER = "other", _("It does not go with what this programme has agreed on")


class MessageRevision(models.Model):
    """Words as they were before an edit or a deletion: kept for a while in case of a report, shown in no conversation."""

    privacy = classify(internal="id message rev replaced_at", sensitive="body", subject="message__sender")

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions")
    rev = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    replaced_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("earlier wording")
        verbose_name_plural = _("earlier wordings")
        constraints = [models.UniqueConstraint(fields=["message", "rev"], name="message_revision_once")]

    def __str__(self) -> str:
        return f"{self.message_id} rev {self.rev}"


class ChangeQuerySet(models.QuerySet["Change"]):
    def for_frames(self):
        changes = self.select_related(
            "message__sender", "message__pin", "message__call", "message__topic", "message__reply_to__sender"
        ).order_by("seq")
        return changes.prefetch_related("message__reactions__person", "message__mentions")

    def visible_to(self, user):
        return self.filter(room__in=Room.objects.visible_to(user))


class Change(models.Model):
    """The resume index: every change of a room, in order. What is done to a message has a `cid` of its own, so that doing it
    again is doing it once; a message carries its own."""

    privacy = classify(internal="id room seq kind message cid at", sensitive="actor data", subject="actor")

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        EDIT = "edit", _("Edit")
        DELETE = "delete", _("Deletion")
        REACT = "react", _("Reaction")
        PIN = "pin", _("Pin")
        CALL = "call", _("Call")
        TOPIC = "topic", _("Topic")

    room = models.ForeignKey(Room, models.CASCADE, related_name="changes", db_index=False)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=7, choices=Kind)
    message = models.ForeignKey(Message, models.CASCADE, related_name="changes")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    cid = models.UUIDField(null=True, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="change_seq_once_per_room"),
            models.UniqueConstraint(
                fields=["actor", "cid"], condition=Q(cid__isnull=False), name="change_cid_once_per_actor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}:{self.seq} {self.kind}"
