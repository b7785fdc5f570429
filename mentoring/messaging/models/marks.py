"""What people put on messages, and what they keep of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.privacy import classify
from mentoring.messaging.models.messages import Message
from mentoring.relationships.models import GoalStep, Session

ICONS = {"agree": "thumb", "thanks": "flower", "bravo": "award", "idea": "bulb", "think": "thought", "sorry": "heart"}


class Reaction(models.Model):
    """A sign instead of words. There are six, each with a name that can be read aloud."""

    privacy = classify(internal="id message at", sensitive="person sign", subject="person")

    class Sign(models.TextChoices):
        AGREE = "agree", pgettext_lazy("reaction to a message", "I agree")
        THANKS = "thanks", pgettext_lazy("reaction to a message", "Thank you")
        BRAVO = "bravo", pgettext_lazy("reaction to a message", "Well done")
        IDEA = "idea", pgettext_lazy("reaction to a message", "Good idea")
        THINK = "think", pgettext_lazy("reaction to a message", "I will think about it")
        SORRY = "sorry", pgettext_lazy("reaction to a message", "I feel with you")

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions")
    sign = models.CharField(max_length=6, choices=Sign)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["message", "person", "sign"], name="reaction_once_per_person")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.sign}"


class Mention(models.Model):
    """Somebody of the conversation who is called by name in a message: `words` is how."""

    privacy = classify(internal="id message", personal="person words", subject="person")

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="mention_once_per_person")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"


class Pin(models.Model):
    """A message that all of the conversation should find again."""

    privacy = classify(internal="id message at", personal="person", subject="person")

    message = models.OneToOneField(Message, models.CASCADE, related_name="pin")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pins")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pinned message")
        verbose_name_plural = _("pinned messages")

    def __str__(self) -> str:
        return f"{self.message_id} pinned"


class SavedMessageQuerySet(models.QuerySet["SavedMessage"]):
    def visible_to(self, user):
        """One's own, in conversations where one still is; what was deleted is gone."""
        return self.filter(person=user, message__in=Message.objects.visible_to(user).filter(deleted_at=None))


class SavedMessage(models.Model):
    """A message that one person keeps for themselves. Nobody else ever knows."""

    privacy = classify(internal="id message at", sensitive="person", subject="person")

    message = models.ForeignKey(Message, models.CASCADE, related_name="saved")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_messages")
    at = models.DateTimeField()

    objects = SavedMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved message")
        verbose_name_plural = _("saved messages")
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="message_saved_once_per_person")]

    def __str__(self) -> str:
        return f"{self.message_id} saved"


class Outgrowth(models.Model):
    """What became of a message: a step of a goal, or a session."""

    privacy = classify(internal="id message step session at")

    message = models.ForeignKey(Message, models.CASCADE, related_name="outgrowths")
    step = models.OneToOneField(GoalStep, models.CASCADE, null=True, blank=True, related_name="outgrowth")
    session = models.OneToOneField(Session, models.CASCADE, null=True, blank=True, related_name="outgrowth")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("what became of a message")
        verbose_name_plural = _("what became of messages")
        constraints = [
            models.CheckConstraint(
                name="outgrowth_is_one_thing", condition=models.Q(step=None) ^ models.Q(session=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id} → {self.step_id or self.session_id}"
