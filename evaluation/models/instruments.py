"""Instruments that an institution brought along: they stay inside it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Institution
from core.privacy import classify
from evaluation.instruments import Definition, define
from mentoring.planning.models import Programme


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def visible_to(self, user):
        """Administrators of the institution, and whoever coordinates one of its programmes; for a key, its institution's."""
        if isinstance(user, ApiKey):
            return self.filter(institution=user.institution_id)
        return self.filter(institution__in=houses_of(user)) if user.is_authenticated else self.none()

    def active(self):
        """Those that may be asked."""
        return self.filter(activated_at__isnull=False, retired_at=None)

    def by_key(self, institution_id: int) -> dict[str, "Instrument"]:
        """Every version of an institution that was ever active, by its key. One query."""
        rows = self.filter(institution=institution_id, activated_at__isnull=False).order_by("name", "-version")
        return {row.key: row for row in rows}


def houses_of(user: Any) -> models.QuerySet[Institution]:
    """The institutions into which `user` may bring an instrument."""
    if not user.is_authenticated:
        return Institution.objects.none()
    coordinated = Programme.objects.coordinated_by(user).values("institution")
    administered = Institution.objects.administered_by(user).values("pk")
    return Institution.objects.filter(Q(pk__in=coordinated) | Q(pk__in=administered))


class Instrument(models.Model):
    """One version of a questionnaire of an institution's own. A draft may change; what is active is frozen."""

    privacy = classify(
        internal="id institution name version roles content licence_text licence_confirmed_on created_by created_at"
        " activated_by activated_at retired_at",
        personal="licence_confirmed_by",
    )

    OWN = "own:"

    class Roles(models.TextChoices):
        BOTH = "both", _("mentors and mentees")
        MENTOR = "mentor", _("mentors")
        MENTEE = "mentee", _("mentees")

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="instruments")
    name = models.CharField(_("short name"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1, validators=[MinValueValidator(1)])
    roles = models.CharField(max_length=6, choices=Roles, default=Roles.BOTH)
    content = models.JSONField(default=dict)
    licence_text = models.TextField(_("licence"), max_length=4000, blank=True)
    licence_confirmed_by = models.CharField(_("confirmed by"), max_length=120, blank=True)
    licence_confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("own questionnaire")
        verbose_name_plural = _("own questionnaires")
        constraints = [
            models.UniqueConstraint(fields=["institution", "name", "version"], name="instrument_version_once"),
            models.CheckConstraint(
                condition=Q(activated_at=None)
                | (~Q(licence_text="") & ~Q(licence_confirmed_by="") & Q(licence_confirmed_on__isnull=False)),
                name="instrument_is_active_with_a_confirmed_licence",
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None) | Q(activated_at__isnull=False), name="instrument_is_retired_after_active"
            ),
        ]

    def __str__(self) -> str:
        return self.definition.title.text(get_language())

    def get_absolute_url(self) -> str:
        return reverse("instrument", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.activated_at is None

    @property
    def key(self) -> str:
        """What a version is called in files and plans of studies."""
        return f"{self.OWN}{self.name}:{self.version}"

    @property
    def head(self) -> dict[str, Any]:
        """What stands before the content in its file."""
        on = self.licence_confirmed_on
        return {
            "instrument": self.name,
            "version": self.version,
            "licence_text": self.licence_text,
            "licence_confirmed_by": self.licence_confirmed_by or None,
            "licence_confirmed_at": on.isoformat() if on else None,
        }

    @property
    def document(self) -> dict[str, Any]:
        """The file that it can be loaded from again."""
        return self.head | self.definition.content

    @cached_property
    def definition(self) -> Definition:
        return define(self.head | self.content)
