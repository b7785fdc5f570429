"""A mentor and one or more mentees, from their match to the end, and when they meet."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from core.dates import format_moment
from core.privacy import classify
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models.blocks import Block
from mentoring.relationships.signals import Origin


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def open(self):
        return self.filter(status__in=Relationship.OPEN)

    def active(self):
        return self.filter(status=Relationship.Status.ACTIVE)

    def of(self, user):
        """Those `user` is a member of."""
        return self.filter(members__person=user, members__left_at=None) if user.is_authenticated else self.none()

    def coordinated_by(self, user):
        return self.filter(programme__in=Programme.objects.coordinated_by(user))

    def visible_to(self, user):
        """One's own, and for coordinators those of their programmes. What is inside asks again: a coordinator sees that a
        session was held, never a private note or a conversation."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        if not user.is_authenticated:
            return self.none()
        mine = RelationshipMember.objects.filter(person=user, left_at=None).values("relationship")
        return self.filter(Q(pk__in=mine) | Q(programme__in=Programme.objects.coordinated_by(user)))

    def for_cards(self):
        members = Prefetch("members", RelationshipMember.objects.select_related("person"))
        return self.select_related("programme").prefetch_related(members).order_by("programme__name_en", "pk")

    def for_rows(self, now):
        """For a coordinator's list: with the next confirmed session."""
        coming = Session.objects.filter(relationship=OuterRef("pk")).upcoming(now).values("starts_at")[:1]
        return self.for_cards().annotate(next_session_at=Subquery(coming)).order_by("-started_at", "pk")


class Relationship(models.Model):
    """A mentor with one mentee or a circle of them, in one programme."""

    privacy = classify(
        internal="id programme status status_at started_at first_contact_at last_contact_at planned_end_on"
        " closing_since closed_at close_reason never_again pair_key score",
        personal="why",
        subject="members__person",
    )

    class Status(models.TextChoices):
        AWAITING = "awaiting", _("Waiting for the agreement")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        CONCLUDING = "concluding", _("Coming to its end")
        COMPLETED = "completed", _("Completed")
        COMPLETED_EARLY = "completed_early", _("Completed early")
        ENDED = "ended", _("Ended")
        VOIDED = "voided", _("Voided")

    class Reason(models.TextChoices):
        GOALS_REACHED = "goals_reached", _("We reached what we wanted")
        TIME_OVER = "time_over", _("The planned time is over")
        NO_TIME = "no_time", _("Not enough time")
        POOR_FIT = "poor_fit", _("We did not fit well")
        NO_CONTACT = "no_contact", _("Contact was lost")
        OTHER = "other", _("Another reason")

    OPEN = (Status.AWAITING, Status.ACTIVE, Status.PAUSED, Status.CONCLUDING)
    CUT_SHORT = (Status.ENDED, Status.VOIDED)
    WORKING = (Status.AWAITING, Status.ACTIVE, Status.CONCLUDING)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="relationships", verbose_name=_("programme"))
    status = models.CharField(_("status"), max_length=15, choices=Status, default=Status.AWAITING)
    status_at = models.DateTimeField(_("status since"))
    started_at = models.DateTimeField(_("started at"))
    planned_end_on = models.DateField(_("planned end"))
    first_contact_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True)
    closing_since = models.DateTimeField(_("coming to its end since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_reason = models.CharField(_("reason for closing"), max_length=13, choices=Reason, blank=True)
    never_again = models.BooleanField(_("do not match again"), default=False)
    pair_key = models.CharField(_("key of the pair"), max_length=50)
    score = models.PositiveSmallIntegerField(_("points of fit"), null=True, blank=True)
    why = models.JSONField(_("why these people"), default=dict, blank=True)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "pair_key"],
                condition=Q(status__in=["awaiting", "active", "paused", "concluding"]),
                name="relationship_open_once_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("started_at")),
                name="relationship_closes_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["programme", "status"])]

    def __str__(self) -> str:
        return f"{self.programme} · {self.pair_key}"

    def get_absolute_url(self) -> str:
        return reverse("relationship", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def was_cut_short(self) -> bool:
        return self.status in self.CUT_SHORT

    @property
    def is_working(self) -> bool:
        """Open and not paused: its members may propose, agree and plan."""
        return self.status in self.WORKING

    @property
    def rests(self) -> bool:
        """Whether the two of a pair are kept apart (in a circle the others go on), or it lacks somebody. One query."""
        pair = [member.person_id for member in self.present if len(self.present) == 2]
        apart = Block.objects.standing().among(pair)
        return self._suspended().values("pk").union(apart.values("pk")).exists()

    @property
    def lacks_somebody(self) -> bool:
        """Whether somebody without whom it does not go on is suspended. One query."""
        return self._suspended().exists()

    def _suspended(self) -> models.QuerySet[Enrolment]:
        needed = [member.enrolment_id for member in self.present if self.needs(member)]
        return Enrolment.objects.filter(pk__in=needed, status=Enrolment.Status.SUSPENDED)

    def needs(self, member: "RelationshipMember") -> bool:
        """A circle goes on without one of its mentees; a pair needs both."""
        return member.role == Enrolment.Role.MENTOR or len(self.present) == 2

    @property
    def present(self) -> list["RelationshipMember"]:
        """The members who have not left, the mentor first."""
        members = [member for member in self.members.all() if member.left_at is None]
        return sorted(members, key=lambda member: (member.role != Enrolment.Role.MENTOR, member.pk))

    @property
    def people(self) -> list[User]:
        return [member.person for member in self.present]

    def why_for(self, person) -> str:
        """The sentence that says why these people, as told to this side, in the reader's language; empty if none was kept."""
        texts = self.why.get("texts", {}).get(self.role_of(person) or Enrolment.Role.MENTEE, {})
        return texts.get((get_language() or "en")[:2]) or next(iter(texts.values()), "")

    def role_of(self, person) -> str:
        """ "mentor", "mentee", or "" for somebody who is not a member."""
        return next((member.role for member in self.present if member.person_id == person.pk), "")

    def partners_of(self, person) -> list[User]:
        """The others; for somebody who is not a member, everybody."""
        return [other for other in self.people if other.pk != person.pk]

    def other_side_of(self, person) -> list[User]:
        """The members in the other role: whose yes counts for what `person` proposes."""
        role = self.role_of(person)
        return [member.person for member in self.present if member.role != role]


class RelationshipMemberQuerySet(models.QuerySet["RelationshipMember"]):
    def at_work(self):
        """Those who are in an open relationship now, each with what is needed to end it."""
        there = self.filter(left_at=None, relationship__status__in=Relationship.OPEN).order_by("relationship")
        people = Prefetch("relationship__members", RelationshipMember.objects.select_related("person", "enrolment"))
        return there.select_related("enrolment", "person", "relationship__programme").prefetch_related(people)


class RelationshipMember(models.Model):
    """A person in a relationship, as mentor or mentee."""

    privacy = classify(internal="id relationship role joined_at left_at enrolment", personal="person", subject="person")

    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="members", verbose_name=_("relationship")
    )
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="memberships", verbose_name=_("enrolment"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=6, choices=Enrolment.Role)
    joined_at = models.DateTimeField(_("joined at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = RelationshipMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["relationship", "person"], name="relationship_member_once"),
            models.UniqueConstraint(
                fields=["relationship"], condition=Q(role="mentor", left_at=None), name="relationship_has_one_mentor"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Pause(models.Model):
    """A time in which a relationship rested: paused, or without somebody it needs who was suspended. Without an end it rests
    still."""

    privacy = classify(internal="id relationship began_at ended_at", subject="relationship__members__person")

    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="pauses", verbose_name=_("relationship")
    )
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"], condition=Q(ended_at=None), name="pause_open_once_per_relationship"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="pause_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id} {self.began_at}"


class SessionQuerySet(models.QuerySet["Session"]):
    def upcoming(self, now):
        return self.filter(status=Session.Status.CONFIRMED, starts_at__gte=now).order_by("starts_at", "pk")

    def standing(self):
        """Neither cancelled nor over: proposed or confirmed."""
        return self.filter(status__in=[Session.Status.PROPOSED, Session.Status.CONFIRMED])

    def for_rows(self):
        slots = Prefetch("slots", SessionSlot.objects.order_by("starts_at"))
        return self.select_related(
            "relationship__programme", "proposed_by", "confirmed_by", "absent", "logged_by", "cancelled_by"
        ).prefetch_related(slots, "relationship__members__person")

    def visible_to(self, user):
        """Members only; coordinators see times and states through the relationship."""
        return self.filter(relationship__in=Relationship.objects.of(user))


class Session(models.Model):
    """A meeting: proposed with up to three times, confirmed, then held, missed or cancelled; or logged afterwards."""

    privacy = classify(
        internal="id relationship status provenance minutes created_at confirmed_at cancelled_at ended_at technical_fault"
        " sequence",
        personal="starts_at place link topic proposed_by confirmed_by absent cancelled_by logged_by",
        sensitive="summary next_step",
        subject="relationship__members__person",
    )

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        HELD = "held", _("Held")
        NO_SHOW = "no_show", _("Missed")
        CANCELLED = "cancelled", _("Cancelled")

    class Place(models.TextChoices):
        VIDEO = "video", _("Video")
        PHONE = "phone", _("Phone")
        IN_PERSON = "in_person", _("In person")

    class Provenance(models.TextChoices):
        PLANNED = "planned", _("Planned here")
        SELF_LOGGED = "self_logged", _("Logged by one side")
        PARTNER_CONFIRMED = "partner_confirmed", _("Logged and confirmed")

    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="sessions", verbose_name=_("relationship")
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PROPOSED)
    provenance = models.CharField(_("origin"), max_length=17, choices=Provenance, default=Provenance.PLANNED)
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    place = models.CharField(_("where"), max_length=9, choices=Place, default=Place.VIDEO)
    link = models.CharField(_("link or place"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    absent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(_("what we talked about"), blank=True, max_length=4000)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    technical_fault = models.BooleanField(_("a technical fault cut it short"), default=False)
    sequence = models.PositiveSmallIntegerField(default=0)

    came_of: Origin | None = None  # put there by `queries.with_origins`
    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "cancelled"]) | Q(starts_at__isnull=False),
                name="session_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480), name="session_lasts_5_to_480_minutes"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(status="cancelled"), name="session_called_off_is_cancelled"
            ),
        ]
        indexes = [models.Index(fields=["relationship", "status", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.relationship_id} · {format_moment(self.starts_at) if self.starts_at else self.topic}"

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.pk])

    def is_online_and_to_come(self, now: datetime) -> bool:
        """Fixed, by video, without a link of their own, and not over."""
        online = self.status == self.Status.CONFIRMED and self.place == self.Place.VIDEO and not self.link
        return online and self.ends_at is not None and self.ends_at > now

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at and self.starts_at + timedelta(minutes=self.minutes)


class SessionSlotQuerySet(models.QuerySet["SessionSlot"]):
    def visible_to(self, user):
        return self.filter(session__relationship__in=Relationship.objects.of(user))


class SessionSlot(models.Model):
    """One of the times offered for a session."""

    privacy = classify(internal="id session", personal="starts_at", subject="session__relationship__members__person")

    session = models.ForeignKey(Session, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()

    objects = SessionSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("offered time")
        verbose_name_plural = _("offered times")
        constraints = [models.UniqueConstraint(fields=["session", "starts_at"], name="session_slot_once")]

    def __str__(self) -> str:
        return str(self.starts_at)


class SessionRating(models.Model):
    """How a person found a session. Its partner never sees it. It may be changed for a day: then figures of many may stand on
    it, in which a change would show."""

    MAY_CHANGE = timedelta(days=1)

    privacy = classify(internal="id session rated_at", sensitive="person stars", subject="person")

    session = models.ForeignKey(Session, models.CASCADE, related_name="ratings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="session_ratings")
    stars = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rating of a session")
        verbose_name_plural = _("ratings of sessions")
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="session_rating_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="session_rating_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.stars}"

    def stays(self, now: datetime) -> bool:
        return now - self.rated_at >= self.MAY_CHANGE
