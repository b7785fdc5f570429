"""What was learned from the past of an institution about early ends, and whether it beat the points."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from core.privacy import classify


class RiskModel(models.Model):
    """A hazard model as it was fitted and judged on one day. It holds figures about all, none about anybody. The newest version
    counts; where it is better than the points it takes their place."""

    privacy = classify(internal="id institution version made_at closed early coefficients threshold better result")

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="risk_models", verbose_name=_("institution")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    made_at = models.DateTimeField(_("made at"))
    closed = models.PositiveIntegerField(_("relationships that are over"))
    early = models.PositiveIntegerField(_("ended early"))
    coefficients = models.JSONField(_("coefficients"), null=True)
    threshold = models.FloatField(_("threshold"), null=True)
    better = models.BooleanField(_("better than the points"))
    result = models.JSONField(_("result"))

    class Meta:
        verbose_name = _("model of early ends")
        verbose_name_plural = _("models of early ends")
        constraints = [
            models.UniqueConstraint(fields=["institution", "version"], name="risk_model_version_once"),
            models.CheckConstraint(
                condition=Q(better=False) | Q(coefficients__isnull=False, threshold__isnull=False),
                name="risk_model_is_better_only_with_coefficients",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.version}"
