"""What coordinators set out to do about a weak component, and between which two days its indicator is compared."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from core.privacy import classify
from evaluation.actions import Idea, library
from mentoring.planning.models import Programme


class ActionQuerySet(models.QuerySet["Action"]):
    def open(self):
        return self.filter(done_on=None, dropped_at=None)

    def visible_to(self, user):
        """The programme's coordinators and its institution's administrators; for a key, those of its institution."""
        if isinstance(user, ApiKey):
            return self.filter(programme__institution=user.institution_id)
        return self.filter(programme__in=Programme.objects.managed_by(user)) if user.is_authenticated else self.none()

    def to_read_again(self, today: date):
        """Done, and their window is over."""
        return self.filter(read_again_on__lte=today, after_on=None)

    def for_rows(self):
        """Open ones first, by the day they are due; then the newest."""
        return self.select_related("programme", "person").order_by(
            F("done_on").desc(nulls_first=True), F("dropped_at").desc(nulls_first=True), "due_on", "pk"
        )


class Action(models.Model):
    """An idea of the library that a coordinator took up. `code` is its indicator: the figures before and after are the
    programme's published scores of `before_on` and `after_on`, never copies."""

    privacy = classify(
        internal="id programme idea component code points window_days person due_on accepted_at accepted_by before_on done_on "
        "read_again_on after_on dropped_at drop_reason",
    )

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="actions", verbose_name=_("programme"))
    idea = models.SlugField(_("idea"), max_length=40)
    component = models.CharField(_("component"), max_length=60)
    code = models.CharField(_("indicator"), max_length=20)
    points = models.PositiveSmallIntegerField(_("expected movement"))
    window_days = models.PositiveSmallIntegerField(_("read again after (days)"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    due_on = models.DateField(_("due on"))
    accepted_at = models.DateTimeField(_("accepted at"))
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("accepted by")
    )
    before_on = models.DateField(_("figure before of"), null=True)
    done_on = models.DateField(_("done on"), null=True)
    read_again_on = models.DateField(_("to be read again on"), null=True)
    after_on = models.DateField(_("figure after of"), null=True)
    dropped_at = models.DateTimeField(_("dropped at"), null=True)
    drop_reason = models.CharField(_("why it was dropped"), max_length=300, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "idea"], condition=Q(done_on=None, dropped_at=None), name="action_under_way_once"
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(dropped_at=None), name="action_is_done_or_dropped_not_both"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None, drop_reason="") | (Q(dropped_at__isnull=False) & ~Q(drop_reason="")),
                name="action_is_dropped_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None, read_again_on=None, after_on=None)
                | Q(done_on__isnull=False, read_again_on__gte=F("done_on"), after_on=None)
                | Q(done_on__isnull=False, read_again_on__gte=F("done_on"), after_on__gte=F("read_again_on")),
                name="action_is_read_again_after_its_window",
            ),
        ]
        indexes = [models.Index(fields=["programme", "read_again_on"])]

    def __str__(self) -> str:
        return f"{self.idea} {self.due_on}"

    def get_absolute_url(self) -> str:
        return reverse("action", args=[self.pk])

    @property
    def in_library(self) -> Idea | None:
        """The idea with its texts; None once it has left the library."""
        return library().get(self.idea)

    @property
    def is_open(self) -> bool:
        return self.done_on is None and self.dropped_at is None

    def window_from(self, day: date) -> date:
        """When the indicator is read again, if the action is done on `day`."""
        return day + timedelta(days=self.window_days)
