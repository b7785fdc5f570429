"""What an instrument of an institution's own asks, of whom and when, and how it is scored."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from evaluation.questionnaire import ROLES, Section, said_to
from evaluation.statistics.scoring import scale_score
from paradigm.model import Text

PER_PAGE = 8
OUTCOME = "support.learning"
"""The component that an outcome scale is about."""
SECONDS = {"scale": 11, "open": 60}


@dataclass(frozen=True)
class Rule:
    """Ask only if another item was answered so."""

    item: str
    op: str
    value: int

    def holds(self, given: Mapping[str, int]) -> bool:
        answer = given.get(self.item, -1)
        if answer < 0:
            return False
        return {"at_least": answer >= self.value, "at_most": answer <= self.value, "equal": answer == self.value}[
            self.op
        ]


@dataclass(frozen=True)
class Question:
    """One question, in both languages. `{p}` stands for "my mentor" or "my mentee"."""

    code: str
    words: Text
    is_open: bool = False
    reverse: bool = False
    subscale: str = ""
    roles: tuple[str, ...] = ROLES
    waves: tuple[str, ...] = ()
    when: Rule | None = None
    seen_by_name: ClassVar[bool] = False

    def text(self, role: str, language: str | None) -> str:
        return said_to(self.words, role, language)

    @property
    def needs_partner(self) -> bool:
        return "{p}" in self.words.en + self.words.fa


@dataclass(frozen=True)
class Definition:
    """What an instrument asks. `labels`: point -> words; points without any are shown as numbers."""

    title: Text
    low: int
    high: int
    labels: Mapping[int, Text]
    subscales: Mapping[str, Text]
    questions: tuple[Question, ...]
    method: str
    min_valid: int
    maps_to: str
    content: dict[str, Any] = field(repr=False)

    @property
    def is_outcome(self) -> bool:
        """Whether it is an outcome scale: how far people change on it is an indicator (SU2)."""
        return self.maps_to == OUTCOME

    @property
    def about_partner(self) -> bool:
        """Whether it is asked about each relationship; otherwise once, about the programme."""
        return any(question.needs_partner for question in self.questions)

    @property
    def roles(self) -> str:
        """ "mentor" or "mentee" where only that side is asked; otherwise "both"."""
        asked = {role for question in self.questions for role in question.roles}
        return asked.pop() if len(asked) == 1 else "both"

    @property
    def has_all_labels(self) -> bool:
        """Whether every point of the scale has words; otherwise points are shown as numbers."""
        return len(self.labels) == self.high - self.low + 1

    @property
    def scored(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if not question.is_open)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.is_open)

    @property
    def minutes(self) -> int:
        seconds = sum(SECONDS["open" if question.is_open else "scale"] for question in self.questions)
        return max(1, math.ceil(seconds / 60))

    def asked(self, role: str, moment: str, has_partner: bool) -> tuple[Question, ...]:
        """What this side may be asked then, depending on what it answers. A question that waits for one which this side is
        not asked never comes."""
        found: dict[str, Question] = {}
        for question in self.questions:
            mine = role in question.roles and (not question.waves or moment in question.waves)
            reached = question.when is None or question.when.item in found
            if mine and reached and (has_partner or not question.needs_partner):
                found[question.code] = question
        return tuple(found.values())

    def visible(self, role: str, moment: str, has_partner: bool, given: Mapping[str, int]) -> tuple[Question, ...]:
        """What is asked after these answers; an answer to a question that is not asked (any more) decides nothing."""
        found: dict[str, Question] = {}
        for question in self.asked(role, moment, has_partner):
            rule = question.when
            if rule is None or (rule.item in found and rule.holds(given)):
                found[question.code] = question
        return tuple(found.values())

    def pages(
        self, role: str, moment: str, has_partner: bool, given: Mapping[str, int] | None = None
    ) -> tuple[Section, ...]:
        """Pages in the order of the file. A question stands on a later page than the one it depends on, so that no page
        changes while it is answered. Without `given` every page that can come."""
        made: list[list[Question]] = [[]]
        for question in self.asked(role, moment, has_partner):
            here = {each.code for each in made[-1]}
            if len(here) == PER_PAGE or (question.when and question.when.item in here):
                made.append([])
            made[-1].append(question)
        shown = made
        if given is not None:
            seen = {question.code for question in self.visible(role, moment, has_partner, given)}
            shown = [[question for question in page if question.code in seen] for page in made]
        return tuple(Section("", "", self.title, tuple(page)) for page in shown if page)

    def groups(self) -> dict[str, tuple[Question, ...]]:
        """Subscale -> its questions; without subscales everything under ""."""
        if not self.subscales:
            return {"": self.scored} if self.scored else {}
        return {code: tuple(each for each in self.scored if each.subscale == code) for code in self.subscales}

    def name_of(self, subscale: str, language: str | None) -> str:
        return (self.subscales[subscale] if subscale else self.title).text(language)

    def scores(self, given: Mapping[str, int], role: str, moment: str) -> dict[str, float | None]:
        """Subscale -> score in the instrument's own units from the items that are this side's; None where too few of them
        were answered. Subscales without an item for this side are left out."""
        found = {}
        for code, questions in self.groups().items():
            mine = [each for each in questions if role in each.roles and (not each.waves or moment in each.waves)]
            if mine:
                found[code] = scale_score(
                    [given.get(each.code) for each in mine], [each.reverse for each in mine],
                    low=self.low, high=self.high, method=self.method, min_valid=self.min_valid,
                )  # fmt: skip
        return found

    def span(self, subscale: str, role: str, moment: str) -> tuple[int, int]:
        """Lowest and highest possible score of a subscale for this side."""
        mine = [q for q in self.groups()[subscale] if role in q.roles and (not q.waves or moment in q.waves)]
        times = len(mine) if self.method == "sum" else 1
        return self.low * times, self.high * times


def dropped(old: Definition, new: Definition) -> list[str]:
    """Codes that `old` asks and `new` does not."""
    kept = {question.code for question in new.questions}
    return [question.code for question in old.questions if question.code not in kept]
