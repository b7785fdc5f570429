"""Figures about people that are told once and for all."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from core.privacy import classify
from evaluation.models.scores import FiguresQuerySet
from mentoring.planning.models import Programme


class ToldQuerySet(FiguresQuerySet):
    def ratings(self):
        """What was told of ratings, the oldest first."""
        return self.filter(kind=Told.Kind.RATINGS).order_by("from_on")

    def newest(self, kind: str) -> "Told | None":
        """What was told last of the institution itself."""
        return self.filter(programme=None, kind=kind).order_by("-until_on").first()


class Told(models.Model):
    """Counts of people in a stretch of time that is over, of a programme or (programme None) an institution, as they stood when
    they were told first. Whatever is changed, taken back or erased later leaves them alone: two looks at one stretch of time
    would tell of the person whose it is. Which counts are shown is decided as they are read."""

    privacy = classify(internal="id institution programme kind from_on until_on content told_at")

    class Kind(models.TextChoices):
        RATINGS = "ratings", _("How people found their sessions in four weeks")
        SIDES = "sides", _("How the people of each side found their sessions")
        GROUPS = "groups", _("What became of the mentees of each group")

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="told", verbose_name=_("institution"), db_index=False
    )
    programme = models.ForeignKey(
        Programme, models.CASCADE, null=True, related_name="told", verbose_name=_("programme"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"))
    content = models.JSONField(_("content"))
    told_at = models.DateTimeField(_("told at"))

    objects = ToldQuerySet.as_manager()

    class Meta:
        verbose_name = _("figures told once")
        verbose_name_plural = _("figures told once")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "from_on"], condition=~Q(programme=None), name="told_once_of_a_programme"
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "from_on"],
                condition=Q(programme=None),
                name="told_once_of_an_institution",
            ),
            models.CheckConstraint(condition=Q(until_on__gt=models.F("from_on")), name="told_of_some_days"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_on}"
