"""Waves of questions, what people answered, the scores computed from all of it, and alerts with what was done."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship

COOLING = timedelta(days=14)


class WaveQuerySet(models.QuerySet["Wave"]):
    def open(self, now):
        return self.filter(opens_at__lte=now).filter(Q(closes_at=None) | Q(closes_at__gt=now))

    def visible_to(self, user):
        """Coordinators; and people enrolled in the programme."""
        if not user.is_authenticated:
            return self.none()
        enrolled = Enrolment.objects.filter(person=user).values("programme")
        return self.filter(Q(programme__in=Programme.objects.coordinated_by(user)) | Q(programme__in=enrolled))


class Wave(models.Model):
    """A time in which one form of the questionnaire is open to a programme."""

    privacy = classify(internal="id programme form number opens_at closes_at created_by")

    class Form(models.TextChoices):
        FULL = "full", _("Full questionnaire (63 questions)")
        SHORT = "short", _("Short questionnaire (21 questions)")
        PULSE = "pulse", _("Pulse (5 questions)")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="waves", verbose_name=_("programme"))
    form = models.CharField(_("form"), max_length=5, choices=Form)
    number = models.PositiveSmallIntegerField(_("number"))
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )

    objects = WaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="wave_number_once"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="wave_closes_after_it_opens",
                violation_error_message=_("A wave closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.form} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("survey", args=[self.pk])

    def is_open(self, now) -> bool:
        return self.opens_at <= now and (self.closes_at is None or self.closes_at > now)

    def is_over(self, now) -> bool:
        return self.closes_at is not None and self.closes_at <= now


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user):
        """Only one's own answers."""
        return self.filter(enrolment__person=user) if user.is_authenticated else self.none()


class Response(models.Model):
    """One person's answers in one wave about one relationship (or about the programme alone)."""

    privacy = classify(
        internal="id wave relationship started_at submitted_at position",
        personal="enrolment",
        subject="enrolment__person",
    )

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="responses")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="responses")
    relationship = models.ForeignKey(Relationship, models.CASCADE, null=True, related_name="responses")
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("filled-in questionnaire")
        verbose_name_plural = _("filled-in questionnaires")
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "enrolment", "relationship"], name="response_once_per_relationship"
            ),
            models.UniqueConstraint(
                fields=["wave", "enrolment"], condition=Q(relationship=None), name="response_once_about_the_programme"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.enrolment_id}"


class Answer(models.Model):
    """One answer, 1 to 5; or why there is none: -1 not shown, -2 skipped, -3 not applicable, -4 withdrawn."""

    privacy = classify(internal="id response item", sensitive="value", subject="response__enrolment__person")

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    item = models.CharField(max_length=60)
    value = models.SmallIntegerField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["response", "item"], name="answer_once_per_item"),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=5) | Q(value__gte=-4, value__lte=-1), name="answer_value_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.value}"


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
        internal="id programme level component code facet state n inputs version as_of_on computed_at",
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


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self):
        return self.filter(closed_at=None)

    def visible_to(self, user):
        """Coordinators, except where they are a member themselves: nobody learns here what their partner answered."""
        if not user.is_authenticated:
            return self.none()
        mine = Relationship.objects.filter(members__person=user).values("pk")
        return self.filter(relationship__programme__in=Programme.objects.coordinated_by(user)).exclude(
            relationship__in=mine
        )

    def waiting(self, now):
        """Open, not put off, and not acted on within the last fourteen days."""
        return self.open().filter(
            Q(snoozed_until=None) | Q(snoozed_until__lte=now), Q(acted_at=None) | Q(acted_at__lte=now - COOLING)
        )

    def for_rows(self):
        return (
            self.select_related("relationship__programme")
            .prefetch_related("relationship__members__person")
            .order_by("-points", "raised_at", "pk")
        )


class Alert(models.Model):
    """A relationship that may need somebody, with the reasons, what was done, and what became of it.

    About two people at once and partly from what one of them said in confidence: so it is in nobody's own export.
    """

    privacy = classify(
        internal="id relationship points level raised_at version snoozed_until acted_at acted_by action closed_at outcome",
        sensitive="reasons unknown",
    )

    class Level(models.TextChoices):
        WATCH = "watch", _("Watch")
        REVIEW = "review", _("Needs a look")

    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="alerts", verbose_name=_("relationship")
    )
    level = models.CharField(_("level"), max_length=6, choices=Level)
    points = models.PositiveSmallIntegerField(_("points"))
    reasons = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    raised_at = models.DateTimeField(_("raised at"))
    snoozed_until = models.DateTimeField(_("put off until"), null=True, blank=True)
    acted_at = models.DateTimeField(_("acted on at"), null=True, blank=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("acted on by")
    )
    action = models.CharField(_("action"), max_length=60, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(fields=["relationship"], condition=Q(closed_at=None), name="alert_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id} {self.points}"

    def get_absolute_url(self) -> str:
        return reverse("alert", args=[self.pk])
