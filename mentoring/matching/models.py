"""Runs of the matching engine, the pairs they propose, and who was left without one."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, user):
        """Coordinators of the programme; administrators see counts elsewhere."""
        return self.filter(programme__in=Programme.objects.coordinated_by(user))


class MatchRun(models.Model):
    """One run with its settings and its proof; kept for ever."""

    privacy = classify(
        internal="id programme status objective weights rules seed input_hash engine_version total bound mentees mentors"
        " report job_key started_by created_at finished_at published_at locked"
    )

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        STAGED = "staged", _("Ready for review")
        PUBLISHING = "publishing", _("Being published")
        PUBLISHED = "published", _("Published")
        FAILED = "failed", _("Stopped")

    class Objective(models.TextChoices):
        TOTAL = "total", _("Best total fit")
        MOST = "most", _("Most people matched, then best fit")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="match_runs")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    objective = models.CharField(max_length=5, choices=Objective, default=Objective.MOST)
    weights = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    locked = models.JSONField(default=list)  # [mentee enrolment, mentor enrolment] fixed before the run
    seed = models.PositiveIntegerField(default=1)
    input_hash = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    total = models.BigIntegerField(null=True)
    bound = models.BigIntegerField(null=True)
    mentees = models.PositiveIntegerField(default=0)
    mentors = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    job_key = models.CharField(max_length=200, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("matching run")
        verbose_name_plural = _("matching runs")

    def __str__(self) -> str:
        return f"{self.programme} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("matching_run", args=[self.pk])


class PairQuerySet(models.QuerySet["Pair"]):
    def visible_to(self, user):
        return self.filter(run__programme__in=Programme.objects.coordinated_by(user))

    def for_rows(self):
        return self.select_related("mentor__person", "mentee__person", "run")


class Pair(models.Model):
    """A mentor and a mentee whom a run proposes, with the parts of their score."""

    privacy = classify(
        internal="id run status locked decided_by decided_at relationship rank_for_mentee rank_for_mentor",
        personal="mentor mentee score parts why reason",
    )

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        PUBLISHED = "published", _("Published")

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="pairs")
    mentor = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    mentee = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    locked = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField()
    parts = models.JSONField(default=dict)
    why = models.JSONField(default=dict)
    rank_for_mentee = models.PositiveIntegerField(null=True)
    rank_for_mentor = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    relationship = models.ForeignKey(Relationship, models.SET_NULL, null=True, related_name="+")

    objects = PairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "mentor", "mentee"], name="pair_once_per_run"),
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="pair_is_two_enrolments"),
            models.CheckConstraint(condition=Q(score__lte=10000), name="pair_score_0_to_10000"),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id}–{self.mentee_id}"


class Unmatched(models.Model):
    """Somebody a run could not place, with the reason in a form that can be explained."""

    privacy = classify(internal="id run reason details", personal="enrolment", subject="enrolment__person")

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="unmatched")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "enrolment"], name="unmatched_once_per_run")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.reason}"


class BlockedPair(models.Model):
    """A coordinator rejected these two for each other; no later run proposes them. Never shown to them."""

    privacy = classify(internal="id programme created_at created_by", sensitive="mentor mentee reason")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="blocked_pairs")
    mentor = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    mentee = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentor", "mentee"], name="blocked_pair_once")]

    def __str__(self) -> str:
        return f"{self.mentor_id} ≠ {self.mentee_id}"
