"""Waves of questions, and what people answered."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from evaluation.models.instruments import Instrument
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship


class WaveQuerySet(models.QuerySet["Wave"]):
    def open(self, now):
        return self.filter(opens_at__lte=now).filter(Q(closes_at=None) | Q(closes_at__gt=now))

    def visible_to(self, user):
        """Coordinators; and people enrolled in the programme. For a key, those of its institution."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        if not user.is_authenticated:
            return self.none()
        enrolled = Enrolment.objects.filter(person=user).values("programme")
        return self.filter(Q(programme__in=Programme.objects.coordinated_by(user)) | Q(programme__in=enrolled))


class Wave(models.Model):
    """A time in which one form of the questionnaire, or an instrument of the institution's own, is open to a programme."""

    privacy = classify(internal="id programme form instrument number moment opens_at closes_at created_by")

    class Form(models.TextChoices):
        FULL = "full", _("Full questionnaire (63 questions)")
        SHORT = "short", _("Short questionnaire (21 questions)")
        PULSE = "pulse", _("Pulse (5 questions)")
        START = "start", _("Before the start: expectations, skills, technology (11 questions)")
        EARLY = "early", _("After the first weeks: short, with two questions about what may go wrong (23 questions)")
        AFTER = "after", _("Afterwards: what lasted (9 questions)")
        OWN = "own", _("A questionnaire of our own")

    class Moment(models.TextChoices):
        """The five waves of a programme. Pulses, and what a coordinator asks besides, are none of them."""

        W0 = "w0", _("W0: before the start")
        W1 = "w1", _("W1: after four weeks")
        W2 = "w2", _("W2: in the middle")
        W3 = "w3", _("W3: at the end")
        W4 = "w4", _("W4: three to six months later")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="waves", verbose_name=_("programme"))
    form = models.CharField(_("form"), max_length=5, choices=Form)
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, null=True, blank=True, related_name="waves", verbose_name=_("own questionnaire")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    moment = models.CharField(_("moment"), max_length=2, choices=Moment, blank=True, default="", db_default="")
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )

    objects = WaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="wave_number_once"),
            models.UniqueConstraint(
                fields=["programme", "moment"], condition=~Q(moment="") & ~Q(form="own"), name="wave_of_a_moment_once"
            ),
            models.CheckConstraint(
                condition=Q(form="own", instrument__isnull=False) | (~Q(form="own") & Q(instrument=None)),
                name="wave_has_an_instrument_if_it_is_own",
            ),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="wave_closes_after_it_opens",
                violation_error_message=_("A wave closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.form} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("survey", args=[self.pk])

    @property
    def title(self) -> str:
        """What is asked, by the name that people read."""
        return str(self.instrument) if self.instrument else str(self.get_form_display())

    @property
    def key(self) -> str:
        """The version of an own questionnaire that it asks; empty for the built-in one."""
        return self.instrument.key if self.instrument else ""

    @property
    def days(self) -> tuple[date, date]:
        """From which day to which it is open; without an end for ever."""
        return timezone.localdate(self.opens_at), timezone.localdate(self.closes_at) if self.closes_at else date.max

    def is_open(self, now) -> bool:
        return self.opens_at <= now and (self.closes_at is None or self.closes_at > now)

    def is_over(self, now) -> bool:
        return self.closes_at is not None and self.closes_at <= now


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user):
        """Only one's own answers."""
        return self.filter(enrolment__person=user) if user.is_authenticated else self.none()


class Response(models.Model):
    """One person's answers in one wave about one relationship (or about the programme alone)."""

    privacy = classify(
        internal="id wave relationship started_at submitted_at position left_out",
        personal="enrolment language",
        subject="enrolment__person",
    )

    class LeftOut(models.TextChoices):
        """The rule by which answers do not enter any score; the person's own result shows them all the same."""

        SAME_ANSWER = "same", _("The same answer to twelve statements or more, reversed ones too")

    class ReadIn(models.TextChoices):
        """The language in which the questions were read that were answered."""

        ENGLISH = "en", _("in English")
        PERSIAN = "fa", _("in Persian")
        BOTH = "both", _("in both languages")

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="responses")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="responses")
    relationship = models.ForeignKey(Relationship, models.CASCADE, null=True, related_name="responses")
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    left_out = models.CharField(max_length=4, choices=LeftOut, blank=True, default="", db_default="")
    language = models.CharField(max_length=4, choices=ReadIn, blank=True, default="", db_default="")

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("filled-in questionnaire")
        verbose_name_plural = _("filled-in questionnaires")
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "enrolment", "relationship"], name="response_once_per_relationship"
            ),
            models.UniqueConstraint(
                fields=["wave", "enrolment"], condition=Q(relationship=None), name="response_once_about_the_programme"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.enrolment_id}"


class Answer(models.Model):
    """One answer, 1 to 5 or on the scale of an own instrument; or why there is none: -1 not shown, -2 skipped, -3 not
    applicable."""

    privacy = classify(internal="id response item", sensitive="value", subject="response__enrolment__person")

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    item = models.CharField(max_length=60)
    value = models.SmallIntegerField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["response", "item"], name="answer_once_per_item"),
            models.CheckConstraint(condition=Q(value__gte=-4, value__lte=10), name="answer_value_is_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.value}"


class OpenAnswer(models.Model):
    """What a person wrote. Only there where something was written; why there is nothing stands in an `Answer`."""

    privacy = classify(internal="id response item", sensitive="text", subject="response__enrolment__person")

    response = models.ForeignKey(Response, models.CASCADE, related_name="open_answers")
    item = models.CharField(max_length=60)
    text = models.TextField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("answer in words")
        verbose_name_plural = _("answers in words")
        constraints = [models.UniqueConstraint(fields=["response", "item"], name="open_answer_once_per_item")]

    def __str__(self) -> str:
        return f"{self.response_id} {self.item}"
