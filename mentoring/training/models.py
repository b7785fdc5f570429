"""Which modules a programme asks for, how far each person is, what they answered and how they rate themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Enrolment, Programme


class ProgrammeModule(models.Model):
    """A module of the catalogue that a programme offers to a role; a required one gates readiness."""

    privacy = classify(internal="id programme module role required due_days")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="modules", verbose_name=_("programme"))
    module = models.CharField(_("module"), max_length=60)
    role = models.CharField(_("role"), max_length=6, choices=Enrolment.Role)
    required = models.BooleanField(_("required"), default=True)
    due_days = models.PositiveSmallIntegerField(_("days until due"), default=14, help_text=_("Days after approval"))

    class Meta:
        verbose_name = _("module of a programme")
        verbose_name_plural = _("modules of programmes")
        constraints = [models.UniqueConstraint(fields=["programme", "module", "role"], name="programme_module_once")]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.module} {self.role}"


class ModuleProgressQuerySet(models.QuerySet["ModuleProgress"]):
    def visible_to(self, user):
        """One's own; coordinators see counts through queries, not answers."""
        return self.filter(person=user) if user.is_authenticated else self.none()


class ModuleProgress(models.Model):
    privacy = classify(
        internal="id module position started_at finished_at touched_at",
        personal="person quiz_before quiz_after",
        subject="person",
    )

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="module_progress", verbose_name=_("person")
    )
    module = models.CharField(_("module"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    started_at = models.DateTimeField(_("started at"))
    touched_at = models.DateTimeField(_("last touched at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    quiz_before = models.FloatField(null=True, blank=True)
    quiz_after = models.FloatField(null=True, blank=True)

    objects = ModuleProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress in a module")
        verbose_name_plural = _("progress in modules")
        constraints = [models.UniqueConstraint(fields=["person", "module"], name="module_progress_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.module}"


class LessonAnswerQuerySet(models.QuerySet["LessonAnswer"]):
    def visible_to(self, user):
        return self.filter(progress__person=user) if user.is_authenticated else self.none()

    def taken_home(self):
        """The "use it this week" notes that did not become a goal step, newest first."""
        return self.filter(answer__step=None).order_by("-answered_at")


class LessonAnswer(models.Model):
    """What a person answered or wrote in a lesson; reflections are theirs alone."""

    privacy = classify(internal="id progress lesson answered_at", sensitive="answer", subject="progress__person")

    progress = models.ForeignKey(ModuleProgress, models.CASCADE, related_name="answers")
    lesson = models.CharField(max_length=60)
    answer = models.JSONField(default=dict)
    answered_at = models.DateTimeField()

    objects = LessonAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer in a lesson")
        verbose_name_plural = _("answers in lessons")
        constraints = [models.UniqueConstraint(fields=["progress", "lesson"], name="lesson_answer_once")]

    def __str__(self) -> str:
        return f"{self.progress_id} {self.lesson}"


class SelfRating(models.Model):
    """How able a person feels before and after a module, 1 to 5 per statement."""

    privacy = classify(internal="id progress statement moment rated_at", personal="value", subject="progress__person")

    class Moment(models.TextChoices):
        BEFORE = "before", _("Before")
        AFTER = "after", _("After")

    progress = models.ForeignKey(ModuleProgress, models.CASCADE, related_name="ratings")
    statement = models.CharField(max_length=60)
    moment = models.CharField(max_length=6, choices=Moment)
    value = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("self-rating")
        verbose_name_plural = _("self-ratings")
        constraints = [
            models.UniqueConstraint(fields=["progress", "statement", "moment"], name="self_rating_once"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="self_rating_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.moment} {self.value}"
