"""What a programme sets for itself in measuring, in versions: which raw figures count as 0 and as 100, and what the rules of risk
weigh."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Programme


class VersionedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user):
        return self.filter(programme__in=Programme.objects.managed_by(user))

    def in_force(self, programme: Programme, day: date):
        """Those that apply on a day, the one that counts last."""
        return self.filter(programme=programme, from_on__lte=day).order_by("version")


class Versioned(models.Model):
    """A row is never changed: who wants others makes the next version. Version 1 comes with the platform; the newest version that
    applies on a day is the one that counts."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="%(class)s", verbose_name=_("programme"))
    version = models.PositiveSmallIntegerField(_("version"))
    values = models.JSONField(_("values"))
    from_on = models.DateField(_("applies from"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=2), name="%(class)s_version_1_comes_with_the_platform")
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class Anchors(Versioned):
    """A programme's own anchors of one indicator."""

    privacy = classify(internal="id programme code version values from_on made_by made_at")

    code = models.CharField(_("indicator"), max_length=10)

    class Meta(Versioned.Meta):
        verbose_name = _("anchors of an indicator")
        verbose_name_plural = _("anchors of indicators")
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(fields=["programme", "code", "version"], name="anchors_version_once"),
        ]


class RiskPoints(Versioned):
    """A programme's own points of the rules of risk: signal -> points."""

    privacy = classify(internal="id programme version values from_on made_by made_at")

    class Meta(Versioned.Meta):
        verbose_name = _("points of the rules of risk")
        verbose_name_plural = _("points of the rules of risk")
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(fields=["programme", "version"], name="riskpoints_version_once"),
        ]
