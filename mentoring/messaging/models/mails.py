"""Mails that came in: that they did and what became of them, not what they said."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.messaging.models.rooms import Room


class InboundMail(models.Model):
    """One mail, once: `message_id` is unique. Its words are in the conversation or nowhere."""

    privacy = classify(internal="id message_id room reason received_at", personal="person", subject="person")

    message_id = models.CharField(max_length=250, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="inbound_mails", verbose_name=_("person")
    )
    room = models.ForeignKey(Room, models.CASCADE, null=True, related_name="inbound_mails")
    reason = models.CharField(_("why it was refused"), max_length=20, blank=True)
    received_at = models.DateTimeField(_("received at"), db_index=True)

    class Meta:
        verbose_name = _("mail that came in")
        verbose_name_plural = _("mails that came in")

    def __str__(self) -> str:
        return self.message_id
