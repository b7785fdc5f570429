"""Programmes, their milestones, who coordinates them and who takes part."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Institution
from core.models import Bilingual
from core.privacy import classify
from mentoring.planning.concepts import concept, has_concept
from mentoring.planning.matching_answers import (
    GroupLabel,
)

QUESTIONS = ("skills", "goals", "languages", "availability", "capacity", "motivation", "wishes")
"""What a programme may ask of its people beyond who they are."""


MORE_QUESTIONS = (
    "levels",
    "must_have",
    "kinds",
    "channels",
    "forms",
    "interests",
    "style",
    "conflicts",
    "unit",
    "gender",
)
"""What it may ask besides, so that matching works better: always optional, and only where the programme says so."""


class Spoken(models.TextChoices):
    """Languages in which two people may talk."""

    PERSIAN = "fa", _("Persian")
    ENGLISH = "en", _("English")
    ARABIC = "ar", _("Arabic")
    AZERBAIJANI = "az", _("Azerbaijani")
    KURDISH = "ku", _("Kurdish")
    TURKISH = "tr", _("Turkish")
    FRENCH = "fr", _("French")
    GERMAN = "de", _("German")


def concept_name(slug: str) -> str:
    """A concept in the reader's language; the slug itself when the list no longer has it."""
    return concept(slug).name(get_language()) if has_concept(slug) else slug


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def coordinated_by(self, user):
        return self.filter(coordinations__person=user) if user.is_authenticated else self.none()

    def public(self):
        return self.filter(status__in=[Programme.Status.OPEN, Programme.Status.RUNNING])

    def managed_by(self, user):
        """Programmes whose set-up `user` may change: as coordinator, or as administrator of the institution."""
        if not user.is_authenticated:
            return self.none()
        coordinated = Coordination.objects.filter(person=user).values("programme")
        return self.filter(Q(pk__in=coordinated) | Q(institution__in=Institution.objects.administered_by(user)))

    def visible_to(self, user):
        """Programmes that are open to anybody, and those one takes part in or answers for; for a key, its institution's."""
        if isinstance(user, ApiKey):
            return self.filter(institution=user.institution_id)
        shown = Q(status__in=[Programme.Status.OPEN, Programme.Status.RUNNING])
        if user.is_authenticated:
            # Joined instead, every coordinator of a programme would be multiplied by everybody who takes part in it.
            for held in (Coordination, Enrolment):
                shown |= Q(pk__in=held.objects.filter(person=user).values("programme"))
            shown |= Q(institution__in=Institution.objects.administered_by(user))
        return self.filter(shown)


FILE_KINDS = {"picture": _("Pictures"), "sound": _("Sound and voice notes"), "document": _("Documents")}


FILES_MEGABYTES = 10
WORDS_MONTHS = 12
IMPORT_DAYS = 30


def all_file_kinds() -> list[str]:
    return list(FILE_KINDS)


class Programme(models.Model):
    """One run of mentoring with its dates, rules and people."""

    privacy = classify(
        public="id institution slug name_en name_fa summary_en summary_fa template format status starts_on ends_on"
        " apply_until rhythm_days session_minutes mentor_capacity agreement_en agreement_fa asked languages"
        " mentee_approval matched_by request_days files_megabytes file_kinds words_months import_days calls_relay_only holidays",
        internal="created_at created_by match_settings match_weekly calls_by calls_address calls_key",
        secret="calls_secret",
    )

    class Format(models.TextChoices):
        ONE_TO_ONE = "one_to_one", _("One mentor, one mentee")
        CIRCLE = "circle", _("A circle: one mentor, several mentees")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for applications")
        RUNNING = "running", _("Running")
        CLOSED = "closed", _("Closed")

    class CallsBy(models.TextChoices):
        OWN = "own", _("From the conversation, browser to browser")
        LINK = "link", _("A link of ours")
        JITSI = "jitsi", _("Jitsi Meet")
        BIGBLUEBUTTON = "bbb", _("BigBlueButton")
        LIVEKIT = "livekit", _("LiveKit")

    class Holidays(models.TextChoices):
        """Whose holidays stop the clocks of answers; empty: those of the institution's calendar."""

        IRANIAN = "iranian", _("Iranian")
        GREGORIAN = "gregorian", _("Those of the Gregorian calendar")
        BOTH = "both", _("Both")
        NONE = "none", _("None")

    class MatchedBy(models.TextChoices):
        COORDINATORS = "coordinators", _("Coordinators match")
        REQUESTS = "requests", _("Mentees ask the mentors they choose")
        BOTH = "both", _("Both: mentees may ask, coordinators match whoever is left")

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="programmes", verbose_name=_("institution")
    )
    slug = models.SlugField(_("slug"), unique=True, max_length=80)
    template = models.CharField(_("template"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    name_fa = models.CharField(_("name in Persian"), max_length=200, blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    summary_fa = models.TextField(_("summary in Persian"), blank=True)
    format = models.CharField(_("format"), max_length=12, choices=Format, default=Format.ONE_TO_ONE)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    apply_until = models.DateField(_("applications until"), null=True, blank=True)
    rhythm_days = models.PositiveSmallIntegerField(_("days between contacts"), default=7)
    session_minutes = models.PositiveSmallIntegerField(_("minutes of a session"), default=45)
    mentor_capacity = models.PositiveSmallIntegerField(_("mentees per mentor at most"), default=2)
    holidays = models.CharField(
        _("holidays on which no answer is waited for"), max_length=9, choices=Holidays, blank=True, db_default=""
    )
    agreement_en = models.TextField(_("agreement in English"), blank=True)
    agreement_fa = models.TextField(_("agreement in Persian"), blank=True)
    asked = models.JSONField(_("what is asked"), default=dict)
    languages = models.JSONField(_("languages of the programme"), default=list)
    mentee_approval = models.BooleanField(_("mentees need approval too"), default=True)
    matched_by = models.CharField(
        _("how pairs come about"), max_length=12, choices=MatchedBy, default=MatchedBy.COORDINATORS
    )
    request_days = models.PositiveSmallIntegerField(_("days a mentor has to answer a request"), default=7)
    files_megabytes = models.PositiveSmallIntegerField(
        _("megabytes of a file in a conversation at most"), default=FILES_MEGABYTES, db_default=FILES_MEGABYTES
    )
    file_kinds = models.JSONField(_("kinds of files in conversations"), default=all_file_kinds)
    words_months = models.PositiveSmallIntegerField(
        _("months that conversations are kept after the end"), default=WORDS_MONTHS, db_default=WORDS_MONTHS
    )
    import_days = models.PositiveSmallIntegerField(
        _("days that lists of people are kept"), default=IMPORT_DAYS, db_default=IMPORT_DAYS
    )
    calls_by = models.CharField(
        _("where people call each other"), max_length=8, choices=CallsBy, default=CallsBy.OWN, db_default="own"
    )
    calls_address = models.CharField(_("address of the room"), max_length=300, blank=True, db_default="")
    calls_key = models.CharField(_("name for the room's server"), max_length=100, blank=True, db_default="")
    calls_secret = models.CharField(_("secret for the room's server"), max_length=200, blank=True, db_default="")
    calls_relay_only = models.BooleanField(_("calls pass only through the relay"), default=False, db_default=False)
    match_settings = models.JSONField(_("matching settings"), default=dict, blank=True)
    match_weekly = models.BooleanField(_("matched every week by itself"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    coordinators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Coordination", related_name="coordinated", verbose_name=_("coordinators")
    )

    name = Bilingual()
    summary = Bilingual()
    agreement = Bilingual()
    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="programme_ends_after_it_starts",
                violation_error_message=_("A programme ends after it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(name_en="", name_fa=""),
                name="programme_has_a_name",
                violation_error_message=_("Give the programme a name in at least one language."),
            ),
            models.CheckConstraint(condition=Q(rhythm_days__gte=1), name="programme_rhythm_is_a_day_or_more"),
            models.CheckConstraint(
                condition=Q(request_days__gte=1, request_days__lte=60), name="programme_request_days_1_to_60"
            ),
            models.CheckConstraint(
                condition=Q(words_months__gte=1, words_months__lte=60), name="programme_words_months_1_to_60"
            ),
            models.CheckConstraint(
                condition=Q(import_days__gte=1, import_days__lte=365), name="programme_import_days_1_to_365"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programme_public", args=[self.slug])

    def asks(self, role: str) -> tuple[str, ...]:
        """What is asked of this role; everything that suits it where the programme has not said."""
        asked = self.asked.get(role, QUESTIONS)
        return tuple(q for q in asked if q in QUESTIONS and (q != "capacity" or role == Enrolment.Role.MENTOR))

    def asks_more(self, role: str) -> tuple[str, ...]:
        """Which optional questions are asked of this role."""
        asked = self.asked.get(f"more_{role}", ())
        return tuple(q for q in MORE_QUESTIONS if q in asked and (q != "must_have" or role == Enrolment.Role.MENTEE))

    @property
    def group_questions(self) -> dict[str, list[str]]:
        """Named groups that people may say they belong to: question -> possible answers."""
        return dict(self.asked.get("groups", {}))

    def labelled_groups(self) -> list[str]:
        """Questions to which somebody has named their group, asked here or brought in by a file."""
        labels = GroupLabel.objects.filter(enrolment__programme=self).order_by("group")
        return list(labels.values_list("group", flat=True).distinct())

    @property
    def needs_clearance(self) -> bool:
        """Whether mentors are matched only after a coordinator has cleared them."""
        return bool(self.asked.get("needs_clearance", False))

    def needs_training(self, role: str) -> bool:
        """Whether required modules stand between approval and readiness."""
        return bool(self.asked.get("needs_training", {}).get(role, False))

    def week_on(self, day: date) -> tuple[int, int] | None:
        """Which week of how many `day` lies in, (9, 16); None outside the programme's time."""
        if not self.starts_on <= day <= self.ends_on:
            return None
        weeks = -(-(self.ends_on - self.starts_on).days // 7)
        return min(weeks, (day - self.starts_on).days // 7 + 1), weeks

    @property
    def takes_requests(self) -> bool:
        """Whether mentees may ask mentors themselves."""
        is_open = self.status in (self.Status.OPEN, self.Status.RUNNING)
        return is_open and self.matched_by != self.MatchedBy.COORDINATORS

    def takes_applications(self, on: date) -> bool:
        is_open = self.status in (self.Status.OPEN, self.Status.RUNNING)
        return is_open and (self.apply_until or self.ends_on) >= on


class Coordination(models.Model):
    """A person coordinates a programme."""

    privacy = classify(internal="id programme since_at", personal="person", subject="person")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="coordinations", verbose_name=_("programme"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="coordinations", verbose_name=_("person")
    )
    since_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("coordination")
        verbose_name_plural = _("coordinations")
        constraints = [models.UniqueConstraint(fields=["programme", "person"], name="coordination_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.programme}"


class Milestone(models.Model):
    """A dated step of the programme's plan."""

    privacy = classify(public="id programme title_en title_fa due_on", internal="met_at met_by")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="milestones", verbose_name=_("programme"))
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    title_fa = models.CharField(_("title in Persian"), max_length=200, blank=True)
    due_on = models.DateField(_("due on"))
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("met by")
    )

    title = Bilingual()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")

    def __str__(self) -> str:
        return self.title


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def mentors(self):
        return self.filter(role=Enrolment.Role.MENTOR)

    def mentees(self):
        return self.filter(role=Enrolment.Role.MENTEE)

    def ready(self):
        return self.filter(status=Enrolment.Status.READY)

    def coordinated_by(self, user):
        return self.filter(programme__in=Programme.objects.coordinated_by(user))

    def visible_to(self, user):
        """One's own, and for coordinators those of their programmes."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(person=user) | Q(programme__in=Programme.objects.coordinated_by(user)))

    def for_rows(self):
        return self.select_related("person", "programme").order_by("person__name", "pk")


class Enrolment(models.Model):
    """A person takes part in a programme as mentor or as mentee."""

    privacy = classify(
        internal="id programme role status status_at applied_at decided_at decided_by ready_at trained_at cleared_at"
        " created_at free_places",
        personal="person capacity headline organisation field seniority languages goals motivation contacts_wanted"
        " external_id",
        sensitive="reason",
        subject="person",
    )

    class Role(models.TextChoices):
        MENTOR = "mentor", _("Mentor")
        MENTEE = "mentee", _("Mentee")

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        REGISTERED = "registered", _("Registered")
        APPLIED = "applied", _("Applied")
        REJECTED = "rejected", _("Not accepted")
        APPROVED = "approved", _("Approved")
        TRAINING = "training", _("In training")
        READY = "ready", _("Ready")
        PAUSED = "paused", _("Paused")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DEACTIVATED = "deactivated", _("Deactivated")
        SUSPENDED = "suspended", _("Suspended")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="enrolments", verbose_name=_("programme"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrolments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=6, choices=Role)
    status = models.CharField(_("status"), max_length=11, choices=Status, default=Status.REGISTERED)
    status_at = models.DateTimeField(_("status since"))
    capacity = models.PositiveSmallIntegerField(_("places"), default=1)
    free_places = models.PositiveSmallIntegerField(_("free places"), default=1)
    headline = models.CharField(_("what I do, in one line"), max_length=160, blank=True)
    organisation = models.CharField(_("faculty or organisation"), max_length=160, blank=True)
    field = models.CharField(_("field"), max_length=60, blank=True)
    seniority = models.PositiveSmallIntegerField(_("years of experience"), null=True, blank=True)
    languages = models.JSONField(_("languages"), default=list)
    goals = models.TextField(_("what I hope for"), blank=True, max_length=1000)
    motivation = models.TextField(_("why I take part"), blank=True, max_length=1000)
    contacts_wanted = models.PositiveSmallIntegerField(_("contacts a month I expect"), null=True, blank=True)
    external_id = models.CharField(_("id in the institution"), max_length=100, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    trained_at = models.DateTimeField(_("trained at"), null=True, blank=True)
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["programme", "person", "role"], name="enrolment_once_per_role"),
            models.CheckConstraint(
                condition=Q(free_places__lte=F("capacity")), name="enrolment_has_no_more_free_places_than_places"
            ),
        ]
        indexes = [models.Index(fields=["programme", "role", "status"])]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"

    def get_absolute_url(self) -> str:
        return reverse("enrolment", args=[self.pk])

    @property
    def is_mentor(self) -> bool:
        return self.role == self.Role.MENTOR

    @property
    def other_role(self) -> str:
        return self.Role.MENTEE if self.is_mentor else self.Role.MENTOR

    @property
    def field_name(self) -> str:
        return concept_name(self.field) if self.field else ""

    @property
    def language_names(self) -> list[str]:
        return [str(Spoken(code).label) if code in Spoken.values else code for code in self.languages]

    @property
    def is_known(self) -> bool:
        """Somebody who has an account and was only invited has not told this programme anything of themselves yet."""
        return not (self.status == self.Status.INVITED and self.person.has_usable_password())

    @property
    def shown_name(self) -> str:
        return str(self.person) if self.is_known else self.person.email
