"""The report of a draft: what the engine proved, and how the fit is spread, as the draft stands after every decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.utils.translation import get_language

from mentoring.matching.engine import (
    Blocking,
    Certificate,
    Cohort,
    Limits,
    MentorLoad,
    Result,
    RunReport,
    run_report,
)
from mentoring.matching.engine.audit import blocking
from mentoring.matching.engine.people import rows_of
from mentoring.matching.models import MatchRun
from mentoring.matching.standing import Asked, ask, standing_report, wanted
from mentoring.planning.concepts import concept, groups
from mentoring.planning.models import Enrolment, concept_name

COUNTED = 4_000_000
"""Up to this many possible pairs the blocking ones are counted as the draft stands; above, as the run left them."""
LIMITS = Limits()
SHOWN = 10


@dataclass(frozen=True)
class Details:
    """What `run_report` asks a result for besides its arrays."""

    loads: tuple[MentorLoad, ...]
    blocked: Blocking

    def load(self) -> tuple[MentorLoad, ...]:
        return self.loads

    def blocking(self) -> Blocking:
        return self.blocked


@dataclass(frozen=True)
class GroupRow:
    """One row of a fairness table with its words; `label` is empty for everybody."""

    label: str
    people: int | None
    matched: int | None
    rate: float | None
    score: float | None
    wait: float | None
    flags: tuple[str, ...]
    suppressed: bool


@dataclass(frozen=True)
class Report:
    """A draft in figures, ready for a page. Scores are 0..10,000, percentiles and means 0..100."""

    run: MatchRun
    asked: Asked
    figures: RunReport
    pairs: dict[tuple[int, int], int]
    """(mentee, mentor) -> id of the pair."""

    told: dict[str, Any]
    """What the engine said last, see `standing_report`."""

    @property
    def gap(self) -> float:
        """What is missing to the proven bound, per cent of it."""
        return 100 * (1 - self.figures.worth / self.figures.bound) if self.figures.bound else 0.0

    @property
    def moved(self) -> int:
        """Points of fit that decisions since the computation have added or cost."""
        return self.figures.total - int(self.told.get("total", self.figures.total))

    def person(self, key: int) -> Enrolment:
        return self.asked.pool.people[key]

    @property
    def worst(self) -> list[tuple[Enrolment, Enrolment, int, int | None]]:
        """(mentee, mentor, score, id of the pair), the lowest first."""
        return [
            (self.person(mentee), self.person(mentor), score, self.pairs.get((mentee, mentor)))
            for mentee, mentor, score in self.figures.worst
        ]

    @property
    def blocking(self) -> list[tuple[Enrolment, Enrolment, int, int]]:
        """(mentee, mentor, gain of the mentee, gain of the mentor), the largest gains first."""
        return [(self.person(a), self.person(b), *gains) for a, b, *gains in self.figures.blocking.pairs[:SHOWN]]

    @property
    def is_priced(self) -> bool:
        """Whether the aim puts a price on places."""
        aim = self.asked.standing.aim
        return not (aim.is_stable or aim.circle or aim.parity)

    @property
    def wanted(self) -> list[tuple[Enrolment, MentorLoad]]:
        """Mentors with whom one more place would help most."""
        return [(self.person(row.mentor), row) for row in wanted(self.run, self.asked.standing.loads.values())]

    @property
    def shopping(self) -> list[tuple[str, int, int]]:
        """(field, mentees waiting, places left there): whom to look for, the worst shortage first."""
        names = _root_names(self.asked)
        return [(names.get(row.field, "–"), row.unmatched, row.places_left) for row in self.figures.shortages]

    @property
    def fairness(self) -> list[tuple[str, list[GroupRow]]]:
        """Per question of the programme one table: everybody first, then each group."""
        tables = []
        for group, rows in self.figures.fairness.items():
            labels = sorted(set(self.asked.pool.groups[group].values()))
            tables.append(
                (group, [GroupRow(**{**vars(r), "label": labels[r.label] if r.label != "all" else ""}) for r in rows])
            )
        return tables


def report_of(run: MatchRun) -> Report:
    """The report of a finished run. Four queries more than `ask`."""
    asked, told = ask(run), standing_report(run)
    rows = list(run.pairs.standing().values_list("mentee", "mentor", "score", "locked", "pk"))
    rows.sort()
    cohort = _of_the_run(asked, run, [row[0] for row in rows])
    result = _result(asked, told, cohort, rows)
    figures = run_report(cohort, result, groups=_labelled(asked), limits=LIMITS)
    return Report(run, asked, figures, {(row[0], row[1]): row[4] for row in rows}, told)


def _proof(run: MatchRun, told: dict[str, Any]) -> Certificate:
    total = run.total or 0
    known = {"worth": total, "bound": total if run.bound == run.total else total + 1}
    return Certificate(**told.get("certificate", known))


def _of_the_run(asked: Asked, run: MatchRun, matched: list[int]) -> Cohort:
    """Without the mentees who joined since."""
    keys = {*matched, *run.unmatched.values_list("enrolment", flat=True)}
    mentees = asked.pool.cohort.mentees
    return replace(asked.pool.cohort, mentees=mentees.taken(np.flatnonzero(np.isin(mentees.keys, sorted(keys)))))


def _result(asked: Asked, told: dict[str, Any], cohort: Cohort, rows: list[tuple[int, int, int, bool, int]]) -> Result:
    """The draft as it stands, as the engine would return it."""
    mentees, mentors, scores, locked = (np.array([row[k] for row in rows], np.int64) for k in range(4))
    filled = dict(zip(*np.unique(mentors, return_counts=True), strict=True))
    loads = tuple(replace(row, filled=int(filled.get(key, 0))) for key, row in sorted(asked.standing.loads.items()))
    return Result(
        mentees=mentees,
        mentors=mentors,
        scores=scores,
        locked=locked.astype(np.bool_),
        left=np.setdiff1d(cohort.mentees.keys, mentees),
        certificate=_proof(asked.run, told),
        seed=asked.run.seed,
        input_hash=asked.run.input_hash,
        engine=asked.run.engine_version,
        details=Details(loads, _blocking(asked, told, mentees, mentors, locked)),  # type: ignore[arg-type]
    )


def _blocking(
    asked: Asked, told: dict[str, Any], mentees: np.ndarray, mentors: np.ndarray, locked: np.ndarray
) -> Blocking:
    """Pairs who would both rather have each other; mentees of locked pairs are content by decree."""
    table = asked.table
    if table.size[0] * table.size[1] > COUNTED:
        kept = told.get("blocking") or {"count": 0, "pairs": ()}
        return Blocking(kept["count"], tuple(tuple(pair) for pair in kept["pairs"]))
    keys = table.cohort.mentees.keys, table.cohort.mentors.keys
    tail, head = rows_of(keys[0], mentees), rows_of(keys[1], mentors)
    fixed = np.concatenate([tail[locked > 0], np.flatnonzero(~table.cohort.mentees.open)])
    found = blocking(table, tail, head, table.cohort.mentors.places, fixed)
    named = ((int(keys[0][row]), int(keys[1][column]), a, b) for row, column, a, b in found.pairs)
    return Blocking(found.count, tuple(named))


def _labelled(asked: Asked) -> dict[str, list[tuple[int, int]]]:
    """Groups of mentees as the engine wants them: (mentee, number of the label)."""
    people = asked.pool.people
    found = {}
    for group, said in asked.pool.groups.items():
        numbers = {label: number for number, label in enumerate(sorted(set(said.values())))}
        found[group] = [(key, numbers[label]) for key, label in said.items() if not people[key].is_mentor]
    return found


def _root_names(asked: Asked) -> dict[int, str]:
    """What the roots of the tree of fields are called: a group of the concept list, or the words somebody's file had."""
    cohort, language = asked.pool.cohort, get_language()
    names = {group.slug: group.name(language) for group in groups()}
    found: dict[int, str] = {}
    for side in (cohort.mentees, cohort.mentors):
        for key, field in zip(side.keys.tolist(), side.field.tolist(), strict=True):
            if field < 0:
                continue
            parent = int(cohort.field_parent[field])
            said = asked.pool.people[key].field
            found[parent if parent >= 0 else field] = names[concept(said).group] if parent >= 0 else concept_name(said)
    return found
