"""What coordinators took up, and what the figures say before and after: side by side, never as cause and effect."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import format_day, localise
from evaluation import words
from evaluation.actions import PERCEPTION, Idea, ideas_for, library
from evaluation.disclosure import may_compare
from evaluation.indicators import BY_CODE
from evaluation.models import Action, Score
from mentoring.planning.models import Programme
from paradigm.model import Component, Stage, component, stage_of


@dataclass(frozen=True)
class Reading:
    """What an indicator said on a day: whole points, or None and why."""

    on: date
    points: int | None
    sentence: str


@dataclass(frozen=True)
class ActionRow:
    """One action with its texts, its figures before and after, and what may be said about the two."""

    action: Action
    what: str
    how: str
    component: Component
    component_name: str
    stage: Stage
    indicator: str
    state: str
    tone: str
    line: str
    before: Reading | None
    after: Reading | None
    effect: str


@dataclass(frozen=True)
class Offer:
    """An idea of the library as a programme could take it up; `now`: what its indicator says at present."""

    idea: Idea
    what: str
    how: str
    who: str
    evidence: str
    indicator: str
    expected: str
    now: str
    under_way: Action | None


def indicator_name(code: str) -> str:
    """The name of an indicator, or what people say."""
    return _("What people say about it") if code == PERCEPTION else str(BY_CODE[code].name)


def offers(programme: Programme, slug: str) -> list[Offer]:
    """What can be done about a component. Two queries."""
    open_now = {row.idea: row for row in Action.objects.open().filter(programme=programme, component=slug)}
    scores = Score.objects.filter(programme=programme, component=slug)
    newest = {row.code: row for row in scores.order_by("as_of_on")}
    return [
        Offer(
            idea=idea,
            what=idea.what.text(get_language()),
            how=idea.how.text(get_language()),
            who=str(words.ACTORS[idea.who]),
            evidence=str(words.EVIDENCE[idea.evidence]),
            indicator=indicator_name(idea.indicator),
            expected=expected(idea.points, idea.window),
            now=_reading(newest.get(idea.indicator), idea.indicator).sentence,
            under_way=open_now.get(idea.slug),
        )
        for idea in ideas_for(slug)
    ]


def expected(points: int, window: int) -> str:
    """The movement hoped for, and when it is looked at."""
    return ngettext(
        "about %(points)s point more, read again %(days)s after it is done",
        "about %(points)s points more, read again %(days)s after it is done",
        points,
    ) % {"points": localise(points), "days": words.days(window)}


def action_rows(actions: Iterable[Action], today: date) -> list[ActionRow]:
    """Actions (from ActionQuerySet.for_rows) in words. One query, however many; those whose idea has left the library are left
    out."""
    known = [action for action in actions if action.in_library is not None]
    wanted = Q(pk=None)
    for action in known:
        days = [day for day in (action.before_on, action.after_on) if day is not None]
        wanted |= Q(programme=action.programme_id, component=action.component, code=action.code, as_of_on__in=days)
    scores = Score.objects.filter(wanted) if known else ()
    found: dict[tuple[object, ...], Score] = {
        (row.programme_id, row.component, row.code, row.as_of_on): row for row in scores
    }
    return [
        _row(
            action,
            today,
            *(found.get((action.programme_id, action.component, action.code, day)) for day in
              (action.before_on, action.after_on)),
        )
        for action in known
    ]  # fmt: skip


def _row(action: Action, today: date, before: Score | None, after: Score | None) -> ActionRow:
    idea = library()[action.idea]
    part = component(action.component)
    state, tone, line = _state(action, today)
    first = Reading(action.before_on, *_said(before, action.code)) if action.before_on else None
    last = Reading(action.after_on, *_said(after, action.code)) if action.after_on else None
    if last is not None and too_alike(before, after):
        first = None
    return ActionRow(
        action=action,
        what=idea.what.text(get_language()),
        how=idea.how.text(get_language()),
        component=part,
        component_name=part.name(get_language()),
        stage=stage_of(part.slug),
        indicator=indicator_name(action.code),
        state=state,
        tone=tone,
        line=line,
        before=first,
        after=last,
        effect=effect(action, before, after) if action.after_on else "",
    )


def _state(action: Action, today: date) -> tuple[str, str, str]:
    """Its state, the tone of it, and the day that matters."""
    if action.dropped_at is not None:
        return _("Dropped"), "quiet", action.drop_reason
    if action.after_on is not None:
        return _("Read again"), "good", _("read again on %(day)s") % {"day": format_day(action.after_on)}
    if action.read_again_on is not None:
        if action.read_again_on <= today:
            return _("Done"), "info", _("read again when the scores are computed next")
        return _("Done"), "info", _("read again from %(day)s on") % {"day": format_day(action.read_again_on)}
    if action.due_on < today:
        return _("Overdue"), "care", _("was due on %(day)s") % {"day": format_day(action.due_on)}
    return _("Under way"), "info", _("due on %(day)s") % {"day": format_day(action.due_on)}


def _reading(row: Score | None, code: str) -> Reading:
    return Reading(row.as_of_on if row else date.min, *_said(row, code))


def _said(row: Score | None, code: str) -> tuple[int | None, str]:
    """Whole points, and what they say; or None and why there are none."""
    if row is None:
        return None, _("Not measured: no scores had been computed.")
    if row.value is None:
        if code == PERCEPTION:
            return None, _("No number: %(why)s.") % {"why": words.STATES[row.state]}
        return None, words.why_no_number(BY_CODE[code], row.state)
    points = round(row.value)
    if code == PERCEPTION:
        return points, _("%(points)s of 100 in questionnaires") % {"points": localise(points)}
    return points, words.meaning(BY_CODE[code], row.inputs)


def effect(action: Action, before: Score | None, after: Score | None) -> str:
    """What may be said about the figures before and after an action, in one sentence."""
    if before is None or before.value is None or after is None or after.value is None:
        return _("One of the two figures is missing, so nothing can be said about a change.")
    if (before.version, before.anchors_version) != (after.version, after.anchors_version):
        return _("It was measured otherwise in between, so the two figures cannot be compared.")
    if too_alike(before, after):
        return _("Fewer than five people came or went in between, so the change is not named.")
    change = round(after.value) - round(before.value)
    numbers = {"n": localise(abs(change)), "expected": localise(action.points)}
    if abs(change) < 1:
        return _("No change in the time of this action; about %(expected)s points had been hoped for.") % numbers
    if change > 0:
        told = ngettext(
            "%(n)s point more: associated with this action, never proven to be caused by it; about %(expected)s had been hoped "
            "for.",
            "%(n)s points more: associated with this action, never proven to be caused by it; about %(expected)s had been hoped "
            "for.",
            change,
        )
    else:
        told = ngettext(
            "%(n)s point less in the time of this action, whatever the reason; about %(expected)s more had been hoped for.",
            "%(n)s points less in the time of this action, whatever the reason; about %(expected)s more had been hoped for.",
            -change,
        )
    return told % numbers


def too_alike(before: Score | None, after: Score | None) -> bool:
    """Whether too few people came or went between two figures for both to be shown."""
    people = [row.inputs.get("people") if row else None for row in (before, after)]
    return None not in people and not may_compare(*people)  # type: ignore[arg-type]


def open_actions(user: User, programme: Programme) -> Sequence[Action]:
    """What this coordinator took up in the programme and has not finished, the most urgent first. One query."""
    return list(Action.objects.open().filter(programme=programme, person=user).order_by("due_on", "pk"))
