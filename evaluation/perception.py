"""What people say: component scores from the newest submitted answers, in memory only. Single answers never leave here."""

from dataclasses import dataclass

import numpy as np

from evaluation.disclosure import Batches
from evaluation.facts import MENTEE, MENTOR, Facts, table
from evaluation.models import Answer, Response
from evaluation.questionnaire import by_component
from evaluation.statistics.rollup import mean_of
from evaluation.statistics.scoring import Floats, item_score
from mentoring.planning.models import Enrolment
from paradigm.model import components


@dataclass(frozen=True)
class Perception:
    """Scores 0 to 100, NaN where there is none: only what `disclosure.Batches` has let in, of each side apart.

    Rows: the relationships, then people who answered without one; columns: the components. `by_role`: mentors, mentees.
    `people`: who stands behind each column, per role; `asked`: whether anybody answered, let in or not; `single`: answers
    from forms that ask one item per component."""

    by_role: Floats
    people: tuple[tuple[frozenset[int], frozenset[int]], ...]
    asked: tuple[bool, ...]
    single: tuple[int, ...]

    @property
    def scores(self) -> Floats:
        """The mean of what each side of a relationship says."""
        return mean_of(np.moveaxis(self.by_role, 0, -1))


def component_scores(form: str, answers: dict[str, int]) -> dict[str, float]:
    """The component scores of one response; components without enough answers are left out."""
    found = {}
    for slug, asked in by_component(form).items():
        score = item_score([answers.get(item.code) for item in asked], [item.reverse for item in asked])
        if score is not None:
            found[slug] = score
    return found


def answers_by_response(facts: Facts) -> dict[int, dict[str, int]]:
    rows = Answer.objects.filter(
        response__wave__programme=facts.programme,
        response__wave__instrument=None,
        response__submitted_at__lte=facts.at,
        value__gte=1,
    )
    found: dict[int, dict[str, int]] = {}
    for response, item, value in table(rows, "response_id", "item", "value"):
        found.setdefault(response, {})[item] = value
    return found


Said = tuple[float, bool]
Slices = dict[tuple[int, int], Batches[tuple[int, int | None], Said]]
"""(side, column) -> what that side says about that component, by (enrolment, relationship)."""


def perception(facts: Facts) -> Perception:
    """Each person's newest score of each component, by relationship, as far as it may be shown; answers that a rule leaves out
    do not count. Two queries."""
    counted = Response.objects.filter(
        wave__programme=facts.programme, wave__instrument=None, submitted_at__lte=facts.at, left_out=""
    )
    responses = table(
        counted.order_by("submitted_at", "pk"),
        "pk", "wave__form", "enrolment_id", "enrolment__role", "enrolment__person_id", "relationship_id",
    )  # fmt: skip
    answers = answers_by_response(facts)
    column = {part.slug: place for place, part in enumerate(components())}
    slices: Slices = {(side, place): Batches() for side in (MENTOR, MENTEE) for place in column.values()}
    for pk, form, enrolment, role, person, pair in responses:
        if pair is not None and pair not in facts.pairs.place:
            continue
        side = MENTOR if role == Enrolment.Role.MENTOR else MENTEE
        asked = by_component(form)
        for slug, score in component_scores(form, answers.get(pk, {})).items():
            slices[side, column[slug]].add((enrolment, pair), person, (score, len(asked[slug]) == 1))
    return _assembled(facts, slices, len(column))


def _assembled(facts: Facts, slices: Slices, columns: int) -> Perception:
    alone = sorted({enrolment for slice_ in slices.values() for enrolment, pair in slice_.inside if pair is None})
    rows = len(facts.pairs) + len(alone)
    row_of = {enrolment: len(facts.pairs) + place for place, enrolment in enumerate(alone)}
    total, count = np.zeros((2, rows, columns)), np.zeros((2, rows, columns))
    single = [0] * columns
    for (side, place), slice_ in slices.items():
        for (enrolment, pair), (score, is_single) in slice_.inside.items():
            row = row_of[enrolment] if pair is None else facts.pairs.place[pair]
            total[side, row, place] += score
            count[side, row, place] += 1
            single[place] += is_single
    each = range(columns)
    return Perception(
        np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0),
        tuple((frozenset(slices[MENTOR, c].people), frozenset(slices[MENTEE, c].people)) for c in each),
        tuple(not (slices[MENTOR, c].is_empty and slices[MENTEE, c].is_empty) for c in each),
        tuple(single),
    )
