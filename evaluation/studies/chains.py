"""Studies of what goes with what: paths through the stages of the model, and two things over several waves."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evaluation.questionnaire import form_items
from evaluation.statistics.lagged import cross_lagged
from evaluation.statistics.moderation import moderation
from evaluation.statistics.paths import CLUSTERS_AT_ALL, CLUSTERS_TO_CONFIRM, Mediation, mediation
from evaluation.statistics.scoring import Floats
from evaluation.studies.data import Said, StudyData, scores_of
from evaluation.studies.gates import Found, Used, figures_of, level_of, need_of
from evaluation.studies.plans import DID, WINDOWS, Analysis, moments_of
from evaluation.studies.scales import Part, Scale, is_own, own_score, stage_of_measure

DRAWS = 5000


def path(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """Serial mediation through the stages, a row for each person of the chosen side in a relationship. What comes before is what
    was done or what the other side says, the outcome what the person says: one source must not make both ends."""
    codes, condition = list(analysis.of), data.plan.get("condition")
    every = [*codes, *([condition] if condition else [])]
    said_of: dict[int, list[Said]] = {}
    for said in data.said:
        said_of.setdefault(said.enrolment, []).append(said)
    rows, clusters = [], []
    for pair in data.agreed_pairs:
        for enrolment, person, role in data.members[pair]:
            if role == data.plan["who"]:
                row = [_measure(data, code, pair, enrolment, said_of, own=code == codes[-1]) for code in every]
                if None not in row:
                    rows.append(row)
                    clusters.append(pair)
                    for _enrolment, member, _role in data.members[pair]:
                        used.add(member, pair, person, row)
    need_of(len(set(clusters)), CLUSTERS_AT_ALL, "relationships")
    columns = np.array(rows, dtype=float).T
    level, last = level_of(data), len(codes) - 1
    found = mediation(
        columns[0], list(columns[1:last]), columns[last], clusters=clusters, names=codes, draws=DRAWS, level=level
    )
    figures = figures_of(found) | {
        "effects": [[row.name, row.value, row.low, row.high] for row in (found.total, found.direct, *found.indirect)],
        "sensitivity": found.sensitivity, "weak": found.n < CLUSTERS_TO_CONFIRM, "draws": found.draws_used,
        "paths": in_standard_deviations(found, codes, columns),
    }  # fmt: skip
    if condition:
        beside = moderation(
            columns[last - 1], columns[-1], columns[last], clusters=clusters, names=(codes[last - 1], condition,
            codes[last]), draws=DRAWS, level=level,
        )  # fmt: skip
        figures["moderation"] = [beside.value, beside.low, beside.high]
    return figures


def in_standard_deviations(found: Mediation, codes: Sequence[str], columns: Floats) -> list[list[Any]]:
    """[code, estimate, low, high]: how much the outcome goes with each step before it, both in standard deviations. Of the first
    step that is the total effect, of the others the path from them to the outcome."""
    arrows = {row.name: row for row in found.paths}
    effects = [found.total, *(arrows[f"{code} -> {codes[-1]}"] for code in codes[1:-1])]
    sizes = columns[: len(effects)].std(axis=1) / columns[len(codes) - 1].std()
    return [
        [code, *(round(float(end * size), 4) for end in (row.value, row.low, row.high))]
        for code, row, size in zip(codes, effects, sizes, strict=False)
    ]


def _measure(data: StudyData, code: str, pair: int, enrolment: int, said_of: dict[int, list[Said]], *, own: bool
             ) -> float | None:  # fmt: skip
    """One variable of one person in one relationship, read in the window of its stage; None where nothing was said in it."""
    if code in DID:
        figures = data.two_way_weeks if code == "did.two_way_weeks" else data.agreement_day
        return figures.get(pair)
    low, high = WINDOWS[stage_of_measure(code, data.instruments)]
    mine = next(role for each, _person, role in data.members[pair] if each == enrolment)
    voices = [each for each, _person, role in data.members[pair] if (each == enrolment if own else role != mine)]
    values = []
    for said in (row for voice in voices for row in said_of.get(voice, [])):
        if said.pair in (pair, None) and low <= data.day(said, pair) < high:
            value = _score(data, code, said)
            if value is not None:
                values.append(value)
    return sum(values) / len(values) if values else None


def _score(data: StudyData, code: str, said: Said) -> float | None:
    if is_own(code):
        return own_score(code, said.answers, data.people[said.enrolment].role, said.moment, data.instruments)
    items = (Part(item.code, item.reverse) for item in form_items("full") if item.component == code)
    asked = tuple(item for item in items if item.code in said.answers)
    return Scale(asked, min_valid=-(-2 * len(asked) // 3)).score(said.answers) if asked else None


def lagged(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """Two outcomes of the same people from wave to wave. What belongs together is a relationship; who has none stands alone."""
    moments, scores = moments_of(data.plan), []
    for code in analysis.of:
        scale = data.scale(code, moments)
        if not scale.items:
            return None
        scores.append([scores_of(data, moment, scale, data.plan["who"]) for moment in moments])
    people = sorted({each for waves in scores for wave in waves for each in wave})
    clusters = [min(data.pairs_of.get(each, []), default=-each) for each in people]
    need_of(len(set(clusters)), CLUSTERS_AT_ALL, "relationships")
    tables = [np.array([[w.get(each, np.nan) for w in waves] for each in people], dtype=float) for waves in scores]
    whole = ~np.isnan(np.hstack(tables)).any(axis=1)  # one and the same people in every equation
    need_of(len({cluster for cluster, is_whole in zip(clusters, whole, strict=True) if is_whole}), CLUSTERS_AT_ALL,
          "relationships")  # fmt: skip
    kept = [place for place, is_whole in enumerate(whole) if is_whole]
    for place in kept:
        used.add(data.people[people[place]].person, clusters[place], *(table[place].tolist() for table in tables))
    found = cross_lagged(*(table[kept] for table in tables), clusters=[clusters[p] for p in kept], level=level_of(data))
    back = found.back
    return figures_of(found) | {
        "back": [back.value, back.low, back.high], "rows_used": found.rows, "weak": found.n < CLUSTERS_TO_CONFIRM,
        "stays": [found.stays_first.value, found.stays_second.value],
        "rows": [[moments[step.before], moments[step.before + 1], way, each.value, each.low, each.high]
                 for step in found.steps for way, each in (("across", step.across), ("back", step.back))],
    }  # fmt: skip
