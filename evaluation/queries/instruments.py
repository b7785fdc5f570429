"""Own instruments of an institution, and what a programme's people answered to them, as far as it may be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Institution, User
from core.dates import localise
from evaluation.disclosure import Batches
from evaluation.instruments import Definition, Question, dropped
from evaluation.models import Answer, Instrument, Response, Wave
from evaluation.questionnaire import ROLES
from evaluation.statistics.estimate import Estimate, StatisticsError
from evaluation.statistics.reliability import PEOPLE_FOR_RELIABILITY, alpha, spearman_brown
from evaluation.words import consistency_in_words, scoring_in_words
from mentoring.planning.models import Programme
from paradigm.model import component


def instruments_of(institution: Institution, user: User) -> QuerySet[Instrument]:
    """The versions that an institution has, with how often each was asked (`asked`)."""
    rows: QuerySet[Instrument] = Instrument.objects.visible_to(user).filter(institution=institution)
    return rows.annotate(asked=Count("waves")).order_by("name", "-version")


def earlier(instrument: Instrument) -> Instrument | None:
    """The version before."""
    return (
        Instrument.objects.filter(
            institution=instrument.institution_id, name=instrument.name, version__lt=instrument.version
        )
        .order_by("-version")
        .first()
    )


def no_longer_asked(instrument: Instrument) -> list[str]:
    """Codes of the questions that the version before asked."""
    before = earlier(instrument)
    return dropped(before.definition, instrument.definition) if before else []


@dataclass(frozen=True)
class Said:
    """What one side says on one subscale, in the instrument's units from `low` to `high`: the mean of `n` people; None while
    fewer than five have answered."""

    role: str
    value: float | None
    n: int
    low: int
    high: int

    @property
    def percent(self) -> float | None:
        return None if self.value is None else 100.0 * (self.value - self.low) / (self.high - self.low)

    @property
    def shown(self) -> str:
        """The figure with the span it lies in."""
        figures = {
            "value": localise(round(self.value or 0.0, 1)),
            "low": localise(self.low),
            "high": localise(self.high),
        }
        return _("%(value)s on %(low)s–%(high)s") % figures


@dataclass(frozen=True)
class SubscaleRow:
    """`reliability`: the internal consistency of the answers behind the figures, in words; empty for a single item and
    where there is no figure."""

    name: str
    sides: list[Said]
    reliability: str


@dataclass(frozen=True)
class WaveResult:
    """One wave of an own instrument. `dropped`: codes that a newer version in this list asks no more."""

    wave: Wave
    rows: list[SubscaleRow]
    dropped: list[str]
    left_out: int

    @property
    def instrument(self) -> Instrument:
        return _own(self.wave)

    @property
    def scoring(self) -> str:
        return scoring_in_words(self.instrument.definition)

    @property
    def component(self) -> str:
        """The name of the component it is about, if any."""
        slug = self.instrument.definition.maps_to
        return "" if slug == "none" else component(slug).name(get_language())


def own_waves(programme: Programme) -> QuerySet[Wave]:
    """The waves of own instruments, the newest first."""
    return (
        Wave.objects.filter(programme=programme, instrument__isnull=False)
        .select_related("instrument", "programme")
        .annotate(left_out=Count("responses", filter=~Q(responses__left_out=""), distinct=True))
        .order_by("-number")
    )


def _own(wave: Wave) -> Instrument:
    if wave.instrument is None:
        raise ValueError(f"{wave} asks the built-in questionnaire")
    return wave.instrument


def own_results(waves: Iterable[Wave]) -> list[WaveResult]:
    """Subscale scores of these waves by side. Answers enter five people of a side at a time, as in every published figure
    (`disclosure.Batches`); answers that a rule leaves out do not count. Two queries."""
    chosen = list(waves)
    answers: dict[int, dict[str, int]] = {}
    sent = Response.objects.filter(wave__in=chosen, submitted_at__isnull=False, left_out="")
    given = Answer.objects.filter(response__in=sent, value__gte=0).values_list("response", "item", "value")
    for response, item, value in given.iterator(chunk_size=20_000):
        answers.setdefault(response, {})[item] = value
    by_wave: dict[int, list[tuple[int, int, int | None, int, str]]] = {wave.pk: [] for wave in chosen}
    rows = sent.order_by("submitted_at", "pk").values_list(
        "wave", "pk", "enrolment", "relationship", "enrolment__person", "enrolment__role"
    )
    for wave_id, pk, enrolment, pair, person, role in rows:
        by_wave[wave_id].append((pk, enrolment, pair, person, role))
    newest: dict[str, Instrument] = {}
    for own in map(_own, chosen):
        known = newest.setdefault(own.name, own)
        newest[own.name] = own if own.version > known.version else known
    return [_result(wave, by_wave[wave.pk], answers, newest) for wave in chosen]


def _result(
    wave: Wave,
    responses: list[tuple[int, int, int | None, int, str]],
    answers: dict[int, dict[str, int]],
    newest: dict[str, Instrument],
) -> WaveResult:
    definition = _own(wave).definition
    slices: dict[tuple[str, str], Scores] = {}
    for role in ROLES:
        for code in definition.scores({}, role, wave.moment):
            slices[code, role] = Batches()
    for pk, enrolment, pair, person, role in responses:
        for code, score in definition.scores(answers.get(pk, {}), role, wave.moment).items():
            if score is not None:
                slices[code, role].add((enrolment, pair), person, (score, pk))
    rows = []
    for code, questions in definition.groups().items():
        found = {role: slices[code, role] for role in ROLES if (code, role) in slices}
        sides = [_said(role, each, definition.span(code, role, wave.moment)) for role, each in found.items()]
        inside = [answers.get(pk, {}) for each in found.values() for _score, pk in _one_per_person(each)]
        reliability = (
            consistency_in_words(_consistency(definition, questions, inside)) if inside and len(questions) > 1 else ""
        )
        rows.append(SubscaleRow(definition.name_of(code, get_language()), sides, reliability))
    latest = newest[_own(wave).name]
    return WaveResult(wave, rows, dropped(definition, latest.definition), getattr(wave, "left_out", 0))


Scores = Batches[tuple[int, int | None], tuple[float, int]]
"""(enrolment, relationship) -> score and response."""


def _one_per_person(found: Scores) -> Iterable[tuple[float, int]]:
    """Of somebody with several relationships the first answers, so that rows are independent."""
    return {enrolment: value for (enrolment, _pair), value in reversed(found.inside.items())}.values()


def _consistency(
    definition: Definition, questions: Sequence[Question], rows: list[dict[str, int]]
) -> Estimate | int | None:
    """Alpha, for two items Spearman-Brown, from 30 complete rows on; below that how many there are. None where it does not exist,
    as when everybody answered an item the same."""
    turned = definition.low + definition.high
    asked = [(each.code, turned if each.reverse else 0, -1 if each.reverse else 1) for each in questions]
    table = np.array(
        [[start + sign * row[code] if code in row else np.nan for code, start, sign in asked] for row in rows],
        dtype=float,
    ).reshape(len(rows), len(questions))
    complete = int((~np.isnan(table)).all(axis=1).sum())
    if complete < PEOPLE_FOR_RELIABILITY:
        return complete
    try:
        return alpha(table) if len(questions) > 2 else spearman_brown(table[:, 0], table[:, 1])
    except StatisticsError:
        return None


def _said(role: str, found: Scores, span: tuple[int, int]) -> Said:
    values = [score for score, _pk in found.inside.values()]
    return Said(role, sum(values) / len(values) if values else None, len(found.people), *span)


def also_asked(programme: Programme) -> list[tuple[Instrument, str]]:
    """The own instruments asked in this programme, newest version of each, with the name of the component each is about.
    One query."""
    found: dict[str, tuple[Instrument, str]] = {}
    for each in Instrument.objects.filter(waves__programme=programme).distinct().order_by("name", "-version"):
        slug = each.definition.maps_to
        found.setdefault(each.name, (each, "" if slug == "none" else component(slug).name(get_language())))
    return list(found.values())
