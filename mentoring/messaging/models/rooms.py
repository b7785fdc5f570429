"""Rooms, and who is in them."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, User
from core.dates import months_after
from core.privacy import classify
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship


class RoomQuerySet(models.QuerySet["Room"]):
    def with_people(self):
        """With `present` members on each room, and the programme it belongs to. Those who only read announcements are hidden from
        each other."""
        shown = RoomMember.objects.filter(left_at=None).exclude(room__kind=Room.Kind.NEWS, office=False)
        present = shown.select_related("person").order_by("joined_at", "pk")
        return self.select_related("relationship__programme", "programme").prefetch_related(
            models.Prefetch("members", present, to_attr="present")
        )

    def for_page(self):
        return self.with_people().prefetch_related("relationship__members__person")

    def with_rest(self):
        """With `rests` on each room: whether somebody there is kept apart from somebody else."""
        apart = RoomMember.objects.filter(room=models.OuterRef("pk"), left_at=None, rests_since__isnull=False)
        return self.annotate(rests=models.Exists(apart))

    def of_announcements(self):
        return self.filter(kind=Room.Kind.NEWS)

    def visible_to(self, user):
        """Rooms one is a member of. Nobody else reads a conversation; a coordinator neither."""
        if not user.is_authenticated:
            return self.none()
        mine = RoomMember.objects.filter(person=user, left_at=None).values("room")
        return self.filter(pk__in=mine)


class Room(models.Model):
    """A conversation. `last_seq` is gap-free and counts every change; it is raised in the transaction of the change."""

    privacy = classify(
        internal="id institution kind relationship programme audience key last_seq epoch created_at closed_at emptied_at"
    )

    class Kind(models.TextChoices):
        PAIR = "pair", _("Conversation")
        GROUP = "group", _("Group")
        NEWS = "news", _("Announcements")
        DESK = "desk", _("Programme office")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Everybody who takes part")
        MENTORS = "mentors", _("Mentors")
        MENTEES = "mentees", _("Mentees")

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="rooms", verbose_name=_("institution"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.PAIR)
    relationship = models.OneToOneField(
        Relationship, models.CASCADE, null=True, related_name="room", verbose_name=_("relationship")
    )
    programme = models.ForeignKey(
        Programme, models.CASCADE, null=True, blank=True, related_name="rooms", verbose_name=_("programme")
    )
    audience = models.CharField(_("who reads it"), max_length=8, choices=Audience, blank=True, db_default="")
    # of rooms that belong to a programme
    key = models.CharField(_("key"), max_length=60, null=True, blank=True, unique=True)
    last_seq = models.PositiveBigIntegerField(_("changes so far"), default=0)
    epoch = models.UUIDField(_("epoch"), default=uuid.uuid4)
    created_at = models.DateTimeField(_("created at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    emptied_at = models.DateTimeField(_("emptied at"), null=True, blank=True)  # nothing is left to read

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("room", args=[self.pk])

    @property
    def label(self) -> str:
        """What a room of a programme is called (`programme` loaded)."""
        told = [self.get_kind_display()]
        if self.audience not in ("", self.Audience.EVERYONE):
            told.append(self.get_audience_display())
        return " · ".join(map(str, [*told, self.programme])) if self.programme else ""

    @property
    def kept_until(self) -> date | None:
        """When its words go, of one that is closed (`relationship__programme` loaded), or of a programme's own."""
        if self.programme:
            return months_after(self.programme.ends_on, self.programme.words_months)
        if not self.closed_at or not self.relationship:
            return None
        return months_after(self.closed_at, self.relationship.programme.words_months)

    def others(self, person) -> list[User]:
        """Everybody else in it now; the room comes from `with_people`."""
        return [member.person for member in self.present if member.person_id != person.pk]


class RoomMember(models.Model):
    privacy = classify(
        internal="id room office joined_seq last_read_seq last_delivered_seq unread_after read_at joined_at left_at"
        " rests_since",
        personal="person muted_until told_in_app told_by_mail told_by_push",
        subject="person",
    )

    TOLD = ("told_in_app", "told_by_mail", "told_by_push")

    room = models.ForeignKey(Room, models.CASCADE, related_name="members", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="room_memberships", verbose_name=_("person")
    )
    office = models.BooleanField(_("speaks for the programme"), default=False, db_default=False)
    joined_at = models.DateTimeField(_("joined at"))
    joined_seq = models.PositiveBigIntegerField(default=0)
    last_read_seq = models.PositiveBigIntegerField(_("read up to change"), default=0)
    last_delivered_seq = models.PositiveBigIntegerField(_("in sight up to change"), default=0, db_default=0)
    unread_after = models.PositiveBigIntegerField(_("marked as unread after change"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    muted_until = models.DateTimeField(_("muted until"), null=True, blank=True)
    told_in_app = models.BooleanField(_("told in the inbox"), null=True)  # None: as of every conversation
    told_by_mail = models.BooleanField(_("told by mail"), null=True)
    told_by_push = models.BooleanField(_("told on devices"), null=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    rests_since = models.DateTimeField(_("may not write since"), null=True, blank=True)  # kept apart from somebody here

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="room_member_once")]
        indexes = [models.Index(fields=["person"], condition=Q(left_at=None), name="room_member_present")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.person_id}"
