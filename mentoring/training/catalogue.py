"""The learning modules as data: one file per module in `modules/`; pure Python, read once when first asked for."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from paradigm.model import Text

MODULES = Path(__file__).with_name("modules")
WORDS_PER_SCREEN = 120
WORDS_PER_FEEDBACK = 40
ROLES = ("mentor", "mentee")

Kind = Literal["text", "question", "reflection", "quiz", "use"]
HAS_OPTIONS = frozenset({"question", "quiz", "use"})
HAS_ONE_BEST = frozenset({"question", "quiz"})


class InvalidModule(ValueError):
    """A module file contradicts itself; the message says where."""


@dataclass(frozen=True)
class Statement:
    """One sentence that people rate from 1 (not at all) to 5 (fully) before and after the module."""

    key: str
    text: Text


@dataclass(frozen=True)
class Option:
    """One choice on a screen. `roles`: for whom it is meant; `best`: the strongest answer of a question."""

    key: str
    text: Text
    feedback: Text | None
    best: bool
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Screen:
    """One idea as the player shows it: a whole lesson, or one of the `parts` questions of a quiz lesson."""

    key: str
    kind: Kind
    title: Text
    body: Text
    options: tuple[Option, ...]
    before: bool
    part: int
    parts: int

    def option(self, key: str) -> Option:
        """The option with this key. Raises KeyError."""
        return {option.key: option for option in self.options}[key]

    def options_for(self, role: str) -> tuple[Option, ...]:
        return tuple(option for option in self.options if role in option.roles)


@dataclass(frozen=True)
class Source:
    """Where a claim comes from; texts point to it by its number, counted from 1."""

    text: str
    doi: str


@dataclass(frozen=True)
class Module:
    """A skill in 10 to 15 minutes. `component`: the component of the paradigm model that it serves."""

    slug: str
    order: int
    title: Text
    summary: Text
    roles: tuple[str, ...]
    minutes: int
    component: str
    statements: tuple[Statement, ...]
    lessons: int
    screens: tuple[Screen, ...]
    sources: tuple[Source, ...]

    def screen(self, key: str) -> Screen:
        """The screen with this key. Raises KeyError."""
        return {screen.key: screen for screen in self.screens}[key]

    def open_questions(self, answered: Collection[str]) -> tuple[tuple[int, Screen], ...]:
        """The questions whose keys are not among `answered`, each with its number, counted from 1."""
        return tuple(
            (number, screen)
            for number, screen in enumerate(self.screens, start=1)
            if screen.kind in HAS_ONE_BEST and screen.key not in answered
        )

    @property
    def test(self) -> tuple[Screen, ...]:
        """The quiz questions that are also asked before the module, so that both results can be compared."""
        return tuple(screen for screen in self.screens if screen.before)


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    """Every module in its order. Raises InvalidModule when a file contradicts itself."""
    found = (read_module(path) for path in MODULES.glob("*.toml"))
    return tuple(sorted(found, key=lambda module: module.order))


def module(slug: str) -> Module:
    """One module. Raises KeyError."""
    return {module.slug: module for module in modules()}[slug]


def read_module(path: Path) -> Module:
    """Read and check one file; its name is the slug. Raises InvalidModule."""
    row = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        built = _module(path.stem, row)
    except KeyError as missing:
        raise InvalidModule(f"{path.stem}: {missing} is missing") from missing
    for problem in _problems(built):
        raise InvalidModule(f"{built.slug}: {problem}")
    return built


def words(text: str) -> int:
    """How many words a reader meets; a Persian half-space does not part a word."""
    return len(text.split())


def _module(slug: str, row: dict[str, Any]) -> Module:
    return Module(
        slug=slug,
        order=row["order"],
        title=_text(row["title"]),
        summary=_text(row["summary"]),
        roles=tuple(row["roles"]),
        minutes=row["minutes"],
        component=row["component"],
        statements=tuple(Statement(each["key"], _text(each)) for each in row["statement"]),
        lessons=len(row["lesson"]),
        screens=tuple(screen for lesson in row["lesson"] for screen in _screens(lesson)),
        sources=tuple(Source(each["text"], each.get("doi", "")) for each in row.get("source", ())),
    )


def _screens(lesson: dict[str, Any]) -> list[Screen]:
    items = lesson["item"] if lesson["kind"] == "quiz" else [lesson]
    return [
        Screen(
            key=lesson["key"] if item is lesson else f"{lesson['key']}-{item['key']}",
            kind=lesson["kind"],
            title=_text(lesson["title"]),
            body=_text(item["body"]),
            options=tuple(_option(option) for option in item.get("option", ())),
            before=item.get("before", False),
            part=part,
            parts=len(items),
        )
        for part, item in enumerate(items, start=1)
    ]


def _option(row: dict[str, Any]) -> Option:
    return Option(
        key=row["key"],
        text=_text(row["text"]),
        feedback=_text(row["feedback"]) if "feedback" in row else None,
        best=row.get("best", False),
        roles=tuple(row.get("roles", ROLES)),
    )


def _text(row: dict[str, str]) -> Text:
    return Text(row["en"].strip(), row["fa"].strip())


def _problems(built: Module) -> list[str]:
    keys = [screen.key for screen in built.screens]
    found = []
    if len(set(keys)) != len(keys):
        found.append("two screens have the same key")
    if unknown := set(built.roles) - set(ROLES):
        found.append(f"unknown roles {', '.join(sorted(unknown))}")
    if built.screens[-1].kind != "use" or any(screen.kind == "use" for screen in built.screens[:-1]):
        found.append("a module ends with its one step for the week")
    if not all(text.en and text.fa for text in (built.title, built.summary, *(each.text for each in built.statements))):
        found.append("a title, a summary or a statement lacks a language")
    return found + [problem for screen in built.screens for problem in _screen_problems(screen)]


def _screen_problems(screen: Screen) -> list[str]:
    found = []
    for language, shown in _shown(screen):
        if not all(shown) or sum(words(text) for text in shown) > WORDS_PER_SCREEN:
            found.append(f"{screen.key} ({language}): a text is missing or there are over {WORDS_PER_SCREEN} words")
    for option in screen.options:
        if option.feedback and not all(
            0 < words(text) <= WORDS_PER_FEEDBACK for text in (option.feedback.en, option.feedback.fa)
        ):
            found.append(f"{screen.key}: the feedback on {option.key} is missing or over {WORDS_PER_FEEDBACK} words")
    if bool(screen.options) != (screen.kind in HAS_OPTIONS):
        found.append(f"{screen.key}: a {screen.kind} screen has the wrong options")
    if len({option.key for option in screen.options}) != len(screen.options):
        found.append(f"{screen.key}: two options have the same key")
    if screen.kind in HAS_ONE_BEST and sum(option.best for option in screen.options) != 1:
        found.append(f"{screen.key}: one option must be the best")
    if screen.kind in HAS_ONE_BEST and not all(option.feedback for option in screen.options):
        found.append(f"{screen.key}: every option needs feedback")
    if screen.kind == "use" and not all(screen.options_for(role) for role in ROLES):
        found.append(f"{screen.key}: each role needs a step to choose")
    return found


def _shown(screen: Screen) -> list[tuple[str, list[str]]]:
    """What a reader sees at once on a screen, for each language."""
    texts = [screen.title, screen.body, *(option.text for option in screen.options)]
    return [("en", [text.en for text in texts]), ("fa", [text.fa for text in texts])]
