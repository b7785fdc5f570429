"""Scores of single relationships and of single people, week by week."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from evaluation.models.scores import Score
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship


class UnitScoreQuerySet(models.QuerySet["UnitScore"]):
    def visible_to(self, user):
        """Those of single relationships for the programme's coordinators; those of a person for that person."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(relationship__isnull=False, programme__in=Programme.objects.coordinated_by(user))
            | Q(enrolment__person=user)
        )

    def newest(self):
        """The row of each unit's last week."""
        later = models.Exists(
            UnitScore.objects.filter(
                Q(relationship=models.OuterRef("relationship")) | Q(enrolment=models.OuterRef("enrolment")),
                week_on__gt=models.OuterRef("week_on"),
            )
        )
        return self.filter(~later)


@dataclass(frozen=True)
class Measured:
    """One indicator of one unit: its number and what it was made of, or the state that says why there is none."""

    code: str
    state: str
    value: float | None = None
    raw: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    version: int = 1
    anchors_version: int = 1


class UnitScore(models.Model):
    """Every indicator of a relationship, or of a person who takes part, in one row: as it stood when the week ended, or stands
    now. A week is kept by its Monday.

    `scores`: code -> state where there is no number, else [value, raw, numerator, denominator, version, anchors version]; so a
    number without a measurement cannot be written down.
    """

    privacy = classify(
        internal="id programme week_on computed_at",
        personal="relationship enrolment scores",
        subject="enrolment__person",
    )

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="unit_scores", verbose_name=_("programme"), db_index=False
    )
    relationship = models.ForeignKey(
        Relationship, models.CASCADE, null=True, related_name="scores", verbose_name=_("relationship"), db_index=False
    )
    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, null=True, related_name="scores", verbose_name=_("enrolment"), db_index=False
    )
    week_on = models.DateField(_("week of"))
    computed_at = models.DateTimeField(_("computed at"))
    scores = models.JSONField(_("scores"))

    objects = UnitScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("scores of a unit")
        verbose_name_plural = _("scores of units")
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "week_on"], name="unit_score_once_per_relationship_and_week"
            ),
            models.UniqueConstraint(fields=["enrolment", "week_on"], name="unit_score_once_per_person_and_week"),
            models.CheckConstraint(
                condition=Q(relationship=None, enrolment__isnull=False) | Q(relationship__isnull=False, enrolment=None),
                name="unit_score_is_of_a_relationship_or_a_person",
            ),
        ]
        indexes = [models.Index(fields=["programme", "week_on"])]

    def __str__(self) -> str:
        return f"{self.relationship_id or self.enrolment_id} {self.week_on}"

    @property
    def level(self) -> str:
        return Score.Level.RELATIONSHIP if self.relationship_id else Score.Level.PARTICIPANT

    @property
    def measured(self) -> list[Measured]:
        return [
            Measured(code, found) if isinstance(found, str) else Measured(code, Score.State.SCORED, *found)
            for code, found in self.scores.items()
        ]
