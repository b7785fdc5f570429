"""One line of a file of people as values and problems; pure Python but for the check of an address.

A problem is data (`code` and what it speaks of), so that it is shown in the language of whoever reads the report.
"""

import re
import zoneinfo
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.text import clean_name, search_key, to_ascii_digits
from mentoring.planning.concepts import KINDS, Concept, Kind, best_first, concepts, fold

BAD, NOTE = "bad", "note"
LONGEST = {"name": 150, "headline": 160, "organisation": 160, "external_id": 100, "goals": 1000, "group": 80}
MOST_PLACES = 30
_SMALL_WORDS = frozenset("a an the of and in for to my و در از به برای".split())
_BETWEEN = re.compile(r"[;؛،,\n|]+")
_WELL_KNOWN_LANGUAGES = {
    "fa": ("fa", "persian", "farsi", "فارسی"),
    "en": ("en", "english", "انگلیسی"),
    "ar": ("ar", "arabic", "عربی"),
    "az": ("az", "azerbaijani", "azeri", "ترکی آذربایجانی", "آذری"),
    "ku": ("ku", "kurdish", "کردی"),
    "tr": ("tr", "turkish", "ترکی استانبولی", "ترکی"),
    "fr": ("fr", "french", "فرانسوی", "فرانسه"),
    "de": ("de", "german", "آلمانی"),
}
_CODE_OF = {words: code for code, known in _WELL_KNOWN_LANGUAGES.items() for words in known}
_zones = cache(zoneinfo.available_timezones)  # it reads the disk: once, not for every row


@dataclass(slots=True)
class Reading:
    """What one line says. `values` holds only what was given and understood."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def say(self, level: str, code: str, column: str, value: object = "", **more: object) -> None:
        self.problems.append({"level": level, "code": code, "column": column, "value": str(value)[:120], **more})

    @property
    def is_bad(self) -> bool:
        return any(problem["level"] == BAD for problem in self.problems)


def read_row(cells: Mapping[str, str], columns: Mapping[str, str], *, role: str, field_as_concept: bool) -> Reading:
    """Read one line. `cells`: meaning -> cell; `columns`: meaning -> header, for the report.

    `field_as_concept`: the profession is also something that a mentor offers and a mentee wants.
    """
    reading = Reading()
    _read_who(reading, cells, columns)
    for name in ("organisation", "external_id", "goals"):
        _read_text(reading, name, cells, columns)
    _read_headline(reading, cells, columns)
    if role == "mentor":
        _read_number(reading, "capacity", cells, columns, least=1, most=MOST_PLACES)
    _read_languages(reading, cells, columns)
    _read_concepts(reading, cells, columns, field_as_concept)
    return reading


def read_groups(reading: Reading, cells: Mapping[str, str], asked: Mapping[str, list[str]]) -> None:
    """To which named groups a line says somebody belongs. `cells`: question -> cell; `asked`: the programme's own questions
    with their answers, of which one it must then be.
    """
    found = {}
    for question, cell in cells.items():
        if not (text := clean_name(cell)):
            continue
        answers = asked.get(question, [text])
        answer = next((one for one in answers if search_key(one) == search_key(text)), "")
        if len(text) > LONGEST["group"]:
            reading.say(BAD, "too_long", question, text, limit=LONGEST["group"])
        elif answer:
            found[question] = answer
        else:
            reading.say(NOTE, "answer_unknown", question, text)
    if found:
        reading.values["groups"] = found


def _read_who(reading: Reading, cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
    email = clean_name(to_ascii_digits(cells.get("email", ""))).lower()
    if not email:
        reading.say(BAD, "email_missing", columns.get("email", ""))
    elif _is_address(email):
        reading.values["email"] = email
    else:
        reading.say(BAD, "email_wrong", columns["email"], email)
    name = clean_name(cells.get("name", "") or f"{cells.get('first_name', '')} {cells.get('last_name', '')}")
    shown = columns.get("name") or columns.get("first_name") or columns.get("last_name", "")
    if not name:
        reading.say(BAD, "name_missing", shown)
    elif len(name) > LONGEST["name"]:
        reading.say(BAD, "too_long", shown, name, limit=LONGEST["name"])
    else:
        reading.values["name"] = name


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _read_text(reading: Reading, name: str, cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
    text = cells.get(name, "").strip().replace("ي", "ی").replace("ك", "ک")
    if len(text) > LONGEST[name]:
        reading.say(BAD, "too_long", columns[name], text, limit=LONGEST[name])
    elif text:
        reading.values[name] = text


def _read_headline(reading: Reading, cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
    """A grade that is not a number of years is kept as words beside the job title."""
    words = [clean_name(cells.get("headline", ""))]
    grade = clean_name(cells.get("seniority", ""))
    if to_ascii_digits(grade).isdecimal():
        _read_number(reading, "seniority", cells, columns, least=0, most=80)
    elif grade:
        words.append(grade)
        reading.say(NOTE, "grade_as_words", columns["seniority"], grade)
    headline = " · ".join(word for word in words if word)
    if len(headline) > LONGEST["headline"]:
        reading.say(BAD, "too_long", columns.get("headline", ""), headline, limit=LONGEST["headline"])
    elif headline:
        reading.values["headline"] = headline


def _read_number(
    reading: Reading, name: str, cells: Mapping[str, str], columns: Mapping[str, str], *, least: int, most: int
) -> None:
    text = to_ascii_digits(cells.get(name, "")).strip()
    if not text:
        return
    if text.isdecimal() and len(text) < 6 and least <= int(text) <= most:
        reading.values[name] = int(text)
    else:
        reading.say(BAD, "number_wrong", columns[name], text, least=least, most=most)


def _read_languages(reading: Reading, cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
    spoken = []
    for word in _split(cells.get("languages", "")):
        if code := _CODE_OF.get(search_key(word)):
            spoken.append(code)
        else:
            reading.say(NOTE, "language_unknown", columns["languages"], word)
    if spoken:
        reading.values["languages"] = list(dict.fromkeys(spoken))
    if word := cells.get("language", "").strip():
        if (code := _CODE_OF.get(search_key(word))) in ("fa", "en"):
            reading.values["language"] = code
        else:
            reading.say(NOTE, "language_unknown", columns["language"], word)
    if zone := cells.get("time_zone", "").strip():
        if zone in _zones():
            reading.values["time_zone"] = zone
        else:
            reading.say(NOTE, "zone_unknown", columns["time_zone"], zone)


def _read_concepts(
    reading: Reading, cells: Mapping[str, str], columns: Mapping[str, str], field_as_concept: bool
) -> None:
    found: dict[str, None] = {}
    if profession := cells.get("field", "").strip():
        studied = guess_concept(profession, "field")
        skill = guess_concept(profession, "skill", "need")
        if studied is not None:
            reading.values["field"] = studied.slug
            _say_guess(reading, columns["field"], profession, studied)
        if field_as_concept and (chosen := skill or studied) is not None:
            found[chosen.slug] = None
        if studied is None and (skill is None or not field_as_concept):
            reading.say(NOTE, "concept_unknown", columns["field"], profession)
    for word in _split(cells.get("skills", "")):
        concept = guess_concept(word)
        if concept is None:
            reading.say(NOTE, "concept_unknown", columns["skills"], word)
            continue
        found[concept.slug] = None
        _say_guess(reading, columns["skills"], word, concept)
    if found:
        reading.values["concepts"] = sorted(found)


def _say_guess(reading: Reading, column: str, word: str, concept: Concept) -> None:
    if not _is_its_name(word, concept):
        reading.say(NOTE, "concept_guessed", column, word, concept=concept.slug)


def _split(text: str) -> list[str]:
    return [word.strip() for word in _BETWEEN.split(text) if word.strip()]


@lru_cache(maxsize=4096)
def guess_concept(text: str, *kinds: Kind) -> Concept | None:
    """The concept that a free word most likely means: its name or a synonym, one in which it is a whole word, or one that
    has the same words in another order."""
    query, wanted = fold(text), kinds or KINDS
    as_words = f" {query} " if len(query) > 3 else f"| {query} |"
    nearby = _by_word().get(query.partition(" ")[0], ())
    named = (row for row, names in nearby if as_words in names and row.kind in wanted)
    same = (row for row in _by_words().get(_words(query), ()) if row.kind in wanted)
    return next(iter((*best_first(query, named), *same)), None)


def _words(folded: str) -> frozenset[str]:
    return frozenset(folded.split()) - _SMALL_WORDS


@lru_cache(maxsize=4096)
def _is_its_name(word: str, concept: Concept) -> bool:
    return fold(word) in _names(concept)


@cache
def _by_word() -> dict[str, list[tuple[Concept, str]]]:
    """A word -> the concepts that have it in a name, each with its names in one string: "| name | other name |"."""
    found = defaultdict(list)
    for row in concepts():
        for word in {word for name in _names(row) for word in name.split()}:
            found[word].append((row, f"| {' | '.join(_names(row))} |"))
    return found


@cache
def _by_words() -> dict[frozenset[str], list[Concept]]:
    """Words in any order -> the concepts that have a name of just these."""
    found = defaultdict(list)
    for row in concepts():
        for words in {_words(name) for name in _names(row)} - {frozenset()}:
            found[words].append(row)
    return found


@cache
def _names(concept: Concept) -> frozenset[str]:
    return frozenset(fold(word) for word in (concept.en, concept.fa, *concept.synonyms_en, *concept.synonyms_fa))
