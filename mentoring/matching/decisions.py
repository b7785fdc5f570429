"""What coordinators decide in a review, and how pairs are published: waves and their letters. Part of `models`."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Enrolment, Programme


class ReviewStepQuerySet(models.QuerySet["ReviewStep"]):
    def visible_to(self, user):
        return self.filter(run__programme__in=Programme.objects.coordinated_by(user))

    def standing(self):
        """Neither undone, nor followed by a publication."""
        return self.filter(undone_at=None, sealed=False)

    def for_rows(self):
        return self.select_related("made_by", "undone_by", "mentee__person", "mentor__person")


class ReviewStep(models.Model):
    """One decision about a draft: the rows it touched as they were before and after, so that it can be undone in order."""

    privacy = classify(
        internal="id run action count made_by made_at undone_by undone_at sealed report",
        personal="mentee mentor before after",
    )

    class Action(models.TextChoices):
        APPROVED = "approved", _("Approved")
        APPROVED_ALL = "approved_all", _("Approved all that were undecided")
        REJECTED = "rejected", _("Turned down")
        REJECTED_SOLVED = "rejected_solved", _("Turned down, the rest solved again")
        LOCKED = "locked", _("Locked")
        UNLOCKED = "unlocked", _("Unlocked")
        SWAPPED = "swapped", _("Swapped")
        ASSIGNED = "assigned", _("Chosen by hand")
        SOLVED = "solved", _("The rest solved again")
        MENDED = "mended", _("Least change after a loss")
        TAKEN_OUT = "taken_out", _("Taken out what cannot come about")

    run = models.ForeignKey("matching.MatchRun", models.CASCADE, related_name="steps")
    action = models.CharField(max_length=15, choices=Action)
    # whom it is about, where it is about one pair; `count` is the number of mentees it touched
    mentee = models.ForeignKey(Enrolment, models.SET_NULL, null=True, related_name="+")
    mentor = models.ForeignKey(Enrolment, models.SET_NULL, null=True, related_name="+")
    count = models.PositiveIntegerField(default=1)
    # {"pairs": [...], "unmatched": [...], "blocked": [...]}: whole rows
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # what the engine says of the draft after it was solved again; as MatchRun.report
    report = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    # pairs were published since: it stands for good
    sealed = models.BooleanField(default=False)

    objects = ReviewStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision of a review")
        verbose_name_plural = _("decisions of reviews")

    def __str__(self) -> str:
        return f"{self.run_id} {self.action} {self.pk}"

    @property
    def solved_again(self) -> bool:
        return self.action in (self.Action.SOLVED, self.Action.REJECTED_SOLVED)


class Wave(models.Model):
    """Pairs that were published together, with the letters as they were sent; kept for ever."""

    privacy = classify(internal="id run pairs letters published_by published_at")

    run = models.ForeignKey("matching.MatchRun", models.CASCADE, related_name="waves")
    pairs = models.PositiveIntegerField()
    # role -> language -> text with its placeholders
    letters = models.JSONField(default=dict)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("wave of a publication")
        verbose_name_plural = _("waves of publications")

    def __str__(self) -> str:
        return f"{self.run_id} {self.published_at:%Y-%m-%d}"


class LetterText(models.Model):
    """A programme's own words for the letter to the mentee or the mentor, in one language; without it the usual ones."""

    privacy = classify(internal="id programme role language body")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="letter_texts")
    role = models.CharField(max_length=6, choices=Enrolment.Role)
    language = models.CharField(max_length=5)
    body = models.TextField(max_length=2000)

    class Meta:
        verbose_name = _("words of a letter")
        verbose_name_plural = _("words of letters")
        constraints = [models.UniqueConstraint(fields=["programme", "role", "language"], name="letter_text_once")]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.role} {self.language}"
