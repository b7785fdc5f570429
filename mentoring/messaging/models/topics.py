"""What is talked about inside a conversation, for days perhaps, while everything stays in one stream."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.messaging.models.messages import Message
from mentoring.messaging.models.rooms import Room


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user):
        return self.filter(root__in=Message.objects.visible_to(user))

    def of_room(self, room: Room):
        """With `many` messages and when the last one was said (`last_at`); the open ones first, then the latest."""
        there = Q(messages__deleted_at=None)
        return (
            self.filter(root__room=room)
            .select_related("root")
            .annotate(many=Count("messages", there), last_at=Max("messages__created_at", filter=there))
            .order_by(F("closed_at").desc(nulls_first=True), F("last_at").desc(nulls_last=True), "-pk")
        )


class Topic(models.Model):
    """It begins with a message, `root`. Nobody answers in it any more when it is closed; it stays readable."""

    privacy = classify(internal="id root opened_at closed_at", sensitive="opened_by title", subject="opened_by")

    root = models.OneToOneField(Message, models.CASCADE, related_name="topic_begun")
    title = models.CharField(_("topic"), max_length=80, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="topics")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic of a conversation")
        verbose_name_plural = _("topics of conversations")

    def __str__(self) -> str:
        return self.title or str(_("A topic"))

    def get_absolute_url(self) -> str:
        """Its messages alone (`root` loaded)."""
        return f"{reverse('room', args=[self.root.room_id])}?topic={self.pk}"
