"""What two coders made of answers in words, as it leaves the page: no answer stands in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evaluation.models import Code, Coding
from evaluation.queries.coding import CodeAgreement, Counted, answers_of, as_shown, compared
from evaluation.statistics.proportions import Proportion


@dataclass(frozen=True)
class CodeRow:
    """A code with the people behind it (None where hidden, and until they are shown), what it stands `under`, and how the two
    used it."""

    code: Code
    under: str
    people: int | None
    agreement: CodeAgreement | None


@dataclass(frozen=True)
class WordsInSum:
    """How many answers there are, the share to which both gave the same codes, and the codebook: nothing of it before both have
    finished, nor while fewer than ten people stand behind the answers."""

    coding: Coding
    answers: int
    same: Proportion | None
    codes: list[CodeRow]


def words_in_sum(coding: Coding) -> WordsInSum:
    """A fixed number of queries."""
    answers = len(answers_of(coding))
    if not answers or not coding.is_compared:
        return WordsInSum(coding, answers, None, [])
    comparison = compared(coding)
    agreed = {each.code.pk: each for each in comparison.by_code}
    return WordsInSum(coding, answers, comparison.same, list(_rows(as_shown(coding), "", agreed)))


def _rows(tree: Iterable[Counted], under: str, agreed: dict[int, CodeAgreement]) -> Iterator[CodeRow]:
    for row in tree:
        yield CodeRow(row.code, under, row.people, agreed.get(row.code.pk))
        yield from _rows(row.children, str(row.code), agreed)
