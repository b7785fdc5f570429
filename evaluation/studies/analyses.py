"""What a study computes, kind by kind, behind its gates. Under a gate there is a state and no figure."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from django.utils.crypto import salted_hmac

from accounts.models import Language
from evaluation.disclosure import K
from evaluation.models import Study
from evaluation.questionnaire import form_items
from evaluation.statistics.effects import PAIRS_FOR_EFFECT, independent_g, paired_g
from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.extra import NotInstalled
from evaluation.statistics.growth import mixed_model
from evaluation.statistics.invariance import PEOPLE_PER_GROUP, PEOPLE_TO_CONFIRM, invariance
from evaluation.statistics.means import paired_p, welch_p
from evaluation.statistics.moderation import moderation
from evaluation.statistics.paths import CLUSTERS_AT_ALL, CLUSTERS_TO_CONFIRM, mediation
from evaluation.statistics.sensitivity import e_value_of
from evaluation.studies.data import Said, StudyData, people_of, score, scores_of
from evaluation.studies.plans import DID, WINDOWS, Analysis, common_items, moments_of, stage_of_measure
from mentoring.planning.models import Enrolment

OK, FEW, NOT_ASKED, NOT_YET, CANNOT, NOT_INSTALLED = "ok", "few", "not_asked", "not_yet", "cannot", "not_installed"
SESSIONS_FOR_MODE = 2
DRAWS = 5000
Found = dict[str, Any]
Basis = dict[str, str]


class Gate(Exception):
    """What was found is not enough: `n` units (None where fewer than five would be named), `wanted` at least."""

    def __init__(self, n: int, wanted: int, unit: str) -> None:
        self.n, self.wanted, self.unit = n if n >= K or n == 0 else None, wanted, unit


class Used:
    """Who put what into one analysis, as keyed digests: two results can be told to differ by too few people."""

    def __init__(self) -> None:
        self._parts: dict[int, list[Any]] = {}

    def add(self, person: int, *values: Any) -> None:
        self._parts.setdefault(person, []).append(values)

    @property
    def basis(self) -> Basis:
        return {
            str(person): salted_hmac(__name__, json.dumps(sorted(parts, key=str)), algorithm="sha256").hexdigest()[:16]
            for person, parts in sorted(self._parts.items())
        }


def run(data: StudyData, analysis: Analysis) -> tuple[Found, Basis]:
    """One analysis with its state, figures and p-value, and whose answers are in it."""
    used = Used()
    found: Found = {"outcome": analysis.outcome, "family": analysis.family, "of": list(analysis.of)}
    if data.missing_moments:
        return found | {"state": NOT_YET, "waves": data.missing_moments}, {}
    try:
        figures = KINDS[data.plan["kind"]](data, analysis, used)
    except Gate as gate:
        return found | {"state": FEW, "n": gate.n, "wanted": gate.wanted, "unit": gate.unit}, {}
    except NotInstalled:
        return found | {"state": NOT_INSTALLED}, {}
    except StatisticsError:
        return found | {"state": CANNOT}, {}
    if figures is None:
        return found | {"state": NOT_ASKED}, {}
    return found | {"state": OK, **rounded(figures)}, used.basis


def rounded(value: Any) -> Any:
    """Four decimals: more would say more than was measured."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value


def _estimate(estimate: Any) -> Found:
    return {"measure": estimate.measure, "value": estimate.value, "low": estimate.low, "high": estimate.high,
            "n": estimate.n, "variant": estimate.variant}  # fmt: skip


def _level(data: StudyData) -> float:
    return 1.0 - float(data.plan["alpha"])


def _need(n: int, wanted: int, unit: str) -> None:
    if n < wanted:
        raise Gate(n, wanted, unit)


def _before_and_after(data: StudyData, analysis: Analysis, *, alone: bool = False) -> Any:
    before, after = moments_of(data.plan)
    items = common_items(analysis.outcome, (before, after), alone=alone)
    if not items:
        return None
    return items, *(scores_of(data, moment, items, data.plan["who"]) for moment in (before, after))


def pre_post(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """The change of those who answered both times; weighted to all who were there at the start beside it."""
    found = _before_and_after(data, analysis)
    if found is None:
        return None
    items, before, after = found
    both = sorted(before.keys() & after.keys())
    _need(people_of(data, both), PAIRS_FOR_EFFECT, "pairs")
    for each in both:
        used.add(data.people[each].person, before[each], after[each])
    x, y = (np.array([wave[each] for each in both]) for wave in (before, after))
    effect = paired_g(x, y, level=_level(data))
    return _estimate(effect) | {
        "p": paired_p(x, y), "items": len(items), "weighted": _weighted(x, y, np.array(list(before.values())), effect.sd),
        "lost": _lost(data, before, both),
    }  # fmt: skip


def _lost(data: StudyData, before: dict[int, float], stayed: list[int]) -> list[float | None] | None:
    """How those who answered both times began, less how those began who were lost; None under the gate."""
    gone = sorted(before.keys() - set(stayed))
    if people_of(data, gone) < PAIRS_FOR_EFFECT:
        return None
    try:
        found = independent_g([before[each] for each in stayed], [before[each] for each in gone], level=_level(data))
    except StatisticsError:
        return None
    return [found.value, found.low, found.high]


def _weighted(x: Any, y: Any, all_before: Any, sd: float) -> float | None:
    """The same change in the same standard deviations, weighted so that thirds by the first score stand as they did among all
    who answered at first; None where a third is empty or was lost."""
    cuts = np.unique(np.quantile(all_before, (1 / 3, 2 / 3)))
    there, kept = (np.bincount(np.digitize(each, cuts), minlength=len(cuts) + 1) for each in (all_before, x))
    if (kept[there > 0] == 0).any():
        return None
    weights = (there / np.maximum(kept, 1))[np.digitize(x, cuts)]
    return float(np.average(y - x, weights=weights) / sd)


def _arms(data: StudyData, analysis: Analysis, used: Used, arm_of: Callable[[int], str], arms: tuple[str, str],
          *, alone: bool) -> Found | None:  # fmt: skip
    """The change of two groups beside each other, the first less the second, and how they began."""
    found = _before_and_after(data, analysis, alone=alone)
    if found is None:
        return None
    items, before, after = found
    groups: dict[str, list[int]] = {arm: [] for arm in arms}
    for each in sorted(before.keys() & after.keys()):
        if (arm := arm_of(each)) in groups:
            groups[arm].append(each)
    for arm in arms:
        _need(people_of(data, groups[arm]), PAIRS_FOR_EFFECT, arm)
    for arm, members in groups.items():
        for each in members:
            used.add(data.people[each].person, arm, before[each], after[each])
    first, second = (np.array([after[each] - before[each] for each in groups[arm]]) for arm in arms)
    effect = independent_g(first, second, level=_level(data))
    begin = independent_g(*([before[each] for each in groups[arm]] for arm in arms), level=_level(data))
    confounder = e_value_of(effect.value or 0.0, effect.se, effect.n)
    return _estimate(effect) | {
        "p": welch_p(first, second), "items": len(items), "arms": [len(groups[arm]) for arm in arms],
        "start": begin.value, "lost": _lost(data, before, sorted(each for members in groups.values() for each in members)),
        "e_value": confounder.value, "e_value_limit": confounder.for_limit,
    }  # fmt: skip


def waiting(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """People who had a mentor (or mentee) before the second wave opened against those who had none until it closed."""
    _before, after = moments_of(data.plan)
    wave = next(row for row in data.waves.values() if row.moment == after)

    def arm_of(enrolment: int) -> str:
        starts = [data.pairs[pair].started_at for pair in data.pairs_of.get(enrolment, [])]
        if any(start < wave.opens_at for start in starts):
            return "mentored"
        return "" if any(wave.closes_at is None or start < wave.closes_at for start in starts) else "waiting"

    return _arms(data, analysis, used, arm_of, ("mentored", "waiting"), alone=True)


def mode(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """People who met at least half in person against those who never did; two sessions at least, the mixed are in neither."""

    def arm_of(enrolment: int) -> str:
        sessions = [data.sessions.get(pair, (0, 0)) for pair in data.pairs_of.get(enrolment, [])]
        held, here = sum(each[0] for each in sessions), sum(each[1] for each in sessions)
        if held < SESSIONS_FOR_MODE:
            return ""
        return "online" if not here else "in_person" if 2 * here >= held else ""

    return _arms(data, analysis, used, arm_of, ("online", "in_person"), alone=False)


def growth(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """Waves as 0, 1, 2 and so on; answers about relationships in which everybody agreed."""
    moments = moments_of(data.plan)
    items = common_items(analysis.outcome, moments)
    if not items:
        return None
    agreed, place = set(data.agreed_pairs), {moment: float(n) for n, moment in enumerate(moments)}
    rows = []
    sides: dict[str, set[int]] = {role: set() for role in Enrolment.Role.values}
    for said in data.said:
        value = score(said.answers, items) if said.moment in place and said.pair in agreed else None
        if value is not None:
            who = data.people[said.enrolment]
            rows.append((value, place[said.moment], said.pair, who.role))
            sides[who.role].add(who.person)
            used.add(who.person, said.moment, said.pair, value)
    _need(len({row[2] for row in rows}), PAIRS_FOR_EFFECT, "relationships")
    for role, people in sides.items():
        _need(len(people), K, role)
    y, wave, pair, role_of = zip(*rows, strict=True)
    model = mixed_model(y, wave, pair, role=role_of, level=_level(data))
    if not model.converged:
        raise StatisticsError("The fit did not converge.")
    slope, apart = model.coefficients[1], model.coefficients[-1]
    return _estimate(model) | {
        "p": slope.p, "items": len(items), "icc": model.icc, "rows": model.rows,
        "apart": [apart.value, apart.low, apart.high],
    }  # fmt: skip


def language(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """The items of one outcome in the last questionnaire, Persian readers against English ones."""
    items = common_items(analysis.outcome, [data.plan["after"]])
    if len(items) < 2:
        return None
    tables: dict[str, list[list[float]]] = {language: [] for language in Language.values}
    people: dict[str, set[int]] = {language: set() for language in Language.values}
    for said in data.said:
        who = data.people[said.enrolment]
        given = [said.answers.get(item.code) for item in items]
        if who.role != data.plan["who"] or None in given or who.person in people[who.language]:
            continue  # one answer of each person: rows must not depend on each other
        people[who.language].add(who.person)
        turned = [6 - value if item.reverse else value for item, value in zip(items, given, strict=True)]
        tables[who.language].append(turned)
        used.add(who.person, who.language, turned)
    for each in Language.values:
        _need(len(people[each]), PEOPLE_PER_GROUP, each)
    first, second = (np.array(tables[each], dtype=float) for each in (Language.ENGLISH, Language.PERSIAN))
    found = invariance(first, second, names=[item.code for item in items], at=float(data.plan["alpha"]))
    return _estimate(found) | {
        "rows": [{"item": row.name, "p": row.adjusted, "difference": row.difference, "size": row.size}
                 for row in found.items],
        "congruence": found.congruence, "arms": [found.n_first, found.n_second],
        "weak": min(found.n_first, found.n_second) < PEOPLE_TO_CONFIRM,
    }  # fmt: skip


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
    _need(len(set(clusters)), CLUSTERS_AT_ALL, "relationships")
    columns = np.array(rows, dtype=float).T
    level, last = _level(data), len(codes) - 1
    found = mediation(
        columns[0], list(columns[1:last]), columns[last], clusters=clusters, names=codes, draws=DRAWS, level=level
    )
    figures = _estimate(found) | {
        "effects": [[row.name, row.value, row.low, row.high] for row in (found.total, found.direct, *found.indirect)],
        "sensitivity": found.sensitivity, "weak": found.n < CLUSTERS_TO_CONFIRM, "draws": found.draws_used,
    }  # fmt: skip
    if condition:
        beside = moderation(
            columns[last - 1], columns[-1], columns[last], clusters=clusters, names=(codes[last - 1], condition,
            codes[last]), draws=DRAWS, level=level,
        )  # fmt: skip
        figures["moderation"] = [beside.value, beside.low, beside.high]
    return figures


def _measure(data: StudyData, code: str, pair: int, enrolment: int, said_of: dict[int, list[Said]], *, own: bool
             ) -> float | None:  # fmt: skip
    """One variable of one person in one relationship, read in the window of its stage; None where nothing was said in it."""
    if code in DID:
        figures = data.two_way_weeks if code == "did.two_way_weeks" else data.agreement_day
        return figures.get(pair)
    low, high = WINDOWS[stage_of_measure(code)]
    items = [item for item in form_items("full") if item.component == code]
    mine = next(role for each, _person, role in data.members[pair] if each == enrolment)
    voices = [each for each, _person, role in data.members[pair] if (each == enrolment if own else role != mine)]
    values = []
    for said in (row for voice in voices for row in said_of.get(voice, [])):
        if said.pair in (pair, None) and low <= data.day(said, pair) < high:
            asked = [item for item in items if item.code in said.answers]
            value = score(said.answers, asked) if asked else None
            if value is not None:
                values.append(value)
    return sum(values) / len(values) if values else None


KINDS: dict[str, Callable[[StudyData, Analysis, Used], Found | None]] = {
    Study.Kind.PRE_POST: pre_post,
    Study.Kind.WAITING: waiting,
    Study.Kind.MODE: mode,
    Study.Kind.GROWTH: growth,
    Study.Kind.LANGUAGE: language,
    Study.Kind.PATH: path,
}
