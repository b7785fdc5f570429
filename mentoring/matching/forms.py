"""What a coordinator says in a review, and what people say about requests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import NumberField
from core.text import listed
from mentoring.matching.directory import Directory
from mentoring.matching.models import Pair, Request
from mentoring.matching.services.letters import PLACEHOLDERS, Letters, unknown_placeholders
from mentoring.matching.why import LANGUAGES, language_name
from mentoring.planning.models import concept_name
from mentoring.planning.people_rows import MOST_PLACES


class PairFilter(forms.Form):
    """Which pairs of a draft are shown: by state, by what deserves a look, from some fit on."""

    class Flag(models.TextChoices):
        UNKNOWN = "unknown", _("Answers missing")
        BROKEN = "broken", _("A rule set aside")
        RETURNED = "returned", _("Came back")
        LOCKED = "locked", _("Locked")

    status = forms.ChoiceField(choices=Pair.Status, required=False)
    flag = forms.ChoiceField(choices=Flag, required=False)
    least = NumberField(label=_("From which fit on"), min_value=0, max_value=100, required=False)

    def of(self, pairs: QuerySet[Pair]) -> QuerySet[Pair]:
        """The pairs that pass; what makes no sense does not filter. Turned down ones only where they are asked for."""
        self.full_clean()
        asked = self.cleaned_data
        status = asked.get("status")
        pairs = pairs.filter(status=status) if status else pairs.standing()
        if flag := asked.get("flag"):
            pairs = pairs.filter(FLAGGED[flag])
        return pairs.filter(score__gte=asked["least"] * 100) if asked.get("least") else pairs


FLAGGED = {
    PairFilter.Flag.UNKNOWN: ~Q(why__unknown=[]),
    PairFilter.Flag.BROKEN: ~Q(why__broken=[]),
    PairFilter.Flag.RETURNED: Q(status=Pair.Status.PROPOSED) & ~Q(reason=""),
    PairFilter.Flag.LOCKED: Q(locked=True),
}


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not these two?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Seen by coordinators only. They will not be proposed for each other again."),
    )


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class DirectoryFilter(forms.Form):
    """Mentors of a directory by words, field and language; only what occurs in it is offered."""

    words = forms.CharField(
        label=_("Name, work or subject"), required=False, widget=forms.TextInput({"type": "search"})
    )
    field = forms.ChoiceField(label=_("Field"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, directory: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mentors = directory.mentors.values()
        fields = {(mentor.field, concept_name(mentor.field)) for mentor in mentors if mentor.field}
        spoken = {(code, language_name(code)) for mentor in mentors for code in mentor.languages}
        self.fields["field"].choices = [("", _("All fields")), *sorted(fields, key=lambda row: row[1])]
        self.fields["language"].choices = [("", _("All languages")), *sorted(spoken, key=lambda row: row[1])]


class MessageForm(forms.Form):
    message = forms.CharField(
        label=_("Why this mentor?"),
        max_length=500,
        widget=_words(4),
        help_text=_("Two or three sentences: what you would like to talk about, and why with this person."),
    )


class AcceptForm(forms.Form):
    capacity = NumberField(label=_("How many mentees at the same time"), min_value=1, max_value=MOST_PLACES)
    and_pause = forms.BooleanField(
        label=_("Pause after this: no further requests until I take part again"), required=False
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why not just now?"), choices=Request.DeclineReason, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("A kind word"),
        max_length=500,
        required=False,
        widget=_words(3),
        help_text=_("For example what you liked about the request, or who could help."),
    )
    and_pause = forms.BooleanField(label=_("Pause: no further requests until I take part again"), required=False)


class QuestionForm(forms.Form):
    question = forms.CharField(label=_("What would you like to know?"), max_length=500, widget=_words(3))


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("Your answer"), max_length=1000, widget=_words(4))


class WaveForm(forms.Form):
    """Which approved pairs are published now."""

    class Which(models.TextChoices):
        ALL = "all", _("All approved pairs")
        LEAST = "least", _("Those that fit well enough")
        TICKED = "ticked", _("Those ticked below")

    which = forms.ChoiceField(
        label=_("Which pairs begin now?"), choices=Which, required=False, widget=forms.RadioSelect
    )
    least = NumberField(label=_("Fit of at least, of 100"), min_value=0, max_value=100, required=False)
    pairs = forms.ModelMultipleChoiceField(Pair.objects.none(), required=False)

    def __init__(self, *args: Any, approved: QuerySet[Pair], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approved = approved
        self.fields["pairs"].queryset = approved

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        which = cleaned["which"] = cleaned.get("which") or self.Which.ALL
        if which == self.Which.LEAST and cleaned.get("least") is None:
            self.add_error("least", _("Say how well they must fit, for example 70."))
        elif which == self.Which.TICKED and not cleaned.get("pairs"):
            self.add_error("which", _("Tick at least one pair."))
        elif not self.errors and not self.chosen().exists():
            self.add_error("which", _("No approved pair fits so well."))
        return cleaned

    def chosen(self) -> QuerySet[Pair]:
        cleaned = self.cleaned_data
        if cleaned["which"] == self.Which.LEAST:
            return self.approved.filter(score__gte=cleaned["least"] * 100)
        return cleaned["pairs"] if cleaned["which"] == self.Which.TICKED else self.approved


LETTER_LABELS = {
    ("mentee", "en"): _("To the mentee, in English"),
    ("mentee", "fa"): _("To the mentee, in Persian"),
    ("mentor", "en"): _("To the mentor, in English"),
    ("mentor", "fa"): _("To the mentor, in Persian"),
}


class LettersForm(forms.Form):
    """The words of both letters in both languages; an empty field means the usual words."""

    def __init__(self, *args: Any, letters: Letters, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (role, language), label in LETTER_LABELS.items():
            area = forms.Textarea(attrs={"rows": 7, "lang": language, "dir": "rtl" if language == "fa" else "ltr"})
            self.fields[f"{role}_{language}"] = forms.CharField(
                label=label, max_length=2000, required=False, widget=area, initial=letters[role][language]
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, body in list(cleaned.items()):
            if unknown := unknown_placeholders(body):
                self.add_error(
                    name,
                    _("Nothing is known as %(unknown)s. You can use: %(known)s.")
                    % {
                        "unknown": listed(f"{{{word}}}" for word in unknown),
                        "known": listed(f"{{{word}}}" for word in PLACEHOLDERS),
                    },
                )
        return cleaned

    @property
    def letters(self) -> Letters:
        return {
            role: {language: self.cleaned_data[f"{role}_{language}"] for language in LANGUAGES}
            for role in ("mentee", "mentor")
        }
