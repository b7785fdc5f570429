"""Own instruments of an institution, and what a programme's people answered to them, as far as it may be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Institution, User
from core.dates import localise
from evaluation.disclosure import Batches
from evaluation.instruments import Definition, Question, dropped
from evaluation.models import Answer, Instrument, Response, Wave
from evaluation.queries.quality import whole
from evaluation.questionnaire import ROLES
from evaluation.statistics.consistency import consistency
from evaluation.statistics.estimate import Estimate
from evaluation.statistics.scoring import Floats
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
    """`consistency`: of the answers behind the figures, as `statistics.consistency` gives it; None for a single item and
    where there is no figure."""

    code: str
    name: str
    sides: list[Said]
    consistency: tuple[Estimate, ...] | int | None

    @property
    def reliability(self) -> str:
        """The same in words."""
        return "" if self.consistency is None else consistency_in_words(self.consistency)


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


def own_waves(programme: Programme | None = None, *, user: Any = None) -> QuerySet[Wave]:
    """The waves of own instruments, the newest first: of a programme, or all that `user` (a person or a key) may see."""
    waves = Wave.objects.all() if user is None else Wave.objects.visible_to(user)
    if programme is not None:
        waves = waves.filter(programme=programme)
    return (
        waves.filter(instrument__isnull=False)
        .select_related("instrument", "programme")
        .annotate(left_out=Count("responses", filter=~Q(responses__left_out=""), distinct=True))
        .order_by("-opens_at", "-pk")
    )


def _own(wave: Wave) -> Instrument:
    if wave.instrument is None:
        raise ValueError(f"{wave} asks the built-in questionnaire")
    return wave.instrument


def own_results(waves: Iterable[Wave], *, until: datetime | None = None) -> list[WaveResult]:
    """Subscale scores of these waves by side, of what was sent by `until`. Answers enter five people of a side at a time, as in
    every published figure (`disclosure.Batches`); answers that a rule leaves out do not count. Two queries."""
    chosen = list(waves)
    answers: dict[int, dict[str, int]] = {}
    sent = Response.objects.filter(wave__in=chosen, submitted_at__isnull=False, left_out="")
    if until is not None:
        sent = sent.filter(submitted_at__lte=until)
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
                slices[code, role].add((enrolment, pair), person, score)
    rows = []
    for code, questions in definition.groups().items():
        found = {role: slices[code, role] for role in ROLES if (code, role) in slices}
        sides = [_said(role, each, definition.span(code, role, wave.moment)) for role, each in found.items()]
        found_here = None
        if len(questions) > 1 and any(side.value is not None for side in sides):
            answered = _turned(definition, questions, [answers.get(row[0], {}) for row in responses])
            found_here = consistency(whole(zip((row[3] for row in responses), answered, strict=True), len(questions)))
        rows.append(SubscaleRow(code, definition.name_of(code, get_language()), sides, found_here))
    latest = newest[_own(wave).name]
    return WaveResult(wave, rows, dropped(definition, latest.definition), getattr(wave, "left_out", 0))


Scores = Batches[tuple[int, int | None], float]
"""(enrolment, relationship) -> score."""


def _turned(definition: Definition, questions: Sequence[Question], rows: list[dict[str, int]]) -> Floats:
    """People x items with reversed ones turned, NaN where nothing was answered."""
    turned = definition.low + definition.high
    asked = [(each.code, turned if each.reverse else 0, -1 if each.reverse else 1) for each in questions]
    return np.array(
        [[start + sign * row[code] if code in row else np.nan for code, start, sign in asked] for row in rows],
        dtype=float,
    ).reshape(len(rows), len(questions))


def _said(role: str, found: Scores, span: tuple[int, int]) -> Said:
    values = found.inside.values()
    return Said(role, sum(values) / len(values) if values else None, len(found.people), *span)


def also_asked(programme: Programme) -> list[tuple[Instrument, str]]:
    """The own instruments asked in this programme, newest version of each, with the name of the component each is about.
    One query."""
    found: dict[str, tuple[Instrument, str]] = {}
    for each in Instrument.objects.filter(waves__programme=programme).distinct().order_by("name", "-version"):
        slug = each.definition.maps_to
        found.setdefault(each.name, (each, "" if slug == "none" else component(slug).name(get_language())))
    return list(found.values())
