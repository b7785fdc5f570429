"""What people say: component scores from the newest submitted answers, in memory only. Single answers never leave here."""

from dataclasses import dataclass

import numpy as np

from evaluation.facts import MENTEE, MENTOR, Facts, table
from evaluation.models import Answer, Response
from evaluation.questionnaire import by_component
from evaluation.statistics.rollup import mean_of
from evaluation.statistics.scoring import Floats, item_score
from mentoring.planning.models import Enrolment
from paradigm.model import components


@dataclass(frozen=True)
class Perception:
    """Scores 0 to 100, NaN where there is none. Rows: the relationships, then people who answered without one; columns: the
    components. `by_role`: mentors, mentees. `people`: who stands behind each column, per role; `single`: answers from forms
    that ask one item per component."""

    scores: Floats
    by_role: Floats
    people: tuple[tuple[frozenset[int], frozenset[int]], ...]
    single: tuple[int, ...]


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
        response__wave__programme=facts.programme, response__submitted_at__lte=facts.at, value__gte=1
    )
    found: dict[int, dict[str, int]] = {}
    for response, item, value in table(rows, "response_id", "item", "value"):
        found.setdefault(response, {})[item] = value
    return found


def perception(facts: Facts) -> Perception:
    """Each person's newest score of each component, by relationship. Two queries."""
    responses = table(
        Response.objects.filter(wave__programme=facts.programme, submitted_at__lte=facts.at).order_by("submitted_at", "pk"),
        "pk", "wave__form", "enrolment_id", "enrolment__role", "enrolment__person_id", "relationship_id",
    )  # fmt: skip
    answers = answers_by_response(facts)
    column = {part.slug: place for place, part in enumerate(components())}
    newest: dict[tuple[int, int | None, int], tuple[float, int, int, bool]] = {}
    for pk, form, enrolment, role, person, pair in responses:
        if pair is not None and pair not in facts.pairs.place:
            continue
        side = MENTOR if role == Enrolment.Role.MENTOR else MENTEE
        for slug, score in component_scores(form, answers.get(pk, {})).items():
            newest[enrolment, pair, column[slug]] = (score, side, person, len(by_component(form)[slug]) == 1)
    return _assembled(facts, newest, len(column))


def _assembled(
    facts: Facts, newest: dict[tuple[int, int | None, int], tuple[float, int, int, bool]], columns: int
) -> Perception:
    alone = sorted({enrolment for enrolment, pair, _ in newest if pair is None})
    rows = len(facts.pairs) + len(alone)
    row_of = {enrolment: len(facts.pairs) + place for place, enrolment in enumerate(alone)}
    total, count = np.zeros((2, rows, columns)), np.zeros((2, rows, columns))
    people: list[tuple[set[int], set[int]]] = [(set(), set()) for _ in range(columns)]
    single = [0] * columns
    for (enrolment, pair, place), (score, side, person, is_single) in newest.items():
        row = row_of[enrolment] if pair is None else facts.pairs.place[pair]
        total[side, row, place] += score
        count[side, row, place] += 1
        people[place][side].add(person)
        single[place] += is_single
    by_role = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return Perception(
        mean_of(np.moveaxis(by_role, 0, -1)),
        by_role,
        tuple((frozenset(mentors), frozenset(mentees)) for mentors, mentees in people),
        tuple(single),
    )
