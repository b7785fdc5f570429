"""Which raw figures of an indicator count as 0 and as 100 in a programme."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Programme


class AnchorsQuerySet(models.QuerySet["Anchors"]):
    def visible_to(self, user):
        return self.filter(programme__in=Programme.objects.managed_by(user))


class Anchors(models.Model):
    """A programme's own anchors of one indicator. A row is never changed: who wants others makes the next version.

    Version 1 are those that come with the platform; the newest version that applies on a day is the one that counts.
    """

    privacy = classify(internal="id programme code version values from_on made_by made_at")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="anchors", verbose_name=_("programme"))
    code = models.CharField(_("indicator"), max_length=10)
    version = models.PositiveSmallIntegerField(_("version"))
    values = models.JSONField(_("anchors"))
    from_on = models.DateField(_("applies from"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))

    objects = AnchorsQuerySet.as_manager()

    class Meta:
        verbose_name = _("anchors of an indicator")
        verbose_name_plural = _("anchors of indicators")
        constraints = [
            models.UniqueConstraint(fields=["programme", "code", "version"], name="anchors_version_once"),
            models.CheckConstraint(condition=Q(version__gte=2), name="anchors_version_1_comes_with_the_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
