"""The shared list of skills, needs, goals and fields that people choose from; pure Python, read once when asked for."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from core.text import search_key
from paradigm.model import Named, category

Kind = Literal["skill", "need", "goal", "field"]
KINDS: tuple[str, ...] = get_args(Kind)
DATA = Path(__file__).with_name("concepts.toml")

_ONE_LETTER = str.maketrans("آئ", "ای")
_NO_MATCH = 9


@dataclass(frozen=True)
class Group(Named):
    """One of the seven categories of the model, or a group of university fields."""

    is_category: bool


@dataclass(frozen=True)
class Concept(Named):
    """Something a person can want, offer, study or aim for. `group` is the slug of its Group."""

    group: str
    kind: Kind
    synonyms_en: tuple[str, ...]
    synonyms_fa: tuple[str, ...]

    @property
    def category(self) -> str | None:
        """The category of the model that it belongs to; None for a field of study."""
        return None if self.kind == "field" else self.group


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """The seven categories, then the groups of fields, in the order of the file."""
    found = []
    for row in _rows():
        if "en" in row:
            found.append(Group(row["slug"], row["en"], row["fa"], is_category=False))
        else:
            named = category(row["slug"])
            found.append(Group(named.slug, named.en, named.fa, is_category=True))
    return tuple(found)


@lru_cache(maxsize=1)
def concepts() -> tuple[Concept, ...]:
    """Every concept, group by group. Raises ValueError for a slug used twice or an unknown kind."""
    found = [
        Concept(
            slug=row["slug"],
            en=row["en"],
            fa=row["fa"],
            group=group["slug"],
            kind=row["kind"],
            synonyms_en=tuple(row["synonyms_en"]),
            synonyms_fa=tuple(row["synonyms_fa"]),
        )
        for group in _rows()
        for row in group["concepts"]
    ]
    slugs = [found_one.slug for found_one in found]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise ValueError(f"concepts defined twice: {', '.join(twice)}")
    if strange := sorted({row.kind for row in found} - set(KINDS)):
        raise ValueError(f"unknown kinds of concept: {', '.join(strange)}")
    return tuple(found)


def concept(slug: str) -> Concept:
    """One concept. Raises KeyError."""
    return _by_slug()[slug]


def has_concept(slug: str) -> bool:
    return slug in _by_slug()


def by_group(*kinds: Kind) -> tuple[tuple[Group, tuple[Concept, ...]], ...]:
    """Groups with their concepts, of the given kinds or of all; groups left empty are dropped."""
    wanted = kinds or KINDS
    pairs = [
        (group, tuple(row for row in concepts() if row.group == group.slug and row.kind in wanted))
        for group in groups()
    ]
    return tuple((group, rows) for group, rows in pairs if rows)


def search(text: str, language: str | None = None, *kinds: Kind) -> tuple[Concept, ...]:
    """Concepts that answer what somebody typed, best first; nothing for an empty text.

    Both languages are searched, because people mix them («SPSS», «پایتون»); equals are ordered by the name in
    `language`. Spelling is forgiving: Arabic and Persian letters, half-spaces, digits and case make no difference.
    Order: the name begins so, a synonym begins so, a word of the name begins so, a word of a synonym, anywhere.
    """
    query = fold(text)
    if not query:
        return ()
    wanted = kinds or KINDS
    ranked = [
        (rank, fold(row.name(language)), row)
        for row in concepts()
        if row.kind in wanted and (rank := _rank(query, _folded(row))) < _NO_MATCH
    ]
    return tuple(row for _rank_of, _name, row in sorted(ranked, key=lambda found: found[:2]))


def fold(text: str) -> str:
    """Text as a searcher means it: `search_key`, and also accents, «آ» and «ئ», punctuation make no difference."""
    letters = unicodedata.normalize("NFKD", search_key(text).translate(_ONE_LETTER))
    plain = (letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(plain).split())


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["group"]
    return rows


@lru_cache(maxsize=1)
def _by_slug() -> dict[str, Concept]:
    return {row.slug: row for row in concepts()}


@cache
def _folded(row: Concept) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = (fold(row.en), fold(row.fa))
    return names, tuple(fold(word) for word in (*row.synonyms_en, *row.synonyms_fa))


def _rank(query: str, folded: tuple[tuple[str, ...], tuple[str, ...]]) -> int:
    """0 is the best. The joined forms let «برنامهنویسی» and «برنامه نویسی» find «برنامه‌نویسی»."""
    names, synonyms = folded
    joined = query.replace(" ", "")
    tests = (
        (0, names, lambda text: text == query),
        (1, names, lambda text: text.replace(" ", "").startswith(joined)),
        (2, synonyms, lambda text: text.replace(" ", "").startswith(joined)),
        (3, names, lambda text: f" {query}" in f" {text}"),
        (4, synonyms, lambda text: f" {query}" in f" {text}"),
        (5, (*names, *synonyms), lambda text: joined in text.replace(" ", "")),
    )
    return next((rank for rank, texts, test in tests if any(test(text) for text in texts)), _NO_MATCH)
