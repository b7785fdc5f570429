"""The two letters that bring people together: the usual words, or a programme's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import transaction
from django.utils import translation

from mentoring.matching.models import LetterText
from mentoring.matching.news import MENTEE_LETTER, MENTOR_LETTER
from mentoring.matching.why import LANGUAGES
from mentoring.planning.models import Enrolment, Programme

Letters = dict[str, dict[str, str]]
"""Role of the reader -> language -> text with placeholders."""
KINDS = {Enrolment.Role.MENTEE.value: MENTEE_LETTER, Enrolment.Role.MENTOR.value: MENTOR_LETTER}
PLACEHOLDERS = ("partner", "programme", "why", "name")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def usual_letter(role: str, language: str) -> str:
    """The words of the platform, with {partner}, {programme} and {why} where they differ from pair to pair."""
    with translation.override(language):
        return re.sub(r"%\((\w+)\)s", r"{\1}", str(KINDS[role].body)).replace("%%", "%")


def letters_of(programme: Programme) -> Letters:
    """Both letters in every language, as they would be sent now. One query."""
    own = {
        (row.role, row.language): row.body
        for row in LetterText.objects.filter(programme=programme, language__in=LANGUAGES)
    }
    return {
        role: {language: own.get((role, language)) or usual_letter(role, language) for language in LANGUAGES}
        for role in KINDS
    }


@transaction.atomic
def keep_letters(programme: Programme, letters: Letters) -> None:
    """Remember a programme's own words; words that are the usual ones are not kept, so that they follow the platform."""
    for role, texts in letters.items():
        for language, body in texts.items():
            mine = LetterText.objects.filter(programme=programme, role=role, language=language)
            if body.strip() in ("", usual_letter(role, language)):
                mine.delete()
            else:
                LetterText.objects.update_or_create(
                    programme=programme, role=role, language=language, defaults={"body": body.strip()}
                )


def unknown_placeholders(body: str) -> list[str]:
    """What stands in braces and means nothing."""
    return [name for name in _PLACEHOLDER.findall(body) if name not in PLACEHOLDERS]


def filled_in(body: str, words: Mapping[str, str]) -> str:
    """A letter for one pair."""
    return _PLACEHOLDER.sub(lambda found: words.get(found.group(1), found.group(0)), body)


def own_words(letters: Letters, role: str, language: str) -> str:
    """The programme's own text for a reader; empty where it is the usual one, which each reader gets in any language."""
    body = letters.get(role, {}).get(language, "")
    return "" if not body or body == usual_letter(role, language) else body
