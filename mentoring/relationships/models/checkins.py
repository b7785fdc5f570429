"""How they are asked and say how it goes, and what is said at the end."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.relationships.models.relationship import Relationship


class CheckIn(models.Model):
    """How a person's week in a relationship was, one tap. Seen by its members and the coordinators."""

    privacy = classify(internal="id relationship week_on answered_at", sensitive="person mood", subject="person")

    relationship = models.ForeignKey(Relationship, models.CASCADE, related_name="check_ins")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="check_ins")
    week_on = models.DateField()
    mood = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        constraints = [
            models.UniqueConstraint(fields=["relationship", "person", "week_on"], name="check_in_once_a_week"),
            models.CheckConstraint(condition=Q(mood__gte=1, mood__lte=5), name="check_in_mood_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.week_on} {self.mood}"


class ExitAnswer(models.Model):
    """What a person says at the end. The partner never sees it; coordinators see it without a name below k = 5. The comment
    is read by nobody but two who code such words, of people who agreed to research, from ten on."""

    privacy = classify(
        internal="id relationship answered_at", sensitive="person satisfaction stay_in_touch comment", subject="person"
    )

    relationship = models.ForeignKey(Relationship, models.CASCADE, related_name="exit_answers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exit_answers")
    satisfaction = models.PositiveSmallIntegerField(_("how satisfied are you with this relationship?"))
    stay_in_touch = models.PositiveSmallIntegerField(_("would you like to stay in touch?"))
    comment = models.TextField(_("what should we know?"), blank=True, max_length=2000)
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("closing answer")
        verbose_name_plural = _("closing answers")
        constraints = [models.UniqueConstraint(fields=["relationship", "person"], name="exit_answer_once")]

    def __str__(self) -> str:
        return f"{self.relationship_id} {self.person_id}"


class CoordinatorTouch(models.Model):
    """A coordinator was in contact with a relationship, and why."""

    privacy = classify(internal="id relationship at reason", personal="coordinator person", subject="person")

    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="touches", verbose_name=_("relationship")
    )
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("coordinator")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="touches", verbose_name=_("person")
    )
    at = models.DateTimeField(_("moment"))
    reason = models.CharField(_("reason"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("contact of a coordinator")
        verbose_name_plural = _("contacts of coordinators")

    def __str__(self) -> str:
        return f"{self.relationship_id} {self.at}"
