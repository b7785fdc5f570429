"""Pairs in words and bars."""

from dataclasses import asdict
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import localise, weekday_name
from core.text import listed
from mentoring.matching import why
from mentoring.matching.engine import Weights
from mentoring.matching.explanations import Answer
from mentoring.matching.history import Told
from mentoring.matching.models import MatchRun, Pair, Request, ReviewStep, Unmatched

register = template.Library()


@register.simple_tag
def mentees_of(some: int, everybody: int) -> str:
    """ "10 of 17 mentees", as one says it of the only one and of all. For none a sentence needs other words."""
    if some == everybody:
        words = ngettext("the only mentee", "all %(all)s mentees", everybody)
    else:
        words = ngettext("%(n)s of %(all)s mentees", "%(n)s of %(all)s mentees", some)
    return words % {"n": localise(some), "all": localise(everybody)}


@register.filter
def gains_and_losses(told: Told) -> str:
    """Who fits better and who less well after a decision, in a sentence."""
    if not told.gained and not told.lost:
        return _("Everybody fits as well as before.")
    better = ngettext("%(n)s mentee fits better than before", "%(n)s mentees fit better than before", told.gained)
    worse = ngettext("%(n)s mentee fits less well than before", "%(n)s mentees fit less well than before", told.lost)
    parts = [words % {"n": localise(n)} for words, n in ((better, told.gained), (worse, told.lost)) if n]
    return f"{listed(parts)}."


@register.filter
def pair_sentence(pair: Pair) -> str:
    """Why these two, for a coordinator."""
    return why.sentence(pair.why)


@register.filter
def fit(score: float | None) -> str:
    """A score of 0..10,000 as 0..100 in the reader's digits."""
    return "–" if score is None else localise(round(score / 100))


@register.filter
def gain(points: int) -> str:
    """The size of a difference of scores as points of 100, decimals only where it is below one."""
    shown = abs(points) / 100
    return localise(round(shown) if shown >= 1 else round(shown, 1) or round(shown, 2))


@register.simple_tag
def fit_bar(parts: dict[str, int]) -> SafeString:
    """The parts of a score side by side; the whole width is 100."""
    shown = [(slot, name, round(parts.get(name, 0) / 100)) for slot, name in enumerate(why.CRITERION_NAMES, 1)]
    told = listed(f"{why.CRITERION_NAMES[name]} {localise(points)}" for _slot, name, points in shown if points)
    segments = format_html_join("", '<i class="f{} w-{}"></i>', ((slot, w) for slot, _name, w in shown if w))
    return format_html('<span class="bar tall" role="img" aria-label="{0}" title="{0}">{1}</span>', told, segments)


@register.filter
def of_rule(costs: dict[str, Any] | None, code: str) -> Any:
    """What one rule removes, None where it touches nobody."""
    return (costs or {}).get(code)


@register.simple_tag
def criteria(run: MatchRun) -> list[dict[str, Any]]:
    """The criteria that count in a run with their colours, for a legend."""
    mentors = (run.aim.get("fusion") or {}).get("mentors") or {}
    return [
        {"slot": slot, "name": why.CRITERION_NAMES[name]}
        for slot, name in enumerate(why.CRITERION_NAMES, 1)
        if run.weights.get(name) or mentors.get(name)
    ]


@register.filter
def shares(weights: dict[str, int]) -> str:
    """What a run weighs, the most first: "skills 60, field 40"."""
    scaled = asdict(Weights.from_parts(**weights)) if any(weights.values()) else {}
    told = sorted(((name, scaled.get(name, 0)) for name in why.CRITERION_NAMES), key=lambda each: -each[1])
    return listed(f"{why.CRITERION_NAMES[name]} {localise(share)}" for name, share in told if share)


@register.filter
def part_of(parts: dict[str, int], slug: str) -> int:
    return parts.get(slug, 0)


@register.filter
def criterion_name(slug: str) -> str:
    return str(why.CRITERION_NAMES.get(slug, slug))


@register.filter
def rule_name(code: str) -> str:
    return str(why.RULE_NAMES.get(code, code))


@register.filter
def rule_names(codes: list[str]) -> str:
    return why.listed([rule_name(code) for code in codes])


@register.filter
def unmatched_reason(row: Unmatched) -> str:
    return why.unmatched_reason(row.reason, row.details)


@register.filter
def would_help(row: Unmatched) -> str:
    return why.what_would_help(row.reason, row.details)


@register.filter
def concept_names(slugs: list[str]) -> str:
    return why.concept_names(slugs)


@register.filter
def language_names(codes: list[str]) -> str:
    return why.listed([why.language_name(code) for code in codes])


_TONES = {
    "sent": "info", "seen": "info", "info_asked": "care", "answered": "info", "accepted": "good", "expired": "care",
}  # fmt: skip


@register.inclusion_tag("components/_status.html")
def request_state(request: Request) -> dict[str, Any]:
    """The state of a request as a chip."""
    return {"label": request.get_status_display(), "tone": _TONES.get(request.status, "quiet")}


@register.filter
def is_soon(due_at: datetime) -> bool:
    """Whether less than a day is left."""
    return due_at - timezone.now() < timedelta(days=1)


@register.filter
def span(time: timedelta) -> str:
    """A time in whole hours, from two days on in whole days, rounded up."""
    hours = max(1, ceil(time / timedelta(hours=1)))
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": localise(hours)}
    days = ceil(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": localise(days)}


@register.filter
def why_for(facts: dict[str, Any], reader: str) -> str:
    """Why two people fit, in a sentence for the "mentee" or the "mentor"."""
    return why.sentence(facts, to=reader)


@register.filter
def of(found: dict[Any, Any], key: Any) -> Any:
    return found.get(key)


@register.filter
def points(score: int) -> str:
    """A score of 0..10,000 in points of 100, one decimal where it is needed."""
    return why.points(score)


@register.filter
def exactly(score: int) -> str:
    """A part of a score in points of 100 with both decimals, so that parts can be added up."""
    return localise(round(score / 100, 2)) if score % 100 else localise(score // 100)


@register.simple_tag
def parts_of(parts: dict[str, int]) -> list[dict[str, Any]]:
    """What a score is made of, in whole points of 10,000 that sum to it; criteria that count for nothing are left out."""
    slots = {name: slot for slot, name in enumerate(why.CRITERION_NAMES, 1)}
    named = {**why.CRITERION_NAMES, "rules": why.RULES_TAKEN}
    return [
        {"name": named.get(code, code), "slot": slots.get(code), "points": value, "width": max(value, 0) // 100}
        for code, value in parts.items()
        if value
    ]


@register.filter
def why_not(answer: Answer) -> str:
    """Why a mentee does not have this mentor."""
    holders = [(row.person, score) for row, score in answer.holders]
    present = answer.present.person if answer.present else None
    return why.why_not_sentence(answer.told, mentor=answer.mentor.person, present=present, holders=holders)


@register.filter
def step_about(step: ReviewStep) -> str:
    """Whom a decision was about, each name isolated from the direction of the text around."""
    if step.mentee and step.mentor:
        pattern = _("%(mentee)s with %(mentor)s") % {"mentee": "{}", "mentor": "{}"}
        return format_html(pattern, *(format_html("<bdi>{}</bdi>", row.person) for row in (step.mentee, step.mentor)))
    return ngettext("%(n)s mentee", "%(n)s mentees", step.count) % {"n": localise(step.count)}


@register.filter
def stretch(times: tuple[datetime, datetime]) -> str:
    """ "Monday, 16:00-18:30" on the clock that the two times carry."""
    starts, ends = times
    return _("%(day)s, %(starts)s–%(ends)s") % {
        "day": weekday_name(starts.weekday()),
        "starts": localise(starts.strftime("%H:%M")),
        "ends": localise("24:00" if ends.strftime("%H:%M") == "00:00" else ends.strftime("%H:%M")),
    }


@register.filter
def gain_exactly(score: int) -> str:
    """The size of a difference of scores with both decimals."""
    return exactly(abs(score))


BAR, ROOM, FLOOR, TALLEST = 34, 48, 116, 92
"""Width of a bar, of a bar with the space beside it, the base line and the height of the tallest bar."""


@register.simple_tag
def load_chart(load: dict[int, int]) -> dict[str, Any]:
    """Bars for "so many mentees -> so many mentors", in units of the drawing."""
    most = max(load.values(), default=0)
    bars = []
    for place, mentees in enumerate(range(max(load, default=-1) + 1)):
        mentors = load.get(mentees, 0)
        height = round(TALLEST * mentors / most)
        x = place * ROOM + (ROOM - BAR) // 2
        bars.append(
            {
                "mentees": mentees,
                "mentors": mentors,
                "x": x,
                "y": FLOOR - height,
                "height": height,
                "middle": x + BAR // 2,
                "label_y": FLOOR - height - 6,
            }
        )
    return {"bars": bars, "bar": BAR, "width": max(len(bars), 1) * ROOM}


@register.filter
def rounded(value: float | None, places: int) -> str:
    """A number with so many decimals at most, with the reader's decimal sign."""
    return "–" if value is None else localise(round(float(value), places))
