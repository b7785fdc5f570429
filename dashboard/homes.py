"""What each home shows, gathered in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import format_ago, format_day, format_moment, localise
from core.text import listed
from evaluation.asking import minutes_of
from evaluation.queries import silences, waiting_waves
from mentoring.matching.models import Request
from mentoring.matching.rules import may_ask
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import Check, readiness
from mentoring.planning.rules import TAKING_PART
from mentoring.relationships.models import GoalStep, Relationship, Session
from mentoring.relationships.queries import (
    PATH,
    NextStep,
    Standing,
    next_step,
    path_place,
    standings,
)
from mentoring.training.queries import Card, growth_of, shelf
from paradigm.model import Text

URGENT = {"choose_time", "log", "vouch", "confirm_goal", "exit"}


@dataclass(frozen=True)
class Bond:
    """A relationship as its member sees it on the home."""

    relationship: Relationship
    partners: list[User]
    standing: Standing
    step: NextStep | None
    place: int
    days: int
    mood: int | None
    silent_days: int | None

    @property
    def path(self) -> tuple[object, ...]:
        return PATH

    @property
    def coming(self) -> Session | None:
        return self.standing.coming

    @property
    def meets_at(self) -> datetime | None:
        return self.coming.starts_at if self.coming is not None else None

    @property
    def line(self) -> str:
        """When the two were last in touch, and when they meet next."""
        last = self.relationship.last_contact_at
        parts = [
            _("last contact %(when)s") % {"when": format_ago(last, now=timezone.now())} if last else _("no contact yet")
        ]
        if self.meets_at is not None:
            parts.append(_("next session %(when)s") % {"when": format_moment(self.meets_at)})
        return " · ".join(parts)

    @property
    def urgent(self) -> bool:
        """Whether the other side waits for an answer."""
        return self.step is not None and self.step.code in URGENT

    @property
    def reason(self) -> str:
        """Why this one needs its reader, in words; empty when all is well."""
        if self.step is not None and self.urgent:
            return self.step.text
        if self.silent_days is not None:
            text = ngettext("%(n)s day without an exchange", "%(n)s days without an exchange", self.silent_days)
            return text % {"n": localise(self.silent_days)}
        if self.step is not None and self.step.code in {"sign", "propose"}:
            return self.step.text
        return ""


def bonds_of(user: User, *, role: str, now: datetime) -> list[Bond]:
    """The person's open relationships in this role, those that need them first. Five queries."""
    mine = Relationship.objects.of(user).filter(members__role=role, members__person=user, status__in=Relationship.OPEN)
    relationships = list(mine.for_cards().select_related("agreement", "room"))
    if not relationships:
        return []
    known = standings(user, relationships, now=now)
    silent = silences(relationships, timezone.localdate(now))
    bonds = []
    for relationship in relationships:
        standing = known[relationship.pk]
        bonds.append(
            Bond(
                relationship=relationship,
                partners=relationship.partners_of(user),
                standing=standing,
                step=next_step(relationship, standing, user),
                place=path_place(relationship, standing, now=now),
                days=(now - relationship.started_at).days,
                mood=standing.mood,
                silent_days=silent.get(relationship.pk),
            )
        )
    return sorted(bonds, key=lambda bond: (not bond.reason, bond.silent_days is None, bond.relationship.pk))


def steps_of_week(user: User, *, today: datetime) -> list[GoalStep]:
    """The person's open steps of agreed goals that are due within a week or without a date; done ones of the last days too."""
    soon = today.date() + timedelta(days=7)
    lately = today - timedelta(days=3)
    rows = GoalStep.objects.visible_to(user).filter(
        Q(owner=user) | Q(owner=None), goal__status="active", goal__relationship__status__in=Relationship.WORKING
    )
    rows = rows.filter(Q(done_at=None) & (Q(due_on=None) | Q(due_on__lte=soon)) | Q(done_at__gte=lately))
    return list(rows.select_related("goal").order_by("done_at", "due_on", "position", "pk")[:3])


@dataclass(frozen=True)
class Waiting:
    """Somebody who takes part but has no partner yet: what is still missing."""

    enrolment: Enrolment
    checks: list[Check]

    @property
    def done(self) -> int:
        return sum(check.done for check in self.checks)


def waiting_of(user: User, *, role: str) -> Waiting | None:
    """The newest enrolment of this role in which nobody is matched yet."""
    held = Enrolment.objects.filter(person=user, role=role).exclude(
        status__in=[Enrolment.Status.COMPLETED, Enrolment.Status.WITHDRAWN, Enrolment.Status.REJECTED]
    )
    enrolment = held.exclude(memberships__left_at=None, memberships__isnull=False).select_related("programme", "person")
    newest = enrolment.order_by("-created_at").first()
    return Waiting(newest, readiness(newest)) if newest is not None else None


@dataclass(frozen=True)
class Asking:
    """A mentee who may ask mentors: the request on its way, and how many choices wait behind it."""

    enrolment: Enrolment
    asked: Request | None
    choices: int


def asking_of(user: User) -> Asking | None:
    """The newest enrolment in which the person may ask a mentor, or has. At most two queries."""
    held = Enrolment.objects.mentees().ready().filter(person=user, free_places__gt=0)
    held = held.exclude(programme__matched_by=Programme.MatchedBy.COORDINATORS).select_related("programme")
    enrolment = next((row for row in held.order_by("-created_at") if may_ask(row)), None)
    if enrolment is None:
        return None
    live = list(enrolment.requests_sent.live().select_related("mentor__person").order_by("rank"))
    asked = next((request for request in live if request.is_open), None)
    return Asking(enrolment, asked, len(live) - bool(asked))


def requests_to(user: User) -> list[Request]:
    """Requests that wait for this mentor's answer, the most urgent first. One query."""
    mine = Request.objects.open().filter(mentor__person=user).exclude(status=Request.Status.INFO_ASKED)
    return list(mine.select_related("mentee__person").order_by("due_at", "pk"))


@dataclass(frozen=True)
class Survey:
    """A questionnaire that waits for its reader."""

    title: str
    why: str
    url: str


def waiting_survey(user: User, *, now: datetime) -> Survey | None:
    """The open wave that the person has not answered; one query."""
    wave = next(iter(waiting_waves(user, now)), None)
    if wave is None:
        return None
    title = _("How is it going?") if wave.form == "pulse" else wave.title
    n = minutes_of(wave)
    why = ngettext("about %(n)s minute", "about %(n)s minutes", n) % {"n": localise(n)}
    if wave.closes_at is not None:
        why += " · " + _("open until %(day)s") % {"day": format_day(wave.closes_at, year=False)}
    return Survey(title, why, reverse("survey", args=[wave.pk]))


@dataclass(frozen=True)
class Skill:
    """How able a person feels in what a module is about: the mean of their latest ratings, 1 to 5, shown as 0 to 100."""

    title: Text
    value: int


def skills_of(user: User) -> list[Skill]:
    """One query."""
    found = []
    for growth in growth_of(user, language=get_language()):
        values = [value for rating in growth.ratings if (value := rating.after or rating.before)]
        if values:
            found.append(Skill(growth.module.title, round((sum(values) / len(values) - 1) * 25)))
    return found


@dataclass(frozen=True)
class MenteeHome:
    bonds: list[Bond]
    waiting: Waiting | None
    asking: Asking | None
    steps: list[GoalStep]
    lesson: Card | None
    skills: list[Skill]
    survey: Survey | None
    headline: str

    @property
    def bond(self) -> Bond | None:
        return self.bonds[0] if self.bonds else None

    @property
    def steps_done(self) -> int:
        return sum(step.done_at is not None for step in self.steps)


def greeting(user: User, bonds: list[Bond], *, now: datetime) -> str:
    """The headline of a home says the finding: who is met next, else a plain welcome."""
    name = str(user).split()[0]
    coming = [(bond.meets_at, bond.relationship.pk, bond) for bond in bonds if bond.meets_at is not None]
    if not coming:
        return _("Hello %(name)s") % {"name": name}
    meets_at, _pk, first = min(coming, key=lambda row: row[:2])
    days = (timezone.localtime(meets_at).date() - timezone.localtime(now).date()).days
    partner = listed(first.partners)
    words = {"name": name, "partner": partner}
    if days <= 0:
        return _("Hello %(name)s, you meet %(partner)s today") % words
    if days == 1:
        return _("Hello %(name)s, you meet %(partner)s tomorrow") % words
    words["day"] = format_day(meets_at, weekday=True, year=False)
    return _("Hello %(name)s, you meet %(partner)s on %(day)s") % words


def mentee_home(user: User, *, now: datetime) -> MenteeHome:
    """Everything on a mentee's home."""
    bonds = bonds_of(user, role=Enrolment.Role.MENTEE, now=now)
    return MenteeHome(
        bonds=bonds,
        waiting=None if bonds else waiting_of(user, role=Enrolment.Role.MENTEE),
        asking=asking_of(user),
        steps=steps_of_week(user, today=timezone.localtime(now)) if bonds else [],
        lesson=shelf(user, today=timezone.localdate(now)).next,
        skills=skills_of(user),
        survey=waiting_survey(user, now=now),
        headline=greeting(user, bonds, now=now),
    )


@dataclass(frozen=True)
class MentorHome:
    bonds: list[Bond]
    waiting: Waiting | None
    requests: list[Request]
    lesson: Card | None
    places: list[Enrolment]
    agenda: list[Bond]
    survey: Survey | None
    headline: str

    @property
    def needing(self) -> int:
        return sum(bool(bond.reason) for bond in self.bonds)


def mentor_home(user: User, *, now: datetime) -> MentorHome:
    """Everything on a mentor's home."""
    bonds = bonds_of(user, role=Enrolment.Role.MENTOR, now=now)
    places = Enrolment.objects.mentors().filter(person=user, status__in=TAKING_PART).select_related("programme")
    agenda = [(bond.meets_at, bond) for bond in bonds if bond.meets_at is not None]
    return MentorHome(
        bonds=bonds,
        waiting=None if bonds else waiting_of(user, role=Enrolment.Role.MENTOR),
        requests=requests_to(user),
        lesson=shelf(user, today=timezone.localdate(now)).next,
        places=list(places.order_by("created_at", "pk")),
        agenda=[bond for _at, bond in sorted(agenda, key=lambda row: row[0])],
        survey=waiting_survey(user, now=now),
        headline=mentor_headline(user, bonds),
    )


def mentor_headline(user: User, bonds: list[Bond]) -> str:
    """How many mentees there are and how many need their mentor."""
    if not bonds:
        return _("Hello %(name)s") % {"name": str(user).split()[0]}
    needing = sum(bool(bond.reason) for bond in bonds)
    mentees = ngettext("%(n)s mentee", "%(n)s mentees", len(bonds)) % {"n": localise(len(bonds))}
    if not needing:
        return _("%(mentees)s, and all is well") % {"mentees": mentees}
    needs = ngettext("%(n)s needs you", "%(n)s need you", needing) % {"n": localise(needing)}
    return _("%(mentees)s, %(needs)s") % {"mentees": mentees, "needs": needs}
