"""What a hazard model of early ends learns from: every week of every relationship of an institution, as the rules saw it then.

Predictors are times, counts and promises; never who people are. What was reported is left out: it is told of at once, whatever a
model says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, F, Q

from accounts.models import Institution
from core.jobs import report_progress
from evaluation.facts import DAY, WEEK, Facts, table
from evaluation.risk import FORESEEING, Risk, points_of, risks
from evaluation.statistics.discrete import DiscreteHazard
from evaluation.statistics.held_out import Weeks
from evaluation.statistics.scoring import Floats
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, RelationshipMember

CLOSED_NEEDED, EARLY_NEEDED = 200, 50
PREDICTORS = ("silence", "week", "contacts", "missed", "said")
"""In the order in which they enter: silence in agreed intervals, weeks since the match, contacts in four weeks, missed sessions
in thirty days (all as logarithms), and whether somebody said that they are not satisfied or thought of ending."""
USUAL_RHYTHM = 14
SAID = frozenset({"dissatisfied", "satisfaction_fell", "thought_of_ending"})
Status = Relationship.Status
CLOSED = (Status.COMPLETED, Status.COMPLETED_EARLY, Status.ENDED)
EARLY = Q(status=Status.ENDED, closed_at__date__lt=F("planned_end_on"))


@dataclass(frozen=True)
class Enough:
    """How many relationships of an institution are over, and how many of them ended early."""

    closed: int
    early: int

    @property
    def is_reached(self) -> bool:
        return self.closed >= CLOSED_NEEDED and self.early >= EARLY_NEEDED


def enough(institution_id: int) -> Enough:
    """One query."""
    over = Relationship.objects.filter(programme__institution=institution_id, status__in=CLOSED)
    return Enough(**over.aggregate(closed=Count("pk"), early=Count("pk", filter=EARLY)))


def predictors(facts: Facts, found: Mapping[int, Risk]) -> Floats:
    """One row per relationship in `found`, in its order."""
    pairs, size = facts.pairs, len(facts.pairs)
    rhythm = np.where(np.isnan(facts.agreements.rhythm_days), USUAL_RHYTHM, facts.agreements.rhythm_days)
    quiet = facts.silent / DAY / rhythm
    recent = facts.now - facts.contacts["at"] < 4 * WEEK
    contacts = np.bincount(facts.contacts["pair"][recent], minlength=size)
    absent = facts.sessions["no_show"] & (facts.now - facts.sessions["at"] <= 30 * DAY)
    missed = np.bincount(facts.sessions["pair"][absent], minlength=size)
    said = np.zeros(size)
    places = [pairs.place[pk] for pk in found]
    for place, risk in zip(places, found.values(), strict=True):
        said[place] = any(reason["code"] in SAID for reason in risk.reasons)
    weeks = (facts.now - pairs.start) / WEEK
    columns = (np.log1p(np.maximum(quiet, 0)), np.log1p(weeks), np.log1p(contacts), np.log1p(missed), said)
    return np.column_stack(columns)[places] if places else np.empty((0, len(PREDICTORS)))


def hazards(facts: Facts, found: Mapping[int, Risk], model: DiscreteHazard) -> dict[int, float]:
    """Relationship id -> the chance that it ends early within a week."""
    places = [PREDICTORS.index(name) for name in model.names]
    return dict(zip(found, model.predict(predictors(facts, found)[:, places]).tolist(), strict=True))


def person_weeks(institution: Institution, at: datetime) -> Weeks:
    """Every week in which a relationship of the institution was under way and a week old, until `at`; its rules as they stand in
    its programme today, `points` from what calls a coordinator there. A fixed number of queries per programme and week."""
    programmes = list(Programme.objects.filter(institution=institution).order_by("pk"))
    rows: list[dict[str, Any]] = []
    for number, programme in enumerate(programmes):
        for row in _of(programme, at):
            rows.append(row)
            if not len(rows) % 500:
                report_progress(number, len(programmes))
    column = {name: np.array([row[name] for row in rows]) for name in ("points", "ended", "unit", "start", "at")}
    kinds = ("programme", "rhythm", "language")
    return Weeks(
        x=np.array([row["x"] for row in rows], dtype=float).reshape(len(rows), len(PREDICTORS)),
        names=PREDICTORS,
        points=column["points"].astype(float),
        ended=column["ended"].astype(bool),
        unit=column["unit"].astype(np.int64),
        start=column["start"].astype(float),
        at=column["at"].astype(float),
        groups={kind: [row[kind] for row in rows] for kind in kinds},
    )


def _of(programme: Programme, at: datetime) -> Iterator[dict[str, Any]]:
    mine = Relationship.objects.filter(programme=programme).exclude(status=Status.VOIDED)
    closed = table(mine.filter(EARLY), "pk", "closed_at")
    early: dict[int, float] = {pk: moment.timestamp() for pk, moment in closed}
    mentees = RelationshipMember.objects.filter(relationship__in=mine, role=Enrolment.Role.MENTEE)
    language = dict(table(mentees.order_by("joined_at"), "relationship_id", "person__language"))
    points = points_of(programme, at.date()).points
    for moment in _weeks(mine, at):
        facts = Facts(programme, moment)
        found = risks(facts, points, FORESEEING)
        old = {pk: risk for pk, risk in found.items() if facts.now - facts.pairs.start[facts.pairs.place[pk]] >= WEEK}
        for (pk, risk), x in zip(old.items(), predictors(facts, old), strict=True):
            place = facts.pairs.place[pk]
            yield {
                "x": x,
                "points": risk.points - points["review_from"],
                "ended": facts.now < early.get(pk, np.inf) <= facts.now + WEEK,
                "unit": pk,
                "start": facts.pairs.start[place],
                "at": facts.now,
                "programme": str(programme),
                "rhythm": _rhythm(facts.agreements.rhythm_days[place]),
                "language": language.get(pk, ""),
            }


def _weeks(mine: Any, at: datetime) -> Iterator[datetime]:
    """Whole weeks from the first beginning until a week before `at`, while something is under way."""
    spans = table(mine.filter(started_at__lt=at), "started_at", "closed_at")
    if not spans:
        return
    moment = min(start for start, _closed in spans).astimezone(UTC) + timedelta(weeks=1)
    until = min(max(closed or at for _start, closed in spans), at - timedelta(weeks=1))
    while moment <= until:
        yield moment
        moment += timedelta(weeks=1)


def _rhythm(days: float) -> str:
    if np.isnan(days):
        return "none"
    return "week" if days <= 7 else "fortnight" if days <= 14 else "slower"
