"""What the pages of a workspace share: reaching it, and the frame around each part."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mentoring.relationships.models import Relationship
from notifications.queries import away_among


def own_relationship(http: HttpRequest, pk: int) -> Relationship:
    """A relationship the reader is a member of; 404 for everybody else, coordinators too."""
    return get_object_or_404(Relationship.objects.visible_to(http.user).of(http.user).for_cards(), pk=pk)


def framed(http: HttpRequest, relationship: Relationship, current: str, **context: Any) -> dict[str, Any]:
    """The context of a page inside the workspace: who, where, and the tabs with `current` marked."""
    can_plan = http.user.has_perm("relationships.plan", relationship)
    return {
        "relationship": relationship,
        "partners": relationship.partners_of(http.user),
        "away": away_among(relationship.partners_of(http.user), at=timezone.now()),
        "can_plan": can_plan,
        "can_log_past": can_plan or http.user.has_perm("relationships.log_past", relationship),
        "rests": relationship.rests,
        "tabs": _tabs(relationship, current),
        **context,
    }


def _tabs(relationship: Relationship, current: str) -> list[dict[str, Any]]:
    names = [
        ("relationship", _("Overview")),
        ("sessions", _("Sessions")),
        ("goals", _("Goals")),
        ("notes", _("Notes")),
        ("agreement", _("Agreement")),
        ("closing", _("Closing")),
    ]
    tabs = [
        {"label": label, "url": reverse(name, args=[relationship.pk]), "current": name == current}
        for name, label in names
    ]
    room = getattr(relationship, "room", None)  # of the app above; it comes with the start of a relationship
    if room is not None:
        tabs.insert(1, {"label": _("Talk"), "url": room.get_absolute_url(), "current": False})
    return tabs
