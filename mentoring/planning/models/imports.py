"""Lists of people that arrive as files."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Job
from core.privacy import classify
from mentoring.planning.models.programme import Enrolment, Programme


class ImportMapping(models.Model):
    """Which column of a file means what, saved under a name to be used again."""

    privacy = classify(internal="id programme name columns created_at")

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="import_mappings", verbose_name=_("programme")
    )
    name = models.CharField(_("name"), max_length=100)
    columns = models.JSONField(_("columns"), default=dict)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("mapping of columns")
        verbose_name_plural = _("mappings of columns")
        constraints = [models.UniqueConstraint(fields=["programme", "name"], name="import_mapping_name_once")]

    def __str__(self) -> str:
        return self.name


class PeopleImportQuerySet(models.QuerySet["PeopleImport"]):
    def visible_to(self, user):
        return self.filter(programme__in=Programme.objects.coordinated_by(user))

    def over(self, at, days):
        """Files in programmes that keep lists so many `days`, whose time is over and whose lines are still here; none on which a
        job is at work."""
        at_work = models.Exists(Job.objects.open().filter(key=models.OuterRef("job_key")))
        since = Coalesce("finished_at", "created_at")
        waiting = self.filter(programme__import_days=days, emptied_at=None).annotate(since=since)
        return waiting.filter(~at_work, since__lte=at - timedelta(days=days))


class PeopleImport(models.Model):
    """A file of people on its way into a programme: mapped, checked, then imported as a job. Some days later its lines are
    erased; what became of how many stays."""

    privacy = classify(
        internal="id programme role status file_name columns mapping options created_by created_at finished_at emptied_at"
        " job_key",
        personal="text",
    )

    class Status(models.TextChoices):
        MAPPING = "mapping", _("Columns to be mapped")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Importing")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="imports", verbose_name=_("programme"))
    role = models.CharField(_("role"), max_length=6, choices=Enrolment.Role)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.MAPPING)
    file_name = models.CharField(_("file name"), max_length=200)
    text = models.TextField()
    columns = models.JSONField(_("columns"), default=list)
    mapping = models.JSONField(_("mapping"), default=dict)
    options = models.JSONField(_("options"), default=dict)
    job_key = models.CharField(_("key of the job"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    emptied_at = models.DateTimeField(_("lines erased at"), null=True, blank=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of people")
        verbose_name_plural = _("files of people")
        constraints = [
            models.CheckConstraint(
                condition=Q(emptied_at=None) | Q(text=""), name="people_import_is_empty_once_emptied"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("import_run", args=[self.pk])

    @property
    def kept_until(self) -> datetime:
        """When its lines are erased: some days after they came in, or after it was sent where nothing came of it."""
        return (self.finished_at or self.created_at) + timedelta(days=self.programme.import_days)


class ImportRow(models.Model):
    """One line of a file and what became of it."""

    privacy = classify(
        internal="id people_import line outcome enrolment", personal="values problems", subject="enrolment__person"
    )

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Will be updated")
        SAME = "same", _("Nothing new")
        BAD = "bad", _("Cannot be imported")
        DONE = "done", _("Imported")

    people_import = models.ForeignKey(PeopleImport, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    outcome = models.CharField(max_length=7, choices=Outcome)
    problems = models.JSONField(default=list)
    enrolment = models.ForeignKey(Enrolment, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("line of a file")
        verbose_name_plural = _("lines of files")
        constraints = [models.UniqueConstraint(fields=["people_import", "line"], name="import_row_once_per_line")]

    def __str__(self) -> str:
        return f"{self.people_import_id}:{self.line}"
