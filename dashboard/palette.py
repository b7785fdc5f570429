"""Where one can go from anywhere: pages, conversations, people, programmes. A fixed number of queries."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Belonging, Institution, Language, Theme, User
from core.text import clean_name, search_key
from dashboard.queries import ADMINISTRATOR, COORDINATOR, MENTEE, MENTOR, Role
from mentoring.messaging.queries import conversations
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import RelationshipMember

ICONS = {Theme.LIGHT: "sun", Theme.DARK: "moon", Theme.SYSTEM: "device"}
MOST = 6
"""So many of each kind but pages."""


@dataclass(frozen=True)
class Way:
    """Somewhere to go; `about` says which of several with the same name it is."""

    label: str
    url: str
    icon: str
    about: str = ""


@dataclass(frozen=True)
class Ways:
    """Ways of one kind."""

    label: str
    ways: list[Way]


FOR_MEMBERS = (
    ("home", "home", gettext_lazy("Home")),
    ("rooms", "chat", gettext_lazy("Messages")),
    ("my_sessions", "calendar", gettext_lazy("Sessions")),
    ("growth", "growth", gettext_lazy("Growth")),
    ("people", "people", pgettext_lazy("my mentors and mentees", "People")),
    ("pulse", "pulse", gettext_lazy("Pulse")),
    ("my_scores", "report", gettext_lazy("My answers over time")),
    ("certificates", "award", gettext_lazy("Certificates")),
    ("calendar_settings", "calendar", gettext_lazy("My calendar")),
)
FOR_MENTORS = (("request_inbox", "inbox", gettext_lazy("Requests to me")),)
OF_PROGRAMME = (
    ("programme_people", "people", gettext_lazy("People of the programme")),
    ("people_invite", "mail", gettext_lazy("Invite people")),
    ("import_new", "upload", gettext_lazy("Import of people")),
    ("relationship_list", "handshake", gettext_lazy("Relationships")),
    ("programme_requests", "inbox", gettext_lazy("Requests of mentees")),
    ("matching_home", "match", gettext_lazy("Matching")),
    ("matching_between", "match", gettext_lazy("Between runs")),
    ("programme_settings", "programme", gettext_lazy("Programme settings")),
    ("training_settings", "growth", gettext_lazy("Training of the programme")),
    ("programme_announcements", "chat", gettext_lazy("Announcements")),
    ("health", "report", gettext_lazy("Programme health")),
    ("alerts", "flag", gettext_lazy("Worklist")),
    ("contact", "pulse", gettext_lazy("Contact from week to week")),
    ("actions", "bulb", gettext_lazy("Actions")),
    ("risk", "flag", gettext_lazy("How signs of trouble are found")),
    ("waves", "pulse", gettext_lazy("When people are asked")),
    ("indicators", "report", gettext_lazy("Indicators and anchors")),
    ("programme_reports", "file", gettext_lazy("Reports of the programme")),
    ("codings", "note", gettext_lazy("Answers in words")),
    ("studies", "book", gettext_lazy("Studies")),
    ("research", "download", gettext_lazy("Data for research")),
    ("safety_desk", "shield", gettext_lazy("Safety")),
    ("word_rules", "shield", gettext_lazy("Rules about words")),
)
FOR_COORDINATORS = (
    ("home", "overview", gettext_lazy("Overview")),
    ("support_desk", "hands", gettext_lazy("Requests for help")),
    ("cases", "flag", gettext_lazy("Reports about people")),
    ("readings", "eye", gettext_lazy("Conversations read for a reason")),
)
OF_INSTITUTION = (
    ("institution_state", "building", gettext_lazy("The institution in detail")),
    ("institution_people", "people", gettext_lazy("People of the institution")),
    ("api_keys", "key", gettext_lazy("API keys")),
    ("institution_audit", "shield", gettext_lazy("Events")),
    ("instruments", "note", gettext_lazy("Questionnaires")),
)
FOR_ADMINISTRATORS = (
    ("home", "overview", gettext_lazy("Overview")),
    ("cases", "flag", gettext_lazy("Reports about people")),
    ("readings", "eye", gettext_lazy("Conversations read for a reason")),
)
FOR_EVERYBODY = (
    ("home", "home", gettext_lazy("Home")),
    ("inbox", "bell", gettext_lazy("Inbox")),
    ("rooms", "chat", gettext_lazy("Messages")),
    ("rooms_search", "search", gettext_lazy("Search in conversations")),
    ("rooms_saved", "bookmark", gettext_lazy("Kept for me")),
    ("programme_list", "programme", gettext_lazy("Programmes")),
    ("profile", "settings", gettext_lazy("Profile and settings")),
    ("preferences", "bell", gettext_lazy("What reaches me")),
    ("security", "lock", gettext_lazy("Sign-in and security")),
    ("my_data", "download", gettext_lazy("My data")),
    ("support", "hands", gettext_lazy("Help")),
    ("connection_check", "plug", gettext_lazy("Connection check")),
    ("safety", "shield", gettext_lazy("My safety")),
    ("about_model", "overview", gettext_lazy("About the model")),
)
Page = tuple[str, str, str | Promise]


@dataclass(frozen=True)
class Switch:
    """Something that is changed at once: the form sends `field` = `value` to `url`."""

    label: str
    url: str
    field: str
    value: str
    icon: str


def ways_to(
    words: str,
    user: User,
    *,
    roles: Collection[str],
    programme: Programme | None,
    institution: Institution | None,
    only_writing: bool = False,
) -> list[Ways]:
    """What `user` may open and `words` name, kind by kind; without words the pages and the latest conversations. `programme` and
    `institution` are those in hand; `only_writing` leaves the conversations alone."""
    talks = Ways(_("Conversations"), talks_of(user, words))
    if only_writing:
        found = [talks]
    else:
        pages = Ways(_("Pages"), list(pages_of(words, roles, programme, institution)))
        people = [*partners(user, words), *enrolled(user, words), *belonging(user, words)][:MOST] if words else []
        programmes = programmes_of(user, words) if words else []
        found = [pages, Ways(_("People"), people), talks, Ways(_("Programmes"), programmes)]
        found = found if words else [talks, pages]
    return [each for each in found if each.ways]


def pages_of(
    words: str, roles: Collection[str], programme: Programme | None, institution: Institution | None
) -> Iterator[Way]:
    """The pages of all one's roles, each address once."""
    rows: list[tuple[Page, list[str], str]] = []
    if {MENTEE, MENTOR} & set(roles):
        rows += [(page, [], "") for page in FOR_MEMBERS]
    if MENTOR in roles:
        rows += [(page, [], "") for page in FOR_MENTORS]
    if COORDINATOR in roles:
        rows += [(page, [], "") for page in FOR_COORDINATORS]
        rows += [(page, [programme.slug], str(programme)) for page in OF_PROGRAMME if programme]
    if ADMINISTRATOR in roles:
        rows += [(page, [], "") for page in FOR_ADMINISTRATORS]
        rows += [(page, [institution.slug], str(institution)) for page in OF_INSTITUTION if institution]
    rows += [(page, [], "") for page in FOR_EVERYBODY]
    seen = set()
    for (name, icon, label), args, about in rows:
        url = reverse(name, args=args)
        if url not in seen and called(words, str(label)):
            seen.add(url)
            yield Way(str(label), url, icon, about)


def called(words: str, name: str) -> bool:
    """Whether each of the words begins a word of the name, whatever the spelling."""
    told = search_key(name).split()
    return all(any(part.startswith(word) for part in told) for word in search_key(words).split())


def talks_of(user: User, words: str) -> list[Way]:
    """One's conversations, the latest first; those who only read announcements are hidden from each other."""
    ways = []
    for room in conversations(user):
        name = room.label or ", ".join(map(str, room.others(user)))
        if name and room.closed_at is None and called(words, name):
            ways.append(Way(name, f"{room.get_absolute_url()}#compose", "chat"))
        if len(ways) == MOST:
            break
    return ways


def named(rows: QuerySet, words: str, path: str = "person") -> QuerySet:
    for word in clean_name(words).split():
        rows = rows.filter(**{f"{path}__name__icontains": word})
    return rows


def partners(user: User, words: str) -> list[Way]:
    """The people one mentors with, or did."""
    mine = RelationshipMember.objects.filter(person=user, left_at=None).values("relationship")
    rows = RelationshipMember.objects.filter(relationship__in=mine, left_at=None).exclude(person=user)
    rows = named(rows, words).select_related("person", "relationship__programme").order_by("-relationship", "pk")
    return [
        Way(str(row.person), row.relationship.get_absolute_url(), "handshake", str(row.relationship.programme))
        for row in rows[:MOST]
    ]


def enrolled(user: User, words: str) -> list[Way]:
    """The people of the programmes one coordinates."""
    rows = Enrolment.objects.coordinated_by(user).exclude(person=user)
    rows = named(rows, words).select_related("person", "programme").order_by("person__name", "pk")
    return [
        Way(str(row.person), row.get_absolute_url(), "user", f"{row.get_role_display()} · {row.programme}")
        for row in rows[:MOST]
    ]


def belonging(user: User, words: str) -> list[Way]:
    """The people of the institutions one administers."""
    rows = Belonging.objects.filter(institution__in=Institution.objects.administered_by(user)).exclude(person=user)
    rows = named(rows, words).select_related("person", "institution").order_by("person__name", "pk")
    return [
        Way(
            str(row.person),
            reverse("institution_people", args=[row.institution.slug], query={"q": row.person.name}),
            "building",
            str(row.institution),
        )
        for row in rows[:MOST]
    ]


def programmes_of(user: User, words: str) -> list[Way]:
    rows = Programme.objects.visible_to(user)
    for word in clean_name(words).split():
        rows = rows.filter(Q(name_en__icontains=word) | Q(name_fa__icontains=word))
    return [
        Way(str(row), row.get_absolute_url(), "programme", row.get_status_display())
        for row in rows.order_by("-starts_on", "pk")[:MOST]
    ]


def switches(words: str, user: User, roles: Collection[Role]) -> list[Switch]:
    """The other language, the other appearances, the other roles of `user`, as far as `words` name them."""
    rows = [(str(label), "language_switch", "language", key, "globe") for key, label in Language.choices]
    rows += [(str(label), "theme_switch", "theme", key, ICONS[key]) for key, label in Theme.choices]
    as_role = [(_("Work as: %(role)s") % {"role": role.label}, role.key, role.current) for role in roles]
    rows += [(label, "role_switch", "role", key, "user") for label, key, current in as_role if not current]
    now = {"language": user.language, "theme": user.theme}
    return [
        Switch(label, reverse(name), field, value, icon)
        for label, name, field, value, icon in rows
        if now.get(field) != value and called(words, label)
    ]
