"""What people may add so that matching works better, and what coordinators must know before they match.

All of it is optional: nobody waits for it, and a missing answer counts as neutral. Part of `models`, which names it all.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.privacy import classify


class LanguageLevel(models.IntegerChoices):
    """How well somebody speaks a language (Council of Europe, CEFR)."""

    A1 = 1, _("A1 · a few words")
    A2 = 2, _("A2 · simple talk")
    B1 = 3, _("B1 · everyday talk")
    B2 = 4, _("B2 · talk about my subject")
    C1 = 5, _("C1 · fluent")
    C2 = 6, _("C2 · like a first language")


class Channel(models.TextChoices):
    CHAT = "chat", _("Chat")
    VOICE = "voice", _("Telephone")
    VIDEO = "video", _("Video call")
    LETTER = "letter", _("Longer messages, answered when there is time")
    IN_PERSON = "in_person", _("Meeting in person")


class Interest(models.TextChoices):
    """Life experience and interests that make a first talk easier."""

    FIRST_GENERATION = "first_generation", _("First in my family at a university")
    PARENT = "parent", _("Studying or working as a parent")
    DISTANCE = "distance", _("Studying at a distance")
    WORKING = "working", _("Working beside my studies")
    FAR_FROM_HOME = "far_from_home", _("Living far from home")
    ABROAD = "abroad", _("Studied or worked abroad")
    NEW_FIELD = "new_field", _("Changed my field")
    BREAK = "break", _("Came back after a long break")
    READING = "reading", _("Books and writing")
    ARTS = "arts", _("Music and arts")
    SPORT = "sport", _("Sport and the outdoors")
    VOLUNTEERING = "volunteering", _("Volunteering")
    TECHNOLOGY = "technology", _("Making things with technology")


class Gender(models.TextChoices):
    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", _("Another")


class MoreAnswers(models.Model):
    """Optional answers of one person in one programme."""

    privacy = classify(
        internal="id",
        personal="enrolment language_levels kinds style channels forms unit",
        sensitive="interests gender wants_gender",
        subject="enrolment__person",
    )

    enrolment = models.OneToOneField("planning.Enrolment", models.CASCADE, related_name="more")
    # language code -> LanguageLevel
    language_levels = models.JSONField(_("how well I speak my languages"), default=dict)
    # slug of one of the seven categories -> 1..5: help asked for, or a strength one wishes to give
    kinds = models.JSONField(_("kinds of help"), default=dict)
    interests = models.JSONField(_("interests and life experience"), default=list)
    # statement -> 0 (not at all) .. 4 (fully)
    style = models.JSONField(_("how I work"), default=dict)
    channels = models.JSONField(_("how I like to keep in touch"), default=list)
    # Programme.Format: which of them would suit
    forms = models.JSONField(_("forms of mentoring that suit me"), default=list, db_default=[])
    unit = models.CharField(_("laboratory or team"), max_length=120, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    wants_gender = models.CharField(_("a mentor of this gender"), max_length=6, choices=Gender, blank=True)

    class Meta:
        verbose_name = _("further answers")
        verbose_name_plural = _("further answers")

    def __str__(self) -> str:
        return str(self.enrolment_id)


class Conflict(models.Model):
    """Somebody too close to be this person's mentor or mentee, by address: they need not be here yet. Never shown to them."""

    privacy = classify(internal="id created_at", sensitive="enrolment email kind by", subject="enrolment__person")

    class Kind(models.TextChoices):
        MANAGER = "manager", _("Line manager")
        CLOSE = "close", _("Supervisor, examiner, relative or otherwise too close")

    enrolment = models.ForeignKey("planning.Enrolment", models.CASCADE, related_name="conflicts")
    email = models.EmailField()
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.CLOSE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [models.UniqueConstraint("enrolment", Lower("email"), "kind", name="conflict_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.kind}"


class UnderReview(models.Model):
    """A coordinator holds somebody back while a safeguarding matter is open. Coordinators alone know of it."""

    privacy = classify(internal="id since_at", sensitive="enrolment by")

    enrolment = models.OneToOneField("planning.Enrolment", models.CASCADE, related_name="under_review")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        verbose_name = _("person under review")
        verbose_name_plural = _("people under review")

    def __str__(self) -> str:
        return str(self.enrolment_id)


class GroupLabel(models.Model):
    """To which named group somebody said they belong: for the fairness of results only, never for a score."""

    privacy = classify(internal="id", sensitive="enrolment group label", subject="enrolment__person")

    enrolment = models.ForeignKey("planning.Enrolment", models.CASCADE, related_name="group_labels")
    # the question as the programme asks it, and one of its answers
    group = models.CharField(max_length=80)
    label = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("named group of an enrolment")
        verbose_name_plural = _("named groups of enrolments")
        constraints = [models.UniqueConstraint(fields=["enrolment", "group"], name="group_label_once_per_question")]

    def __str__(self) -> str:
        return f"{self.group}: {self.label}"
