"""Programme templates: what a coordinator starts from; pure Python, read once when asked for."""

import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from paradigm.model import Text

DATA = Path(__file__).with_name("templates.toml")
FORMATS = frozenset({"one_to_one", "circle"})
QUESTIONS = frozenset({"skills", "goals", "languages", "availability", "capacity", "motivation", "wishes"})

HEADINGS = {
    "expectations": Text("What we expect of each other", "از هم چه انتظاری داریم"),
    "confidentiality": Text("What stays between us", "چه چیزی میان ما می‌ماند"),
    "boundaries": Text("Our boundaries", "مرزهای ما"),
    "reconnecting": Text("When we have not heard from each other", "وقتی از هم بی‌خبر مانده‌ایم"),
}


@dataclass(frozen=True)
class Agreement:
    """What people sign, in four parts; every line of a part is one point."""

    expectations: Text
    confidentiality: Text
    boundaries: Text
    reconnecting: Text

    def text(self, language: str | None) -> str:
        """The whole agreement as plain text: each part under its heading, a blank line between parts."""
        parts = ((HEADINGS[part.name], getattr(self, part.name)) for part in fields(self))
        return "\n\n".join(f"{heading.text(language)}\n{part.text(language)}" for heading, part in parts)


@dataclass(frozen=True)
class Milestone:
    """Something that should have been reached `day` days after the programme starts."""

    day: int
    title: Text


@dataclass(frozen=True)
class Template:
    """A programme ready to start from. `rhythm_days`: at least one contact in so many days."""

    slug: str
    name: Text
    summary: Text
    format: Literal["one_to_one", "circle"]
    weeks: int
    rhythm_days: int
    session_minutes: int
    mentor_capacity: int
    agreement: Agreement
    milestones: tuple[Milestone, ...]
    mentor_asks: tuple[str, ...]
    mentee_asks: tuple[str, ...]
    mentor_training: tuple[str, ...]
    mentee_training: tuple[str, ...]

    def asks(self, role: str) -> tuple[str, ...]:
        """What the application asks of a `mentor` or a `mentee`."""
        return self.mentor_asks if role == "mentor" else self.mentee_asks

    def training(self, role: str) -> tuple[str, ...]:
        """The modules that a `mentor` or a `mentee` finishes before being ready."""
        return self.mentor_training if role == "mentor" else self.mentee_training


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """Every template in the order of the file. Raises ValueError when the file contradicts itself."""
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))["template"]
    found = tuple(_template(row) for row in rows)
    slugs = [row.slug for row in found]
    if len(set(slugs)) != len(slugs):
        raise ValueError(f"templates need different slugs: {', '.join(slugs)}")
    return found


def template(slug: str) -> Template:
    """One template. Raises KeyError."""
    return {row.slug: row for row in templates()}[slug]


def _template(row: dict[str, Any]) -> Template:
    built = Template(
        slug=row["slug"],
        name=_text(row["name"]),
        summary=_text(row["summary"]),
        format=row["format"],
        weeks=row["weeks"],
        rhythm_days=row["rhythm_days"],
        session_minutes=row["session_minutes"],
        mentor_capacity=row["mentor_capacity"],
        agreement=Agreement(**{part.name: _text(row["agreement"][part.name]) for part in fields(Agreement)}),
        milestones=tuple(Milestone(stone["day"], _text(stone)) for stone in row["milestone"]),
        mentor_asks=tuple(row["mentor_asks"]),
        mentee_asks=tuple(row["mentee_asks"]),
        mentor_training=tuple(row["mentor_training"]),
        mentee_training=tuple(row["mentee_training"]),
    )
    _check(built)
    return built


def _text(row: dict[str, str]) -> Text:
    return Text(row["en"].strip(), row["fa"].strip())


def _check(built: Template) -> None:
    days = [stone.day for stone in built.milestones]
    if built.format not in FORMATS:
        raise ValueError(f"{built.slug}: unknown format {built.format}")
    if unknown := sorted({*built.mentor_asks, *built.mentee_asks} - QUESTIONS):
        raise ValueError(f"{built.slug}: unknown questions {', '.join(unknown)}")
    if days != sorted(set(days)) or not 0 < days[0] <= days[-1] <= built.weeks * 7:
        raise ValueError(f"{built.slug}: milestones must lie within the {built.weeks} weeks, in order")
