"""The shell around every page: where one can go, in which role."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Institution
from dashboard.guide import guide_of
from dashboard.hand import institution_in_hand, programme_in_hand
from dashboard.queries import ADMINISTRATOR, COORDINATOR, Standing, standing_of
from mentoring.planning.models import Programme
from paradigm.pages import components_served

# label, URL name, icon, arguments of the URL, and the other pages on which the place is marked as the present one
Row = tuple[str, str, str, list[str], tuple[str, ...]]
KEYS = {
    "home": "h",
    "rooms": "m",
    "my_sessions": "s",
    "growth": "g",
    "people": "p",
    "programme_people": "p",
    "matching_home": "m",
    "programme_settings": "s",
    "health": "r",
    "programme_list": "s",
    "institution_people": "p",
    "api_keys": "k",
    "institution_audit": "e",
}
"""The letter that, after a G, leads to a place; each role has its own five places."""
EVALUATION = (
    *(
        "contact",
        "alerts",
        "actions",
        "component_actions",
        "action",
        "risk",
        "risk_points",
        "studies",
        "study",
        "research",
    ),
    *("programme_reports", "programme_report", "indicators", "indicator_anchors", "waves", "wave_plan"),
    *("instruments", "instrument_new", "instrument", "instrument_settings", "instrument_question"),
    *("instrument_question_new", "instrument_activate", "own_figures", "quality"),
    *("codings", "coding", "coding_codes", "coding_answer", "coding_agree"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """`nav`, `role`, `roles`, `unread` and what the "?" says, for a signed-in reader; nothing is asked for the others."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "roles": [], "role": None, "unread": 0}
    standing = SimpleLazyObject(lambda: standing_of(user))
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    return {
        "roles": SimpleLazyObject(lambda: standing.roles),
        "role": SimpleLazyObject(lambda: standing.role),
        "nav": SimpleLazyObject(lambda: navigation(request, standing)),
        "unread": SimpleLazyObject(lambda: standing.unread_news),
        "guide": SimpleLazyObject(lambda: guide_of(here, standing.role.key if standing.role else "")),
        "serves": SimpleLazyObject(lambda: components_served(here)),
    }


def navigation(request: HttpRequest, standing: Standing) -> list[dict[str, Any]]:
    """Five places to go in the present role."""
    key = standing.role.key if standing.role else ""
    if key == COORDINATOR:
        programme = programme_in_hand(request)
        rows = coordinator_rows(programme) if programme else []
    elif key == ADMINISTRATOR:
        rows = administrator_rows(institution_in_hand(request))
    elif key:
        rows = member_rows()
    else:
        rows = [(_("Home"), "home", "home", [], ()), (_("Programmes"), "programme_list", "programme", [], ())]
    here = request.resolver_match.url_name if request.resolver_match else ""
    return [
        {
            "label": label,
            "url": reverse(name, args=args),
            "icon": icon,
            "key": KEYS.get(name, ""),
            "current": here in (name, *also),
            "count": standing.unread_messages if name == "rooms" else 0,
        }
        for label, name, icon, args, also in rows
    ]


def administrator_rows(house: Institution | None) -> list[Row]:
    slug = [house.slug] if house else []
    return [
        (
            _("Overview"),
            "home",
            "overview",
            [],
            ("institution_state", "cases", "case", "case_evidence", "readings", "reading"),
        ),
        (
            _("Programmes"),
            "programme_list",
            "programme",
            [],
            (
                "programme_new",
                "programme_settings",
                "programme_public",
                "training_settings",
                "health",
                *EVALUATION,
            ),
        ),
        (_("People"), "institution_people", "people", slug, ()),
        (_("API keys"), "api_keys", "key", slug, ()),
        (_("Events"), "institution_audit", "shield", slug, ()),
    ]


def member_rows() -> list[Row]:
    """The same five places for mentors and mentees."""
    return [
        (_("Home"), "home", "home", [], ()),
        (_("Messages"), "rooms", "chat", [], ("room", "rooms_search")),
        (
            _("Sessions"),
            "my_sessions",
            "calendar",
            [],
            (
                "session",
                "session_propose",
                "session_move",
                "session_past",
                "sessions",
                "session_log",
                "calendar_settings",
            ),
        ),
        (
            _("Growth"),
            "growth",
            "growth",
            [],
            (
                *("module", "module_before", "module_screen", "module_after", "module_done"),
                *("survey", "survey_section", "survey_result", "pulse", "my_scores"),
                *("goals", "goal_new", "goal_close", "step_add"),
            ),
        ),
        (
            pgettext("my mentors and mentees", "People"),
            "people",
            "people",
            [],
            (
                *("relationship", "agreement", "agreement_edit", "notes", "note_edit", "closing"),
                *("mentor_directory", "mentor_profile", "my_requests", "request", "request_inbox"),
            ),
        ),
    ]


def coordinator_rows(programme: Programme) -> list[Row]:
    slug = [programme.slug]
    return [
        (
            _("Overview"),
            "home",
            "overview",
            [],
            (
                "support_desk",
                "support_request",
                "safety_desk",
                "order_new",
                "cases",
                "case",
                "case_evidence",
                *("readings", "reading", "reading_ask", "reading_page"),
                "flag_read",
                "held_read",
            ),
        ),
        (
            _("People"),
            "programme_people",
            "people",
            slug,
            (
                *("enrolment", "people_invite", "import_new", "import_map", "import_check", "import_run"),
                *("relationship_list", "relationship", "programme_requests", "request"),
            ),
        ),
        (
            _("Matching"),
            "matching_home",
            "match",
            slug,
            (
                "matching_run",
                "matching_pair",
                "matching_person",
                "matching_publish",
                "matching_history",
                "matching_report",
                "matching_letters",
            ),
        ),
        (
            _("Programme"),
            "programme_settings",
            "programme",
            slug,
            ("training_settings", "programme_new", "programme_list", "programme_public", "word_rules"),
        ),
        (_("Health"), "health", "report", slug, ("alert", *EVALUATION)),
    ]
