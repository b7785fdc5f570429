"""What they agreed, and who has signed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.relationships.models.relationship import Relationship


class Agreement(models.Model):
    """What the members agreed; changing it raises the version and asks for new signatures."""

    privacy = classify(
        internal="id relationship version updated_at",
        personal="rhythm_days channels reply_hours expectations reconnect boundaries ends_on updated_by",
        subject="relationship__members__person",
    )

    class Channel(models.TextChoices):
        HERE = "here", _("Messages here")
        VIDEO = "video", _("Video calls")
        PHONE = "phone", _("Phone calls")
        EMAIL = "email", _("E-mail")
        IN_PERSON = "in_person", _("Meeting in person")

    relationship = models.OneToOneField(Relationship, models.CASCADE, related_name="agreement")
    version = models.PositiveSmallIntegerField(default=1)
    rhythm_days = models.PositiveSmallIntegerField(_("we are in touch at least every"))
    reply_hours = models.PositiveSmallIntegerField(_("we answer within"), default=48)
    channels = models.JSONField(_("ways we use"), default=list)
    expectations = models.TextField(_("what we expect of each other"), blank=True, max_length=2000)
    reconnect = models.TextField(_("if one of us falls silent"), blank=True, max_length=1000)
    boundaries = models.TextField(_("boundaries"), blank=True, max_length=1000)
    ends_on = models.DateField(_("we plan to end on"))
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm_days__gte=1, rhythm_days__lte=90), name="agreement_rhythm_1_to_90_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id} v{self.version}"

    @property
    def channel_labels(self) -> list[str]:
        return [str(self.Channel(code).label) for code in self.channels if code in self.Channel.values]


class Signature(models.Model):
    privacy = classify(internal="id agreement version", personal="person signed_at", subject="person")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    version = models.PositiveSmallIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signatures")
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "version", "person"], name="signature_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.version} {self.person_id}"
