"""What a study computes, kind by kind, behind its gates. Under a gate there is a state and no figure."""

from collections.abc import Callable
from typing import Any

import numpy as np

from accounts.models import Language
from evaluation.disclosure import K, shown
from evaluation.models import Study
from evaluation.statistics.consistency import consistency
from evaluation.statistics.effects import PAIRS_FOR_EFFECT, independent_g, paired_g
from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.extra import NotInstalled
from evaluation.statistics.growth import mixed_model
from evaluation.statistics.invariance import PEOPLE_PER_GROUP, PEOPLE_TO_CONFIRM, invariance
from evaluation.statistics.means import paired_p, welch_p
from evaluation.statistics.regression import Coefficient, least_squares, standardised
from evaluation.statistics.sensitivity import e_value_of
from evaluation.studies.chains import lagged, path
from evaluation.studies.data import StudyData, people_of, scores_of
from evaluation.studies.gates import (
    CANNOT,
    FEW,
    NOT_ASKED,
    NOT_INSTALLED,
    NOT_YET,
    OK,
    Basis,
    Found,
    Gate,
    Used,
    figures_of,
    level_of,
    need_of,
    rounded,
)
from evaluation.studies.plans import Analysis, moments_of
from evaluation.studies.scales import Scale
from mentoring.planning.models import Enrolment

SESSIONS_FOR_MODE = 2


def run(data: StudyData, analysis: Analysis) -> tuple[Found, Basis]:
    """One analysis with its state, figures and p-value, and whose answers are in it."""
    used = Used()
    found: Found = {"outcome": analysis.outcome, "family": analysis.family, "of": list(analysis.of)}
    if missing := _missing(data, analysis):
        return found | {"state": NOT_YET, "waves": missing}, {}
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


def _missing(data: StudyData, analysis: Analysis) -> list[str]:
    """Waves in which something of the analysis was not asked, or that have not closed yet."""
    moments = moments_of(data.plan)
    missing = {moment for code in analysis.of or (analysis.outcome,) for moment in data.missing(code, moments)}
    if covariate := data.plan.get("covariate"):
        missing |= set(data.missing(covariate, moments[:1]))
    return sorted(missing)


def _before_and_after(data: StudyData, analysis: Analysis, *, alone: bool = False) -> Any:
    before, after = moments_of(data.plan)
    scale = data.scale(analysis.outcome, (before, after), alone=alone)
    if not scale.items:
        return None
    return scale, *(scores_of(data, moment, scale, data.plan["who"]) for moment in (before, after))


def _consistency(data: StudyData, scale: Scale, moment: str, enrolments: list[int]) -> Any:
    """Internal consistency of a scale among these people in a wave, one questionnaire of each; how many answered every item where
    they are too few."""
    codes = {item.code for item in scale.items}
    mine = (said for said in reversed(data.said) if said.moment == moment and not codes.isdisjoint(said.answers))
    rows = {said.enrolment: said.answers for said in mine}
    found = consistency(scale.table(rows[each] for each in enrolments if each in rows), level=level_of(data))
    return found if isinstance(found, int) else [[e.measure, e.value, e.low, e.high, e.n] for e in found]


def _covariate(data: StudyData, used: Used, enrolments: list[int], *, alone: bool = False) -> dict[int, float] | None:
    """What the plan holds equal, at the first wave, of those of these people who answered it. None without such a plan, and where
    between one and four are lost to it: a second figure beside the first would tell what they said."""
    code = data.plan.get("covariate")
    if not code:
        return None
    moment = moments_of(data.plan)[0]
    scores = scores_of(data, moment, data.scale(code, [moment], alone=alone), data.plan["who"])
    there = {each: scores[each] for each in enrolments if each in scores}
    if 0 < people_of(data, enrolments) - people_of(data, there) < K:
        return {}
    for each, value in there.items():
        used.add(data.people[each].person, "covariate", value)
    return there


def _told(found: Coefficient, n: int) -> list[float]:
    return [found.value, found.low, found.high, found.p, n]


def pre_post(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """The change of those who answered both times; weighted to all who were there at the start beside it."""
    found = _before_and_after(data, analysis)
    if found is None:
        return None
    scale, before, after = found
    both = sorted(before.keys() & after.keys())
    need_of(people_of(data, both), PAIRS_FOR_EFFECT, "pairs")
    for each, began in before.items():  # those who were lost, too: how they began is in the figures beside
        used.add(data.people[each].person, began, after.get(each))
    x, y = (np.array([wave[each] for each in both]) for wave in (before, after))
    effect = paired_g(x, y, level=level_of(data))
    held = _covariate(data, used, both)
    return figures_of(effect) | {
        "p": paired_p(x, y), "items": len(scale.items),
        "weighted": _weighted(x, y, np.array(list(before.values())), effect.sd), "lost": _lost(data, before, both),
        "consistency": _consistency(data, scale, data.plan["after"], both),
    } | ({} if held is None else {"goes_with": _goes_with(data, held, before, after)})  # fmt: skip


def _goes_with(data: StudyData, held: dict[int, float], before: dict[int, float], after: dict[int, float]) -> Any:
    """How the change goes with what was so at the beginning: standard deviations per standard deviation; None under the gate."""
    those = sorted(held)
    if people_of(data, those) < PAIRS_FOR_EFFECT:
        return None
    try:
        change = standardised([after[each] - before[each] for each in those])
        found = least_squares(change, [standardised([held[each] for each in those])], level=level_of(data))
    except StatisticsError:
        return None
    return _told(found.coefficients[1], found.n)


def _lost(data: StudyData, before: dict[int, float], stayed: list[int]) -> list[float | None] | None:
    """How those who answered both times began, less how those began who were lost; None under the gate."""
    gone = sorted(before.keys() - set(stayed))
    if people_of(data, gone) < PAIRS_FOR_EFFECT:
        return None
    try:
        found = independent_g([before[each] for each in stayed], [before[each] for each in gone], level=level_of(data))
    except StatisticsError:
        return None
    return [found.value, found.low, found.high]


def _attrition(
    data: StudyData, began: dict[str, dict[int, float]], stayed: dict[str, list[int]]
) -> list[list[int | None]]:
    """Of each arm how many began and how many of them answered again; None where fewer than five were lost, or would be told by
    the other arm."""
    counts = [(people_of(data, those), people_of(data, stayed[arm])) for arm, those in began.items()]
    lost = shown([first - again for first, again in counts], K)
    return [[None if gone is None else first, again] for (first, again), gone in zip(counts, lost, strict=True)]


def _weighted_apart(
    began: dict[str, dict[int, float]], after: dict[int, float], groups: dict[str, list[int]], sd: float
) -> float | None:
    """The same difference in the same standard deviations, each arm weighted to all who began in it; None where a third of one
    was lost."""
    apart = []
    for arm, members in groups.items():
        x, y = (np.array([wave[each] for each in members]) for wave in (began[arm], after))
        apart.append(_weighted(x, y, np.array(list(began[arm].values())), sd))
    first, second = apart
    return None if first is None or second is None else first - second


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
    scale, before, after = found
    began: dict[str, dict[int, float]] = {arm: {} for arm in arms}
    for each in sorted(before):
        if (arm := arm_of(each)) in began:
            began[arm][each] = before[each]
    groups = {arm: [each for each in those if each in after] for arm, those in began.items()}
    for arm in arms:
        need_of(people_of(data, groups[arm]), PAIRS_FOR_EFFECT, arm)
    for arm, those in began.items():
        for each, value in those.items():
            used.add(data.people[each].person, arm, value, after.get(each))
    first, second = (np.array([after[each] - before[each] for each in groups[arm]]) for arm in arms)
    effect = independent_g(first, second, level=level_of(data))
    begin = independent_g(*([before[each] for each in groups[arm]] for arm in arms), level=level_of(data))
    confounder = e_value_of(effect.value or 0.0, effect.se, effect.n)
    everybody = sorted(each for members in groups.values() for each in members)
    held = _covariate(data, used, everybody, alone=alone)
    return figures_of(effect) | {
        "p": welch_p(first, second), "items": len(scale.items), "arms": [len(groups[arm]) for arm in arms],
        "start": begin.value, "lost": _lost(data, began[arms[0]] | began[arms[1]], everybody),
        "lost_by_arm": [_lost(data, began[arm], groups[arm]) for arm in arms],
        "attrition": _attrition(data, began, groups), "weighted": _weighted_apart(began, after, groups, effect.sd),
        "e_value": confounder.value, "e_value_limit": confounder.for_limit,
        "consistency": _consistency(data, scale, data.plan["after"], everybody),
    } | ({} if held is None else {"held": _held(data, held, before, after, groups[arms[0]], effect.sd)})  # fmt: skip


def _held(data: StudyData, held: dict[int, float], before: dict[int, float], after: dict[int, float],
          first: list[int], sd: float) -> Any:  # fmt: skip
    """The same difference in the same standard deviations with a covariate held equal; None under the gate."""
    in_first, those = set(first), sorted(held)
    arms = [[each for each in those if (each in in_first) is arm] for arm in (True, False)]
    if min(people_of(data, arm) for arm in arms) < PAIRS_FOR_EFFECT:
        return None
    try:
        found = least_squares(
            [(after[each] - before[each]) / sd for each in those],
            [[float(each in in_first) for each in those], standardised([held[each] for each in those])],
            level=level_of(data),
        )
    except StatisticsError:
        return None
    return _told(found.coefficients[1], found.n)


def waiting(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """People who had a mentor (or mentee) before the second wave opened against those who had none until it closed."""
    _before, after = moments_of(data.plan)
    wave = data.wave_of(analysis.outcome, after)

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
    scale = data.scale(analysis.outcome, moments)
    if not scale.items:
        return None
    agreed, place = set(data.agreed_pairs), {moment: float(n) for n, moment in enumerate(moments)}
    rows = []
    sides: dict[str, set[int]] = {role: set() for role in Enrolment.Role.values}
    for said in data.said:
        value = scale.score(said.answers) if said.moment in place and said.pair in agreed else None
        if value is not None:
            who = data.people[said.enrolment]
            rows.append((value, place[said.moment], said.pair, who.role))
            sides[who.role].add(who.person)
            used.add(who.person, said.moment, said.pair, value)
    need_of(len({row[2] for row in rows}), PAIRS_FOR_EFFECT, "relationships")
    for role, people in sides.items():
        need_of(len(people), K, role)
    y, wave, pair, role_of = zip(*rows, strict=True)
    model = mixed_model(y, wave, pair, role=role_of, level=level_of(data))
    if not model.converged:
        raise StatisticsError("The fit did not converge.")
    slope, apart = model.coefficients[1], model.coefficients[-1]
    return figures_of(model) | {
        "p": slope.p, "items": len(scale.items), "icc": model.icc, "rows": model.rows,
        "apart": [apart.value, apart.low, apart.high],
    }  # fmt: skip


def language(data: StudyData, analysis: Analysis, used: Used) -> Found | None:
    """The items of one outcome in the last questionnaire, as answered in English against Persian. Who read in both, or before
    it was recorded, is in neither."""
    scale = data.scale(analysis.outcome, moments_of(data.plan))
    items = scale.items
    if len(items) < 2:
        return None
    tables: dict[str, list[list[float]]] = {language: [] for language in Language.values}
    people: dict[str, set[int]] = {language: set() for language in Language.values}
    for said in data.said:
        who = data.people[said.enrolment]
        given = [said.answers.get(item.code) for item in items]
        wanted = who.role == data.plan["who"] and said.language in people and None not in given
        if not wanted or any(who.person in those for those in people.values()):
            continue  # one answer of each person: rows must not depend on each other
        people[said.language].add(who.person)
        turned = scale.table([said.answers])[0].tolist()
        tables[said.language].append(turned)
        used.add(who.person, said.language, turned)
    for each in Language.values:
        need_of(len(people[each]), PEOPLE_PER_GROUP, each)
    first, second = (np.array(tables[each], dtype=float) for each in (Language.ENGLISH, Language.PERSIAN))
    found = invariance(first, second, names=[item.code for item in items], at=float(data.plan["alpha"]))
    return figures_of(found) | {
        "rows": [{"item": row.name, "p": row.adjusted, "difference": row.difference, "size": row.size}
                 for row in found.items],
        "congruence": found.congruence, "arms": [found.n_first, found.n_second],
        "weak": min(found.n_first, found.n_second) < PEOPLE_TO_CONFIRM,
    }  # fmt: skip


KINDS: dict[str, Callable[[StudyData, Analysis, Used], Found | None]] = {
    Study.Kind.PRE_POST: pre_post,
    Study.Kind.WAITING: waiting,
    Study.Kind.MODE: mode,
    Study.Kind.GROWTH: growth,
    Study.Kind.LANGUAGE: language,
    Study.Kind.PATH: path,
    Study.Kind.LAGGED: lagged,
}
