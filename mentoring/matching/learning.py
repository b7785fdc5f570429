"""What earlier pairs teach about the weights: a suggestion with its proof, and what to be careful with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from numpy.typing import NDArray

from core.dates import localise
from core.errors import DomainError
from mentoring.matching.engine import CRITERIA, Refused, Suggestion, Weights, criterion_values, proxies, suggest_weights
from mentoring.matching.engine.learn import NEEDED
from mentoring.matching.models import Pair
from mentoring.matching.services.runs import weights_of
from mentoring.planning.models import GroupLabel, Programme
from mentoring.relationships.models import Relationship
from mentoring.relationships.queries.outcomes import outcomes

SMALLEST_GROUP = 5
"""Groups below it are not looked at: single people could be told from the result."""


class TooFewClosed(DomainError):
    code = "too_few_closed"
    status = 422

    def __init__(self, found: int) -> None:
        self.found, self.missing = found, NEEDED - found
        sentence = ngettext_lazy(
            "%(found)s relationship that was matched here is over so far. With %(missing)s more (%(needed)s in all) the"
            " results can say something; before that they would only be chance.",
            "%(found)s relationships that were matched here are over so far. With %(missing)s more (%(needed)s in all) the"
            " results can say something; before that they would only be chance.",
            found,
        )
        words = {"found": localise(found), "missing": localise(self.missing), "needed": localise(NEEDED)}
        super().__init__(sentence % words, missing=self.missing)


class AllAlike(DomainError):
    code = "outcomes_all_alike"
    status = 422
    default = _("All relationships ended alike, so nothing can be told apart. That is a finding, too.")


@dataclass(frozen=True)
class Proxy:
    """A criterion that tells one group from the others. `share` far from a half: how often its members score higher."""

    group: str
    label: str
    criterion: str
    share: float


@dataclass(frozen=True)
class Lesson:
    suggestion: Suggestion
    proxies: tuple[Proxy, ...]
    asked_groups: bool
    """Whether anybody was asked which group they belong to; if not, nothing can be said about proxies."""


def lesson_of(programme: Programme) -> Lesson:
    """What the closed relationships of a programme suggest. Only how well two people fitted on each criterion is looked
    at, never who they are. Five queries. Raises TooFewClosed, AllAlike.
    """
    told = outcomes(programme)
    used = _weights_used(told)
    rows = [row for row in told if row.why.get("parts") and row.pk in used]
    if len(rows) < NEEDED:
        raise TooFewClosed(len(rows))
    values = np.concatenate([criterion_values([row.why["parts"]], used[row.pk]) for row in rows])
    try:
        suggestion = suggest_weights(values, [told[row].went_well for row in rows], present_weights(programme))
    except Refused as error:
        raise AllAlike from error
    labels = _labels(rows)
    return Lesson(suggestion, tuple(_proxies(rows, values, labels)), bool(labels))


def present_weights(programme: Programme) -> Weights:
    """The weights a programme matches with."""
    return weights_of(programme.match_settings.get("weights", {}))


def _weights_used(rows: Iterable[Relationship]) -> dict[int, Weights]:
    """By relationship, the weights under which its fit was computed: the run's, or those kept when a request was accepted."""
    pairs = Pair.objects.filter(relationship__in=[row.pk for row in rows])
    runs = {pk: measured_by(*used) for pk, *used in pairs.values_list("relationship", "run__weights", "run__aim")}
    kept = {row.pk: weights_of(row.why["weights"]) if row.why.get("weights") else runs.get(row.pk) for row in rows}
    return {pk: weights for pk, weights in kept.items() if weights}


def measured_by(weights: dict[str, int], aim: Mapping[str, Any]) -> Weights:
    """The weights behind the parts of a fit: where the mentors' view has its own, both in their shares."""
    of_mentees, fusion = weights_of(weights), aim.get("fusion") or {}
    if not fusion.get("mentors"):
        return of_mentees
    share, of_mentors = fusion.get("mentee_share", 50), Weights.from_parts(**fusion["mentors"])
    both = zip(CRITERIA, of_mentees.values(), of_mentors.values(), strict=True)
    return Weights.from_parts(**{name: share * mine + (100 - share) * theirs for name, mine, theirs in both})


def _labels(rows: Iterable[Relationship]) -> list[tuple[int, str, str]]:
    """(relationship, question, answer) of everybody in them who said."""
    said = GroupLabel.objects.filter(enrolment__memberships__relationship__in=[row.pk for row in rows])
    return list(said.values_list("enrolment__memberships__relationship", "group", "label"))


def _proxies(
    rows: Sequence[Relationship], values: NDArray[np.float64], labels: list[tuple[int, str, str]]
) -> Iterable[Proxy]:
    """Each answer against the others who answered the same question, where both sides are large enough."""
    place = {row.pk: number for number, row in enumerate(rows)}
    for group in sorted({question for _pk, question, _label in labels}):
        said: dict[int, set[str]] = {}
        for pk, question, label in labels:
            if question == group and pk in place:
                said.setdefault(place[pk], set()).add(label)
        answered = sorted(said)
        answers = sorted({label for told in said.values() for label in told})
        for label in answers:
            member = np.array([label in said[number] for number in answered])
            if min(member.sum(), (~member).sum()) < SMALLEST_GROUP:
                continue
            told: dict[str, Any] = proxies(values[answered], {label: member}).get(label, {})
            # Of two answers each says what the other does: one is told.
            plain = {criterion: share for criterion, share in told.items() if len(answers) > 2 or share > 0.5}
            yield from (Proxy(group, label, criterion, share) for criterion, share in plain.items())
