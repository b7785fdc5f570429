"""Pairs in words and bars."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.dates import localise
from core.text import listed
from mentoring.matching import why
from mentoring.matching.engine import CRITERIA
from mentoring.matching.models import Pair, Unmatched

register = template.Library()


@register.filter
def pair_sentence(pair: Pair) -> str:
    """Why these two, for a coordinator."""
    return why.sentence(pair.why)


@register.filter
def fit(score: float | None) -> str:
    """A score of 0..10,000 as 0..100 in the reader's digits."""
    return "–" if score is None else localise(round(score / 100))


@register.simple_tag
def fit_bar(parts: dict[str, int]) -> SafeString:
    """The parts of a score side by side; the whole width is 100."""
    shown = [(slot, name, round(parts.get(name, 0) / 100)) for slot, name in enumerate(CRITERIA, 1)]
    told = listed(f"{why.CRITERION_NAMES[name]} {localise(points)}" for _slot, name, points in shown if points)
    segments = format_html_join("", '<i class="f{} w-{}"></i>', ((slot, w) for slot, _name, w in shown if w))
    return format_html('<span class="bar tall" role="img" aria-label="{0}" title="{0}">{1}</span>', told, segments)


@register.simple_tag
def criteria() -> list[dict[str, Any]]:
    """Every criterion with its colour, for a legend."""
    return [{"slot": slot, "slug": name, "name": why.CRITERION_NAMES[name]} for slot, name in enumerate(CRITERIA, 1)]


@register.filter
def part_of(parts: dict[str, int], slug: str) -> int:
    return parts.get(slug, 0)


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
