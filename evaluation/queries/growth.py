"""What a person's own answers say, over time. Only ever shown to that person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import localise
from evaluation.models import Answer, Response, Wave
from evaluation.perception import component_scores
from evaluation.questionnaire import SEEN_BY_NAME, by_component
from mentoring.relationships.models import Relationship
from paradigm.model import Stage, categories, stages

Asked = tuple[str, frozenset[str]]
"""A stage, and the statements of which a figure of it is made: one of three statements is not beside one of one."""


@dataclass(frozen=True)
class StageScore:
    """`value` in whole points; None where the form asked nothing or too little was answered. `change` since the same person last
    answered the same statements about the same relationship."""

    stage: Stage
    name: str
    value: int | None
    change: int | None

    @property
    def points(self) -> int:
        """The size of the change, up or down."""
        return abs(self.change or 0)


@dataclass(frozen=True)
class ScaleScore:
    """A subscale of an own instrument in the instrument's own units, from `low` to `high`; None where too little was
    answered."""

    name: str
    value: float | None
    low: int
    high: int

    @property
    def shown(self) -> str:
        """The figure with the span it lies in."""
        figures = {
            "value": localise(round(self.value or 0.0, 1)),
            "low": localise(self.low),
            "high": localise(self.high),
        }
        return _("%(value)s on %(low)s–%(high)s") % figures

    @property
    def percent(self) -> float | None:
        """Where the value stands between `low` and `high`, for a bar."""
        return None if self.value is None else 100.0 * (self.value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class InWords:
    """A result in a sentence: the stage that stands highest, the one with the most room, and one thing to do about it. Where
    several share a place it is empty."""

    strength: str
    room: str
    step: str
    url: str


STEPS = {
    "causal": (
        gettext_lazy("how clear things are between you"),
        gettext_lazy("Say in your agreement what you expect of each other and how often you meet"),
        "agreement",
    ),
    "contextual": (
        gettext_lazy("tools and support"),
        gettext_lazy("Check your connection and choose the way to talk that works best"),
        "connection_check",
    ),
    "intervening": (
        gettext_lazy("how you get on"),
        gettext_lazy("Keep ten minutes of your next session for how the two of you get on"),
        "sessions",
    ),
    "strategy": (
        gettext_lazy("the skills you build"),
        gettext_lazy("Choose one small thing to try and make it a step of a goal"),
        "goals",
    ),
    "consequence": (
        gettext_lazy("what you take away from it"),
        gettext_lazy("Tell each other what has changed for you so far"),
        "relationship",
    ),
}
"""Stage -> what it is called among people, what they can do there, and the page for it; all but the connection belong to an open
relationship."""


@dataclass(frozen=True)
class MyResult:
    """`stages` of the model, or `scales` of an instrument of the institution's own; `words` where two stages can be compared."""

    response: Response
    wave: Wave
    about: str
    at: datetime
    stages: list[StageScore]
    scales: list[ScaleScore]
    words: InWords | None

    @property
    def is_answered(self) -> bool:
        """Whether anything was answered on a scale."""
        return bool(self.response.answers.all())

    @property
    def is_seen_by_name(self) -> bool:
        """Whether an answer in it reaches the coordinators with the person's name."""
        return not self.response.left_out and any(row.item in SEEN_BY_NAME for row in self.response.answers.all())

    @property
    def no_figure(self) -> str:
        """Why there is nothing to show; "" where there is a figure, or a scale that says so itself."""
        if any(row.value is not None for row in self.stages) or (self.scales and self.is_answered):
            return ""
        if self.wave.instrument is not None and not self.scales:
            return _("These questions are answered in words, so there is no figure.")
        if self.is_answered:
            return _("Too few questions were answered for a figure.")
        if self.wave.instrument is not None and self.wave.instrument.definition.open_questions:
            return _("You left every question with a scale open, so there is no figure.")
        return _("You left every question open, so there is no figure.")


def my_scores(user: User, *, limit: int = 6) -> list[MyResult]:
    """The reader's own results, newest first. Four queries."""
    responses = list(
        Response.objects.visible_to(user)
        .filter(submitted_at__isnull=False)
        .select_related("wave__programme", "wave__instrument", "enrolment", "relationship")
        .prefetch_related(
            Prefetch("answers", queryset=Answer.objects.filter(value__gte=0)), "relationship__members__person"
        )
        .order_by("submitted_at", "pk")
    )
    before: dict[tuple[int, int | None], dict[Asked, float]] = {}
    made = []
    for response in responses:
        own = own_stages(response)
        unit = (response.enrolment_id, response.relationship_id)
        made.append(_result(response, own, before.get(unit, {}), user))
        before[unit] = {**before.get(unit, {}), **own}
    return made[::-1][:limit]


def own_stages(response: Response) -> dict[Asked, float]:
    """Mean of the person's component scores in each stage, 0 to 100, with the statements it rests on; none for an own
    instrument."""
    if response.wave.instrument_id is not None:
        return {}
    form = response.wave.form
    scores = component_scores(form, {row.item: row.value for row in response.answers.all()})
    found: dict[Asked, float] = {}
    for stage in stages():
        parts = [part.slug for category in categories(stage.slug) for part in category.components]
        there = [slug for slug in parts if slug in scores]
        if there:
            asked = frozenset(item.code for slug in there for item in by_component(form)[slug])
            found[stage.slug, asked] = sum(scores[slug] for slug in there) / len(there)
    return found


def _result(response: Response, own: dict[Asked, float], before: dict[Asked, float], user: User) -> MyResult:
    rows, measured = [], {asked[0]: asked for asked in own}
    for stage in stages():
        asked = measured.get(stage.slug)
        value = None if asked is None else own[asked]
        change = None if asked is None or asked not in before else round(own[asked] - before[asked])
        rows.append(StageScore(stage, stage.name(get_language()), None if value is None else round(value), change))
    at = response.submitted_at or response.started_at
    if response.wave.instrument_id is not None:
        rows = []
    words = in_words(rows, response.relationship)
    return MyResult(response, response.wave, about(response, user), at, rows, own_scales(response), words)


def in_words(rows: Sequence[StageScore], relationship: Relationship | None) -> InWords | None:
    """None where fewer than two stages were measured, or neither the highest nor the lowest stands alone."""
    measured = sorted((row for row in rows if row.value is not None), key=attrgetter("value"))
    if len(measured) < 2:
        return None
    (least, second), (last, best) = measured[:2], measured[-2:]
    strength = "" if best.value == last.value else str(STEPS[best.stage.slug][0])
    if least.value == second.value:
        return InWords(strength, "", "", "") if strength else None
    room, step, page = STEPS[least.stage.slug]
    if page == "connection_check":
        url = reverse(page)
    elif relationship is not None and relationship.status in Relationship.OPEN:
        url = reverse(page, args=[relationship.pk])
    else:
        url = reverse("growth")
        step = gettext_lazy("Look through the modules: one of them may help")
    return InWords(strength, str(room), str(step), url)


def own_scales(response: Response) -> list[ScaleScore]:
    """The subscales of an own instrument; none for the built-in questionnaire."""
    wave, role = response.wave, response.enrolment.role
    if wave.instrument is None:
        return []
    definition = wave.instrument.definition
    given = {row.item: row.value for row in response.answers.all()}
    return [
        ScaleScore(definition.name_of(code, get_language()), value, *definition.span(code, role, wave.moment))
        for code, value in definition.scores(given, role, wave.moment).items()
    ]


def about(response: Response, user: User) -> str:
    """With whom the relationship is that the answers are about; empty for the programme alone."""
    if response.relationship is None:
        return ""
    members = response.relationship.members.all()
    mine = {member.role for member in members if member.person_id == user.pk}
    return " · ".join(str(member.person) for member in members if member.role not in mine)
