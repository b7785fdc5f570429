"""Answers in words, coded by two people who do not see each other's codes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from evaluation.models.waves import OpenAnswer, Wave
from mentoring.planning.models import Programme
from mentoring.relationships.models import ExitAnswer
from paradigm.model import category, stage


class CodingQuerySet(models.QuerySet["Coding"]):
    def visible_to(self, user):
        """The programme's coordinators and its institution's administrators; for a key, those of its institution."""
        if isinstance(user, ApiKey):
            managed = Programme.objects.visible_to(user)
        elif user.is_authenticated:
            managed = Programme.objects.managed_by(user)
        else:
            return self.none()
        return self.filter(Q(wave__programme__in=managed) | Q(closings_of__in=managed))

    def for_rows(self):
        return self.select_related("wave__programme", "wave__instrument", "closings_of", "first", "second")


class Coding(models.Model):
    """The answers to one open question of a wave, or what people wrote when they closed relationships of a programme, on their
    way to codes. A coder who has finished changes nothing more. The numbers of people behind the codes are told once, when the
    two say so (`shown_at`), and kept as they were told: beside others of before or after they would tell of a few."""

    privacy = classify(
        internal="id wave item closings_of begun_at first second first_done_at second_done_at shown_at numbers"
    )

    wave = models.ForeignKey(Wave, models.CASCADE, null=True, related_name="codings")
    item = models.CharField(max_length=60, blank=True)
    closings_of = models.ForeignKey(Programme, models.CASCADE, null=True, related_name="codings_of_closings")
    begun_at = models.DateTimeField()
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    first_done_at = models.DateTimeField(null=True)
    second_done_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    numbers = models.JSONField(null=True)  # id of a code -> how many people, or null where that is hidden

    objects = CodingQuerySet.as_manager()

    class Meta:
        verbose_name = _("coding of answers in words")
        verbose_name_plural = _("codings of answers in words")
        constraints = [
            models.UniqueConstraint(fields=["wave", "item"], name="coding_once_per_question"),
            models.CheckConstraint(
                condition=Q(wave=None, item="", closings_of__isnull=False)
                | Q(wave__isnull=False, closings_of=None) & ~Q(item=""),
                name="coding_is_of_a_question_or_of_closings",
            ),
            models.CheckConstraint(
                condition=Q(second=None) | Q(first=None) | ~Q(first=F("second")), name="coding_has_two_people"
            ),
            models.CheckConstraint(
                condition=Q(shown_at=None, numbers__isnull=True)
                | Q(
                    shown_at__isnull=False,
                    numbers__isnull=False,
                    first_done_at__isnull=False,
                    second_done_at__isnull=False,
                ),
                name="coding_shows_numbers_when_both_have_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.item}"

    def get_absolute_url(self) -> str:
        return reverse("coding", args=[self.pk])

    @property
    def programme(self) -> Programme:
        if self.wave is not None:
            return self.wave.programme
        if self.closings_of is None:
            raise ValueError("a coding is of a question or of closings")
        return self.closings_of

    @property
    def kept_in(self) -> "type[Coded | CodedClosing]":
        """Where the codes of its answers are kept."""
        return Coded if self.wave_id else CodedClosing

    @property
    def is_compared(self) -> bool:
        """Whether both have finished, so that each may see the other's codes."""
        return self.first_done_at is not None and self.second_done_at is not None

    def has_finished(self, hand: str) -> bool:
        """Whether this coder's codes (`Coded.Hand`) stay as they are."""
        return (self.first_done_at if hand == Coded.Hand.FIRST else self.second_done_at) is not None


class Code(models.Model):
    """A word for what answers say. Open codes gather under axial categories, these under the core. Those of the model (`slug`)
    are named in the language of whoever reads."""

    privacy = classify(internal="id coding level name slug parent")

    class Level(models.TextChoices):
        OPEN = "open", _("open code")
        AXIAL = "axial", _("axial category")
        CORE = "core", _("core category")

    coding = models.ForeignKey(Coding, models.CASCADE, related_name="codes")
    level = models.CharField(max_length=5, choices=Level)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, blank=True, default="", db_index=False)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = [models.UniqueConstraint(fields=["coding", "level", "name"], name="code_name_once_per_level")]

    def __str__(self) -> str:
        if not self.slug:
            return self.name
        of = stage if self.level == Code.Level.CORE else category
        return of(self.slug).name(get_language())


class CodedWords(models.Model):
    """The open codes that one coder gave one answer, perhaps none; or what the two agreed on."""

    class Hand(models.TextChoices):
        FIRST = "first", _("first coder")
        SECOND = "second", _("second coder")
        AGREED = "agreed", _("agreed")

    coding = models.ForeignKey(Coding, models.CASCADE, related_name="%(class)s")
    hand = models.CharField(max_length=6, choices=Hand)
    codes = models.ManyToManyField(Code, related_name="%(class)s")
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk} {self.hand}"


class Coded(CodedWords):
    """Of an answer to an open question."""

    privacy = classify(internal="id coding answer hand at", subject="answer__response__enrolment__person")

    answer = models.ForeignKey(OpenAnswer, models.CASCADE, related_name="coded")

    class Meta:
        verbose_name = _("coded answer")
        verbose_name_plural = _("coded answers")
        constraints = [models.UniqueConstraint(fields=["coding", "answer", "hand"], name="coded_once_per_hand")]


class CodedClosing(CodedWords):
    """Of what somebody wrote when a relationship closed."""

    privacy = classify(internal="id coding answer hand at", subject="answer__person")

    answer = models.ForeignKey(ExitAnswer, models.CASCADE, related_name="coded")

    class Meta:
        verbose_name = _("coded closing words")
        verbose_name_plural = _("coded closing words")
        constraints = [models.UniqueConstraint(fields=["coding", "answer", "hand"], name="coded_closing_once_per_hand")]
