"""Which pages of the platform serve each component of the model; an empty tuple where nothing does yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paradigm.model import Component, components

SERVED_BY: dict[str, tuple[str, ...]] = {
    "planning.structure": ("programme_public", "programme_settings", "agreement"),
    "planning.coordination": ("home", "goals", "sessions", "session_propose"),
    "planning.strategy": ("programme_new", "import_new", "programme_people", "health", "alerts", "actions", "studies"),
    "modelling.types": ("programme_list", "programme_new"),
    "modelling.matching": ("profile", "programme_apply", "mentor_directory", "matching_home", "matching_run"),
    "modelling.framework": ("relationship", "agreement"),
    "infrastructure.stable": ("room",),
    "infrastructure.digital": ("connection_check",),
    "infrastructure.helpdesk": ("support_ask",),
    "tools.email": ("inbox", "profile"),
    "tools.lms": (),
    "tools.methods": ("rooms", "room", "session_propose"),
    "relationships.communication": ("rooms", "room", "sessions", "contact"),
    "relationships.psychological": ("pulse", "support_ask"),
    "relationships.friendly": ("relationship", "room"),
    "skills.training": ("growth", "module", "certificates"),
    "skills.techliteracy": ("growth", "module", "connection_check"),
    "skills.virtuallearning": ("growth", "module"),
    "support.learning": ("goals", "notes", "survey", "studies"),
    "support.satisfaction": ("sessions", "pulse", "survey", "institution_state"),
    "support.continuity": ("relationship", "closing", "certificates", "health"),
}

LABELS: dict[str, Promise] = {
    "home": _("Home"),
    "inbox": _("Inbox"),
    "profile": _("Profile and preferences"),
    "programme_list": _("Programmes"),
    "programme_public": _("Page of a programme"),
    "programme_apply": _("Application"),
    "programme_settings": _("Programme settings"),
    "programme_people": _("People of a programme"),
    "programme_new": _("New programme"),
    "import_new": _("Import of people"),
    "mentor_directory": _("Mentors to choose from"),
    "matching_home": _("Matching"),
    "matching_run": _("Matching run"),
    "relationship": _("Shared workspace"),
    "agreement": _("Agreement"),
    "goals": _("Goals"),
    "sessions": _("Sessions"),
    "session_propose": _("Proposing a session"),
    "notes": _("Notes"),
    "closing": _("Closing"),
    "rooms": _("Messages"),
    "room": _("Conversation"),
    "growth": _("Growth"),
    "module": _("Learning module"),
    "support_ask": _("Asking for help"),
    "connection_check": _("Connection check"),
    "pulse": _("Pulse"),
    "survey": _("Questionnaire"),
    "health": _("Programme health"),
    "institution_state": _("The institution in detail"),
    "contact": _("Contact from week to week"),
    "alerts": _("Relationships that may need somebody"),
    "actions": _("Actions"),
    "studies": _("Studies"),
    "certificates": _("Certificates"),
}

FOR_EVERYBODY = frozenset({"programme_list"})
FOR_COORDINATORS = frozenset(
    {
        "programme_new",
        "import_new",
        "matching_home",
        "matching_run",
        "health",
        "contact",
        "alerts",
        "actions",
        "studies",
    }
)


@dataclass(frozen=True)
class PageLink:
    """A page by its name; `url` is empty when this reader cannot open it from here."""

    label: Promise
    url: str


def pages_of(component_slug: str, *, signed_in: bool) -> Iterator[PageLink]:
    """The pages that serve a component. A page of one programme or one person has no address of its own here."""
    for name in SERVED_BY[component_slug]:
        can_open = name in FOR_EVERYBODY or (signed_in and name not in FOR_COORDINATORS)
        yield PageLink(LABELS[name], _address(name) if can_open else "")


def components_served(page: str) -> list[Component]:
    """The components that the page with this name serves, in the order of the model."""
    return [component for component in components() if page in SERVED_BY[component.slug]]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
