"""Research exports: who asked for one, and its bytes for a while."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from mentoring.planning.models import Programme


class ResearchExportQuerySet(models.QuerySet["ResearchExport"]):
    def visible_to(self, user):
        """The programme's coordinators and its institution's administrators; for a key, those of its institution."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        return self.filter(programme__in=Programme.objects.managed_by(user)) if user.is_authenticated else self.none()

    def for_rows(self):
        return self.defer("data").select_related("programme", "asked_by").order_by("-asked_at", "-pk")


class ResearchExport(models.Model):
    """One ZIP for research. Only the newest of a programme keeps its bytes, and it loses them (`dropped_at`) as soon as
    somebody in it takes consent back or is erased."""

    privacy = classify(internal="id programme asked_by asked_at made_at dropped_at size", sensitive="data")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="exports", verbose_name=_("programme"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for at"))
    made_at = models.DateTimeField(_("made at"), null=True)
    dropped_at = models.DateTimeField(_("deleted at"), null=True)
    size = models.PositiveIntegerField(_("size in bytes"), default=0)
    data = models.BinaryField(default=bytes)

    objects = ResearchExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("research export")
        verbose_name_plural = _("research exports")

    def __str__(self) -> str:
        return f"{self.programme} {self.asked_at:%Y-%m-%d}"

    @property
    def job_key(self) -> str:
        return f"research:{self.pk}"

    @property
    def can_be_had(self) -> bool:
        return self.size > 0
