"""Contact from week to week: each relationship a row for its coordinators; how often they meet as counts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.dates import format_day, localise
from evaluation.facts import DAY, WEEK, Facts
from evaluation.queries.told import Counted, counted
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship, RelationshipMember

WEEKS = 12
SHADES = (1, 2, 4, 7)
"""From so many contacts in a week on a cell has the next of five shades."""
MOST_SESSIONS = 4
QUIET = timedelta(weeks=2)
BEFORE, RESTED = "before", "rested"


@dataclass(frozen=True)
class Cell:
    """A week of a relationship: contacts, or None and why (before the match or after the end; a pause)."""

    n: int | None
    why: str = ""

    @property
    def shade(self) -> int:
        return sum((self.n or 0) >= least for least in SHADES)


@dataclass(frozen=True)
class HeatRow:
    relationship: Relationship
    people: list[User]
    cells: list[Cell]


@dataclass(frozen=True)
class Week(Counted):
    """A week of a programme: how many relationships met so often."""

    from_on: date


def mondays(now: datetime) -> list[date]:
    """The Mondays of the last twelve weeks that are over, the oldest first."""
    today = timezone.localdate(now)
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in range(WEEKS, 0, -1)]


def watched(programme: Programme, user: User) -> QuerySet[Relationship]:
    """The open relationships of a programme that a coordinator sees, those without contact for longest first."""
    members = Prefetch("members", RelationshipMember.objects.filter(left_at=None).select_related("person"))
    mine: QuerySet[Relationship] = Relationship.objects.visible_to(user).filter(
        programme=programme, status__in=Relationship.OPEN
    )
    resting = Case(When(status=Relationship.Status.PAUSED, then=1), default=0)
    return mine.prefetch_related(members).order_by(resting, F("last_contact_at").asc(nulls_first=True), "pk")


def headline(programme: Programme, user: User, now: datetime) -> str:
    """How many of those under way had no contact for two weeks or longer. One query; "" where none is under way so long."""
    since = now - QUIET
    old = watched(programme, user).filter(status=Relationship.Status.ACTIVE, started_at__lt=since)
    found = (
        old.prefetch_related(None)
        .order_by()
        .aggregate(all=Count("pk"), quiet=Count("pk", filter=Q(last_contact_at=None) | Q(last_contact_at__lt=since)))
    )
    if not found["all"]:
        return ""
    if not found["quiet"]:
        return _("All relationships were in touch in the last two weeks")
    told = ngettext(
        "%(n)s relationship without contact for two weeks",
        "%(n)s relationships without contact for two weeks",
        found["quiet"],
    )
    return told % {"n": localise(found["quiet"])}


def heat_rows(programme: Programme, relationships: Collection[Relationship], now: datetime) -> list[HeatRow]:
    """Contacts of each week: sessions held, and messages counted at most once an hour, as for every indicator. Six queries,
    however many."""
    if not relationships:
        return []
    facts = Facts(programme, now, relationships=[each.pk for each in relationships])
    days = mondays(now)
    edges = np.array([_moment(day) for day in (*days, days[-1] + timedelta(weeks=1))])
    week = np.searchsorted(edges, facts.contacts["at"], "right") - 1
    counts = np.zeros((len(facts.pairs), len(days)), dtype=int)
    inside = (week >= 0) & (week < len(days))
    np.add.at(counts, (facts.contacts["pair"][inside], week[inside]), 1)
    return [
        HeatRow(
            each, [member.person for member in each.members.all()], list(_cells(facts, place, edges, counts[place]))
        )
        for each in relationships
        if (place := facts.pairs.place.get(each.pk)) is not None
    ]


def _cells(facts: Facts, place: int, edges: np.ndarray, counts: np.ndarray) -> Iterator[Cell]:
    bounded = np.clip(edges, facts.pairs.start[place], facts.pairs.end[place])
    lived = np.diff(facts.lived(np.full(len(edges), place), bounded))
    for n, inside, awake in zip(counts.tolist(), np.diff(bounded), lived, strict=True):
        if n or awake >= DAY:
            yield Cell(n)
        else:
            yield Cell(None, RESTED if inside >= DAY else BEFORE)


def session_weeks(programme: Programme, now: datetime, *, in_full: bool) -> list[Week]:
    """Of each week of the programme that is over: how many relationships that were under way met not at all, once, twice and so
    on; nothing while there is no relationship. Unless `in_full` (for coordinators, who see every relationship): where fewer than
    five stand behind a cell it is not shown, nor what would give it away. Four queries, whatever the size."""
    facts = Facts(programme, now)
    if not len(facts.pairs):
        return []
    held = facts.sessions["counts"]
    pair, at = facts.sessions["pair"][held], facts.sessions["at"][held]
    found = []
    for day in mondays(now):
        if day + timedelta(weeks=1) <= programme.starts_on:
            continue
        first = _moment(day)
        alive = (facts.pairs.start <= first) & (facts.pairs.end >= first + WEEK)
        met = np.bincount(pair[(at >= first) & (at < first + WEEK)], minlength=len(facts.pairs))[alive]
        people = np.bincount(np.minimum(met, MOST_SESSIONS), minlength=MOST_SESSIONS + 1).tolist()
        name = _("week of %(day)s") % {"day": format_day(day, year=False, short=True)}
        cells, total = (people, sum(people)) if in_full else counted(people)
        found.append(Week(name, cells, total, day))
    return found


def week_names(now: datetime) -> list[str]:
    return [format_day(day, year=False, short=True) for day in mondays(now)]


def session_columns() -> list[str]:
    """What `session_weeks` counts by."""
    return [*(localise(n) for n in range(MOST_SESSIONS)), _("%(n)s or more") % {"n": localise(MOST_SESSIONS)}]


def _moment(day: date) -> float:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone()).timestamp()
