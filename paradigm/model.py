"""The integrated e-mentoring model as data: five stages, seven categories, 21 components.

Pure Python: read once from `paradigm.toml` (and the Persian descriptions beside it) when first asked for.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COMPONENTS_PER_CATEGORY = 3


class InvalidModel(ValueError):
    """The data file contradicts itself; the message says where."""


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    en: str
    fa: str

    def text(self, language: str | None) -> str:
        """The words for a language code such as `fa` or `fa-IR`; English for any other."""
        return self.fa if (language or "").startswith("fa") else self.en


@dataclass(frozen=True)
class Named:
    """Something with a stable slug and a name in both languages."""

    slug: str
    en: str
    fa: str

    def name(self, language: str | None) -> str:
        return Text(self.en, self.fa).text(language)


@dataclass(frozen=True)
class Stage(Named):
    order: int
    question: Text


@dataclass(frozen=True)
class Component(Named):
    category: str
    about: Text


@dataclass(frozen=True)
class Concept:
    """A concept that the paper relates to a category; it has no slug because nothing refers to it."""

    en: str
    fa: str

    def name(self, language: str | None) -> str:
        return Text(self.en, self.fa).text(language)


@dataclass(frozen=True)
class Category(Named):
    stage: str
    table_row: int
    core: bool
    components: tuple[Component, ...]
    concepts: tuple[Concept, ...]


@dataclass(frozen=True)
class Relation:
    """How one category acts on another; `kind` is starts, enables, mediates, energises or yields."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True)
class Study:
    """Where the model comes from. Counts of studies, codes and years; `retest_percent` is 0-100."""

    doi: str
    first_year: int
    last_year: int
    initial_codes: int
    screening: tuple[tuple[str, int], ...]
    included: int
    retest_codes: int
    retest_agreements: int
    retest_percent: float
    retest_interval_days: int
    same_coder: bool
    core_category: str


@dataclass(frozen=True)
class OutcomeScale(Named):
    component: str
    lower_is_better: bool


@dataclass(frozen=True)
class Paradigm:
    """The whole model, in the order of the stages."""

    study: Study
    stages: tuple[Stage, ...]
    categories: tuple[Category, ...]
    relations: tuple[Relation, ...]
    outcome_scales: tuple[OutcomeScale, ...]


RELATION_KINDS = frozenset({"starts", "enables", "mediates", "energises", "yields"})


@lru_cache(maxsize=1)
def paradigm() -> Paradigm:
    """The model from the files beside this module. Raises InvalidModel when they contradict themselves."""
    data = tomllib.loads((HERE / "paradigm.toml").read_text(encoding="utf-8"))
    about_fa = tomllib.loads((HERE / "persian.toml").read_text(encoding="utf-8"))["about_fa"]
    return build(data, about_fa)


def build(data: dict[str, Any], about_fa: dict[str, str]) -> Paradigm:
    """The model from parsed TOML. Raises InvalidModel."""
    stages = tuple(
        sorted(
            (
                Stage(row["slug"], row["en"], row["fa"], row["order"], Text(row["question_en"], row["question_fa"]))
                for row in data["stage"]
            ),
            key=lambda stage: stage.order,
        )
    )
    order = {stage.slug: stage.order for stage in stages}
    if unknown := sorted({row["stage"] for row in data["category"]} - set(order)):
        raise InvalidModel(f"categories name unknown stages: {', '.join(unknown)}")
    categories = tuple(
        sorted((_category(row, about_fa) for row in data["category"]), key=lambda category: order[category.stage])
    )
    built = Paradigm(
        study=_study(data["study"]),
        stages=stages,
        categories=categories,
        relations=tuple(Relation(row["from"], row["to"], row["kind"]) for row in data["relation"]),
        outcome_scales=tuple(
            OutcomeScale(row["slug"], row["en"], row["fa"], row["component"], row["lower_is_better"])
            for row in data["outcome_scale"]
        ),
    )
    _check(built)
    return built


def _category(row: dict[str, Any], about_fa: dict[str, str]) -> Category:
    slugs = [part["slug"] for part in row["components"]]
    if undescribed := [slug for slug in slugs if slug not in about_fa]:
        raise InvalidModel(f"no Persian description of {', '.join(undescribed)}")
    return Category(
        slug=row["slug"],
        en=row["en"],
        fa=row["fa"],
        stage=row["stage"],
        table_row=row["table_row"],
        core=row.get("core", False),
        components=tuple(
            Component(part["slug"], part["en"], part["fa"], row["slug"], Text(part["about_en"], about_fa[part["slug"]]))
            for part in row["components"]
        ),
        concepts=tuple(Concept(concept["en"], concept["fa"]) for concept in row["concepts"]),
    )


def _study(row: dict[str, Any]) -> Study:
    retest = row["retest"]
    screening = dict(row["screening"])
    return Study(
        doi=row["doi"],
        first_year=row["period"][0],
        last_year=row["period"][1],
        initial_codes=row["initial_codes"],
        screening=tuple(screening.items()),
        included=screening["included"],
        retest_codes=retest["codes"],
        retest_agreements=retest["agreements"],
        retest_percent=retest["percent"],
        retest_interval_days=retest["interval_days"],
        same_coder=retest["same_coder"],
        core_category=row["core_category"],
    )


def _check(model: Paradigm) -> None:
    parts = [part for category in model.categories for part in category.components]
    category_slugs = {category.slug for category in model.categories}
    named: tuple[tuple[Named, ...], ...] = (model.stages, model.categories, tuple(parts), model.outcome_scales)
    for rows in named:
        slugs = [row.slug for row in rows]
        if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            raise InvalidModel(f"slugs used twice: {', '.join(twice)}")
    for category in model.categories:
        if len(category.components) != COMPONENTS_PER_CATEGORY:
            raise InvalidModel(f"{category.slug} has {len(category.components)} components")
    for relation in model.relations:
        if not {relation.source, relation.target} <= category_slugs or relation.kind not in RELATION_KINDS:
            raise InvalidModel(f"the relation {relation.source} {relation.kind} {relation.target} does not resolve")
    for scale in model.outcome_scales:
        if scale.component not in {part.slug for part in parts}:
            raise InvalidModel(f"the outcome scale {scale.slug} names the unknown component {scale.component}")
    if [category.slug for category in model.categories if category.core] != [model.study.core_category]:
        raise InvalidModel("exactly the study's core category must be marked as core")


def stages() -> tuple[Stage, ...]:
    """The five stages, from causal conditions to consequences."""
    return paradigm().stages


def categories(stage_slug: str | None = None) -> tuple[Category, ...]:
    """The seven categories in the order of the stages, or those of one stage."""
    return tuple(row for row in paradigm().categories if stage_slug is None or row.stage == stage_slug)


@lru_cache(maxsize=1)
def components() -> tuple[Component, ...]:
    """The 21 components in the order of the categories."""
    return tuple(part for category in paradigm().categories for part in category.components)


@lru_cache(maxsize=1)
def _components_by_slug() -> dict[str, Component]:
    return {part.slug: part for part in components()}


@lru_cache(maxsize=1)
def _categories_by_slug() -> dict[str, Category]:
    return {category.slug: category for category in categories()}


@lru_cache(maxsize=1)
def _stages_by_slug() -> dict[str, Stage]:
    return {stage.slug: stage for stage in stages()}


def component(slug: str) -> Component:
    """One component such as `planning.structure`. Raises KeyError."""
    return _components_by_slug()[slug]


def category(slug: str) -> Category:
    """One category such as `planning`. Raises KeyError."""
    return _categories_by_slug()[slug]


def stage(slug: str) -> Stage:
    """One stage such as `causal`. Raises KeyError."""
    return _stages_by_slug()[slug]


def stage_of(component_slug: str) -> Stage:
    """The stage that a component belongs to. Raises KeyError."""
    return stage(category(component(component_slug).category).stage)
