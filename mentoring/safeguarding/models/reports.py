"""Reports: what somebody says is not right, what was frozen for it, and what was done about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from core.privacy import classify
from mentoring.planning.models import Programme


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user):
        """What one has reported oneself, and what one works on."""
        return self.filter(reporter=user) | self.handled_by(user) if user.is_authenticated else self.none()

    def handled_by(self, user):
        """What `user` works on: never what concerns them, and never what they have reported themselves."""
        if not user.is_authenticated:
            return self.none()
        desks = Q(desk=Report.Desk.PROGRAMME, programme__in=Programme.objects.coordinated_by(user)) | Q(
            desk=Report.Desk.INSTITUTION, programme__institution__in=Institution.objects.administered_by(user)
        )
        if user.is_superuser:
            desks |= Q(desk=Report.Desk.OPERATOR)
        return self.filter(desks).exclude(accused=user).exclude(reporter=user)

    def open(self):
        return self.exclude(state__in=Report.CLOSED)

    def for_rows(self):
        """What is urgent first, then what waits longest; what is closed comes last."""
        return (
            self.select_related("programme", "accused", "reporter", "handler")
            .annotate(is_closed=Q(state__in=Report.CLOSED))
            .order_by("is_closed", "-severity", "made_at", "pk")
        )


class Report(models.Model):
    """Somebody says that something was not right. What it says and what was frozen for it is changed by nobody until its time
    is over; the erasure of a person does not touch it."""

    privacy = classify(
        internal="id programme desk reason state severity made_at first_look_at closed_at kept_until digest message_id",
        sensitive="reporter accused words handler answer",
        frozen=True,
    )

    class Desk(models.TextChoices):
        PROGRAMME = "programme", _("The coordinators of the programme")
        INSTITUTION = "institution", _("The administrators of the institution")
        OPERATOR = "operator", _("The operators of the platform")

    class Reason(models.TextChoices):
        HURT = "hurt", _("Insults, humiliation or contempt")
        ADVANCES = "advances", _("Advances, or words about body and sex")
        THREAT = "threat", _("Threats, pressure or blackmail")
        SECRECY = "secrecy", _("Asked for secrecy, or to go on elsewhere")
        MONEY = "money", _("Asked for money, work or favours")
        WORRY = "worry", _("I worry about this person")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        RAISED = "raised", _("Has arrived, waits for a first look")
        ACKNOWLEDGED = "acknowledged", _("Seen")
        IN_PROGRESS = "in_progress", _("Being worked on")
        REFERRED = "referred", _("Handed on to those who can help")
        RESOLVED = "resolved", _("Settled")
        NOT_NEEDED = "not_needed", _("Closed: nothing more to do")

    class Severity(models.IntegerChoices):
        CALM = 1, _("Can wait some days")
        SOON = 2, _("Within a day")
        NOW = 3, _("At once")

    CLOSED = (State.RESOLVED, State.NOT_NEEDED)
    AT_ONCE = (Reason.THREAT, Reason.ADVANCES)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="reports", verbose_name=_("programme"))
    desk = models.CharField(_("who works on it"), max_length=11, choices=Desk)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports_made")
    accused = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(null=True, blank=True)  # which message; the row may be gone
    reason = models.CharField(_("What is it about?"), max_length=8, choices=Reason)
    words = models.TextField(_("In your own words"), blank=True, max_length=4000)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RAISED)
    severity = models.PositiveSmallIntegerField(_("how soon"), choices=Severity, default=Severity.SOON)
    made_at = models.DateTimeField(_("reported at"))
    first_look_at = models.DateTimeField(_("first look"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    kept_until = models.DateTimeField(_("kept until"), db_index=True)
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.TextField(_("word to who reported"), blank=True, max_length=2000)
    digest = models.CharField(max_length=64, blank=True)  # of what was frozen; the audit trail has it, too

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(name="report_is_about_somebody_else", condition=~Q(reporter=models.F("accused"))),
            models.CheckConstraint(
                name="report_closed_has_its_time",
                condition=Q(state__in=["resolved", "not_needed"]) ^ Q(closed_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["reporter", "made_at"], name="report_by_reporter")]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        """For who reported it."""
        return reverse("report", args=[self.pk])

    def get_case_url(self) -> str:
        """For who works on it."""
        return reverse("case", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state not in self.CLOSED


class ReportStep(models.Model):
    """What somebody who works on a report did or noted; read only by those who do."""

    privacy = classify(internal="id report state severity at", sensitive="by note", frozen=True)

    report = models.ForeignKey(Report, models.CASCADE, related_name="steps")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=Report.State)
    severity = models.PositiveSmallIntegerField(choices=Report.Severity)
    note = models.TextField(blank=True, max_length=4000)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a report")
        verbose_name_plural = _("steps of reports")

    def __str__(self) -> str:
        return f"{self.report_id} {self.state}"


class Evidence(models.Model):
    """One message as it was when it was reported, or stood near it. Nothing changes it."""

    privacy = classify(
        internal="id report message_id seq reported said_at deleted",
        sensitive="author author_name body revisions topic",
        frozen=True,
    )

    report = models.ForeignKey(Report, models.CASCADE, related_name="evidence")
    message_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField()
    reported = models.BooleanField(default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=150)
    said_at = models.DateTimeField()
    body = models.TextField(blank=True)
    revisions = models.JSONField(default=list)  # [{"rev", "body", "replaced_at"}], the first one first
    topic = models.JSONField(
        default=list, db_default=[]
    )  # the names that its topic had until then, the first one first
    deleted = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [models.UniqueConstraint(fields=["report", "message_id"], name="evidence_once_per_report")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.seq}"


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, user):
        """Only who works on the report."""
        return self.filter(evidence__report__in=Report.objects.handled_by(user))


class EvidenceFile(models.Model):
    """A file of such a message: a copy, with the digest of its bytes."""

    privacy = classify(internal="id evidence size", sensitive="name mime sha256", frozen=True)

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of evidence")
        verbose_name_plural = _("files of evidence")

    def __str__(self) -> str:
        return str(self.pk)


class EvidencePart(models.Model):
    """Some bytes of such a file, in order of `start`."""

    privacy = classify(internal="id file start", sensitive="data", frozen=True)

    file = models.ForeignKey(EvidenceFile, models.CASCADE, related_name="parts")
    start = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("part of a file of evidence")
        verbose_name_plural = _("parts of files of evidence")
        constraints = [models.UniqueConstraint(fields=["file", "start"], name="evidence_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.start}"
