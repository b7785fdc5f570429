"""What a report needs that is kept as a page of its own."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

SHEETS = ("tokens.css", "alone.css")

register = template.Library()


@register.simple_tag
def style_of_a_report() -> SafeString:
    """Its stylesheets with their words in its head: they go with it wherever it is kept."""
    sheets = (settings.BASE_DIR / "static/css" / name for name in SHEETS)
    return format_html("<style>\n{}</style>", SafeString("".join(sheet.read_text("utf-8") for sheet in sheets)))
