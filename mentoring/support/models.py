"""Help: a person asks, a human answers; and a check whether their connection carries mentoring."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Programme


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def visible_to(self, user):
        """The person who asked, and the coordinators of the programme; never the partner."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(person=user) | Q(programme__in=Programme.objects.coordinated_by(user)))

    def coordinated_by(self, user):
        return self.filter(programme__in=Programme.objects.coordinated_by(user))

    def unresolved(self):
        return self.exclude(status=HelpRequest.Status.RESOLVED)

    def unanswered(self):
        return self.unresolved().filter(first_answer_at=None)

    def for_rows(self):
        """Whoever waits longest for a first answer stands first; resolved ones come last, the newest of them first."""
        return (
            self.select_related("person", "programme")
            .annotate(is_resolved=Q(status=HelpRequest.Status.RESOLVED))
            .order_by("is_resolved", "-resolved_at", F("first_answer_at").asc(nulls_first=True), "created_at", "pk")
        )


class HelpRequest(models.Model):
    privacy = classify(
        internal="id programme status created_at first_answer_at resolved_at",
        sensitive="person topic body",
        subject="person",
    )

    class Topic(models.TextChoices):
        TECHNICAL = "technical", _("Something technical")
        HOW_TO = "how_to", _("How something is done here")
        RELATIONSHIP = "relationship", _("My mentoring relationship")
        WELLBEING = "wellbeing", _("How I am doing")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        RAISED = "raised", _("Waiting for an answer")
        ACKNOWLEDGED = "acknowledged", _("Seen")
        IN_PROGRESS = "in_progress", _("Being worked on")
        RESOLVED = "resolved", _("Resolved")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="help_requests", verbose_name=_("programme"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="help_requests")
    topic = models.CharField(_("what is it about?"), max_length=12, choices=Topic)
    body = models.TextField(_("what happened, and what would help?"), max_length=4000)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RAISED)
    created_at = models.DateTimeField(_("created at"))
    first_answer_at = models.DateTimeField(_("first answer"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("support_request", args=[self.pk])


class HelpReply(models.Model):
    privacy = classify(internal="id request created_at", sensitive="author body", subject="author")

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="help_replies")
    body = models.TextField(_("answer"), max_length=4000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")

    def __str__(self) -> str:
        return f"{self.request_id} {self.pk}"


class ConnectionCheckQuerySet(models.QuerySet["ConnectionCheck"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()


class ConnectionCheck(models.Model):
    """How well a person's line carries mentoring, measured in their browser; passed when it carries a video call.

    600 kbit/s are enough for a small picture with sound and 100 kbit/s for sound alone. A round trip of 800 ms is twice
    the one-way delay of 400 ms that ITU-T G.114 names as the limit for talking.
    """

    VIDEO_KBIT, VOICE_KBIT, ROUND_TRIP_MS = 600, 100, 800

    privacy = classify(internal="id checked_at passed", personal="person latency_ms kbit_per_s", subject="person")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="connection_checks")
    latency_ms = models.PositiveIntegerField()
    kbit_per_s = models.PositiveIntegerField()
    passed = models.BooleanField()
    checked_at = models.DateTimeField()

    objects = ConnectionCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection check")
        verbose_name_plural = _("connection checks")

    def __str__(self) -> str:
        return f"{self.person_id} {self.checked_at}"

    @property
    def carries(self) -> str:
        """The richest way of talking this line carries: video, voice or text."""
        if self.latency_ms > self.ROUND_TRIP_MS or self.kbit_per_s < self.VOICE_KBIT:
            return "text"
        return "video" if self.kbit_per_s >= self.VIDEO_KBIT else "voice"
