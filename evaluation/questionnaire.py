"""The built-in questionnaire as data: 63 items, three per component, and its forms. Pure Python."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

from paradigm.model import Text, categories, component, stage_of, stages

DATA = Path(__file__).with_name("items.csv")
# How far the wording in items.csv is, per language: a native review is recorded here.
REVIEW_STATUS: dict[str, Literal["original", "draft", "reviewed"]] = {"en": "original", "fa": "draft"}
PARTNER = {
    "mentee": Text("my mentor", "منتورم"),
    "mentor": Text("my mentee", "منتی‌ام"),
}
PULSE = (
    "planning.structure.1",
    "infrastructure.stable.1",
    "relationships.communication.1",
    "skills.virtuallearning.2",
    "support.satisfaction.1",
)
# Before anything has happened: what is expected, what people bring, and whether their technology carries it.
START = (
    "planning.structure.1",
    "modelling.types.1",
    "infrastructure.digital.1",
    "infrastructure.digital.2",
    "infrastructure.digital.3",
    "infrastructure.helpdesk.1",
    "tools.email.1",
    "skills.techliteracy.1",
    "skills.techliteracy.3",
    "skills.virtuallearning.1",
    "skills.virtuallearning.3",
)
# Coordinators see these with the name, so that they can help in time; people are told before they answer.
SEEN_BY_NAME = frozenset({"modelling.framework.3", "support.satisfaction.1", "support.continuity.3"})
ABOUT_A_PARTNER = ("relationships.", "support.", "modelling.matching.", "modelling.framework.")

ROLES = ("mentor", "mentee")
MOMENTS = ("w0", "w1", "w2", "w3", "w4")
NOT_SHOWN, SKIPPED, NOT_APPLICABLE = -1, -2, -3

FormName = Literal["full", "short", "pulse", "start", "early", "after"]


class InvalidItems(ValueError):
    """The file of items contradicts itself or the model; the message says where."""


class Asked(Protocol):
    """What a person is asked: a statement of the built-in questionnaire, or a question of an institution's own."""

    @property
    def code(self) -> str: ...
    @property
    def reverse(self) -> bool: ...
    @property
    def needs_partner(self) -> bool: ...
    @property
    def seen_by_name(self) -> bool: ...
    def text(self, role: str, language: str | None) -> str: ...


def said_to(words: Text, role: str, language: str | None) -> str:
    """The words as a person in this role reads them."""
    sentence = words.text(language).replace("{p}", PARTNER[role].text(language))
    return sentence[:1].upper() + sentence[1:]


@dataclass(frozen=True)
class Item:
    """One statement, in both roles and languages."""

    code: str
    component: str
    reverse: bool
    short_form: bool
    mentee: Text
    mentor: Text

    def text(self, role: str, language: str | None) -> str:
        """The statement as a person in this role reads it."""
        return said_to(self.mentor if role == "mentor" else self.mentee, role, language)

    @property
    def needs_partner(self) -> bool:
        """Whether only somebody who has a mentor or mentee can answer."""
        return "{p}" in self.mentee.en + self.mentor.en or self.component.startswith(ABOUT_A_PARTNER)

    @property
    def seen_by_name(self) -> bool:
        return self.code in SEEN_BY_NAME


@dataclass(frozen=True)
class Section:
    """The items of one page. `of`: the category or stage they belong to; empty for the pulse and for own instruments."""

    of: str
    stage: str
    title: Text
    items: tuple[Asked, ...]


@lru_cache(maxsize=1)
def items() -> dict[str, Item]:
    """Every item by its code, in the order of the file. Raises InvalidItems."""
    with DATA.open(encoding="utf-8", newline="") as file:
        found = [_item(row) for row in csv.DictReader(file)]
    by_code = {item.code: item for item in found}
    if len(by_code) != len(found):
        raise InvalidItems("an item stands twice")
    if unknown := [code for code in PULSE + START + tuple(SEEN_BY_NAME) if code not in by_code]:
        raise InvalidItems(f"unknown items: {', '.join(unknown)}")
    return by_code


def _item(row: dict[str, str]) -> Item:
    component(row["component"])
    return Item(
        code=row["item"],
        component=row["component"],
        reverse=row["reverse"] == "true",
        short_form=row["short_form"] == "true",
        mentee=Text(row["mentee_en"], row["mentee_fa"]),
        mentor=Text(row["mentor_en"], row["mentor_fa"]),
    )


@lru_cache(maxsize=6)
def form_items(form: str) -> tuple[Item, ...]:
    """The items of a form, in the order of the stages."""
    order = {row.slug: place for place, row in enumerate(categories())}
    chosen = {
        "full": tuple(items().values()),
        "short": tuple(item for item in items().values() if item.short_form),
        "pulse": tuple(items()[code] for code in PULSE),
        "start": tuple(items()[code] for code in START),
        "early": tuple(item for item in items().values() if item.short_form or item.seen_by_name),
        "after": tuple(item for item in items().values() if item.component.startswith("support.")),
    }[form]
    return tuple(sorted(chosen, key=lambda item: order[component(item.component).category]))


@lru_cache(maxsize=12)
def sections(form: str, has_partner: bool = True) -> tuple[Section, ...]:
    """The pages of a form: one per category (full, start, after), one per stage (short, early), a single one (pulse).

    Without a partner the items about one are left out (recorded as not shown), and so are pages that would be empty.
    """
    shown = [item for item in form_items(form) if has_partner or not item.needs_partner]
    if form == "pulse":
        return (Section("", "", Text("", ""), tuple(shown)),)
    if form in ("short", "early"):
        groups = [(row.slug, row.slug, Text(row.en, row.fa)) for row in stages()]
        of = {item.code: stage_of(item.component).slug for item in shown}
    else:
        groups = [(row.slug, row.stage, Text(row.en, row.fa)) for row in categories()]
        of = {item.code: component(item.component).category for item in shown}
    made = (
        Section(slug, stage, title, tuple(item for item in shown if of[item.code] == slug))
        for slug, stage, title in groups
    )
    return tuple(section for section in made if section.items)


@lru_cache(maxsize=6)
def by_component(form: str) -> dict[str, tuple[Item, ...]]:
    """The items of a form under each component it asks about."""
    grouped: dict[str, tuple[Item, ...]] = {}
    for item in form_items(form):
        grouped[item.component] = (*grouped.get(item.component, ()), item)
    return grouped


def minutes(form: str) -> int:
    """About how long a form takes."""
    return {"full": 12, "short": 4, "pulse": 1, "start": 2, "early": 5, "after": 2}[form]
