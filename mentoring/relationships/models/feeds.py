"""The calendar of one person, for their own calendar programme."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.privacy import classify


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user):
        return self.filter(person=user) if user.is_authenticated else self.none()


class CalendarFeed(models.Model):
    """A person's private calendar address; only the hash of its token is kept."""

    privacy = classify(internal="id created_at", personal="person", secret="token_hash", subject="person")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.person_id)
