"""What a study measures: a component or category of the model, or a scale of an institution's own questionnaire. Both have items
that are asked in certain waves, and one score of a person's answers to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from evaluation.models import Instrument
from evaluation.questionnaire import ROLES
from evaluation.statistics.scoring import Floats, scale_score
from evaluation.studies.plans import DID, common_items
from paradigm.model import stage_of

Instruments = Mapping[str, Instrument]
"""Key of a version ("own:name:version") -> the version."""


@dataclass(frozen=True)
class Part:
    """One item, by its key in `Said.answers`."""

    code: str
    reverse: bool


@dataclass(frozen=True)
class Scale:
    """Items with their scale from `low` to `high`. `method`: how they are put together in the instrument's own units; empty for
    the model's, which go from 0 to 100."""

    items: tuple[Part, ...] = ()
    low: int = 1
    high: int = 5
    method: str = ""
    min_valid: int = 1

    def score(self, answers: Mapping[str, int]) -> float | None:
        """None unless enough was answered: two thirds of the model's items, as many as an own instrument asks for. Nobody's
        missing answer is filled in."""
        value = scale_score(
            [answers.get(item.code) for item in self.items], [item.reverse for item in self.items],
            low=self.low, high=self.high, method=self.method or "mean", min_valid=self.min_valid,
        )  # fmt: skip
        return value if value is None or self.method else (value - self.low) * 100.0 / (self.high - self.low)

    def table(self, rows: Iterable[Mapping[str, int]]) -> Floats:
        """People x items with reversed ones turned, NaN where nothing was answered."""
        found = [[self._turned(row.get(item.code), item.reverse) for item in self.items] for row in rows]
        return np.array(found, dtype=float).reshape(len(found), len(self.items))

    def _turned(self, answer: int | None, is_reversed: bool) -> float:
        if answer is None:
            return float("nan")
        return self.low + self.high - answer if is_reversed else answer


def is_own(outcome: str) -> bool:
    return outcome.startswith(Instrument.OWN)


def key_of(outcome: str) -> str:
    """The version of an own questionnaire that an outcome belongs to; empty for the model's."""
    return outcome.rpartition(":")[0] if is_own(outcome) else ""


def own_outcomes(instrument: Instrument) -> list[str]:
    """The scales of a version, as outcomes: its key, then the code of the subscale (nothing where there is one scale only)."""
    return [f"{instrument.key}:{code}" for code in instrument.definition.groups()]


def scale_of(
    outcome: str, moments: Iterable[str], instruments: Instruments, *, role: str = "", alone: bool = False
) -> Scale:
    """The items of an outcome that every one of these waves asks `role` (of an own questionnaire; both where empty); with `alone`
    only what somebody without a partner is asked. Without items where there are none."""
    if not is_own(outcome):
        items = common_items(outcome, moments, alone=alone)
        return Scale(tuple(Part(item.code, item.reverse) for item in items), min_valid=-(-2 * len(items) // 3))
    key, _colon, subscale = outcome.rpartition(":")
    if key not in instruments:
        return Scale()
    definition, asked = instruments[key].definition, tuple(moments)
    items_of = definition.groups().get(subscale, ())
    chosen = tuple(
        Part(f"{key}:{each.code}", each.reverse)
        for each in items_of
        if set(each.roles) >= set([role] if role else ROLES)
        and (not each.waves or set(each.waves) >= set(asked))
        and not (alone and each.needs_partner)
    )
    return Scale(chosen, definition.low, definition.high, definition.method, definition.min_valid)


def stage_of_measure(code: str, instruments: Instruments) -> str:
    """The stage of the model that a measure of a path belongs to: of an own scale that of the component it is about; empty where
    it is about none."""
    if not is_own(code):
        return DID.get(code) or stage_of(code).slug
    slug = instruments[key_of(code)].definition.maps_to if key_of(code) in instruments else "none"
    return "" if slug == "none" else stage_of(slug).slug


def own_score(
    outcome: str, answers: Mapping[str, int], role: str, moment: str, instruments: Instruments
) -> float | None:
    """The score of one response on an own scale, by the items that this side was asked then; None without enough answers."""
    key, _colon, subscale = outcome.rpartition(":")
    mine = {code.removeprefix(f"{key}:"): value for code, value in answers.items() if code.startswith(f"{key}:")}
    return instruments[key].definition.scores(mine, role, moment).get(subscale) if mine else None
