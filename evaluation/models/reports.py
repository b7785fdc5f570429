"""Reports as they were made: kept with their bytes, so that the same paper can be had again."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Language
from core.privacy import classify
from mentoring.planning.models import Programme


class ProgrammeReportQuerySet(models.QuerySet["ProgrammeReport"]):
    def visible_to(self, user):
        """The programme's coordinators and its institution's administrators; for a key, those of its institution."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        return self.filter(programme__in=Programme.objects.managed_by(user)) if user.is_authenticated else self.none()

    def for_rows(self):
        return self.defer("pdf", "content").select_related("programme", "made_by").order_by("-made_at", "-pk")


class ProgrammeReport(models.Model):
    """What a programme came to by one day, in one language: `content` in words, `pdf` on paper."""

    privacy = classify(internal="id programme kind language as_of_on made_at made_by content pdf")

    class Kind(models.TextChoices):
        BRIEF = "brief", _("One page")
        FULL = "full", _("Full report")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="papers", verbose_name=_("programme"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    as_of_on = models.DateField(_("as of"))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    content = models.JSONField(_("content"))
    pdf = models.BinaryField()

    objects = ProgrammeReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["programme", "made_at"])]

    def __str__(self) -> str:
        return f"{self.programme} {self.as_of_on}"

    def get_absolute_url(self) -> str:
        return reverse("programme_report", args=[self.pk])
