"""How people found their sessions: counted once in a stretch of time that is over, and what of the counts may be shown."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, F, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Institution
from core.dates import format_day, months_after
from evaluation.disclosure import K, hidden, shown
from evaluation.models import Told
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, SessionRating

BLOCK = timedelta(weeks=4)
BLOCKS = 3
HALF_YEAR, TWO_YEARS = 6, 24
"""Months in what is told of an institution: as many at least, and at first so many at most."""
STARS = (1, 2, 3, 4, 5)
EDGES = (2.5, 3.5, 4.5)
"""Where the mean of somebody's ratings goes over to the next of four groups."""


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


@dataclass(frozen=True)
class Block(Counted):
    """Four weeks of a programme: how many people gave how many stars, from one to five."""

    from_on: date
    until_on: date


@dataclass(frozen=True)
class Side:
    """How many people of a role rate their sessions lowest, lower, higher, highest (see `EDGES`); None where it is not shown."""

    role: str
    people: int
    counts: list[int | None]


def counted(people: Sequence[int]) -> tuple[list[int | None], int | None]:
    """Counts and their total as they may be shown: of five people or more, and nothing that would give away the rest."""
    return shown(people), sum(people) if sum(people) >= K else None


def up_to(programme: Programme, now: datetime) -> datetime:
    """Until when weeks are told: now; of a closed programme, its end."""
    if programme.status != Programme.Status.CLOSED:
        return now
    return min(now, _end(programme.ends_on))


def satisfaction(programmes: Collection[Programme]) -> dict[int, list[Block]]:
    """How people found their sessions, in the last blocks of four weeks of each programme (by its id) that were told, the oldest
    first. One query."""
    found: dict[int, list[Block]] = {programme.pk: [] for programme in programmes}
    for row in Told.objects.filter(programme__in=found).ratings():
        days = {"start": format_day(row.from_on, year=False), "end": format_day(row.until_on, year=False)}
        cells, total = counted(row.content)
        found[row.programme_id or 0].append(
            Block(_("%(start)s to %(end)s") % days, cells, total, row.from_on, row.until_on)
        )
    return {pk: blocks[-BLOCKS:] for pk, blocks in found.items()}


def blocks_over(programme: Programme, *, at: datetime) -> list[tuple[date, date]]:
    """First and last days of the blocks of a programme that are over and were not told yet: in a row from its first day on, or
    from the last that was told, should its first day have changed since. One query."""
    last = Told.objects.filter(programme=programme).ratings().last()
    first = last.until_on + timedelta(days=1) if last else programme.starts_on
    found = []
    while (after := first + BLOCK) <= timezone.localdate(up_to(programme, at)):
        found.append((first, after - timedelta(days=1)))
        first = after
    return found


def half_years_over(
    institution: Institution, kinds: Iterable[Told.Kind], *, at: datetime
) -> dict[Told.Kind, tuple[date, date]]:
    """First and last days of what can be told now of an institution itself, by kind: whole months, half a year at least, in a row
    from the last that was told; at first from the month in which its first programme began, or two years. One query, two while
    some kind was never told."""
    until = timezone.localdate(at).replace(day=1)
    told = Told.objects.filter(institution=institution, programme=None)
    last = dict(told.values_list("kind").annotate(Max("until_on")).order_by())
    after = {kind: day + timedelta(days=1) for kind, day in last.items()}
    if untold := [kind for kind in kinds if kind not in after]:
        begun = Programme.objects.filter(institution=institution).exclude(status=Programme.Status.DRAFT)
        began_on = begun.aggregate(day=Min("starts_on"))["day"] or until
        after |= dict.fromkeys(untold, max(began_on.replace(day=1), months_after(until, -TWO_YEARS)))
    return {
        kind: (after[kind], until - timedelta(days=1))
        for kind in kinds
        if months_after(after[kind], HALF_YEAR) <= until
    }


def ratings_in(programme: Programme, first: date, last: date) -> list[int]:
    """How many people gave how many stars on these days: each once, with their newest rating. One query."""
    rows = SessionRating.objects.filter(
        session__relationship__programme=programme, rated_at__gte=_begin(first), rated_at__lt=_end(last)
    ).exclude(session__relationship__status=Relationship.Status.VOIDED)
    newest = dict(rows.order_by("rated_at", "pk").values_list("person", "stars"))
    return [sum(value == stars for value in newest.values()) for stars in STARS]


def sides_in(institution: Institution, first: date, last: date) -> dict[str, list[int]]:
    """How many mentors and mentees rated their sessions low, in the middle, high on these days: each person once, by the mean of
    what they gave. One query."""
    rated = SessionRating.objects.filter(
        session__relationship__programme__institution=institution,
        session__relationship__members__person=F("person"),
        rated_at__gte=_begin(first),
        rated_at__lt=_end(last),
    )
    by_person = rated.values("person", role=F("session__relationship__members__role")).annotate(mean=Avg("stars"))
    counts = {role: [0] * (len(EDGES) + 1) for role in Enrolment.Role.values}
    for role, mean in by_person.values_list("role", "mean"):
        counts[role][sum(mean >= edge for edge in EDGES)] += 1
    return counts


def have_rated(counts: dict[str, list[int]]) -> bool:
    """Whether there are enough people on a side for it to be shown."""
    return any(sum(side) >= K for side in counts.values())


def sides_of(told: Told | None) -> list[Side]:
    """What of it may be shown: roles of five people and more."""
    return [
        Side(role, sum(counts), [None if place in hidden(counts) else n for place, n in enumerate(counts)])
        for role, counts in (told.content if told else {}).items()
        if sum(counts) >= K
    ]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def _end(day: date) -> datetime:
    return _begin(day + timedelta(days=1))
