"""Where a relationship stands: what is known about it, the one next step, its place on the path."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.text import listed
from mentoring.relationships.models import (
    CheckIn,
    ExitAnswer,
    Goal,
    Relationship,
    Session,
    Signature,
)
from mentoring.relationships.rules import OVER

PATH: tuple[Promise, ...] = (
    gettext_lazy("Getting to know"),
    gettext_lazy("Agreement"),
    gettext_lazy("Working on goals"),
    gettext_lazy("Looking back"),
    gettext_lazy("Farewell"),
)


@dataclass(frozen=True)
class NextStep:
    """The one thing to do now in a relationship: a sentence, why, and the button that leads there."""

    code: str
    text: str
    why: str
    label: str
    url: str


@dataclass(frozen=True)
class FirstStep:
    """One of the first steps of a relationship."""

    text: str
    done: bool
    url: str


@dataclass
class Standing:
    """What is known about one relationship from one person's place; filled for many at once by `standings`. `mood` is what
    the person gave the present week, 1 to 5; `goal_to_confirm` the title of one that somebody else proposes."""

    signed_by_me: bool = False
    signatures: int = 0
    has_goals: bool = False
    goal_to_confirm: str | None = None
    to_answer: Session | None = None
    to_log: Session | None = None
    to_vouch: Session | None = None
    waiting: Session | None = None
    coming: Session | None = None
    held: int = 0
    exit_answered: bool = False
    mood: int | None = None


def standings(person: User, relationships: Sequence[Relationship], *, now: datetime) -> dict[int, Standing]:
    """By relationship id. Two queries, however many relationships."""
    found = {row.pop("pk"): Standing(**row) for row in _facts(person, relationships, now)}
    for session in Session.objects.filter(relationship__in=relationships).order_by("starts_at", "pk"):
        _put_session(found[session.relationship_id], session, person, now)
    return found


def _facts(person: User, relationships: Sequence[Relationship], now: datetime) -> QuerySet[Any, Any]:
    """What the person and the others signed, answered, aim at and said of themselves, one row for each relationship."""
    day = now.astimezone(person.zone).date()
    here, mine = Q(relationship=OuterRef("pk")), Q(person=person)
    valid = Signature.objects.filter(agreement__relationship=OuterRef("pk"), version=F("agreement__version"))
    week = CheckIn.objects.filter(here, mine, week_on=day - timedelta(days=day.weekday()))
    goals = Goal.objects.filter(here)
    proposed = goals.filter(status=Goal.Status.PROPOSED).exclude(proposed_by=person).order_by("created_at", "pk")
    of_version = Q(agreement__signatures__version=F("agreement__version"))
    return (
        Relationship.objects.filter(pk__in=[relationship.pk for relationship in relationships])
        .values("pk")
        .annotate(
            signatures=Count("agreement__signatures", filter=of_version),
            signed_by_me=Exists(valid.filter(mine)),
            exit_answered=Exists(ExitAnswer.objects.filter(here, mine)),
            has_goals=Exists(goals.filter(status__in=[Goal.Status.ACTIVE, Goal.Status.CLOSED])),
            goal_to_confirm=Subquery(proposed.values("title")[:1]),
            mood=Subquery(week.values("mood")[:1]),
        )
    )


def _put_session(standing: Standing, session: Session, person: User, now: datetime) -> None:
    Status = Session.Status  # noqa: N806
    if session.status == Status.PROPOSED:
        if session.proposed_by_id == person.pk:
            standing.waiting = session
        else:
            standing.to_answer = session
    elif session.status == Status.CONFIRMED and session.ends_at is not None:
        if session.ends_at > now:
            standing.coming = standing.coming or session
        else:
            standing.to_log = session
    elif session.status == Status.HELD:
        standing.held += 1
        if session.provenance == Session.Provenance.SELF_LOGGED and session.logged_by_id != person.pk:
            standing.to_vouch = session


def path_place(relationship: Relationship, standing: Standing, *, now: datetime) -> int:
    """The point of PATH, from 1, at which a relationship is; 6 when all of it is behind."""
    if not relationship.is_open:
        return len(PATH) + 1
    if relationship.status == Relationship.Status.CONCLUDING:
        return 5
    if relationship.status == Relationship.Status.AWAITING:
        return 2 if standing.signatures or relationship.first_contact_at else 1
    whole = relationship.planned_end_on - relationship.started_at.date()
    return 4 if now.date() >= relationship.planned_end_on - whole / 5 else 3


def next_step(relationship: Relationship, standing: Standing, person: User) -> NextStep | None:
    """The one thing that helps most now; None while paused. After the end only what the other side waits for: a yes to a meeting
    that it logged."""
    named = {"partner": listed(relationship.partners_of(person))}
    if not relationship.is_working:
        return _vouch_step(standing, named) if relationship.status in OVER else None

    def page(name: str) -> str:
        return reverse(name, args=[relationship.pk])

    if relationship.status == Relationship.Status.CONCLUDING and not standing.exit_answered:
        return NextStep(
            "exit", _("Tell us how it was"), _("Three questions, one minute; your partner never sees the answers."),
            _("Answer"), page("closing"),
        )  # fmt: skip
    if standing.to_answer is not None:
        return NextStep(
            "choose_time", _("%(partner)s offers times for a session") % named,
            _("Choose one that suits you, or offer others."), _("Choose a time"), standing.to_answer.get_absolute_url(),
        )  # fmt: skip
    if not standing.signed_by_me:
        return NextStep(
            "sign", _("Read and sign your agreement"),
            _("Pairs who settle rhythm and reply time at the start meet more often."),
            _("Open the agreement"), page("agreement"),
        )  # fmt: skip
    if standing.to_log is not None:
        return NextStep(
            "log", _("How was your session?"), _("Half a minute now saves searching later."),
            _("Log it"), standing.to_log.get_absolute_url(),
        )  # fmt: skip
    if vouch := _vouch_step(standing, named):
        return vouch
    if standing.goal_to_confirm is not None:
        return NextStep(
            "confirm_goal", _("%(partner)s proposes a goal") % named, standing.goal_to_confirm,
            _("Have a look"), page("goals"),
        )  # fmt: skip
    return _plan_step(relationship, standing, named)


def _vouch_step(standing: Standing, named: dict[str, str]) -> NextStep | None:
    if standing.to_vouch is None:
        return None
    return NextStep(
        "vouch", _("%(partner)s logged a meeting") % named, _("It counts once you say that it took place."),
        _("Have a look"), standing.to_vouch.get_absolute_url(),
    )  # fmt: skip


def _plan_step(relationship: Relationship, standing: Standing, named: dict[str, str]) -> NextStep | None:
    if relationship.status == Relationship.Status.CONCLUDING:
        return None
    if standing.coming is not None:
        return NextStep(
            "prepare", _("Your next session with %(partner)s") % named,
            standing.coming.topic or _("A line about what you want to talk about helps both of you."),
            _("Open the session"), standing.coming.get_absolute_url(),
        )  # fmt: skip
    if standing.waiting is None:
        first = standing.held == 0
        return NextStep(
            "propose", _("Propose a first session") if first else _("No session is planned"),
            _("Offer up to three times; %(partner)s takes one.") % named,
            _("Propose a time"), reverse("session_propose", args=[relationship.pk]),
        )  # fmt: skip
    if not standing.has_goals:
        return NextStep(
            "goal", _("Write a first goal"), _("A goal gives your talks a direction. Begin with something small."),
            _("Write a goal"), reverse("goal_new", args=[relationship.pk]),
        )  # fmt: skip
    return NextStep(
        "waiting", _("%(partner)s chooses a time") % named, _("We tell you as soon as it is fixed."),
        _("See the times"), standing.waiting.get_absolute_url(),
    )  # fmt: skip


def first_steps(relationship: Relationship, standing: Standing) -> list[FirstStep]:
    """Agreement, session, goal: what a relationship begins with; nothing once all three are done."""
    signed = relationship.status != Relationship.Status.AWAITING or standing.signed_by_me
    steps = [
        FirstStep(_("Sign the agreement"), signed, reverse("agreement", args=[relationship.pk])),
        FirstStep(_("Hold a first session"), standing.held > 0, reverse("sessions", args=[relationship.pk])),
        FirstStep(_("Agree on a first goal"), standing.has_goals, reverse("goals", args=[relationship.pk])),
    ]
    return [] if all(step.done for step in steps) else steps


def active_goal_of(person: User) -> Goal | None:
    """The goal into which a step from elsewhere belongs: the person's newest active one, else the newest proposed one."""
    goals = Goal.objects.visible_to(person).filter(relationship__status__in=Relationship.WORKING).open()
    goal: Goal | None = goals.order_by("status", "-created_at", "-pk").first()
    return goal
