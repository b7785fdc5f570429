"""The outcome scale of a programme: a questionnaire of the institution's own about learning and growth, asked twice."""

from collections.abc import Sequence

import numpy as np
from django.db.models import Case, When

from evaluation.facts.asking import Scope
from evaluation.facts.tables import columns, whether
from evaluation.instruments import OUTCOME, Definition, Question
from evaluation.models import Answer, Wave
from evaluation.questionnaire import ROLES
from evaluation.statistics.scoring import Floats


def outcome(scope: Scope) -> tuple[Floats, Floats] | None:
    """What each person scored in the first wave of the scale and in the last, in its own units; None without such a scale.

    Only waves that are over count, so that a figure stays as it was shown; only the same version of the scale, and in it the
    questions of both waves: of mentees, where they are asked. Somebody with several answers in a wave enters with their mean.
    At most two queries.
    """
    asked = Wave.objects.filter(
        programme=scope.programme, opens_at__lte=scope.at, instrument__content__maps_to=OUTCOME
    ).select_related("instrument")
    versions: dict[int | None, list[Wave]] = {}
    for wave in asked.order_by("opens_at", "pk"):
        versions.setdefault(wave.instrument_id, []).append(wave)
    if not versions:
        return None
    over = [[wave for wave in waves if wave.is_over(scope.at)] for waves in versions.values()]
    first, *_between, last = next((waves for waves in over if len(waves) > 1), (None, None))
    if first is None or last is None or first.instrument is None:
        return np.empty(0), np.empty(0)
    definition = first.instrument.definition
    for role in reversed(ROLES):
        if items := _of_both(definition, role, first.moment, last.moment):
            return _scores(scope, definition, items, role, (first, last))
    return np.empty(0), np.empty(0)


def _of_both(definition: Definition, role: str, *moments: str) -> list[Question]:
    asked = [set(definition.asked(role, moment, True)) for moment in moments]
    return [each for each in definition.scored if all(each in questions for questions in asked)]


def _scores(
    scope: Scope, definition: Definition, items: Sequence[Question], role: str, waves: tuple[Wave, Wave]
) -> tuple[Floats, Floats]:
    given = Answer.objects.filter(
        response__wave__in=waves,
        response__submitted_at__lte=scope.at,
        response__left_out="",
        response__enrolment__role=role,
        item__in=[each.code for each in items],
        value__gte=definition.low,
    )
    item = Case(*(When(item=each.code, then=place) for place, each in enumerate(items)))
    response, is_last, person, place, value = columns(
        given, "response_id", whether(response__wave=waves[1]), "response__enrolment_id", item, "value"
    )
    _ids, rows, row = np.unique(response, return_index=True, return_inverse=True)
    table = np.full((len(rows), len(items)), np.nan)
    table[row, place.astype(np.int64)] = value
    turned = np.array([each.reverse for each in items])
    table[:, turned] = definition.low + definition.high - table[:, turned]
    score = _over_subscales(definition, items, table)
    known = ~np.isnan(score)
    people, who = np.unique(person[rows][known], return_inverse=True)
    score, is_last = score[known], is_last[rows][known] > 0
    means = []
    for side in (~is_last, is_last):
        count = np.bincount(who[side], minlength=len(people))
        total = np.bincount(who[side], score[side], len(people))
        means.append(np.divide(total, count, out=np.full(len(people), np.nan), where=count > 0))
    both = ~np.isnan(means[0] + means[1])
    return means[0][both], means[1][both]


def _over_subscales(definition: Definition, items: Sequence[Question], table: Floats) -> Floats:
    """Of each response the mean of its subscales, each the mean of what was answered; NaN where one has too few answers."""
    found = []
    for questions in definition.groups().values():
        places = [place for place, each in enumerate(items) if each in questions]
        if places:
            count = (~np.isnan(table[:, places])).sum(axis=1)
            enough = count >= max(1, min(definition.min_valid, len(places)))
            total = np.nansum(table[:, places], axis=1)
            found.append(np.divide(total, count, out=np.full(len(table), np.nan), where=enough))
    return np.mean(found, axis=0) if found else np.full(len(table), np.nan)
