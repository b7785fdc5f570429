"""Relationships that may need somebody, with what was done."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from evaluation.models.foresight import RiskModel
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship

COOLING = timedelta(days=14)
FOLLOW_UP = timedelta(weeks=8)
"""For so long after it was raised an alert is followed: what has become of its relationship by then is its outcome."""
COMPARED, LEAST_COMPARED = timedelta(days=14), timedelta(days=7)
"""Contact is compared over so long before and after somebody first saw to an alert; of a younger relationship over as long as it
had lived by then, but not over less than this."""


def is_waiting(now: datetime) -> Q:
    """A coordinator should look: open, not only watched, and not at rest."""
    return Q(closed_at=None, level=Alert.Level.REVIEW) & (Q(rests_until=None) | Q(rests_until__lte=now))


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self):
        return self.filter(closed_at=None)

    def visible_to(self, user):
        """Coordinators, except where they are a member themselves: nobody learns here what their partner answered."""
        if not user.is_authenticated:
            return self.none()
        mine = Relationship.objects.filter(members__person=user).values("pk")
        return self.filter(relationship__programme__in=Programme.objects.coordinated_by(user)).exclude(
            relationship__in=mine
        )

    def waiting(self, now):
        return self.filter(is_waiting(now))

    def watched(self):
        """Of whom the people themselves have heard a friendly word, and no coordinator needs to look."""
        return self.filter(closed_at=None, level=Alert.Level.WATCH)

    def resting(self, now):
        """Put off, or seen to a short while ago."""
        return self.filter(closed_at=None, level=Alert.Level.REVIEW, rests_until__gt=now)

    def in_hands_of(self, user):
        return self.filter(closed_at=None, given_to=user)

    def seen_to(self):
        """Those about which somebody did something, open or closed."""
        return self.exclude(acted_at=None)

    def compared(self):
        """Seen to, and contact before and after can be set side by side."""
        return self.filter(days_compared__gt=0)

    def judged(self):
        """Those of which it is known what became of the relationship."""
        return self.exclude(became="")

    def for_rows(self):
        return (
            self.select_related("relationship__programme", "given_to")
            .prefetch_related("relationship__members__person")
            .order_by("level", "-points", "raised_at", "pk")
        )


class Alert(models.Model):
    """A relationship that may need somebody, with the reasons, what was done, and what became of it.

    About two people at once and partly from what one of them said in confidence: so it is in nobody's own export.
    """

    privacy = classify(
        internal="id relationship points level raised_at needs_look_since version points_version model rests_until "
        "snoozed_for given_to acted_at acted_by action looked_at days_compared days_before days_after closed_at outcome became "
        "judged_at",
        sensitive="reasons unknown settled",
    )

    class Level(models.TextChoices):
        WATCH = "watch", _("Watch")
        REVIEW = "review", _("Needs a look")

    class Became(models.TextChoices):
        ENDED_EARLY = "ended_early", _("The relationship ended early")
        CONTINUED = "continued", _("It went on, and so did the reason")
        RECOVERED = "recovered", _("It recovered")
        COMPLETED = "completed", _("It came to its end as planned")

    class Snooze(models.TextChoices):
        IN_TOUCH = "in_touch", _("I am in touch with them already")
        AWAY = "away", _("One of them is away")
        AGREED = "agreed", _("They agreed on it")
        EARLY = "early", _("It is too early to say")

    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="alerts", verbose_name=_("relationship")
    )
    level = models.CharField(_("level"), max_length=6, choices=Level)
    points = models.PositiveSmallIntegerField(_("points"))
    reasons = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    points_version = models.PositiveSmallIntegerField(_("version of the points"), default=1, db_default=1)
    model = models.ForeignKey(
        RiskModel,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("model in place of the points"),
    )
    raised_at = models.DateTimeField(_("raised at"))
    needs_look_since = models.DateTimeField(_("needs a look since"), null=True, blank=True)
    settled = models.JSONField(_("reasons seen to"), default=list, blank=True)
    """Codes of the reasons that somebody saw to, or put off: these rest, a new one does not."""
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    snoozed_for = models.CharField(_("why it can wait"), max_length=8, choices=Snooze, blank=True, db_default="")
    given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in whose hands"),
    )
    acted_at = models.DateTimeField(_("acted on at"), null=True, blank=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("acted on by")
    )
    action = models.CharField(_("action"), max_length=60, blank=True)
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    """When somebody first did something since it needs a look; `acted_at` may be of a time when it was only watched."""
    days_compared = models.PositiveSmallIntegerField(_("days compared"), null=True, blank=True)
    """Over how many days before and after `acted_at`; 0 where there were not enough whole ones, None: not yet known."""
    days_before = models.PositiveSmallIntegerField(_("days with contact before"), null=True, blank=True)
    days_after = models.PositiveSmallIntegerField(_("days with contact after"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)

    became = models.CharField(_("what became of it"), max_length=11, choices=Became, blank=True, db_default="")
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(fields=["relationship"], condition=Q(closed_at=None), name="alert_open_once"),
            models.CheckConstraint(
                condition=Q(became="", judged_at=None) | (~Q(became="") & Q(judged_at__isnull=False)),
                name="alert_is_judged_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_for="") | Q(rests_until__isnull=False), name="alert_that_can_wait_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(days_compared=None, days_before=None, days_after=None)
                | Q(
                    days_compared__isnull=False,
                    days_before__lte=F("days_compared"),
                    days_after__lte=F("days_compared"),
                    acted_at__isnull=False,
                ),
                name="alert_is_compared_over_whole_days",
            ),
            models.CheckConstraint(
                condition=~Q(level="review") | Q(needs_look_since__isnull=False), name="alert_needs_a_look_since_when"
            ),
            models.CheckConstraint(
                condition=Q(looked_at=None)
                | Q(needs_look_since__isnull=False, looked_at__gte=F("needs_look_since"), acted_at__isnull=False),
                name="alert_is_looked_at_once_it_needs_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id} {self.points}"

    def get_absolute_url(self) -> str:
        return reverse("alert", args=[self.pk])
