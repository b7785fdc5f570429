"""The shared list of skills, needs, goals and fields that people choose from; pure Python, read once when asked for."""

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from core.text import search_key
from paradigm.model import Named, category

Kind = Literal["skill", "need", "goal", "field"]
KINDS: tuple[str, ...] = get_args(Kind)
PICKED: tuple[Kind, ...] = ("skill", "need", "goal")
"""What people want or offer; a field is what they study."""
DATA = Path(__file__).with_name("concepts.toml")

_NO_MATCH = 9
_ALIKE = 0.6


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
            en=row["en"][0],
            fa=row["fa"][0],
            group=group["slug"],
            kind=row["kind"],
            synonyms_en=tuple(row["en"][1:]),
            synonyms_fa=tuple(row["fa"][1:]),
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
    `language`, the shortest first. Spelling is forgiving: Arabic and Persian letters, half-spaces, digits and case make
    no difference.
    Order: the name begins so, a synonym begins so, a word of the name begins so, a word of a synonym, anywhere, the same
    words in another order.
    """
    wanted = kinds or KINDS
    return best_first(fold(text), (row for row in concepts() if row.kind in wanted), language)


def best_first(query: str, rows: Iterable[Concept], language: str | None = None) -> tuple[Concept, ...]:
    """Those of `rows` that answer a folded query, in the order of `search`."""
    if not query:
        return ()
    ranked = [
        (rank, len(name := fold(row.name(language))), name, row)
        for row in rows
        if (rank := _rank(query, _folded(row))) < _NO_MATCH
    ]
    return tuple(found[-1] for found in sorted(ranked, key=lambda found: found[:-1]))


def near(text: str, *kinds: Kind) -> tuple[Concept, ...]:
    """Up to three concepts that look most like words by which nothing is called: they may be mistyped."""
    typed = _lettered(fold(text))
    ranked = [
        (max(_likeness(typed, word) for word in _lettered_words(row)), row)
        for row in concepts()
        if row.kind in (kinds or KINDS)
    ]
    alike = sorted((found for found in ranked if found[0] >= _ALIKE), key=lambda found: -found[0])
    return tuple(row for _likeness_of, row in alike[:3])


def word_for(row: Concept, text: str, language: str | None = None) -> str:
    """The synonym or the foreign name by which `search` found a concept; empty when its own name says it already."""
    query = fold(text)
    words = (row.en, row.fa, *row.synonyms_en, *row.synonyms_fa)
    ranks = {word: _rank(query, ((fold(word),), ())) for word in words}
    return "" if ranks[row.name(language)] < _NO_MATCH else min(words, key=ranks.__getitem__)


def fold(text: str) -> str:
    """Text as a searcher means it: `search_key`, and also accents, «آ», punctuation make no difference."""
    letters = unicodedata.normalize("NFKD", search_key(text))
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


Letters = tuple[frozenset[str], ...]


def _lettered(folded: str) -> Letters:
    """Pairs of letters: of the whole, then of each word."""
    words = folded.split()
    return tuple(frozenset(a + b for a, b in pairwise(word)) for word in ("".join(words), *words))


@cache
def _lettered_words(row: Concept) -> tuple[Letters, ...]:
    names, synonyms = _folded(row)
    return tuple(_lettered(word) for word in (*names, *synonyms))


def _likeness(typed: Letters, other: Letters) -> float:
    """0 to 1, by the whole or, if that is more, by the word of `typed` that has the least like it in `other`."""
    whole, *words = typed
    by_words = min((max(_shared(word, found) for found in other[1:]) for word in words), default=0.0)
    return max(_shared(whole, other[0]), by_words)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of their pairs that two words share, 0 to 1 (Dice 1945)."""
    return 2 * len(one & other) / ((len(one) + len(other)) or 1)


def _has_in_words(text: str, query: str, joined: str) -> bool:
    """Within a word, or from the beginning of one: "hope" is not in "research open data"."""
    words = text.split()
    return query in text or any("".join(words[place:]).startswith(joined) for place in range(len(words)))


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
        (5, (*names, *synonyms), lambda text: joined in text.replace(" ", "") and _has_in_words(text, query, joined)),
        (6, (*names, *synonyms), lambda text: all(f" {part}" in f" {text}" for part in query.split())),
    )
    return next((rank for rank, texts, test in tests if any(test(text) for text in texts)), _NO_MATCH)
