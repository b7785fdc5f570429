"""Words of the model in the reader's language: `{% load model_words %}{{ stage|in_language }}`."""

from django import template
from django.utils.translation import get_language

from paradigm.model import Concept, Named, Text

register = template.Library()


@register.filter
def in_language(value: Named | Concept | Text) -> str:
    """The name of a part of the model, or a bilingual text, in the language of this request."""
    return value.text(get_language()) if isinstance(value, Text) else value.name(get_language())
