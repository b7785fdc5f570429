"""What the plan of a study says, as canonical JSON whose SHA-256 anybody can recompute. Pure but for the names of choices."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.models import Study, Wave
from evaluation.plan import FORMS
from evaluation.questionnaire import Item, form_items
from paradigm.model import categories, components, stage_of

FORMAT = 1
ALPHA = 0.05
SAME_ANSWER, NO_CONTACT = "same_answer", "no_contact"
AT_ANY_TIME = "any"
"""In place of a wave: whenever it was asked, in waves of no moment, too."""
PRIMARY, SECONDARY, EXPLORATORY = "primary", "secondary", "exploratory"
DID = {"did.agreement_day": "causal", "did.two_way_weeks": "intervening"}
"""What a path model may take from what people did, and the stage it belongs to."""
COMPONENT_OF = {"did.agreement_day": "planning.structure", "did.two_way_weeks": "relationships.friendly"}
"""The component whose indicator tells the same (PS1, RF1)."""
WINDOWS: dict[str, tuple[float, float]] = {
    "causal": (-10_000, 14),
    "contextual": (-10_000, 30),
    "intervening": (14, 56),
    "strategy": (14, 70),
    "consequence": (77, 10_000),
}
"""Days since the match in which a variable of each stage is read: up to day 14, up to day 30, weeks 3 to 8, weeks 3 to 10, from
week 12 on. What was answered before the match counts as before."""
ONE_TEST = (Study.Kind.PATH, Study.Kind.LAGGED)
"""Kinds whose plan holds one model with its parts, and takes no amendments."""
HELD_EQUAL = (Study.Kind.PRE_POST, Study.Kind.WAITING, Study.Kind.MODE)
"""Kinds that may hold something equal that was so at the first wave."""
BESIDE = "beside it a covariate of the first wave by OLS, g of stayed less lost at the start, weighting by thirds of the start"
METHODS: dict[str, str] = {
    Study.Kind.PRE_POST: "paired Hedges g (d = mean difference / S_within), paired t; n >= 20 pairs; " + BESIDE,
    Study.Kind.WAITING: "independent Hedges g of the change, Welch t; n >= 20 in each group; E-value; " + BESIDE,
    Study.Kind.MODE: "independent Hedges g of the change, Welch t; n >= 20 in each group; E-value; " + BESIDE,
    Study.Kind.GROWTH: "linear mixed model, wave x role, random intercept and slope by relationship, ML; n >= 20",
    Study.Kind.LANGUAGE: "Mantel DIF within 5 strata, SMD/SD, ETS classes, BH; Tucker congruence; n >= 100 per language",
    Study.Kind.PATH: "serial mediation, OLS, 5000 percentile bootstrap draws by relationship; off < 50, exploratory < 150",
    Study.Kind.LAGGED: "cross-lagged panel, standardised OLS, errors by relationship; off < 50, exploratory < 150",
}
"""The model that a kind of study is computed with, as it stands in the plan."""
WITH_COVARIATE: dict[str, str] = {
    Study.Kind.PRE_POST: "beside it the slope of the change on the covariate at the first wave, OLS, both in standard deviations",
    Study.Kind.WAITING: "beside it the same difference with the covariate at the first wave held equal, OLS",
    Study.Kind.MODE: "beside it the same difference with the covariate at the first wave held equal, OLS",
}
"""What a plan with a covariate says of its model beyond that."""


@dataclass(frozen=True)
class Analysis:
    """One test. `family`: primary and secondary ones are planned. `of`: an outcome, or the parts of a path."""

    outcome: str
    family: str
    of: tuple[str, ...] = ()

    @property
    def is_planned(self) -> bool:
        return self.family != EXPLORATORY


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys and nothing between them: the same plan gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def plan_of(study: Study, given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole plan from what a person filled in; `given` holds what the kind asks for."""
    return {
        "format": FORMAT,
        "programme": study.programme.slug,
        "study": study.title,
        "kind": study.kind,
        "model": METHODS[study.kind] + ("; " + WITH_COVARIATE[study.kind] if given.get("covariate") else ""),
        "alpha": ALPHA,
        "multiplicity": "Holm for primary outcomes, Benjamini-Hochberg for the rest",
        "missing": "listwise; no last value carried forward",
        **given,
        "exclusions": [SAME_ANSWER, *given.get("exclusions", ())],
    }


def analyses_of(plan: Mapping[str, Any], amendments: Iterable[Mapping[str, Any]]) -> list[Analysis]:
    """Every test there is to run: those of the plan, then what amendments added, each once."""
    if plan["kind"] in ONE_TEST:
        parts = (plan["x"], *plan.get("mediators", ()), plan["outcome"])
        return [Analysis(plan["outcome"], PRIMARY, parts)]
    found = [Analysis(slug, PRIMARY) for slug in plan["primary"]]
    found += [Analysis(slug, SECONDARY) for slug in plan.get("secondary", ())]
    for amendment in amendments:
        there = {row.outcome for row in found}
        found += [Analysis(slug, EXPLORATORY) for slug in amendment["outcomes"] if slug not in there]
    return found


def outcomes_of(plan: Mapping[str, Any]) -> list[str]:
    """Everything that a plan measures by answers."""
    if plan["kind"] in ONE_TEST:
        codes = [plan["x"], *plan.get("mediators", ()), plan["outcome"], plan.get("condition")]
        return [code for code in codes if code and code not in DID]
    return [*plan["primary"], *plan.get("secondary", ()), *filter(None, [plan.get("covariate")])]


def moments_of(plan: Mapping[str, Any]) -> list[str]:
    """The waves that a plan looks at, in their order; a path model looks at all of them, and none where the time does not
    matter."""
    if plan["kind"] in (Study.Kind.GROWTH, Study.Kind.LAGGED):
        return sorted(plan["waves"])
    if plan["kind"] == Study.Kind.PATH:
        return list(Wave.Moment.values)
    return [plan[name] for name in ("before", "after") if plan.get(name, AT_ANY_TIME) != AT_ANY_TIME]


def outcome_slugs(outcome: str) -> tuple[str, ...]:
    """The components of an outcome: itself, or those of a category."""
    return next((tuple(p.slug for p in row.components) for row in categories() if row.slug == outcome), (outcome,))


def common_items(outcome: str, moments: Iterable[str], *, alone: bool = False) -> tuple[Item, ...]:
    """The items of an outcome that every one of these waves asks, all of them without a wave; with `alone` only what somebody
    without a partner is asked."""
    slugs = outcome_slugs(outcome)
    asked = [set(form_items(FORMS[Wave.Moment(moment)])) for moment in moments]
    both = set(form_items(Wave.Form.FULL)).intersection(*asked)
    return tuple(
        item
        for item in form_items(Wave.Form.FULL)
        if item in both and item.component in slugs and not (alone and item.needs_partner)
    )


def all_outcomes() -> list[str]:
    """Components and categories, each category before its components."""
    return [slug for row in categories() for slug in (row.slug, *(part.slug for part in row.components))]


def measures_of(*stages: str) -> list[str]:
    """What a path model may take for these stages: what people did first, then what they answered."""
    did = [code for code, stage in DID.items() if stage in stages]
    return did + [part.slug for part in components() if stage_of(part.slug).slug in stages]
