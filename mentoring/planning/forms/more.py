"""The optional questions of an application: one field for each that the programme asks, and what was said in one dict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.forms import NameField
from mentoring.planning.models import (
    Channel,
    Conflict,
    Enrolment,
    Gender,
    Interest,
    LanguageLevel,
    MoreAnswers,
    Programme,
    Spoken,
)
from mentoring.planning.questions import AGREEMENT, KINDS_OF_HELP, STATEMENTS

MOST_ADDRESSES = 20
TOLD = 5
"""What a kind of help somebody ticked counts, of 5."""
NOT_SAID = [("", _("I would rather not say"))]


class AddressesField(forms.CharField):
    """E-mail addresses, one per line or with commas between; gives a list."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        words = str(super().clean(value) or "").replace(",", " ").replace("،", " ").split()
        for word in words:
            try:
                validate_email(word)
            except ValidationError as error:
                raise ValidationError(_("“%(text)s” is not an e-mail address.") % {"text": word}) from error
        if len(words) > MOST_ADDRESSES:
            raise ValidationError(_("Name the closest ones only, please."))
        return sorted({word.lower() for word in words})


def more_fields(programme: Programme, role: str) -> dict[str, forms.Field]:
    """The fields of what the programme asks besides, in the order of the page; all of them optional."""
    asked = programme.asks_more(role)
    is_mentor = role == Enrolment.Role.MENTOR
    found: dict[str, forms.Field] = {}
    if "levels" in asked:
        found |= {f"level_{code}": _level(code) for code in programme.languages if code in Spoken.values}
    if "kinds" in asked:
        label = _("What I most like to help with") if is_mentor else _("The help I need most")
        found["kinds"] = _many(label, list(KINDS_OF_HELP.items()))
    if "channels" in asked:
        found["channels"] = _many(_("How I like to keep in touch"), Channel.choices)
    if "forms" in asked:
        found["forms"] = _many(_("Forms of mentoring that suit me"), Programme.Format.choices)
    if "interests" in asked:
        found["interests"] = _many(_("What I am, or like"), Interest.choices)
    if "style" in asked:
        found |= {f"style_{slug}": _agreement(statement) for slug, statement in STATEMENTS.items()}
    if "unit" in asked:
        found["unit"] = NameField(
            label=_("My laboratory or team"),
            max_length=120,
            help_text=_("People of one team are not matched with each other."),
        )
    if "conflicts" in asked:
        found["manager"] = forms.EmailField(label=_("The e-mail of my line manager"))
        found["close"] = AddressesField(
            label=_("People too close to me: supervisor, examiner, relative"),
            widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
            help_text=_("E-mail addresses, one per line. You are not matched with them, and they never learn of it."),
        )
    if "gender" in asked:
        found["gender"] = forms.ChoiceField(label=_("I am"), choices=[*NOT_SAID, *Gender.choices])
        if not is_mentor:
            found["wants_gender"] = forms.ChoiceField(
                label=_("I would like a mentor who is"),
                choices=[("", _("anybody")), *Gender.choices],
                help_text=_("Only if it matters to you. Fewer mentors are then possible."),
            )
    for place, (question, answers) in enumerate(programme.group_questions.items()):
        choices = [*NOT_SAID, *((answer, answer) for answer in answers)]
        found[f"group_{place}"] = forms.ChoiceField(
            label=question,
            choices=choices,
            help_text=_("Only to see whether results are fair to everybody. Nobody's score ever depends on it."),
        )
    for field in found.values():
        field.required = False
    return found


def more_said(data: Mapping[str, Any], programme: Programme) -> dict[str, Any]:
    """What was said, in the form that `services.answer` takes under "more"; only what was asked."""
    said: dict[str, Any] = {
        name: data[name]
        for name in ("interests", "channels", "forms", "unit", "gender", "wants_gender")
        if name in data
    }
    levels = {
        name.removeprefix("level_"): int(value) for name, value in data.items() if name.startswith("level_") and value
    }
    style = {
        name.removeprefix("style_"): int(value) for name, value in data.items() if name.startswith("style_") and value
    }
    if any(name.startswith("level_") for name in data):
        said["language_levels"] = levels
    if any(name.startswith("style_") for name in data):
        said["style"] = style
    if "kinds" in data:
        said["kinds"] = dict.fromkeys(data["kinds"], TOLD)
    if "close" in data:
        managers = [(data["manager"], Conflict.Kind.MANAGER)] if data["manager"] else []
        said["conflicts"] = managers + [(address, Conflict.Kind.CLOSE) for address in data["close"]]
    groups = enumerate(programme.group_questions)
    said["groups"] = {question: data[f"group_{place}"] for place, question in groups if f"group_{place}" in data}
    return said


def more_kept(enrolment: Enrolment, programme: Programme) -> dict[str, Any]:
    """What somebody said before, as the first values of the fields. Three queries."""
    more = MoreAnswers.objects.filter(enrolment=enrolment).first() or MoreAnswers()
    own = enrolment.conflicts.filter(by=enrolment.person_id).order_by("email")
    named = list(own.values_list("email", "kind"))
    labels = dict(enrolment.group_labels.values_list("group", "label"))
    return {
        **{f"level_{code}": level for code, level in more.language_levels.items()},
        **{f"style_{slug}": answer for slug, answer in more.style.items()},
        **{f"group_{place}": labels.get(question, "") for place, question in enumerate(programme.group_questions)},
        "kinds": list(more.kinds),
        "channels": more.channels,
        "forms": more.forms,
        "interests": more.interests,
        "unit": more.unit,
        "gender": more.gender,
        "wants_gender": more.wants_gender,
        "manager": next((email for email, kind in named if kind == Conflict.Kind.MANAGER), ""),
        "close": "\n".join(email for email, kind in named if kind == Conflict.Kind.CLOSE),
    }


def _level(code: str) -> forms.Field:
    label = _("How well I speak %(language)s") % {"language": Spoken(code).label}
    return forms.ChoiceField(label=label, choices=[*NOT_SAID, *LanguageLevel.choices])


def _many(label: Any, choices: list[tuple[Any, Any]]) -> forms.Field:
    return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple)


def _agreement(statement: Any) -> forms.Field:
    return forms.ChoiceField(label=statement, choices=[*NOT_SAID, *enumerate(AGREEMENT)])
