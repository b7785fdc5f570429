"""How well the built-in questionnaire measures, wave by wave: the internal consistency of its scales, of each side apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.dates import localise
from evaluation.disclosure import Batches
from evaluation.facts import table
from evaluation.models import Answer, Response, Wave
from evaluation.questionnaire import ROLES, form_items
from evaluation.statistics.consistency import consistency
from evaluation.statistics.estimate import Estimate
from evaluation.statistics.reliability import PEOPLE_FOR_RELIABILITY
from evaluation.statistics.scoring import Floats
from evaluation.words import estimate_in_words
from mentoring.planning.models import Programme
from paradigm.model import categories, component

HIGH = 5


@dataclass(frozen=True)
class ScaleQuality:
    """A category, or (for information) a component, as one side answered its `items` statements in a wave. `n`: people who
    answered every statement of the category; `estimates` is empty under 30 of them, and where nothing can be computed."""

    of: str
    role: str
    items: int
    n: int
    estimates: tuple[Estimate, ...]

    @property
    def is_component(self) -> bool:
        return "." in self.of

    @property
    def name(self) -> str:
        """In the reader's language."""
        if self.is_component:
            return component(self.of).name(get_language())
        return next(row for row in categories() if row.slug == self.of).name(get_language())

    @property
    def who(self) -> str:
        told = {"n": localise(self.n)}
        return _("Mentors, n = %(n)s") % told if self.role == "mentor" else _("Mentees, n = %(n)s") % told

    @property
    def needed(self) -> int:
        """How many people more it takes until there is a figure."""
        return max(0, PEOPLE_FOR_RELIABILITY - self.n)

    @property
    def alpha(self) -> str:
        """The first figure with its interval, or why there is none."""
        if self.needed:
            return ngettext("%(n)s more person is needed", "%(n)s more people are needed", self.needed) % {
                "n": localise(self.needed)
            }
        first = next((each for each in self.estimates if each.measure != "omega"), None)
        return (
            estimate_in_words(first)
            if first
            else _("cannot be told: some statement was answered the same by everybody")
        )

    @property
    def omega(self) -> str:
        """Omega with its interval; empty where there is none."""
        return next((estimate_in_words(each) for each in self.estimates if each.measure == "omega"), "")


@dataclass(frozen=True)
class WaveQuality:
    wave: Wave
    scales: list[ScaleQuality]

    @property
    def categories(self) -> list[ScaleQuality]:
        """Of sides that have a figure anywhere."""
        return [row for row in self.scales if not row.is_component and row.role not in self.waiting]

    @property
    def components(self) -> list[ScaleQuality]:
        return [row for row in self.scales if row.is_component and row.role not in self.waiting]

    @property
    def waiting(self) -> dict[str, int]:
        """Sides that are too few on every scale, with how many people stand behind the fullest."""
        most = {role: max((row.n for row in self.scales if row.role == role), default=0) for role in ROLES}
        return {role: n for role, n in most.items() if n < PEOPLE_FOR_RELIABILITY}

    @property
    def too_few(self) -> list[str]:
        """The same in sentences."""
        return [_few(role, n) for role, n in self.waiting.items()]


def _few(role: str, n: int) -> str:
    told = (
        _("Mentors: it takes %(least)s who answered every statement of a scale; %(n)s so far, counted five at a time.")
        if role == "mentor"
        else _(
            "Mentees: it takes %(least)s who answered every statement of a scale; %(n)s so far, counted five at a time."
        )
    )
    return told % {"least": localise(PEOPLE_FOR_RELIABILITY), "n": localise(n)}


def measured_waves(programme: Programme | None = None, *, user: Any = None) -> QuerySet[Wave]:
    """The waves of the built-in questionnaire that have scales, the newest first: of a programme, or all that `user` (a person or
    a key) may see. A pulse has none: it asks one statement of each stage."""
    waves = Wave.objects.all() if user is None else Wave.objects.visible_to(user)
    if programme is not None:
        waves = waves.filter(programme=programme)
    found: QuerySet[Wave] = waves.filter(instrument=None).exclude(form=Wave.Form.PULSE)
    return found.select_related("programme").order_by("-opens_at", "-pk")


def questionnaire_quality(waves: Iterable[Wave], *, until: datetime | None = None) -> list[WaveQuality]:
    """Of what was sent by `until`; responses that a rule leaves out do not count. Two queries."""
    chosen = list(waves)
    sent = Response.objects.filter(wave__in=chosen, submitted_at__isnull=False, left_out="")
    if until is not None:
        sent = sent.filter(submitted_at__lte=until)
    rows = table(sent.order_by("submitted_at", "pk"), "pk", "wave_id", "enrolment__person_id", "enrolment__role")
    place = {row[0]: number for number, row in enumerate(rows)}
    items = form_items(Wave.Form.FULL)
    column = {item.code: number for number, item in enumerate(items)}
    answers = np.full((len(rows), len(column)), np.nan)
    given = Answer.objects.filter(response__in=sent, value__gte=1)
    for response, item, value in table(given, "response_id", "item", "value"):
        if response in place and item in column:
            answers[place[response], column[item]] = value
    turned = [item.reverse for item in items]
    answers[:, turned] = HIGH + 1 - answers[:, turned]
    found = []
    for wave in chosen:
        scales = []
        for role in ROLES:
            mine = [(place[pk], person) for pk, of_wave, person, side in rows if (of_wave, side) == (wave.pk, role)]
            scales += _scales(wave.form, role, mine, answers, column)
        found.append(WaveQuality(wave, sorted(scales, key=lambda row: column_of(row.of))))
    return found


def column_of(slug: str) -> int:
    """Where a category or a component stands in the questionnaire."""
    order = [each for row in categories() for each in (row.slug, *(part.slug for part in row.components))]
    return order.index(slug)


def _scales(
    form: str, role: str, mine: list[tuple[int, int]], answers: Floats, column: dict[str, int]
) -> list[ScaleQuality]:
    """Every category of a form with two statements or more, then its components, over the same people. `answers`: responses x
    statements of the full form, reversed ones turned."""
    found = []
    for category in categories():
        asked = [item for item in form_items(form) if component(item.component).category == category.slug]
        if len(asked) < 2:
            continue
        rows = answers[:, [column[item.code] for item in asked]]
        there = whole(((person, rows[place]) for place, person in mine), len(asked))
        found.append(_quality(category.slug, role, len(asked), there))
        for part in category.components:
            own = [number for number, item in enumerate(asked) if item.component == part.slug]
            if 2 <= len(own) < len(asked):
                found.append(_quality(part.slug, role, len(own), there[:, own]))
    return found


def whole(rows: Iterable[tuple[int, Floats]], items: int) -> Floats:
    """People x items: the first row of each person without a gap, let in five people at a time (`disclosure.Batches`), so that
    between two figures of the same scale five people stand or nobody. `rows`: (person, answers), the oldest first."""
    inside: Batches[int, Floats] = Batches()
    seen: set[int] = set()
    for person, row in rows:
        if person not in seen and not np.isnan(row).any():
            seen.add(person)
            inside.add(person, person, row)
    return np.array(list(inside.inside.values()), dtype=float).reshape(-1, items)


def _quality(slug: str, role: str, items: int, there: Floats) -> ScaleQuality:
    """Alpha and omega of a category (of two items Spearman-Brown); of a component alpha alone, it is there for information."""
    found = consistency(there, with_omega="." not in slug) if len(there) >= PEOPLE_FOR_RELIABILITY else ()
    return ScaleQuality(slug, role, items, len(there), found if isinstance(found, tuple) else ())
