"""What a programme wants its coordinators to know of in conversations, and where it was found."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.messaging.models.messages import Message
from mentoring.planning.models import Programme


class WordRules(models.Model):
    """What happens where a way to go on elsewhere, or a phrase of the programme's own, is said. Without a row: nothing."""

    privacy = classify(internal="programme phones mails messengers phrases phrases_do")

    class Does(models.TextChoices):
        ALLOW = "allow", _("Nothing happens")
        MARK = "mark", _("It is sent, and the coordinators are shown that it was")
        HOLD = "hold", _("It waits until a coordinator lets it go")

    KINDS = ("phones", "mails", "messengers")

    programme = models.OneToOneField(Programme, models.CASCADE, primary_key=True, related_name="word_rules")
    phones = models.CharField(_("Telephone numbers"), max_length=5, choices=Does, default=Does.ALLOW)
    mails = models.CharField(_("Mail addresses"), max_length=5, choices=Does, default=Does.ALLOW)
    messengers = models.CharField(_("Other messengers"), max_length=5, choices=Does, default=Does.ALLOW)
    phrases = models.TextField(_("Own phrases, one a line"), blank=True, max_length=4000)
    phrases_do = models.CharField(_("Where one of them is said"), max_length=5, choices=Does, default=Does.ALLOW)

    class Meta:
        verbose_name = _("rules about words")
        verbose_name_plural = _("rules about words")

    def __str__(self) -> str:
        return str(self.programme_id)


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, user):
        """The coordinators of the programme, but not of what they said themselves."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(programme__in=Programme.objects.coordinated_by(user)).exclude(message__sender=user)

    def open(self):
        """Those with which something may still be to do."""
        return self.filter(settled_at=None)


class Flag(models.Model):
    """A rule was met by a message, and that is all: what it says is read by a door of its own. It stays at the desk until a
    coordinator says that nothing more is to be done."""

    privacy = classify(internal="id programme message rule at looked_at settled_at", sensitive="looked_by settled_by")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="flags")
    message = models.ForeignKey(Message, models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=10)
    at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("first read by"),
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("marked message")
        verbose_name_plural = _("marked messages")
        indexes = [models.Index(fields=["programme"], condition=Q(settled_at=None), name="flag_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "rule"], condition=Q(settled_at=None), name="flag_open_once_per_message_and_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.rule}"
