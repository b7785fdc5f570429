"""What people bring and want, when they are free, and whom they wish for."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models.programme import Enrolment, concept_name


class EnrolmentConcept(models.Model):
    """Something from the concept list that a person offers or wants, and how much."""

    privacy = classify(internal="id", personal="enrolment concept kind level must", subject="enrolment__person")

    class Kind(models.TextChoices):
        OFFERED = "offered", _("I can help with")
        WANTED = "wanted", _("I want help with")

    MUST = 6
    """As an answer: the highest level, and one cannot do without it."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="concepts")
    concept = models.CharField(max_length=60)
    kind = models.CharField(max_length=7, choices=Kind)
    level = models.PositiveSmallIntegerField(default=3)
    must = models.BooleanField(_("cannot do without it"), default=False)

    class Meta:
        verbose_name = _("subject of an enrolment")
        verbose_name_plural = _("subjects of enrolments")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "concept", "kind"], name="enrolment_concept_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="enrolment_concept_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.concept}"

    @property
    def name(self) -> str:
        return concept_name(self.concept)

    @property
    def answer(self) -> int:
        """The level as it was answered."""
        return self.MUST if self.must else self.level


class Availability(models.Model):
    """A weekly stretch of time in which a person can meet, in their own zone. Monday is 0; minutes from midnight."""

    privacy = classify(internal="id", personal="person weekday starts ends", subject="person")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="availabilities")
    weekday = models.PositiveSmallIntegerField()
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("free time")
        verbose_name_plural = _("free times")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="availability_is_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), ends__lte=1440), name="availability_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["person", "weekday", "starts"], name="availability_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}-{self.ends}"


class Wish(models.Model):
    """A person would like to be matched with this one; rank 1 is the first choice. Seen by coordinators only."""

    privacy = classify(internal="id", personal="enrolment wished rank", subject="enrolment__person")

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="wishes")
    wished = models.ForeignKey(Enrolment, models.CASCADE, related_name="wished_by")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("wish for a match")
        verbose_name_plural = _("wishes for a match")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "wished"], name="wish_once"),
            models.UniqueConstraint(fields=["enrolment", "rank"], name="wish_rank_once"),
            models.CheckConstraint(condition=~Q(enrolment=F("wished")), name="wish_is_for_somebody_else"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=5), name="wish_rank_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} → {self.wished_id}"


class Never(models.Model):
    """These two are never to be matched. Never shown to the other side."""

    privacy = classify(internal="id created_at", sensitive="enrolment other by", subject="enrolment__person")

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="nevers")
    other = models.ForeignKey(Enrolment, models.CASCADE, related_name="nevers_of_others")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("never-list entry")
        verbose_name_plural = _("never-list entries")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "other"], name="never_once"),
            models.CheckConstraint(condition=~Q(enrolment=F("other")), name="never_is_about_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} ≠ {self.other_id}"
