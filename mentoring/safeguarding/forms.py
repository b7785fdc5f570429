"""Forms of the pages about safety."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


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
