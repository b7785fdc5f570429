"""Contact from week to week: each relationship a row for its coordinators; sessions and how people found them as counts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from django.db.models import Case, F, Prefetch, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import format_day, localise
from evaluation.disclosure import K, shown
from evaluation.facts import DAY, WEEK, Facts
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship, RelationshipMember, SessionRating

WEEKS = 12
SHADES = (1, 2, 4, 7)
"""From so many contacts in a week on a cell has the next of five shades."""
MOST_SESSIONS = 4
BLOCK = timedelta(weeks=4)
BLOCKS = 3
STARS = (1, 2, 3, 4, 5)
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
class Counted:
    """One row of counts beside their total; None where a cell is not shown."""

    name: str
    cells: list[int | None]
    total: int | None

    @property
    def shaded(self) -> list[tuple[int | None, int]]:
        """Each cell and which of five shades it has: by its share of the total."""
        return [(n, -(-4 * (n or 0) // self.total) if self.total else 0) for n in self.cells]


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


def session_weeks(programme: Programme, now: datetime, *, in_full: bool) -> list[Counted]:
    """Of each week over: how many relationships that were under way met not at all, once, twice and so on. Unless `in_full` (for
    coordinators, who see every relationship): where fewer than five stand behind a cell it is not shown, nor what would give it
    away. Four queries, whatever the size."""
    facts = Facts(programme, now)
    held = facts.sessions["counts"]
    pair, at = facts.sessions["pair"][held], facts.sessions["at"][held]
    found = []
    for day in mondays(now):
        first = _moment(day)
        alive = (facts.pairs.start <= first) & (facts.pairs.end >= first + WEEK)
        met = np.bincount(pair[(at >= first) & (at < first + WEEK)], minlength=len(facts.pairs))[alive]
        people = np.bincount(np.minimum(met, MOST_SESSIONS), minlength=MOST_SESSIONS + 1).tolist()
        found.append(_counted(_("week of %(day)s") % {"day": format_day(day, year=False)}, people, in_full=in_full))
    return found


def satisfaction(programme: Programme, now: datetime) -> list[Counted]:
    """How people found their sessions, in the last blocks of four weeks of the programme that are over: each person counts once
    in each, with their newest rating. Where fewer than five stand behind a cell it is not shown, nor what would give it away: a
    block that is over is told once and for all. One query."""
    begins = datetime.combine(programme.starts_on, time.min, tzinfo=timezone.get_default_timezone())
    over = (now - begins) // BLOCK
    first = max(0, over - BLOCKS)
    rows = SessionRating.objects.filter(
        session__relationship__programme=programme,
        rated_at__gte=begins + first * BLOCK,
        rated_at__lt=begins + max(over, 0) * BLOCK,
    ).exclude(session__relationship__status=Relationship.Status.VOIDED)
    newest = {
        ((rated_at - begins) // BLOCK, person): stars
        for person, stars, rated_at in rows.order_by("rated_at", "pk").values_list("person", "stars", "rated_at")
    }
    found = []
    for block in range(first, over):
        people = [sum(value == stars for (at, _who), value in newest.items() if at == block) for stars in STARS]
        starts = timezone.localdate(begins + block * BLOCK)
        ends = starts + BLOCK - timedelta(days=1)
        name = _("%(start)s to %(end)s") % {
            "start": format_day(starts, year=False),
            "end": format_day(ends, year=False),
        }
        found.append(_counted(name, people))
    return found


def _counted(name: str, people: Sequence[int], *, in_full: bool = False) -> Counted:
    total = sum(people)
    if in_full:
        return Counted(name, list(people), total)
    return Counted(name, shown(people), total if total >= K else None)


def week_names(now: datetime) -> list[str]:
    return [format_day(day, year=False) for day in mondays(now)]


def session_columns() -> list[str]:
    """What `session_weeks` counts by."""
    return [*(localise(n) for n in range(MOST_SESSIONS)), _("%(n)s or more") % {"n": localise(MOST_SESSIONS)}]


def _moment(day: date) -> float:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone()).timestamp()
