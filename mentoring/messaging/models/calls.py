"""Calls: who rang whom, from which device, or who went into the programme's room elsewhere, and what became of it. Nothing of
what was said or shown is kept."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.messaging.models.messages import Message

RINGS_FOR = timedelta(seconds=35)
BELIEVED = timedelta(seconds=90)
"""So long a call goes on that neither side says anything of."""


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user):
        return self.filter(message__in=Message.objects.visible_to(user))

    def of(self, *people):
        """Those that one of them is in."""
        return self.filter(Q(callee__in=people) | Q(message__sender__in=people))

    def going_on(self, at):
        """Those that ring or are talked in, not those that both sides have left without a word."""
        return self.filter(outside="", ended_at=None, seen_at__gt=at - BELIEVED)

    def elsewhere(self, code):
        """Those in a room elsewhere, by its name."""
        return self.filter(outside=code).exclude(outside="")

    def ringing(self, *, at):
        """Those that can still be answered, heard of by the clock or not."""
        return self.filter(state=Call.State.RINGING, message__created_at__gt=at - RINGS_FOR)

    def with_people(self):
        return self.select_related("message__sender", "callee", "message__room__relationship__programme")


class Call(models.Model):
    """`id` is made by the caller's client, so that ringing again is ringing once. Its place in the conversation is a message,
    whose sender rings and whose moment is the beginning; that changes when the call does.

    One in a room elsewhere (`outside`, its name) is live from the moment somebody goes there; its `callee` is the first who came
    as well. Where nobody tells when it was over it ends as `untold`."""

    privacy = classify(
        internal="id message state outside caller_device callee_device answered_at ended_at seen_at",
        personal="callee",
        subject="callee",
    )

    class State(models.TextChoices):
        RINGING = "ringing", _("Ringing")
        LIVE = "live", _("In a call")
        TALKED = "talked", _("Call")
        MISSED = "missed", _("Missed call")
        DECLINED = "declined", _("Call declined")
        BUSY = "busy", _("In another call")
        UNTOLD = "untold", _("Call")

    id = models.UUIDField(primary_key=True)
    message = models.OneToOneField(Message, models.CASCADE, related_name="call")
    callee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="calls")
    outside = models.CharField(max_length=40, blank=True, db_default="")
    state = models.CharField(max_length=8, choices=State, default=State.RINGING)
    caller_device = models.CharField(max_length=36, blank=True)
    callee_device = models.CharField(max_length=36, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()  # when a side last said that it is there

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(
                name="call_is_over_or_not",
                condition=Q(state__in=["ringing", "live", "untold"], ended_at=None)
                | Q(state__in=["talked", "missed", "declined", "busy"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_is_talked_in_when_answered",
                condition=Q(state__in=["live", "talked", "untold"], answered_at__isnull=False)
                | Q(state__in=["ringing", "missed", "declined", "busy"], answered_at=None),
            ),
            models.CheckConstraint(
                name="call_rings_somebody_or_is_elsewhere",
                condition=Q(outside="", callee__isnull=False) & ~Q(state="untold")
                | ~Q(outside="") & Q(state__in=["live", "talked", "untold"]),
            ),
            models.UniqueConstraint(
                fields=["outside"], condition=~Q(outside="") & Q(state="live"), name="call_elsewhere_once_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["callee"], condition=Q(ended_at=None), name="call_going_on"),
            models.Index(fields=["outside"], condition=~Q(outside=""), name="call_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def seconds(self) -> int:
        """How long they talked."""
        return int((self.ended_at - self.answered_at).total_seconds()) if self.ended_at and self.answered_at else 0

    @property
    def minutes(self) -> int:
        """The same as one writes it down: at least one."""
        return max(1, round(self.seconds / 60))

    @property
    def began_at(self) -> datetime:
        return self.answered_at or self.message.created_at

    def rings(self, person) -> bool:
        """Whether `person` is the one who hears it ring now."""
        return self.state == self.State.RINGING and self.callee_id == person.pk
