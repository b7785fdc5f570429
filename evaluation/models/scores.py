"""Scores of people, relationships and programmes, with the evidence behind each."""

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user):
        """A programme's scores for its coordinators, its institution's administrators and keys; those of single relationships
        for coordinators only; those of a person for that person."""
        programme = Q(level=Score.Level.PROGRAMME)
        if isinstance(user, ApiKey):
            return self.filter(programme, programme__institution=user.institution_id)
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            (programme & Q(programme__in=Programme.objects.managed_by(user)))
            | Q(level=Score.Level.RELATIONSHIP, programme__in=Programme.objects.coordinated_by(user))
            | Q(level=Score.Level.PARTICIPANT, enrolment__person=user)
        )

    def latest(self):
        """The rows of each programme's newest day. One query more, however many programmes."""
        newest = self.order_by().values_list("programme").annotate(Max("as_of_on"))
        wanted = Q(pk=None)
        for programme, day in newest:
            wanted |= Q(programme=programme, as_of_on=day)
        return self.filter(wanted)


class Score(models.Model):
    """One number with its evidence, for one unit on one day. A state other than `scored` says why there is no number."""

    privacy = classify(
        internal="id programme level component code facet state n inputs version anchors_version as_of_on computed_at",
        personal="enrolment relationship value",
        subject="enrolment__person",
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

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="scores", verbose_name=_("programme"))
    level = models.CharField(_("level"), max_length=1, choices=Level)
    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, null=True, related_name="scores", verbose_name=_("enrolment")
    )
    relationship = models.ForeignKey(
        Relationship, models.CASCADE, null=True, related_name="scores", verbose_name=_("relationship")
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
                fields=["programme", "component", "code", "as_of_on"],
                condition=Q(enrolment=None, relationship=None),
                name="score_once_per_programme_and_day",
            ),
            models.UniqueConstraint(
                fields=["relationship", "component", "code", "as_of_on"],
                condition=Q(relationship__isnull=False),
                name="score_once_per_relationship_and_day",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "component", "code", "as_of_on"],
                condition=Q(enrolment__isnull=False),
                name="score_once_per_person_and_day",
            ),
            models.CheckConstraint(
                condition=Q(state="scored", value__gte=0, value__lte=100) | (~Q(state="scored") & Q(value=None)),
                name="score_has_a_value_only_when_measured",
            ),
        ]
        indexes = [models.Index(fields=["programme", "level", "as_of_on"])]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"
