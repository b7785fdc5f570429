"""The file of an instrument: read, judged with the place of every fault, and tidied."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import clean_name
from evaluation.instruments.definition import SECONDS, Definition, Question, Rule
from evaluation.questionnaire import MOMENTS, ROLES
from paradigm.model import Text, components

MAX_BYTES, MAX_ITEMS, MAX_SUBSCALES, MAX_POINT, MAX_FAULTS = 256 * 1024, 120, 20, 10, 20
LANGUAGES = ("en", "fa")
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
METHODS = ("mean", "sum")
OPERATORS = ("at_least", "at_most", "equal")
TOP = ("instrument", "version", "title", "licence_text", "licence_confirmed_by", "licence_confirmed_at", "scale",
       "subscales", "items", "scoring", "maps_to")  # fmt: skip
OF_AN_ITEM = ("id", "text", "kind", "reverse", "subscale", "roles", "wave", "when")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where in the file."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class BadInstrument(ValueError):
    """The file or what was typed cannot be an instrument; `faults` says all that is wrong, `MAX_FAULTS` at most."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults[:MAX_FAULTS]
        super().__init__(" ".join(map(str, self.faults)))


def read(data: bytes) -> dict[str, Any]:
    """The JSON object of a file. Raises BadInstrument."""
    if len(data) > MAX_BYTES:
        raise BadInstrument(Fault("", _("The file is larger than 256 kB.")))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInstrument(Fault(_("line %s") % line, _("This is not UTF-8 text."))) from error
    try:
        found = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
        raise BadInstrument(
            Fault(place, _("This is not JSON: a comma, a quote or a bracket is missing or too many."))
        ) from error
    except RecursionError as error:
        raise BadInstrument(Fault("", _("Brackets are nested too deeply."))) from error
    except BadInstrument:
        raise
    except ValueError as error:
        raise BadInstrument(Fault("", _("A number in the file cannot be read."))) from error
    if not isinstance(found, dict):
        raise BadInstrument(Fault("", _("The file holds no object: it begins with “{”.")))
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadInstrument(Fault(key[:60], _("This stands twice in one object.")))
        found[key] = value
    return found


def _no_number(_text: str) -> Any:
    raise ValueError


def define(document: Mapping[str, Any]) -> Definition:
    """What a document of the loader format asks. Raises BadInstrument with everything that is wrong, each with its place."""
    check = _Check()
    check.known(document, TOP, ())
    check.head(document)
    low, high, labels = check.scale(document.get("scale"))
    subscales = check.subscales(document.get("subscales", {}))
    method, min_valid = check.scoring(document.get("scoring", {}))
    title = check.text(document.get("title", {}), ("title",), 120, required=False)
    maps_to = document.get("maps_to", "none")
    if maps_to not in ("none", *(part.slug for part in components())):
        check.wrong(("maps_to",), _("This is no component of the model; write its slug, or “none”."))
    questions = check.items(document.get("items"), low, high, subscales)
    if check.faults:
        raise BadInstrument(*check.faults)
    name = str(document["instrument"])
    used = dict.fromkeys(question.subscale for question in questions if question.subscale)
    named = {code: _both(subscales[code]) if code in subscales else Text(code, code) for code in used}
    made = Definition(
        _both(title) if title else Text(name, name), low, high, {at: _both(words) for at, words in labels.items()},
        named, tuple(questions), method, min_valid, maps_to, {},
    )  # fmt: skip
    return Definition(**{**made.__dict__, "content": _content(made, title, labels, document)})


def _both(words: Mapping[str, str]) -> Text:
    """The other language where one is missing."""
    return Text(words.get("en") or words.get("fa", ""), words.get("fa") or words.get("en", ""))


def _content(
    made: Definition, title: Mapping[str, str], labels: Mapping[int, Mapping[str, str]], document: Mapping[str, Any]
) -> dict[str, Any]:
    """The document again, tidied: what is kept and what is downloaded."""
    check = _Check()
    points = sorted(labels)
    scale: dict[str, Any] = {"min": made.low, "max": made.high}
    if labels:
        scale["labels"] = {
            lang: [labels[at][lang] for at in points] for lang in LANGUAGES if all(lang in labels[at] for at in points)
        }
    given = document.get("subscales", {})
    items = []
    for row, question in zip(document["items"], made.questions, strict=True):
        item: dict[str, Any] = {"id": question.code, "text": check.text(row["text"], (), 500)}
        if question.is_open:
            item["kind"] = "open"
        if question.reverse:
            item["reverse"] = True
        if question.subscale:
            item["subscale"] = question.subscale
        if question.roles != ROLES:
            item["roles"] = list(question.roles)
        if question.waves:
            item["wave"] = list(question.waves)
        if question.when:
            item["when"] = {"item": question.when.item, question.when.op: question.when.value}
        items.append(item)
    content: dict[str, Any] = {"title": title} if title else {}
    return content | {
        "scale": scale,
        "subscales": {code: check.text(given[code], (), 120) for code in made.subscales if code in given},
        "items": items,
        "scoring": {"method": made.method, "min_valid": made.min_valid},
        "maps_to": made.maps_to,
    }


Path = tuple[object, ...]


class _Check:
    """Reads parts of a document and notes what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def wrong(self, path: Path, sentence: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(" › ".join(map(str, path)), sentence))

    def known(self, row: Mapping[str, Any], names: tuple[str, ...], path: Path) -> None:
        for name in row:
            if name not in names:
                self.wrong((*path, str(name)[:60]), _("This is not known here. Known are: %s.") % ", ".join(names))

    def line(self, value: Any, path: Path, limit: int, *, required: bool = True) -> str:
        """One line of words."""
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self.wrong(path, _("Here belong words in quotes."))
            return ""
        return self._words(clean_name(value), path, limit, required=required)

    def _words(self, words: str, path: Path, limit: int, *, required: bool) -> str:
        try:
            words.encode()
        except UnicodeEncodeError:
            self.wrong(path, _("There is half a letter in it."))
            return ""
        if required and not words:
            self.wrong(path, _("This is empty."))
        if len(words) > limit:
            self.wrong(path, _("This is longer than %s letters.") % limit)
        return words

    def text(self, value: Any, path: Path, limit: int, *, required: bool = True) -> dict[str, str]:
        """Words by language; one language is enough."""
        if not isinstance(value, Mapping):
            self.wrong(path, _('Here belong words by language, as in {"en": "…", "fa": "…"}.'))
            return {}
        self.known(value, LANGUAGES, path)
        found = {
            lang: self.line(value[lang], (*path, lang), limit, required=False) for lang in LANGUAGES if lang in value
        }
        found = {lang: words for lang, words in found.items() if words}
        if required and not found:
            self.wrong(path, _("There are words in neither language."))
        return found

    def whole(self, value: Any, path: Path, low: int, high: int) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.wrong(path, _("Here belongs a whole number from %(low)s to %(high)s.") % {"low": low, "high": high})
            return None
        return value

    def head(self, document: Mapping[str, Any]) -> None:
        self.line(document.get("instrument"), ("instrument",), 60)
        self.whole(document.get("version"), ("version",), 1, 9999)
        licence = document.get("licence_text", "")
        if not isinstance(licence, str):
            self.wrong(("licence_text",), _("Here belong words in quotes."))
        else:
            self._words(licence, ("licence_text",), 4000, required=False)
            if "\x00" in licence:
                self.wrong(("licence_text",), _("There is a sign in it that no text has."))
        self.line(document.get("licence_confirmed_by"), ("licence_confirmed_by",), 120, required=False)
        day = document.get("licence_confirmed_at")
        if day is not None and confirmed_on(day) is None:
            self.wrong(("licence_confirmed_at",), _("Here belongs a day such as 2026-11-23."))

    def scale(self, value: Any) -> tuple[int, int, dict[int, dict[str, str]]]:
        if not isinstance(value, Mapping):
            self.wrong(("scale",), _('A scale is missing, as in {"min": 1, "max": 5}.'))
            return 1, 5, {}
        self.known(value, ("min", "max", "labels"), ("scale",))
        low = self.whole(value.get("min"), ("scale", "min"), 0, MAX_POINT - 1)
        high = self.whole(value.get("max"), ("scale", "max"), 1, MAX_POINT)
        if low is None or high is None:
            return 1, 5, {}
        if high <= low:
            self.wrong(("scale", "max"), _("The highest point is not above the lowest."))
            return 1, 5, {}
        return low, high, self._labels(value.get("labels", {}), low, high)

    def _labels(self, value: Any, low: int, high: int) -> dict[int, dict[str, str]]:
        path: Path = ("scale", "labels")
        if not isinstance(value, Mapping):
            self.wrong(path, _('Here belong lists by language, as in {"en": ["never", "always"]}.'))
            return {}
        self.known(value, LANGUAGES, path)
        found: dict[int, dict[str, str]] = {}
        count = high - low + 1
        lengths = set()
        for lang in LANGUAGES:
            if lang not in value:
                continue
            rows = value[lang]
            if not isinstance(rows, list) or len(rows) not in (2, count):
                self.wrong(
                    (*path, lang), _("Here belongs a list: two labels for the ends, or %s, one for each point.") % count
                )
                continue
            lengths.add(len(rows))
            places = range(low, high + 1) if len(rows) == count else (low, high)
            for at, words in zip(places, rows, strict=True):
                found.setdefault(at, {})[lang] = self.line(words, (*path, lang, at), 80)
        if len(lengths) > 1:
            self.wrong(path, _("The two languages label different points."))
        return found

    def subscales(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or len(value) > MAX_SUBSCALES:
            self.wrong(("subscales",), _("Here belong at most %s names by code.") % MAX_SUBSCALES)
            return {}
        found = {}
        for code, words in value.items():
            if not CODE.fullmatch(code):
                self.wrong(("subscales", code[:60]), _CODE_SENTENCE)
            found[code] = self.text(words, ("subscales", code[:60]), 120)
        return found

    def scoring(self, value: Any) -> tuple[str, int]:
        if not isinstance(value, Mapping):
            self.wrong(("scoring",), _('Here belongs how it is scored, as in {"method": "mean", "min_valid": 2}.'))
            return "mean", 1
        self.known(value, ("method", "min_valid"), ("scoring",))
        method = value.get("method", "mean")
        if method not in METHODS:
            self.wrong(("scoring", "method"), _("This is “mean” or “sum”."))
        return method, self.whole(value.get("min_valid", 1), ("scoring", "min_valid"), 1, MAX_ITEMS) or 1

    def items(self, value: Any, low: int, high: int, subscales: Mapping[str, Any]) -> list[Question]:
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self.wrong(("items",), _("Here belongs a list of at most %s questions.") % MAX_ITEMS)
            return []
        made: list[Question] = []
        for number, row in enumerate(value, start=1):
            if not isinstance(row, Mapping):
                self.wrong(("items", number), _("Here belongs an object."))
                continue
            made.append(self._item(row, number, {each.code: each for each in made}, (low, high), subscales))
        if len({each.subscale for each in made if each.subscale} | set(subscales)) > MAX_SUBSCALES:
            self.wrong(("items",), _("There are more than %s subscales.") % MAX_SUBSCALES)
        return made

    def _item(
        self, row: Mapping[str, Any], number: int, before: Mapping[str, Question], span: tuple[int, int],
        subscales: Mapping[str, Any],
    ) -> Question:  # fmt: skip
        code = row.get("id")
        named = isinstance(code, str) and CODE.fullmatch(code)
        path: Path = ("items", f"{number} ({code})" if named else number)
        if not named:
            self.wrong((*path, "id"), _CODE_SENTENCE)
        elif code in before:
            self.wrong((*path, "id"), _("Another question has this id already."))
        self.known(row, OF_AN_ITEM, path)
        words = self.text(row.get("text"), (*path, "text"), 500)
        kind = row.get("kind", "scale")
        if kind not in SECONDS:
            self.wrong((*path, "kind"), _("This is “scale” or “open”."))
        reverse = row.get("reverse", False)
        if not isinstance(reverse, bool):
            self.wrong((*path, "reverse"), _("This is true or false."))
        subscale = row.get("subscale") or ""
        if not isinstance(subscale, str) or (subscale and not CODE.fullmatch(subscale)):
            self.wrong((*path, "subscale"), _CODE_SENTENCE)
            subscale = ""
        elif subscales and subscale and subscale not in subscales:
            self.wrong((*path, "subscale"), _("This subscale is not among “subscales”."))
        if kind == "open" and (reverse or subscale):
            self.wrong(path, _("A question answered in words is in no subscale and not reversed."))
        roles = self._some(row.get("roles", list(ROLES)), ROLES, (*path, "roles"))
        waves = self._some(row.get("wave", []), MOMENTS, (*path, "wave"), may_be_empty=True)
        when = self._when(row.get("when"), before, span, (*path, "when"))
        return Question(str(code), _both(words), kind == "open", bool(reverse), subscale, roles or ROLES, waves, when)

    def _some(self, value: Any, known: tuple[str, ...], path: Path, *, may_be_empty: bool = False) -> tuple[str, ...]:
        rows = [value] if isinstance(value, str) else value
        if not isinstance(rows, list) or any(each not in known for each in rows) or not (rows or may_be_empty):
            self.wrong(path, _("Here belongs a list of some of: %s.") % ", ".join(known))
            return ()
        return tuple(each for each in known if each in rows)

    def _when(self, value: Any, before: Mapping[str, Question], span: tuple[int, int], path: Path) -> Rule | None:
        if value is None:
            return None
        found = [op for op in OPERATORS if isinstance(value, Mapping) and op in value]
        if not isinstance(value, Mapping) or len(found) != 1 or set(value) != {"item", found[0]}:
            self.wrong(path, _('This is written as in {"item": "a1", "at_least": 4}; there is also at_most and equal.'))
            return None
        asked = before.get(value["item"]) if isinstance(value["item"], str) else None
        if asked is None or asked.is_open:
            self.wrong((*path, "item"), _("It depends on no earlier question that is answered on the scale."))
            return None
        point = self.whole(value[found[0]], (*path, found[0]), *span)
        return None if point is None else Rule(asked.code, found[0], point)


def confirmed_on(value: Any) -> date | None:
    """A day as the file writes it; None for anything else."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


_CODE_SENTENCE: Any = gettext_lazy("A code begins with a Latin letter and has only letters, digits and _, 40 at most.")
