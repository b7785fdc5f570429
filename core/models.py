"""What the house itself keeps: jobs, sent forms, remembered API answers and what it counts. No business noun may enter."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.privacy import classify


class Bilingual:
    """Reads `<name>_fa` or `<name>_en` in the reader's language; the other one where that is empty."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> str:
        if instance is None:
            return self  # type: ignore[return-value]
        first, second = ("fa", "en") if (get_language() or "en").startswith("fa") else ("en", "fa")
        return str(getattr(instance, f"{self.name}_{first}") or getattr(instance, f"{self.name}_{second}"))


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> "JobQuerySet":
        return self.filter(done_at=None, failed_at=None)

    def due(self, now: datetime) -> "JobQuerySet":
        return self.open().filter(due_at__lte=now).filter(Q(lease_until=None) | Q(lease_until__lt=now))


class Job(models.Model):
    """One piece of work, written in the same transaction as the fact that asks for it. SQL is the truth, Celery the wake-up."""

    privacy = classify(
        internal="id name key payload created_at due_at lease_until attempts done_at failed_at error done total"
        " cancel_asked_at result"
    )

    name = models.CharField(_("name"), max_length=100)
    key = models.CharField(_("key"), max_length=200, unique=True)
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    due_at = models.DateTimeField(_("due at"))
    lease_until = models.DateTimeField(_("lease until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done_at = models.DateTimeField(_("done at"), null=True)
    failed_at = models.DateTimeField(_("failed at"), null=True)
    error = models.TextField(_("error"), blank=True)
    done = models.PositiveIntegerField(_("parts done"), default=0)
    total = models.PositiveIntegerField(_("parts in all"), default=0)
    cancel_asked_at = models.DateTimeField(_("cancel asked at"), null=True)
    result = models.JSONField(_("result"), default=dict)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="job_open_by_due")]
        constraints = [
            models.CheckConstraint(condition=Q(done_at=None) | Q(failed_at=None), name="job_is_done_or_failed_not_both")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.failed_at is None


class SentForm(models.Model):
    """A form that was sent: by whom, where and with what, as a fingerprint; from which page (`key`), and where it led."""

    privacy = classify(internal="id fingerprint key location sent_at")

    fingerprint = models.CharField(max_length=64, unique=True)
    key = models.UUIDField(null=True)
    location = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.fingerprint


class RememberedAnswer(models.Model):
    """What an API call with an Idempotency-Key was answered, so that the same call again gets the same answer."""

    privacy = classify(internal="id client key fingerprint status body created_at")

    client = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="remembered_answer_once_per_client_and_key")
        ]

    def __str__(self) -> str:
        return self.key


class Tally(models.Model):
    """How often something happened on a day (UTC). What `owner` and `bucket` mean is known to who counts."""

    privacy = classify(internal="id what owner day_on bucket count")

    what = models.CharField(max_length=20)
    owner = models.BigIntegerField()
    day_on = models.DateField()
    bucket = models.SmallIntegerField()
    count = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "owner", "day_on", "bucket"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.owner} {self.day_on} {self.bucket}"
