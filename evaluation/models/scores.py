"""Scores of programmes and institutions, with the evidence behind each."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Institution
from core.privacy import classify
from mentoring.planning.models import Programme


class FiguresQuerySet(models.QuerySet[Any]):
    """Figures of a programme or (programme None) of an institution."""

    def visible_to(self, user):
        """A programme's figures for its coordinators, its institution's administrators and keys; the institution's own for its
        administrators and keys."""
        if isinstance(user, ApiKey):
            return self.filter(institution=user.institution_id)
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(programme__in=Programme.objects.managed_by(user))
            | Q(programme=None, institution__in=Institution.objects.administered_by(user))
        )


class ScoreQuerySet(FiguresQuerySet):
    def latest(self):
        """The rows of each programme's and institution's newest day. One query more, however many there are."""
        newest = self.order_by().values_list("institution", "programme").annotate(Max("as_of_on"))
        wanted = Q(pk=None)
        for institution, programme, day in newest:
            wanted |= Q(institution=institution, programme=programme, as_of_on=day)
        return self.filter(wanted)

    def by_month(self):
        """The rows of each programme's and institution's newest day, and of the last day of every month before: fixed, so that no
        two days can be laid over each other at will. One query more, however many there are."""
        days = self.order_by("as_of_on").values_list("institution", "programme", "as_of_on").distinct()
        last = {(institution, programme, day.year, day.month): day for institution, programme, day in days}
        kept: dict[tuple[int, int | None], list[date]] = {}
        for (institution, programme, *_month), day in last.items():
            kept.setdefault((institution, programme), []).append(day)
        wanted = Q(pk=None)
        for (institution, programme), dates in kept.items():
            wanted |= Q(institution=institution, programme=programme, as_of_on__in=dates)
        return self.filter(wanted)

    def over_time(self):
        """Stages and categories of those days. With their components beside them a suppressed one could be worked out."""
        return self.by_month().filter(code="both").exclude(component__contains=".")


class Score(models.Model):
    """One number with its evidence, of a programme or (programme None) an institution, on one day. A state other than `scored`
    says why there is no number. Those of single relationships and people: `UnitScore`."""

    privacy = classify(
        internal="id institution programme component code facet state value n inputs version anchors_version as_of_on computed_at"
    )

    class Level(models.TextChoices):
        PARTICIPANT = "P", _("Person")
        RELATIONSHIP = "R", _("Relationship")
        PROGRAMME = "G", _("Programme")
        INSTITUTION = "I", _("Institution")

    class State(models.TextChoices):
        SCORED = "scored", _("Measured")
        TOO_EARLY = "too_early", _("Too early to say")
        NOT_MEASURED = "not_measured", _("Not measured")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")
        SUPPRESSED = "suppressed", _("Hidden: fewer than five people")

    class Facet(models.TextChoices):
        BEHAVIOUR = "behaviour", _("What happens")
        PERCEPTION = "perception", _("What people say")
        BOTH = "both", _("Together")

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="scores", verbose_name=_("institution"), db_index=False
    )
    programme = models.ForeignKey(
        Programme, models.CASCADE, null=True, related_name="scores", verbose_name=_("programme"), db_index=False
    )
    component = models.CharField(_("component"), max_length=60)
    code = models.CharField(
        _("code"), max_length=20, help_text=_("Indicator, or the facet for component, category and stage rows")
    )
    facet = models.CharField(_("facet"), max_length=10, choices=Facet)
    state = models.CharField(_("state"), max_length=14, choices=State)
    value = models.FloatField(_("value"), null=True)
    n = models.PositiveIntegerField(_("units counted"), default=0)
    inputs = models.JSONField(_("inputs"), default=dict)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    anchors_version = models.PositiveSmallIntegerField(_("version of the anchors"), default=1, db_default=1)
    as_of_on = models.DateField(_("as of"))
    computed_at = models.DateTimeField(_("computed at"))

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "component", "code", "as_of_on"], name="score_once_per_programme_and_day"
            ),
            models.UniqueConstraint(
                fields=["institution", "component", "code", "as_of_on"],
                condition=Q(programme=None),
                name="score_once_per_institution_and_day",
            ),
            models.CheckConstraint(
                condition=Q(state="scored", value__gte=0, value__lte=100) | (~Q(state="scored") & Q(value=None)),
                name="score_has_a_value_only_when_measured",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "as_of_on"]),
            models.Index(fields=["institution", "programme", "as_of_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"

    @property
    def level(self) -> str:
        return self.Level.PROGRAMME if self.programme_id else self.Level.INSTITUTION
