"""Who wishes to be kept apart from whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.planning.models import Programme


class BlockQuerySet(models.QuerySet["Block"]):
    def standing(self):
        return self.filter(lifted_at=None)

    def among(self, people):
        """Whatever keeps two of these people (ids) apart."""
        return self.filter(one__in=people, other__in=people)

    def of(self, user):
        """Those whom `user` does not want to be reached by."""
        return self.filter(one=user, order=False) if user.is_authenticated else self.none()

    def visible_to(self, user):
        """One's own, and for coordinators those of their programmes, but not what concerns themselves. Whoever is kept away
        never sees who wished it."""
        if not user.is_authenticated:
            return self.none()
        desk = Q(programme__in=Programme.objects.coordinated_by(user)) & ~Q(one=user) & ~Q(other=user)
        return self.filter(Q(one=user, order=False) | desk)


class Block(models.Model):
    """Two people are kept apart, in all that they share: as one of them wishes, or by a coordinator's order. Neither reaches
    the other; the wish ends when `one` takes it back, the order when a coordinator lifts it. Until then each sees the other
    as they were when it began."""

    privacy = classify(
        internal="id programme order made_at lifted_at",
        sensitive="one other by lifted_by reason one_name one_about other_name other_about",
        subject="by",
    )

    programme = models.ForeignKey(
        Programme, models.CASCADE, null=True, blank=True, related_name="blocks", verbose_name=_("programme")
    )
    one = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")  # of a wish: whose it is
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    one_name = models.CharField(_("name of the first, as it was"), max_length=150, blank=True)
    one_about = models.CharField(_("what the first said of themselves, as it was"), max_length=600, blank=True)
    other_name = models.CharField(_("name of the second, as it was"), max_length=150, blank=True)
    other_about = models.CharField(_("what the second said of themselves, as it was"), max_length=600, blank=True)
    order = models.BooleanField(_("by order of a coordinator"), default=False)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)  # of an order, for coordinators
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.CheckConstraint(name="block_is_between_two_people", condition=~Q(one=F("other"))),
            models.CheckConstraint(
                name="block_order_names_them_in_order", condition=Q(order=False) | Q(one__lt=F("other"))
            ),
            models.UniqueConstraint(
                fields=["one", "other"], condition=Q(order=False, lifted_at=None), name="block_wished_once"
            ),
            models.UniqueConstraint(
                fields=["programme", "one", "other"], condition=Q(order=True, lifted_at=None), name="block_ordered_once"
            ),
        ]
        indexes = [models.Index(fields=["other"], condition=Q(lifted_at=None), name="block_standing_other")]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"
