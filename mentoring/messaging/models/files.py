"""Files that people send each other. Their bytes are rows like everything else: one backup, one erasure, no folder to share."""

import secrets
import time
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.messaging.models.messages import Message
from mentoring.messaging.models.rooms import Room
from mentoring.messaging.models.writing import ScheduledMessage


def in_time_order() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, with parts of a millisecond): ids sort as they were made, and nobody guesses one."""
    ms, rest = divmod(time.time_ns(), 1_000_000)
    bits = ms << 80 | 7 << 76 | (rest * 4096 // 1_000_000) << 64 | 2 << 62 | secrets.randbits(62)
    return uuid.UUID(int=bits)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user):
        """One's own until they are sent, and what was sent in a conversation one is in; nothing that was blocked or deleted."""
        own = Q(uploader__pk=user.pk, message=None)
        said = Q(message__isnull=False, state=Attachment.State.CLEAN)
        return self.filter(own | said, room__in=Room.objects.visible_to(user), deleted_at=None)

    def ready(self):
        """Clean, and part of no message yet."""
        return self.filter(state=Attachment.State.CLEAN, message=None, deleted_at=None)

    def light(self):
        return self.defer("small").annotate(small_size=Length("small"))


class Attachment(models.Model):
    """One file: uploaded in parts, checked by its content, and only then sent with a message."""

    privacy = classify(
        internal="id room message held size received state reason kind seconds width height created_at deleted_at",
        sensitive="uploader name sha256 mime_claimed mime small",
        subject="uploader",
    )

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Being uploaded and checked")
        CLEAN = "clean", _("Checked")
        BLOCKED = "blocked", _("Not accepted")

    class Kind(models.TextChoices):
        PICTURE = "picture", _("Picture")
        SOUND = "sound", _("Sound")
        DOCUMENT = "document", _("Document")

    id = models.UUIDField(primary_key=True, default=in_time_order, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments")
    held = models.ForeignKey(
        ScheduledMessage, models.SET_NULL, null=True, blank=True, related_name="files"
    )  # waits with it
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=120)
    size = models.PositiveIntegerField(_("size in bytes"))
    received = models.PositiveIntegerField(_("bytes received"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    mime_claimed = models.CharField(_("type as the browser says"), max_length=100, blank=True)
    mime = models.CharField(_("type by its content"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.UPLOADED)
    reason = models.CharField(_("why it was not accepted"), max_length=20, blank=True)
    small = models.BinaryField(blank=True, default=bytes)  # a picture to show in the conversation
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)  # of a voice note, as its recorder says
    created_at = models.DateTimeField(_("created at"))
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.CheckConstraint(
                condition=Q(message=None) | Q(state="clean"), name="attachment_sent_only_when_clean"
            ),
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="attachment_receives_no_more_than_it_is"),
            models.CheckConstraint(condition=Q(message=None) | Q(held=None), name="attachment_sent_or_held"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(message=None), name="attachment_unsent")]

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk])

    @property
    def weight(self) -> int:
        """Bytes of the small picture; of one of `light()` without loading it."""
        return self.__dict__["small_size"] if "small_size" in self.__dict__ else len(self.small)

    def exported(self) -> dict[str, str]:
        """In the export of its uploader: where the file itself is."""
        return {"download": settings.SITE_URL + self.get_absolute_url()}


class AttachmentPart(models.Model):
    """Some bytes of a file, in order of `start`."""

    privacy = classify(internal="id attachment start", sensitive="data", subject="attachment__uploader")

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="parts")
    start = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        constraints = [models.UniqueConstraint(fields=["attachment", "start"], name="attachment_part_once")]

    def __str__(self) -> str:
        return f"{self.attachment_id} {self.start}"
