"""Studies: a plan that is locked before its results, what was added later, and the results."""

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from evaluation.models.instruments import Instrument
from mentoring.planning.models import Programme


class StudyQuerySet(models.QuerySet["Study"]):
    def visible_to(self, user):
        """The programme's coordinators and its institution's administrators; for a key, those of its institution."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        return self.filter(programme__in=Programme.objects.managed_by(user)) if user.is_authenticated else self.none()

    def for_rows(self):
        return self.select_related("programme__institution", "made_by").order_by("-made_at", "-pk")


class Study(models.Model):
    """One question to the data of a programme. `plan` is canonical JSON; once locked the database keeps it as it is, so not even
    a name can be taken out of it: people are told to write none."""

    privacy = classify(internal="id programme kind title plan sha256 made_by made_at locked_by locked_at", frozen=True)

    class Kind(models.TextChoices):
        PRE_POST = "pre_post", _("Before and after")
        WAITING = "waiting", _("With a mentor and still waiting")
        MODE = "mode", _("Online and face to face")
        GROWTH = "growth", _("Over several questionnaires")
        LANGUAGE = "language", _("Two languages: do the statements work alike?")
        PATH = "path", _("Paths through the stages of the model")
        LAGGED = "lagged", _("Over several questionnaires: does one thing go before the other?")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="studies", verbose_name=_("programme"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    plan = models.TextField(_("plan"), blank=True)
    sha256 = models.CharField(_("SHA-256 of the plan"), max_length=64, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("locked by")
    )
    locked_at = models.DateTimeField(_("locked at"), null=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        constraints = [
            models.CheckConstraint(
                condition=Q(locked_at=None, sha256="") | (Q(locked_at__isnull=False) & ~Q(sha256="") & ~Q(plan="")),
                name="study_locked_has_a_plan_and_its_hash",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("study", args=[self.pk])

    @cached_property
    def instruments(self) -> dict[str, Instrument]:
        """The versions of own questionnaires whose scales it may measure. One query."""
        return Instrument.objects.by_key(self.programme.institution_id)

    @property
    def planned(self) -> dict[str, Any]:
        """The plan as it was written; empty before anything was."""
        return dict(json.loads(self.plan)) if self.plan else {}


class StudyAmendment(models.Model):
    """What was added after the plan was locked: more to look at, and why. Whatever it adds is exploratory. Never changed."""

    privacy = classify(internal="id study number text sha256 made_by made_at", frozen=True)

    study = models.ForeignKey(Study, models.CASCADE, related_name="amendments", verbose_name=_("study"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("what was added, as JSON"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("amendment of a study")
        verbose_name_plural = _("amendments of studies")
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="amendment_number_once")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.number}"

    @property
    def added(self) -> dict[str, Any]:
        return dict(json.loads(self.text))


class StudyResult(models.Model):
    """What came out, once computed. `basis`: person -> a keyed digest of what they put in, so that two results can be told to
    differ by too few people; it holds no answer."""

    privacy = classify(internal="id study asked_by asked_at made_at content", secret="basis", frozen=True)

    study = models.ForeignKey(Study, models.CASCADE, related_name="results", verbose_name=_("study"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for at"))
    made_at = models.DateTimeField(_("made at"), null=True)
    content = models.JSONField(_("content"), default=dict)
    basis = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("result of a study")
        verbose_name_plural = _("results of studies")

    def __str__(self) -> str:
        return f"{self.study_id} {self.asked_at}"

    @property
    def job_key(self) -> str:
        return f"study:{self.pk}"
