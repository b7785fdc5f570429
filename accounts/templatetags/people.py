"""Small pieces of pages about people that stand on pages of others."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.translation import get_language, get_language_bidi, override

from accounts.models import Language
from accounts.queries import people_of_demonstration
from accounts.words import ROLES

register = template.Library()


@register.inclusion_tag("accounts/_demo_sign_in.html", takes_context=True)
def demo_sign_in(context: Context) -> dict[str, Any]:
    """One button per person of the demonstration, the reader's language first. Nothing outside the demonstration."""
    if not settings.DEMO:
        return {}
    people = people_of_demonstration()
    groups = []
    for language in sorted(people, key=lambda language: language != get_language()):
        with override(language):
            rows = [{"person": person, "role": str(ROLES.get(person.role, person.role))} for person in people[language]]
            groups.append({"language": Language(language), "bidi": get_language_bidi(), "rows": rows})
    return {"groups": groups, "csrf_token": context.get("csrf_token")}
