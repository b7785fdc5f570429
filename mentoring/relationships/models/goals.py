"""What they aim at, step by step."""

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.relationships.models.relationship import Relationship
from mentoring.relationships.signals import Origin


class GoalQuerySet(models.QuerySet["Goal"]):
    def visible_to(self, user):
        """Members see their goals; coordinators see counts elsewhere, not these rows."""
        return self.filter(relationship__in=Relationship.objects.of(user))

    def open(self):
        return self.filter(status__in=[Goal.Status.PROPOSED, Goal.Status.ACTIVE])

    def for_cards(self):
        steps = Prefetch("steps", GoalStep.objects.select_related("owner").order_by("position", "pk"))
        return (
            self.select_related("relationship__programme", "proposed_by")
            .prefetch_related(steps, "relationship__members__person")
            .order_by("created_at", "pk")
        )


class Goal(models.Model):
    """Something the mentee wants to reach; it counts once both sides have said yes."""

    privacy = classify(
        internal="id relationship status created_at confirmed_at closed_at attainment",
        personal="title why proposed_by confirmed_by helped",
        subject="relationship__members__person",
    )

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")
        DROPPED = "dropped", _("Dropped")

    ATTAINMENT = (
        (2, _("Much further than we hoped")),
        (1, _("Further than we hoped")),
        (0, _("As far as we hoped")),
        (-1, _("Not quite as far as we hoped")),
        (-2, _("Hardly any of the way")),
    )

    relationship = models.ForeignKey(Relationship, models.CASCADE, related_name="goals")
    title = models.CharField(_("goal"), max_length=160)
    why = models.TextField(_("why it matters, and how we will know"), blank=True, max_length=1000)
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    attainment = models.SmallIntegerField(_("how far we got"), null=True, blank=True)
    helped = models.TextField(_("what helped"), blank=True, max_length=1000)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            models.CheckConstraint(
                condition=Q(attainment=None) | Q(attainment__gte=-2, attainment__lte=2),
                name="goal_attainment_minus_2_to_2",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('goals', args=[self.relationship_id])}#goal-{self.pk}"

    @property
    def steps_done(self) -> int:
        return sum(step.done_at is not None for step in self.steps.all())

    @property
    def attainment_label(self) -> str:
        return str(dict(self.ATTAINMENT).get(self.attainment, ""))


class GoalStepQuerySet(models.QuerySet["GoalStep"]):
    def visible_to(self, user):
        return self.filter(goal__relationship__in=Relationship.objects.of(user))


class GoalStep(models.Model):
    privacy = classify(
        internal="id goal position done_at source",
        personal="title owner due_on",
        subject="goal__relationship__members__person",
    )

    class Source(models.TextChoices):
        OWN = "own", _("Our own")
        TRAINING = "training", _("From a module")
        SESSION = "session", _("From a session")
        MESSAGE = "message", _("From a message")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="steps")
    title = models.CharField(_("step"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="goal_steps"
    )
    due_on = models.DateField(_("until"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=8, choices=Source, default=Source.OWN)

    came_of: Origin | None = None  # put there by `queries.with_origins`
    objects = GoalStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")

    def __str__(self) -> str:
        return self.title
