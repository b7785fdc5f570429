"""What somebody writes down, and who may read it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import classify
from mentoring.relationships.models.relationship import Relationship


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user):
        """One's own; shared ones of one's relationships; programme notes also for coordinators."""
        if not user.is_authenticated:
            return self.none()
        mine = Relationship.objects.of(user).values("pk")
        run = Relationship.objects.coordinated_by(user).values("pk")
        return self.filter(
            Q(author=user)
            | Q(scope__in=[Note.Scope.SHARED, Note.Scope.PROGRAMME], relationship__in=mine)
            | Q(scope=Note.Scope.PROGRAMME, relationship__in=run)
        )


class Note(models.Model):
    privacy = classify(internal="id relationship scope created_at edited_at", sensitive="author body", subject="author")

    class Scope(models.TextChoices):
        PRIVATE = "private", _("Only me")
        SHARED = "shared", _("All of us in this relationship")
        PROGRAMME = "programme", _("All of us and the coordinators")

    relationship = models.ForeignKey(Relationship, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes")
    scope = models.CharField(_("who can read it"), max_length=9, choices=Scope, default=Scope.PRIVATE)
    body = models.TextField(_("note"), max_length=4000)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"
