"""Forms of the pages about safety."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentoring.messaging.models import HideReason, WordRules
from mentoring.safeguarding.models import Reading, Report
from mentoring.safeguarding.models.readings import MOST_DAYS_LATER


class OrderForm(forms.Form):
    """Which two are kept apart, and why."""

    people = forms.MultipleChoiceField(label=_("Whom?"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("One or two sentences for the coordinators after you. Neither of the two reads them."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, people: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["people"].choices = [(pk, str(person)) for pk, person in self.people.items()]
        self.fields["people"].initial = list(self.people) if len(people) == 2 else []

    def clean_people(self) -> list[User]:
        chosen = [self.people[pk] for pk in self.cleaned_data["people"]]
        if len(chosen) != 2:
            raise forms.ValidationError(_("Choose the two who are to be kept apart."))
        return chosen


class RulesForm(forms.ModelForm):
    class Meta:
        model = WordRules
        fields = ["phones", "mails", "messengers", "phrases", "phrases_do"]
        widgets = {
            **dict.fromkeys(("phones", "mails", "messengers", "phrases_do"), forms.RadioSelect),
            "phrases": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phones"].help_text = _("Also with Persian digits, spaced out, or spelt in words.")
        for name in ("phones", "mails", "messengers", "phrases_do"):
            self.fields[name].choices = WordRules.Does.choices


class ReportForm(forms.ModelForm):
    """A minute of work: what it is about, and a sentence if one wants."""

    keep_away = forms.BooleanField(label=_("This person shall not reach me any more, from now on"), required=False)

    class Meta:
        model = Report
        fields = ["reason", "words"]
        widgets = {"reason": forms.RadioSelect, "words": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, words_needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = Report.Reason.choices
        self.fields["reason"].error_messages["required"] = _("Choose what comes closest; “Something else” is fine.")
        self.fields["words"].required = words_needed
        self.fields["words"].error_messages["required"] = _("Tell it in a sentence or two, so that we understand.")


class StepForm(forms.Form):
    """What is done about a report."""

    state = forms.ChoiceField(label=_("Where it stands"), widget=forms.RadioSelect)
    severity = forms.TypedChoiceField(
        label=_("How soon"), choices=Report.Severity.choices, coerce=int, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note for those who work on it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    answer = forms.CharField(
        label=_("A word to who reported it"),
        help_text=_("They read it as you write it. Leave it empty if there is nothing to say yet."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, report: Report, *args: Any, **kwargs: Any) -> None:
        known = {"state": report.state, "severity": report.severity}
        super().__init__(*args, initial=known, **kwargs)
        raised = Report.State.RAISED
        states = [pair for pair in Report.State.choices if pair[0] != raised or report.state == raised]
        self.fields["state"].choices = states


class ReadingForm(forms.ModelForm):
    """Why one conversation is to be read."""

    class Meta:
        model = Reading
        fields = ["reason", "words"]
        widgets = {"reason": forms.RadioSelect, "words": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "words": _("So that the second person can decide. The people in the conversation do not read it.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = Reading.Reason.choices
        self.fields["reason"].error_messages["required"] = _("Choose what comes closest; “Another reason” is fine.")
        self.fields["words"].error_messages["required"] = _("Tell it in a sentence or two.")


class HideForm(forms.Form):
    """Why a message is taken away."""

    reason = forms.ChoiceField(
        label=_("Why should nobody read it there any more?"),
        choices=HideReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes closest.")},
    )


class AnswerForm(forms.Form):
    """The second person says yes or no."""

    agrees = forms.TypedChoiceField(
        label=_("May it be read?"),
        choices=[("yes", _("Yes, the reason is good enough")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    answer = forms.CharField(
        label=_("A word to who asks"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class LaterForm(forms.Form):
    """Its people are told later."""

    days = forms.IntegerField(
        label=_("How many days later?"), min_value=1, max_value=MOST_DAYS_LATER, initial=7, widget=forms.NumberInput
    )
    why = forms.CharField(
        label=_("Why?"),
        help_text=_("For instance: it would endanger somebody now. It stands in the record."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
