"""What has happened since the last run: who came, who lost a mentor, and the least change that mends it. Nothing here
changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from mentoring.matching.engine import Standing, Table, fair_mentors, repair
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.queries import Pool, load_pool
from mentoring.matching.services.runs import aim_of, rules_of, weights_of
from mentoring.matching.standing import ask
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, RelationshipMember

NOBODY = 0
"""The key of a mentor who is not there: whoever has this one needs another."""
FAIR = 5
STANDING = (Pair.Status.PROPOSED, Pair.Status.APPROVED)
KEPT = (MatchRun.Status.STAGED, MatchRun.Status.PUBLISHING, MatchRun.Status.PUBLISHED)


def last_run(programme: Programme) -> MatchRun | None:
    """The latest run that was computed and kept: its prices say what a place is worth to others."""
    computed = programme.match_runs.filter(status__in=KEPT).exclude(origin=MatchRun.Origin.BY_HAND)
    return computed.select_related("programme").order_by("-created_at").first()


def draft_of(programme: Programme) -> MatchRun | None:
    """The draft under review: the latest that waits for a coordinator."""
    staged = programme.match_runs.filter(status=MatchRun.Status.STAGED).select_related("programme")
    return staged.order_by("-created_at").first()


def waiting(programme: Programme):
    """Mentees who are ready and have no mentor."""
    mentees = Enrolment.objects.filter(programme=programme, role=Enrolment.Role.MENTEE, free_places__gt=0)
    return mentees.ready().select_related("person")


# Who came


def newcomers(programme: Programme, run: MatchRun):
    """Mentees who wait and whom neither this run nor the draft under review has looked at, the longest waiting first."""
    looked = [run.pk, *programme.match_runs.filter(status=MatchRun.Status.STAGED).values_list("pk", flat=True)]
    seen = Pair.objects.filter(run__in=looked).values("mentee")
    left = run.unmatched.model.objects.filter(run__in=looked).values("enrolment")
    return waiting(programme).exclude(pk__in=seen).exclude(pk__in=left).order_by("ready_at", "pk")


@dataclass(frozen=True)
class Fit:
    """A mentor for somebody who came later. `price` is what the place is worth to others, `surplus` the fit less that."""

    mentor: Enrolment
    score: int
    price: int
    surplus: int
    free: int


def fair_fits(run: MatchRun, mentees: Sequence[Enrolment]) -> dict[int, tuple[Fit, ...]]:
    """By mentee, the mentors whom she would take least from others. The same queries for one mentee and for ten."""
    if not mentees:
        return {}
    asked = ask(run, also=[mentee.pk for mentee in mentees])
    everybody = len(asked.pool.cohort.mentors)

    def fits(mentee: int) -> Iterable[Fit]:
        for row in fair_mentors(asked.table, asked.standing, mentee, top=everybody):
            mentor = asked.pool.people[row.mentor]
            if mentor.status == Enrolment.Status.READY:
                yield Fit(mentor, row.score, row.price, row.surplus, row.free)

    return {mentee.pk: tuple(islice(fits(mentee.pk), FAIR)) for mentee in mentees}


# Who lost a mentor


@dataclass(frozen=True)
class Change:
    """A mentee goes from one mentor to another; `before` is None for whoever lost theirs."""

    mentee: Enrolment
    before: Enrolment | None
    after: Enrolment
    score: int


@dataclass(frozen=True)
class Loss:
    """Somebody without the mentor they had, and the least change that gives them another; no `changes`: there is none.

    why  "away" the mentor paused or left · "full" has fewer places than the draft gives · "ended" the relationship ended
    """

    mentee: Enrolment
    mentor: Enrolment
    why: str
    changes: tuple[Change, ...] = ()

    @property
    def after(self) -> Enrolment | None:
        """The mentor who would be theirs."""
        return next((change.after for change in self.changes if change.mentee == self.mentee), None)

    @property
    def others(self) -> tuple[Change, ...]:
        """Whom it would move besides."""
        return tuple(change for change in self.changes if change.mentee != self.mentee)


@dataclass(frozen=True)
class Losses:
    """`dead` are pairs of the draft whose mentee has left or found a mentor: they only hold a place."""

    rows: tuple[Loss, ...]
    dead: tuple[Pair, ...]


def losses(programme: Programme, *, only: Enrolment | None = None) -> Losses:
    """Everybody who lost a mentor since the last run, each with the least change by itself (of one mentee with `only`).

    Open relationships and locked pairs are never moved; undecided and approved pairs of the draft may be.
    """
    run, draft = last_run(programme), draft_of(programme)
    if run is None:
        return Losses((), ())
    pairs = list(Pair.objects.for_rows().filter(run=draft, status__in=STANDING).order_by("pk")) if draft else []
    dead = [pair for pair in pairs if not _waits(pair.mentee)]
    alive = [pair for pair in pairs if _waits(pair.mentee)]
    lost = {pair.pk: "away" for pair in alive if pair.mentor.status != Enrolment.Status.READY}
    lost |= dict.fromkeys(_too_many([pair for pair in alive if pair.pk not in lost]), "full")
    rows = [Loss(pair.mentee, pair.mentor, lost[pair.pk]) for pair in alive if pair.pk in lost]
    rows += [row for row in _ended(programme, run) if row.mentee.pk not in {pair.mentee_id for pair in alive}]
    if only is not None:
        rows = [row for row in rows if row.mentee == only]
    if rows:
        rows = _mended(draft or run, rows, [pair for pair in alive if pair.pk not in lost])
    return Losses(tuple(rows), tuple(dead))


def _waits(mentee: Enrolment) -> bool:
    return mentee.status == Enrolment.Status.READY and mentee.free_places > 0


def _too_many(pairs: Iterable[Pair]) -> list[int]:
    """Pairs beyond the places a mentor has left: those that are not locked and fit least."""
    by_mentor: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_mentor.setdefault(pair.mentor_id, []).append(pair)
    found: list[int] = []
    for rows in by_mentor.values():
        rows.sort(key=lambda pair: (not pair.locked, -pair.score, pair.pk))
        found += [pair.pk for pair in rows[rows[0].mentor.free_places :]]
    return found


def _ended(programme: Programme, run: MatchRun) -> list[Loss]:
    """Mentees who wait again because their relationship ended early after the run."""
    mine = RelationshipMember.objects.filter(
        enrolment__in=waiting(programme),
        relationship__status__in=Relationship.CUT_SHORT,
        relationship__closed_at__gt=run.created_at,
        relationship__members__role=Enrolment.Role.MENTOR,
    ).order_by("relationship__closed_at", "pk")
    last = dict(mine.values_list("enrolment", "relationship__members__enrolment"))
    people = Enrolment.objects.select_related("person").in_bulk({*last, *last.values()})
    return [Loss(people[mentee], people[mentor], "ended") for mentee, mentor in sorted(last.items())]


def _mended(run: MatchRun, rows: Sequence[Loss], held: Sequence[Pair]) -> list[Loss]:
    """Each loss with its repair, as if it were the only one."""
    pairs = [(pair.mentee_id, pair.mentor_id) for pair in held]
    locked = [(pair.mentee_id, pair.mentor_id) for pair in held if pair.locked]
    people = {key for pair in pairs for key in pair} | {row.mentee.pk for row in rows}
    pool = load_pool(run.programme, locked=locked, also=people)
    aim = aim_of(run.objective, run.aim)
    table = Table(_parted(pool, rows), rules_of(run.rules), weights_of(run.weights), aim.fusion)
    return [
        replace(row, changes=_changes(pool, table, Standing.of([*pairs, (row.mentee.pk, NOBODY)], objective=aim)))
        for row in rows
    ]


def _parted(pool: Pool, rows: Sequence[Loss]):
    """The cohort in which nobody gets back the mentor they lost."""
    forbidden = pool.cohort.forbidden
    apart = np.array([(row.mentee.pk, row.mentor.pk) for row in rows], np.int64).reshape(-1, 2)
    before = forbidden.get("blocked", apart[:0])
    return replace(pool.cohort, forbidden={**forbidden, "blocked": np.concatenate([before, apart])})


def _changes(pool: Pool, table: Table, standing: Standing) -> tuple[Change, ...]:
    moves = repair(table, standing, gone_mentors=[NOBODY]).moves
    return tuple(
        Change(
            pool.people[move.mentee],
            pool.people.get(move.before or NOBODY),
            pool.people[move.after],
            move.score_after,
        )
        for move in moves
        if move.after is not None
    )
