"""Certificates of people who finished, and the links by which others check them."""

import hashlib

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Enrolment


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user):
        """One's own."""
        return self.filter(enrolment__person=user) if user.is_authenticated else self.none()

    def by_token(self, code):
        """The certificate behind a link; who holds the link may check it."""
        return self.filter(code_hash=hash_of(code))


class Certificate(models.Model):
    """That somebody finished. `printed` is what stands on the paper. When the person is erased, name and code go; the hash stays,
    so that the link can say that nothing is kept any more."""

    privacy = classify(
        internal="id code_hash made_at starts_on ends_on",
        personal="enrolment code printed",
        subject="enrolment__person",
    )

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="certificate", verbose_name=_("enrolment"))
    code = models.CharField(_("code of the link"), max_length=64, blank=True)
    code_hash = models.CharField(max_length=64, unique=True)
    printed = models.JSONField(_("what stands on it"), default=dict)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    made_at = models.DateTimeField(_("made at"))

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return str(self.enrolment_id)

    def get_absolute_url(self) -> str:
        return reverse("certificate", args=[self.code])

    @property
    def is_kept(self) -> bool:
        """Whether anything is still known: not after its person was erased."""
        return bool(self.printed)
