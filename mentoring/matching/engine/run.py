"""`match`: arrays of people in, the best possible assignment with its proof out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from .account import Account, Share
from .band import asked, band_of
from .fingerprint import input_hash
from .locks import standing_pairs
from .matrix import Matrix
from .optimum import Progress, optimum
from .outcome import Task, decide
from .people import UNKNOWN, Cohort, Ints, rows_of
from .result import Certificate, Result
from .settings import ENGINE_VERSION, Aim, Objective, Refused, Rules, Weights
from .stable import stable
from .table import Table
from .worst import highest_floor
from .worth import FAR, TOP_SCORE, Band, Extra, Worth


def match(
    cohort: Cohort,
    *,
    rules: Rules | None = None,
    weights: Weights | None = None,
    objective: Objective | Aim = Objective.MOST,
    seed: int = 0,
    progress: Progress | None = None,
) -> Result:
    """Match a cohort.

    The result is optimal for the aim over all pairs that keep the hard rules, with places, locks and frozen pairs;
    `gap` is 0 when that is proven. Same input, settings and seed give the same bytes. `progress` is called with
    (mentees looked at, mentees in all) and may raise to stop. Raises Refused for what cannot be done as asked.
    """
    rules, weights, aim = rules or Rules(), weights or Weights(), Aim.of(objective)
    fingerprint = input_hash(cohort, rules, weights, aim, seed)
    parts = cohort.divided(seed) if _can_be_divided(cohort, rules, aim) else [cohort.arranged(seed)]
    tables = [Table(part, rules, weights, aim.fusion) for part in parts]
    band = _band(tables, asked(cohort.mentees.keys)) if aim.is_curved else None
    shares, done = [], 0
    for table in tables:
        task = Task.of(table, aim, standing_pairs(table, aim.mentors_each), band)
        tell = _shifted(progress, done, len(cohort.mentees)) if progress else None
        shares.append(Share(task, decide(task, tell)))
        done += table.size[0]
    if progress:
        progress(len(cohort.mentees), len(cohort.mentees))
    account = Account(shares)
    return Result(
        mentees=account.mentees,
        mentors=account.mentors,
        scores=account.scores(),
        locked=account.locked,
        left=account.left(),
        certificate=replace(_together([share.outcome.certificate for share in shares]), band=band),
        seed=seed,
        input_hash=fingerprint,
        engine=ENGINE_VERSION,
        details=account,
    )


def _can_be_divided(people: Cohort, rules: Rules, aim: Aim) -> bool:
    """Whether programmes can be solved one by one: everybody has one, nothing ties them together."""
    sides = (people.mentees.programme, people.mentors.programme)
    if not rules.same_programme or aim.objective is Objective.WORST or aim.parity or aim.circle:
        return False
    if people.mentees.has_texts and people.mentors.has_texts:
        return False  # how much a word counts depends on everybody who uses it, in all programmes
    if any((side == UNKNOWN).any() or not len(side) for side in sides) or len(np.unique(np.concatenate(sides))) < 2:
        return False
    pairs = np.concatenate([people.locked, people.frozen])
    rows = rows_of(people.mentees.keys, pairs[:, 0]), rows_of(people.mentors.keys, pairs[:, 1])
    known = (rows[0] != UNKNOWN) & (rows[1] != UNKNOWN)
    return bool(known.all() and (sides[0][rows[0]] == sides[1][rows[1]]).all())


def _band(tables: list[Table], keys: Ints) -> Band | None:
    """The band of the best possible scores of these mentees, wherever they are."""
    for table in tables:
        table.hold()
    return band_of((table, np.flatnonzero(np.isin(table.cohort.mentees.keys, keys))) for table in tables)


def _shifted(progress: Progress, done: int, whole: int) -> Progress:
    return lambda count, _all: progress(done + count, whole)


def _together(proofs: list[Certificate]) -> Certificate:
    """The proof of several tables at once."""
    return Certificate(
        worth=sum(proof.worth for proof in proofs),
        bound=sum(proof.bound for proof in proofs),
        rounds=max(proof.rounds for proof in proofs),
        rescored=sum(proof.rescored for proof in proofs),
        candidates=sum(proof.candidates for proof in proofs),
        exact=all(proof.exact for proof in proofs),
        floor=proofs[0].floor,
    )


@dataclass(frozen=True, eq=False)
class Assignment:
    """What `match_scores` found: for each row of the table the column, or -1."""

    mate: Ints
    people: int
    total: int
    certificate: Certificate
    prices: Ints
    """The lowest price of each column's places, in the aim's own unit."""


def match_scores(
    scores: ArrayLike, places: ArrayLike | None = None, *, objective: Objective | Aim = Objective.MOST
) -> Assignment:
    """The engine without people: a table of whole scores 0..10,000, rows to be given a column each.

    Negative scores are pairs that may not be; `places` says how many rows a column can take (1). Aims that need to
    know people (two mentors, circles, parity) are refused.
    """
    source = Matrix(np.asarray(scores))
    n, m = source.size
    room = np.ones(m, np.int64) if places is None else np.asarray(places, np.int64).clip(min=0)
    aim, rows, nothing = Aim.of(objective), np.arange(n), np.zeros(0, np.int64)
    if aim.parity or aim.circle or aim.mentors_each > 1:
        raise Refused("aims_exclude_each_other", one="match_scores", other="people")
    band = band_of([(source, asked(rows))]) if aim.is_curved else None
    worth = Worth.of(aim, n, room, np.zeros(m, np.int64), Extra(nothing, nothing, nothing, nothing), band)
    floor = None
    if aim.is_stable:
        mate = stable(source, room, rows, best_for_mentors=aim.objective is Objective.STABLE_MENTORS)
        proof, prices = None, np.zeros(m, np.int64)
    else:
        if aim.objective is Objective.WORST:
            found = highest_floor(source, worth, room, rows, TOP_SCORE)
            floor, best = found.floor, found.best
        else:
            best = optimum(source, worth, room, rows)
        mate, prices = best.mate, np.where(best.prices >= FAR, 0, best.prices)
        proof = Certificate(best.worth, best.bound, best.rounds, best.rescored, best.candidates, floor=floor, band=band)
    some = np.flatnonzero(mate != UNKNOWN)
    total = int(source.scores(some, mate[some]).sum())
    return Assignment(mate, len(some), total, proof or Certificate(total, total), prices)
