"""Answers in words as those who code them see them, how far two coders agree, and how often each code was given."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Count, Max, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Consent
from evaluation.disclosure import K_SENSITIVE, hidden
from evaluation.models import Code, Coded, Coding, OpenAnswer, Wave
from evaluation.statistics.agreement import Kappa, agreement_of, kappa
from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.proportions import Proportion
from evaluation.words import decimals
from mentoring.planning.models import Programme
from mentoring.relationships.models import ExitAnswer, Relationship


@dataclass(frozen=True)
class OpenQuestion:
    """One open question of a wave. `people`: how many have written; `coding`: if it was begun."""

    wave: Wave
    code: str
    text: str
    people: int
    coding: Coding | None
    is_over: bool

    @property
    def may_be_read(self) -> bool:
        return self.is_over and self.people >= K_SENSITIVE


def open_questions(waves: list[Wave], language: str | None, now: datetime) -> list[OpenQuestion]:
    """The open questions of these waves. Two queries."""
    codings = {(row.wave_id, row.item): row for row in Coding.objects.filter(wave__in=waves)}
    counted = (
        _written()
        .filter(response__wave__in=waves)
        .values_list("response__wave", "item")
        .annotate(people=Count("response__enrolment__person", distinct=True))
    )
    people = {(wave, item): n for wave, item, n in counted}
    return [
        OpenQuestion(
            wave, each.code, each.words.text(language), people.get((wave.pk, each.code), 0),
            codings.get((wave.pk, each.code)), wave.is_over(now),
        )
        for wave in waves
        if wave.instrument
        for each in wave.instrument.definition.open_questions
    ]  # fmt: skip


def question_of(coding: Coding) -> str:
    """What was asked, in the language of whoever reads."""
    if coding.wave is None:
        return _("What people wrote when they closed a relationship")
    asked = coding.wave.instrument.definition.open_questions if coding.wave.instrument else ()
    return next((each.words.text(get_language()) for each in asked if each.code == coding.item), coding.item)


def _written() -> QuerySet[OpenAnswer]:
    return OpenAnswer.objects.filter(response__submitted_at__isnull=False).exclude(text="")


def may_be_read(wave: Wave, item: str, now: datetime) -> bool:
    """Whether the wave is over, so that no answer comes alone, and enough people have written."""
    rows = _written().filter(response__wave=wave, item=item)
    return wave.is_over(now) and rows.values("response__enrolment__person").distinct().count() >= K_SENSITIVE


@dataclass(frozen=True)
class Written:
    """What one person wrote."""

    pk: int
    text: str
    person: int


def answers_of(coding: Coding) -> list[Written]:
    """The answers in an order that tells nothing of who wrote when; none where too few people stand behind them (any more)."""
    if coding.wave_id is None:
        rows = closings(coding.programme, coding.begun_at, since=_begun_before(coding))
    else:
        found = _written().filter(response__wave=coding.wave_id, item=coding.item)
        rows = [Written(*row) for row in found.values_list("pk", "text", "response__enrolment__person")]
    if len({row.person for row in rows}) < K_SENSITIVE:
        return []
    return sorted(rows, key=lambda row: sha256(f"{coding.pk}:{row.pk}".encode()).digest())


def closings(programme: Programme, at: datetime, *, since: datetime | None) -> list[Written]:
    """What people wrote about relationships that had closed by `at` (after `since`), of those who had agreed to research by then
    and still do. Together they come, so that no answer comes alone. One query."""
    agreed = Consent.objects.in_force(Consent.Kind.RESEARCH).filter(given_at__lte=at)
    rows = ExitAnswer.objects.filter(
        relationship__programme=programme, relationship__closed_at__lte=at, answered_at__lte=at,
        person__in=agreed.values("person"),
    ).exclude(comment="").exclude(relationship__status=Relationship.Status.VOIDED)  # fmt: skip
    if since is not None:
        rows = rows.filter(relationship__closed_at__gt=since)
    return [Written(*row) for row in rows.values_list("pk", "comment", "person")]


def _begun_before(coding: Coding) -> datetime | None:
    """When the coding of closings before this one was begun: what it holds is in no other."""
    earlier = Coding.objects.filter(closings_of=coding.closings_of_id, begun_at__lt=coding.begun_at)
    found: datetime | None = earlier.aggregate(last=Max("begun_at"))["last"]
    return found


@dataclass(frozen=True)
class Closings:
    """The codings of a programme's closings, the newest first, and how many people wrote what is in none of them."""

    codings: list[Coding]
    people: int

    @property
    def may_be_read(self) -> bool:
        return self.people >= K_SENSITIVE


def closings_of(programme: Programme, now: datetime) -> Closings:
    """Two queries."""
    codings = list(Coding.objects.filter(closings_of=programme).order_by("-begun_at")[:20])
    rows = closings(programme, now, since=codings[0].begun_at if codings else None)
    return Closings(codings, len({row.person for row in rows}))


def codes_by_hand(coding: Coding) -> dict[str, dict[int, frozenset[int]]]:
    """Hand -> answer -> ids of its open codes. Two queries."""
    found: dict[str, dict[int, frozenset[int]]] = {hand: {} for hand in Coded.Hand.values}
    for row in coding.kept_in.objects.filter(coding=coding).prefetch_related("codes"):
        found[row.hand][row.answer_id] = frozenset(code.pk for code in row.codes.all())
    return found


@dataclass(frozen=True)
class CodeAgreement:
    """How the two used one code. `share` and `kappa` None where it would be hidden how many either of them, or both, gave it to,
    for they would tell; `kappa` alone where chance cannot be told from agreement: both always, or never, gave it."""

    code: Code
    share: Proportion | None
    kappa: Kappa | None

    @property
    def figures(self) -> dict[str, str]:
        """Kappa and its limits as they are read; nothing where there is none."""
        found = self.kappa
        if found is None or found.value is None or found.low is None or found.high is None:
            return {}
        each = {"value": found.value, "low": found.low, "high": found.high}
        return {name: decimals(number) for name, number in each.items()}


@dataclass(frozen=True)
class Difference:
    answer: Written
    first: list[Code]
    second: list[Code]
    agreed: list[Code] | None


@dataclass(frozen=True)
class Comparison:
    """`same`: the share of answers that both gave exactly the same codes."""

    same: Proportion | None
    by_code: list[CodeAgreement]
    differences: list[Difference]

    @property
    def open_differences(self) -> int:
        return sum(each.agreed is None for each in self.differences)


def compared(coding: Coding) -> Comparison:
    """The two codings beside each other; only for when both have finished. It rests on what each gave alone: no code that is
    moved, and nothing that they agree on later, changes it."""
    answers = answers_of(coding)
    hands = codes_by_hand(coding)
    first, second = hands[Coded.Hand.FIRST], hands[Coded.Hand.SECOND]
    both = [row for row in answers if row.pk in first and row.pk in second]
    codes = list(coding.codes.filter(level=Code.Level.OPEN).order_by("name"))
    may_tell = _told_of_agreement(both, first, second, codes)
    named = {code.pk: code for code in codes}

    def names(pks: frozenset[int]) -> list[Code]:
        return sorted((named[pk] for pk in pks if pk in named), key=lambda code: code.name)

    differing = [row for row in both if first[row.pk] != second[row.pk]]
    agreed = hands[Coded.Hand.AGREED]
    return Comparison(
        agreement_of(*[[" ".join(map(str, sorted(hand[row.pk]))) for row in both] for hand in (first, second)])
        if both
        else None,
        [
            _by_code(code, [row.pk for row in both], first, second)
            if code.pk in may_tell
            else CodeAgreement(code, None, None)
            for code in codes
        ]
        if both
        else [],
        [
            Difference(
                row, names(first[row.pk]), names(second[row.pk]), names(agreed[row.pk]) if row.pk in agreed else None
            )
            for row in differing
        ],
    )


def _by_code(
    code: Code, answers: list[int], first: dict[int, frozenset[int]], second: dict[int, frozenset[int]]
) -> CodeAgreement:
    one, other = ([float(code.pk in hand[pk]) for pk in answers] for hand in (first, second))
    try:
        found = kappa(one, other, categories=(0.0, 1.0))
    except StatisticsError:
        found = None
    return CodeAgreement(code, agreement_of(one, other), found)


@dataclass(frozen=True)
class Counted:
    """How many people's answers a code was given to; None where that would single somebody out."""

    code: Code
    people: int | None
    children: "list[Counted]"


Given = Mapping[int, frozenset[int]]
"""Answer -> ids of its open codes."""


def counts(coding: Coding) -> list[Counted]:
    """The codebook as a tree with the number of people behind each code, by what both gave or agreed on: for the two alone until
    they show it (`as_shown`). Which numbers of open
    codes are shown depends on all of them beside each other, not on where they stand (`_told`); that of a category is shown
    where it tells of ten people or more, and of as many, or nobody, beyond what is shown below it."""
    answers, hands = answers_of(coding), codes_by_hand(coding)
    codes = list(coding.codes.order_by("name"))
    first, second, agreed = (hands[hand] for hand in Coded.Hand.values)
    same = {pk: found for pk, found in first.items() if second.get(pk) == found}
    return tree_of(codes, _people(answers, same | agreed), {row.person for row in answers})


def numbers_in(tree: Iterable[Counted]) -> dict[str, int | None]:
    """Id of a code -> its number, of the whole tree: how `Coding.numbers` keeps what is shown."""
    found: dict[str, int | None] = {}
    for row in tree:
        found |= {str(row.code.pk): row.people} | numbers_in(row.children)
    return found


def as_shown(coding: Coding) -> list[Counted]:
    """The codebook as a tree with the numbers as they were shown, whoever was erased or took consent back since; with none
    before. One query."""
    numbers = coding.numbers or {}
    below: dict[int | None, list[Code]] = defaultdict(list)
    for code in coding.codes.order_by("name"):
        below[code.parent_id].append(code)

    def under(parent: int | None) -> list[Counted]:
        return [Counted(code, numbers.get(str(code.pk)), under(code.pk)) for code in below[parent]]

    return under(None)


def tree_of(codes: list[Code], people: Mapping[int, set[int]], everybody: set[int]) -> list[Counted]:
    """`people`: to whose answers each code was given. What no shown number tells of at all stands for ten people or nobody, too:
    the smallest categories go until it does."""
    told = _told(people, [code for code in codes if code.level == Code.Level.OPEN], everybody)
    away: set[int] = set()
    while True:
        tree, shown, telling = _tree(codes, people, everybody, told, away)
        if not telling or _is_many(everybody - shown):
            return tree
        away.add(min(telling, key=lambda pk: (telling[pk], pk)))


def _people(answers: Iterable[Written], given: Given) -> dict[int, set[int]]:
    """Code -> the people to whose answers it was given."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in answers:
        for pk in given.get(row.pk, ()):
            found[pk].add(row.person)
    return found


def _is_many(people: Collection[int]) -> bool:
    """Whether they are nobody, or so many that nobody is singled out."""
    return not people or len(people) >= K_SENSITIVE


def _told(people: Mapping[int, set[int]], codes: list[Code], everybody: set[int]) -> set[int]:
    """The open codes whose number may be shown: neither those who got one nor those who did not are few, and beside hidden ones
    the next-smallest is hidden (`disclosure.hidden`), so that none follows by subtraction. Ten people without a code, who are in
    no number, are enough to hide behind."""
    found = [people.get(code.pk, set()) for code in codes]
    rest = everybody.difference(*found)
    sizes = [len(each) for each in found]
    away = hidden([*sizes, len(rest)], K_SENSITIVE) if len(rest) < K_SENSITIVE else frozenset()
    return {
        code.pk
        for place, (code, each) in enumerate(zip(codes, found, strict=True))
        if place not in away and _is_many(each) and _is_many(everybody - each)
    }


def _told_of_agreement(answers: list[Written], first: Given, second: Given, codes: list[Code]) -> set[int]:
    """The open codes whose agreement may be shown. From it follow how many each of the two, and both, gave it to."""
    everybody = {row.person for row in answers}
    both = {pk: found & second.get(pk, frozenset()) for pk, found in first.items()}
    return set.intersection(*(_told(_people(answers, hand), codes, everybody) for hand in (first, second, both)))


def given(rows: list[Counted]) -> list[Counted]:
    """The tree without codes that no answer was given and that have none below: a codebook from the model begins with many."""
    kept = [Counted(row.code, row.people, given(row.children)) for row in rows]
    return [row for row in kept if row.people != 0 or row.children]


def _tree(
    codes: list[Code], people: Mapping[int, set[int]], everybody: set[int], told: set[int], away: set[int]
) -> tuple[list[Counted], set[int], dict[int, int]]:
    """The tree, whom its shown numbers tell of, and how many people stand behind those categories that tell of some whom nothing
    below them does. `away`: categories that are not shown."""
    below: dict[int | None, list[Code]] = defaultdict(list)
    for code in codes:
        below[code.parent_id].append(code)
    telling: dict[int, int] = {}

    def under(parent: int | None) -> tuple[list[Counted], set[int], set[int]]:
        """(nodes, people behind them, those of them whom shown numbers tell of)"""
        nodes, behind, shown = [], set[int](), set[int]()
        for code in below[parent]:
            children, theirs, shown_below = under(code.pk)
            mine = theirs | people.get(code.pk, set())
            if code.level == Code.Level.OPEN:
                is_shown = code.pk in told
            else:
                apart = (mine, everybody - mine, mine - shown_below)
                is_shown = code.pk not in away and all(map(_is_many, apart))
                if is_shown and mine - shown_below:
                    telling[code.pk] = len(mine)
            nodes.append(Counted(code, len(mine) if is_shown else None, children))
            behind, shown = behind | mine, shown | (mine if is_shown else shown_below)
        return nodes, behind, shown

    tree, _behind, shown = under(None)
    return tree, shown, telling


def codings_of(programme: Programme) -> list[Wave]:
    """The waves of a programme that asked something in words."""
    waves = Wave.objects.filter(programme=programme, instrument__isnull=False).select_related("instrument", "programme")
    return [wave for wave in waves.order_by("-number") if wave.instrument and wave.instrument.definition.open_questions]
