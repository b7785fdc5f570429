"""Runs of the matching engine, the pairs they propose, who was left without one; and requests from mentee to mentor."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from mentoring.matching.decisions import LetterText, ReviewStep, Wave
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship

__all__ = [
    "BlockedPair",
    "LetterText",
    "MatchRun",
    "Pair",
    "Request",
    "RequestQuestion",
    "ReviewStep",
    "Unmatched",
    "Wave",
]


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, user):
        """Coordinators of the programme, and keys of its institution; administrators see counts elsewhere."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        return self.filter(programme__in=Programme.objects.coordinated_by(user))


class MatchRun(models.Model):
    """One run with its settings and its proof; kept for ever."""

    privacy = classify(
        internal="id programme status origin objective aim weights rules seed input_hash engine_version total bound"
        " mentees mentors report job_key started_by created_at finished_at published_at locked"
    )

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        STAGED = "staged", _("Ready for review")
        PUBLISHING = "publishing", _("Being published")
        PUBLISHED = "published", _("Published")
        FAILED = "failed", _("Stopped")
        REPLACED = "replaced", _("Replaced by a later draft")

    class Origin(models.TextChoices):
        ASKED = "asked", _("Asked for")
        WEEKLY = "weekly", _("The weekly run")
        API = "api", _("Asked for over the API")
        COMMAND = "command", _("Asked for on the command line")
        BY_HAND = "by_hand", _("Put together between runs")

    class Objective(models.TextChoices):
        TOTAL = "total", _("Best total fit")
        MOST = "most", _("Most people matched, then best fit")
        WORST = "worst", _("Most people matched, then the lowest fit as high as can be")
        EVEN = "even", _("Most people matched, then an even fit: low ones count more")
        STABLE = "stable", _("No two would rather have each other: best for the mentees")
        STABLE_MENTORS = "stable_mentors", _("No two would rather have each other: best for the mentors")

    GOING = (Status.WAITING, Status.RUNNING, Status.PUBLISHING)
    STABLE = (Objective.STABLE, Objective.STABLE_MENTORS)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="match_runs", verbose_name=_("programme"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    origin = models.CharField(_("how it came about"), max_length=7, choices=Origin, default=Origin.ASKED)
    objective = models.CharField(_("objective"), max_length=14, choices=Objective, default=Objective.MOST)
    # what refines the objective; `services.aims.aim_of` reads it
    aim = models.JSONField(_("details of the aim"), default=dict)
    weights = models.JSONField(_("weights"), default=dict)
    rules = models.JSONField(_("rules"), default=dict)
    # [mentee enrolment, mentor enrolment] fixed before the run
    locked = models.JSONField(_("fixed pairs"), default=list)
    seed = models.PositiveIntegerField(_("seed"), default=1)
    input_hash = models.CharField(_("hash of the input"), max_length=64, blank=True)
    engine_version = models.CharField(_("version of the engine"), max_length=20, blank=True)
    total = models.BigIntegerField(_("total of fit"), null=True)
    bound = models.BigIntegerField(_("upper bound"), null=True)
    mentees = models.PositiveIntegerField(_("mentees"), default=0)
    mentors = models.PositiveIntegerField(_("mentors"), default=0)
    report = models.JSONField(_("report"), default=dict)
    job_key = models.CharField(_("key of the job"), max_length=200, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("created at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    published_at = models.DateTimeField(_("published at"), null=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("matching run")
        verbose_name_plural = _("matching runs")

    def __str__(self) -> str:
        return f"{self.programme} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("matching_run", args=[self.pk])

    @property
    def is_stable(self) -> bool:
        """Whether the aim was that no two would rather have each other."""
        return self.objective in self.STABLE


class PairQuerySet(models.QuerySet["Pair"]):
    def visible_to(self, user):
        return self.filter(run__programme__in=Programme.objects.coordinated_by(user))

    def for_rows(self):
        return self.select_related("mentor__person", "mentee__person", "run", "wave", "relationship")

    def standing(self):
        """What the draft holds: without pairs turned down, and without those that came to an early end and whose mentee
        has been given another since."""
        holding = self.exclude(status=Pair.Status.REJECTED)
        later = Pair.objects.filter(run=OuterRef("run"), mentee=OuterRef("mentee"), pk__gt=OuterRef("pk"))
        goes_on = Q(relationship=None) | ~Q(relationship__status__in=Relationship.CUT_SHORT)
        return holding.filter(goes_on | ~Exists(later.exclude(status=Pair.Status.REJECTED)))


class Pair(models.Model):
    """A mentor and a mentee whom a run proposes, with the parts of their score."""

    privacy = classify(
        internal="id run wave status locked decided_by decided_at relationship rank_for_mentee rank_for_mentor",
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
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, related_name="members")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    relationship = models.ForeignKey(Relationship, models.SET_NULL, null=True, related_name="+")

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair")
        verbose_name_plural = _("pairs")
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
        verbose_name = _("person without a match")
        verbose_name_plural = _("people without a match")
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
        verbose_name = _("blocked pair")
        verbose_name_plural = _("blocked pairs")
        constraints = [models.UniqueConstraint(fields=["mentor", "mentee"], name="blocked_pair_once")]

    def __str__(self) -> str:
        return f"{self.mentor_id} ≠ {self.mentee_id}"


_OPEN = ("sent", "seen", "info_asked", "answered")
_LIVE = ("draft", *_OPEN)


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, user):
        """The two people, and coordinators of the programme; what was never sent is its writer's alone."""
        if not user.is_authenticated:
            return self.none()
        sent = Q(mentor__person=user) | Q(programme__in=Programme.objects.coordinated_by(user))
        return self.filter(Q(mentee__person=user) | Q(sent_at__isnull=False) & sent)

    def open(self):
        """Sent, and not decided."""
        return self.filter(status__in=Request.OPEN)

    def live(self):
        """Open, or chosen and not sent yet."""
        return self.filter(status__in=Request.LIVE)

    def for_rows(self):
        return self.select_related("programme", "mentor__person", "mentee__person", "fell_through_to__mentor__person")


class Request(models.Model):
    """A mentee asks one mentor, who answers before it is due. The choices of a mentee are asked one after the other."""

    privacy = classify(
        internal="id programme status created_at sent_at seen_at replied_at decided_at due_at time_left"
        " superseded_because fell_through_to",
        personal="mentee mentor rank message decline_reason words",
        subject="mentee__person",
    )

    class Status(models.TextChoices):
        DRAFT = "draft", _("Not sent yet")
        SENT = "sent", _("Sent")
        SEEN = "seen", _("Seen")
        INFO_ASKED = "info_asked", _("Question asked")
        ANSWERED = "answered", _("Question answered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Ran out")
        WITHDRAWN = "withdrawn", _("Taken back")
        SUPERSEDED = "superseded", _("Closed")

    class DeclineReason(models.TextChoices):
        NO_TIME = "no_time", _("I have no time for somebody new just now")
        OTHER_HELP = "other_help", _("Somebody else can help better with this")
        TOO_CLOSE = "too_close", _("We know each other too well, or there is a conflict of interest")
        OTHER = "other", _("Another reason")

    class SupersededBecause(models.TextChoices):
        MENTEE_MATCHED = "mentee_matched", _("The mentee has found a mentor")
        MENTOR_FULL = "mentor_full", _("The mentor has no free place any more")
        MENTOR_UNAVAILABLE = "mentor_unavailable", _("The mentor is not available any more")

    OPEN, LIVE = _OPEN, _LIVE

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="requests", verbose_name=_("programme"))
    mentee = models.ForeignKey(Enrolment, models.CASCADE, related_name="requests_sent", verbose_name=_("mentee"))
    mentor = models.ForeignKey(Enrolment, models.CASCADE, related_name="requests_received", verbose_name=_("mentor"))
    rank = models.PositiveSmallIntegerField(_("place among the choices"), null=True)
    message = models.TextField(_("why this mentor"), max_length=500)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(_("chosen at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    seen_at = models.DateTimeField(_("seen at"), null=True)
    replied_at = models.DateTimeField(_("first reply of the mentor"), null=True)
    due_at = models.DateTimeField(_("runs out at"), null=True)
    time_left = models.DurationField(_("time left when more was asked"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decline_reason = models.CharField(_("reason for declining"), max_length=10, choices=DeclineReason, blank=True)
    words = models.TextField(_("a kind word"), max_length=500, blank=True)
    superseded_because = models.CharField(_("why it was closed"), max_length=18, choices=SupersededBecause, blank=True)
    fell_through_to = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="fell_from", verbose_name=_("next choice, asked instead")
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to a mentor")
        verbose_name_plural = _("requests to mentors")
        constraints = [
            models.CheckConstraint(
                condition=~Q(mentor=F("mentee")),
                name="request_is_between_two_people",
                violation_error_message=_("A person cannot mentor themselves."),
            ),
            models.UniqueConstraint(
                fields=["mentee", "mentor"],
                condition=Q(status__in=_LIVE),
                name="request_one_live_per_pair",
            ),
            models.UniqueConstraint(
                fields=["mentee"],
                condition=Q(status__in=_OPEN),
                name="request_one_asked_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["mentee", "rank"],
                condition=Q(status__in=_LIVE),
                name="request_rank_once",
            ),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=5), name="request_rank_1_to_5"),
            models.CheckConstraint(condition=~Q(message=""), name="request_says_why"),
            models.CheckConstraint(
                condition=~Q(status__in=_OPEN) | Q(sent_at__isnull=False, due_at__isnull=False),
                name="request_open_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_LIVE, decided_at=None) | ~Q(status__in=_LIVE) & Q(decided_at__isnull=False),
                name="request_is_live_or_decided",
            ),
            models.CheckConstraint(
                condition=Q(status="declined") & ~Q(decline_reason="") | ~Q(status="declined") & Q(decline_reason=""),
                name="request_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="superseded") & ~Q(superseded_because="")
                | ~Q(status="superseded") & Q(superseded_because=""),
                name="request_closed_with_a_cause",
            ),
        ]
        indexes = [models.Index(fields=["mentor", "status"]), models.Index(fields=["programme", "status"])]

    def __str__(self) -> str:
        return f"{self.mentee_id} → {self.mentor_id} {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def waits_for_mentee(self) -> bool:
        return self.status == self.Status.INFO_ASKED


class RequestQuestion(models.Model):
    """What the mentor wants to know before deciding, and what the mentee answers."""

    privacy = classify(
        internal="id request asked_at answered_at", personal="question answer", subject="request__mentee__person"
    )

    request = models.ForeignKey(
        Request, models.CASCADE, related_name="questions", verbose_name=_("request to a mentor")
    )
    question = models.TextField(_("question"), max_length=500)
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("question about a request")
        verbose_name_plural = _("questions about requests")
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(answered_at=None), name="request_question_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.asked_at:%Y-%m-%d}"
