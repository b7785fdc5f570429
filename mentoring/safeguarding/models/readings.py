"""Reading a conversation of others ("break glass"): who asked and why, who agreed, how much was read, when its people hear."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, User
from core.privacy import classify
from mentoring.messaging.models import Room, RoomMember
from mentoring.planning.models import Programme
from mentoring.relationships.models import Block
from mentoring.safeguarding.models.reports import Report

ANSWERED_WITHIN = timedelta(days=3)
OPENED_WITHIN = timedelta(days=1)
LASTS = timedelta(minutes=60)
TOLD_AFTER = timedelta(hours=72)
MOST_DAYS_LATER = 27
"""With the 72 hours: thirty days in all."""


def between(people: Any) -> Q:
    """Users who are kept apart from one of `people` (ids, or a query of them), by wish or by order, or of whom one has reported
    the other."""
    apart, reports = Block.objects.standing(), Report.objects.all()
    return (
        Q(pk__in=apart.filter(one__in=people).values("other"))
        | Q(pk__in=apart.filter(other__in=people).values("one"))
        | Q(pk__in=reports.filter(accused__in=people).values("reporter"))
        | Q(pk__in=reports.filter(reporter__in=people).values("accused"))
    )


def rooms_near(user) -> models.QuerySet[Any, Any]:
    """Rooms which `user` is or was in, or in which is somebody with whom there is something between them."""
    others = User.objects.filter(between([user.pk])).values("pk")
    return RoomMember.objects.filter(Q(person=user) | Q(person__in=others)).values("room")


class ReadingQuerySet(models.QuerySet["Reading"]):
    def at_desk_of(self, user):
        """What those see who look after people: the coordinators of the programme, the administrators of the institution, and
        operators where somebody read alone. Never of a conversation that is near to them."""
        if not user.is_authenticated:
            return self.none()
        desk = Q(room__relationship__programme__in=Programme.objects.coordinated_by(user))
        desk |= Q(room__institution__in=Institution.objects.administered_by(user))
        if user.is_superuser:
            desk |= Q(alone=True)
        return self.filter(desk).exclude(room__in=rooms_near(user))

    def told_to(self, user):
        """Of conversations which `user` was in when they were read, once its people have been told."""
        if not user.is_authenticated:
            return self.none()
        seats = RoomMember.objects.filter(person=user, room=models.OuterRef("room"))
        there = seats.filter(joined_at__lte=models.OuterRef("opened_at")).exclude(
            left_at__lt=models.OuterRef("opened_at")
        )
        return self.filter(models.Exists(there), told_at__isnull=False)

    def visible_to(self, user):
        return self.at_desk_of(user) | self.told_to(user)

    def open(self):
        return self.filter(state__in=Reading.OPEN)

    def for_rows(self):
        rows = self.select_related("asked_by", "answered_by", "later_by", "room__relationship__programme")
        return rows.prefetch_related("room__relationship__members__person").order_by("-asked_at", "-pk")


class Reading(models.Model):
    """One person may read one conversation for one hour. It begins with the first page that is opened; `pages` counts them, and
    each is an event of the audit trail. Nobody agrees to their own; `alone` says that there was nobody else."""

    privacy = classify(
        internal="id room reason state alone asked_at answered_at opened_at closed_at pages days_later told_at",
        sensitive="asked_by words answered_by answer later_by later_why",
        frozen=True,
    )

    class Reason(models.TextChoices):
        DANGER = "danger", _("Somebody may be in danger")
        REPORT = "report", _("A report cannot be understood without it")
        WISHED = "wished", _("Somebody in the conversation asks for it")
        LAW = "law", _("A court or an authority asks for it")
        OTHER = "other", _("Another reason")

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a second person")
        AGREED = "agreed", _("May be read")
        REFUSED = "refused", _("Not agreed to")
        DROPPED = "dropped", _("Taken back")
        OVER = "over", _("Over")

    OPEN = (State.ASKED, State.AGREED)

    room = models.ForeignKey(Room, models.CASCADE, related_name="readings")
    reason = models.CharField(_("Why is it needed?"), max_length=6, choices=Reason)
    words = models.TextField(_("What has happened, and what do you hope to find?"), max_length=2000)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="readings")
    asked_at = models.DateTimeField(_("asked at"))
    alone = models.BooleanField(_("nobody else was there to agree"), default=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.TextField(_("word of the second person"), blank=True, max_length=1000)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("pages read"), default=0)
    days_later = models.PositiveSmallIntegerField(_("told so many days later"), default=0)
    later_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    later_why = models.TextField(_("why they are told later"), blank=True, max_length=1000)
    told_at = models.DateTimeField(_("its people were told at"), null=True, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of a conversation")
        verbose_name_plural = _("readings of conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by", "room"], condition=Q(state__in=["asked", "agreed"]), name="reading_one_open"
            ),
            models.CheckConstraint(name="reading_says_why", condition=~Q(words="")),
            models.CheckConstraint(
                name="reading_takes_two", condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="reading_agreed_by_one_or_alone",
                condition=Q(alone=True, answered_by=None)
                | Q(alone=False, answered_by__isnull=False)
                | Q(alone=False, answered_by=None, opened_at=None, state__in=["asked", "dropped", "over"]),
            ),
            models.CheckConstraint(
                name="reading_opened_when_agreed",
                condition=Q(opened_at=None, pages=0)
                | Q(opened_at__isnull=False, pages__gt=0, state__in=["agreed", "over"]),
            ),
            models.CheckConstraint(
                name="reading_closed_has_its_time",
                condition=Q(state__in=["asked", "agreed"]) ^ Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reading_told_later_by_another_with_reason",
                condition=Q(days_later=0, later_by=None)
                | Q(days_later__range=(1, MOST_DAYS_LATER), later_by__isnull=False)
                & ~Q(later_why="")
                & ~Q(later_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="reading_told_when_opened", condition=Q(told_at=None) | Q(opened_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        """For those who look after people."""
        return reverse("reading", args=[self.pk])

    @property
    def people(self) -> list[User]:
        """Whose conversation it is (`for_rows`)."""
        return [member.person for member in self.room.relationship.members.all()]

    @property
    def ends_at(self) -> datetime:
        """When it is over by itself, of one that is open."""
        if self.opened_at:
            return self.opened_at + LASTS
        return self.answered_at + OPENED_WITHIN if self.answered_at else self.asked_at + ANSWERED_WITHIN

    @property
    def tell_at(self) -> datetime | None:
        """When its people are told, of one that was read."""
        return self.opened_at + TOLD_AFTER + timedelta(days=self.days_later) if self.opened_at else None

    def may_be_read(self, at: datetime) -> bool:
        return self.state == self.State.AGREED and at < self.ends_at
