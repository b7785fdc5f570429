"""The texts of the catalogue in the reader's language."""

from collections.abc import Iterable
from functools import lru_cache

import nh3
from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from mentoring.relationships.models import GoalStep
from paradigm.model import Text
from paradigm.model import component as component_of

register = template.Library()
_markdown = MarkdownIt("commonmark", {"html": False})


@register.filter
def read(text: Text | None) -> str:
    """A bilingual text in the reader's language."""
    return text.text(get_language()) if text else ""


@register.filter
def prose(text: Text) -> SafeString:
    """A bilingual Markdown text as HTML; raw HTML in it is shown, not obeyed, and what comes out is cleaned once more."""
    return _html(text.text(get_language()))


@lru_cache(maxsize=512)
def _html(source: str) -> SafeString:
    return SafeString(nh3.clean(_markdown.render(source)))


@register.filter
def steps_done(steps: Iterable[GoalStep]) -> int:
    return sum(step.done_at is not None for step in steps)


@register.filter
def component(slug: str) -> str:
    """The name of a component of the model in the reader's language."""
    return component_of(slug).name(get_language())
