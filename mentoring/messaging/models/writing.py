"""What is written and not said yet: drafts, and words for later."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.messaging.models.messages import Message
from mentoring.messaging.models.rooms import Room
from mentoring.messaging.models.topics import Topic
from mentoring.planning.models import Programme


class Draft(models.Model):
    """What a person has begun to write in a conversation, for all their devices. `device` is the page that wrote it last."""

    privacy = classify(internal="id room device written_at", sensitive="person body", subject="person")

    room = models.ForeignKey(Room, models.CASCADE, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    body = models.TextField(max_length=8000, blank=True)
    device = models.CharField(max_length=36, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="draft_once_per_room")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.person_id}"


class ScheduledMessageQuerySet(models.QuerySet["ScheduledMessage"]):
    def visible_to(self, user):
        """One's own, in conversations where one still is. Nobody else knows of them."""
        return self.filter(person=user, room__in=Room.objects.visible_to(user))

    def held_for(self, user):
        """What waits for a coordinator, but not what they wrote themselves."""
        if not user.is_authenticated:
            return self.none()
        theirs = Programme.objects.coordinated_by(user)
        where = Q(room__relationship__programme__in=theirs) | Q(room__programme__in=theirs)
        return self.exclude(held="").filter(where).exclude(person=user)


class ScheduledMessage(models.Model):
    """Words that are said at `due_at`; until then they can be changed or dropped. The row goes when they are said."""

    privacy = classify(
        internal="id room cid reply_to topic due_at written_at refused held", sensitive="person body", subject="person"
    )

    room = models.ForeignKey(Room, models.CASCADE, related_name="scheduled")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="scheduled_messages")
    cid = models.UUIDField()
    body = models.TextField(max_length=8000, blank=True)
    reply_to = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(_("when"))
    written_at = models.DateTimeField()
    refused = models.CharField(max_length=20, blank=True)  # why it could not be said when it was due
    held = models.CharField(max_length=10, blank=True, db_default="")  # by which rule it waits for a coordinator

    objects = ScheduledMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message for later")
        verbose_name_plural = _("messages for later")
        constraints = [models.UniqueConstraint(fields=["person", "cid"], name="scheduled_cid_once_per_person")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.due_at:%Y-%m-%d %H:%M}"
