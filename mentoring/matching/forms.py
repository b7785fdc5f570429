"""What a coordinator sets before a run, and says in a review."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import localise
from core.forms import NumberField
from core.text import listed
from mentoring.matching.directory import Directory
from mentoring.matching.engine import Rules, Weights
from mentoring.matching.models import MatchRun, Pair, Request
from mentoring.matching.services.letters import PLACEHOLDERS, Letters, unknown_placeholders
from mentoring.matching.why import CRITERION_NAMES, LANGUAGES, language_name
from mentoring.planning.models import concept_name
from mentoring.planning.people_rows import MOST_PLACES

HINTS = {
    "skills": _("How well the mentor can help with exactly what the mentee asked for."),
    "needs": _("The same kind of help, even where the words differ: planning, skills, technology, support …"),
    "goals": _("What both wrote in their own words."),
    "field": _("How close their fields of study or work are."),
    "experience": _("One or two steps ahead counts most: near enough to remember, far enough to help."),
    "time": _("Shared hours in the week, up to four."),
    "wishes": _("Whom they named, first choices most."),
    "likeness": _("How alike they answered the few statements on how they like to work."),
    "interests": _("What both are or like: first at a university, parent, far from home, sport …"),
    "contact": _("A way to keep in touch that both use, and how fast each usually answers."),
    "feedback": _("How mentees rated sessions with this mentor before; few ratings count little."),
    "waiting": _("How long the mentee has waited, up to ninety days."),
}
MINUTES = (30, 60, 90, 120, 180)


class Slider(forms.NumberInput):
    input_type = "range"


class SettingsForm(forms.Form):
    """Weights as proportions from 0 to 100, hard rules, the aim. `weights`, `rules` and `stored` read it."""

    objective = forms.ChoiceField(label=_("What matters most"), choices=MatchRun.Objective, widget=forms.RadioSelect)
    language = forms.BooleanField(label=_("They share a language"), required=False)
    overlap = forms.BooleanField(label=_("They share time in the week"), required=False)
    overlap_minutes = forms.TypedChoiceField(label=_("at least"), coerce=int, choices=[(n, n) for n in MINUTES])
    seniority = forms.BooleanField(label=_("The mentor is more experienced"), required=False)
    previous = forms.BooleanField(label=_("They were not a pair before"), required=False)
    answers_needed = forms.BooleanField(
        label=_("Leave out people who have not answered these questions"),
        required=False,
        help_text=_("Otherwise they are let through, and the pair is marked."),
    )
    seed = NumberField(
        label=_("Number for drawing ties"),
        min_value=0,
        max_value=1_000_000,
        help_text=_(
            "Another number draws differently among equally good results. The same number gives the same result."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CRITERION_NAMES:
            self.fields[name] = forms.IntegerField(
                label=CRITERION_NAMES[name],
                help_text=HINTS[name],
                min_value=0,
                max_value=100,
                required=False,
                widget=Slider(attrs={"min": 0, "max": 100, "step": 5}),
            )
        self.fields["overlap_minutes"].choices = [(n, _("%(n)s minutes") % {"n": localise(n)}) for n in MINUTES]

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> SettingsForm:
        """The form as it was last used in this programme, or with the defaults."""
        initial = {
            **asdict(Rules()),
            **stored.get("rules", {}),
            **asdict(Weights()),
            **stored.get("sliders", {}),
            "objective": stored.get("objective", MatchRun.Objective.MOST),
            "seed": stored.get("seed", 1),
        }
        return cls(initial=initial)

    def weight_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CRITERION_NAMES]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned |= {name: cleaned.get(name) or 0 for name in CRITERION_NAMES}
        if not self.errors and not any(cleaned[name] for name in CRITERION_NAMES):
            raise forms.ValidationError(
                _("At least one weight must be above zero: with nothing to compare, all pairs would be equal.")
            )
        return cleaned

    @property
    def weights(self) -> Weights:
        return Weights.from_parts(**{name: self.cleaned_data[name] for name in CRITERION_NAMES})

    @property
    def rules(self) -> Rules:
        names = ("language", "overlap", "overlap_minutes", "seniority", "previous", "answers_needed")
        return Rules(**{name: self.cleaned_data[name] for name in names})

    @property
    def stored(self) -> dict[str, Any]:
        """What the programme remembers for next time and for the command line."""
        return {
            "objective": self.cleaned_data["objective"],
            "seed": self.cleaned_data["seed"],
            "rules": asdict(self.rules),
            "weights": asdict(self.weights),
            "sliders": {name: self.cleaned_data[name] for name in CRITERION_NAMES},
        }


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
        pairs = pairs.filter(status=status) if status else pairs.exclude(status=Pair.Status.REJECTED)
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
        LEAST = "least", _("Those from a fit on")
        TICKED = "ticked", _("Those ticked below")

    which = forms.ChoiceField(
        label=_("Which pairs begin now?"), choices=Which, required=False, widget=forms.RadioSelect
    )
    least = NumberField(label=_("From which fit on"), min_value=0, max_value=100, required=False)
    pairs = forms.ModelMultipleChoiceField(Pair.objects.none(), required=False)

    def __init__(self, *args: Any, approved: QuerySet[Pair], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approved = approved
        self.fields["pairs"].queryset = approved

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        which = cleaned["which"] = cleaned.get("which") or self.Which.ALL
        if which == self.Which.LEAST and cleaned.get("least") is None:
            self.add_error("least", _("Say from which fit on, for example 70."))
        elif not self.errors and not self.chosen().exists():
            self.add_error("which", _("No approved pair is among these."))
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
