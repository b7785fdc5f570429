"""Forms of the help pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentoring.planning.models import Programme
from mentoring.support.models import HelpReply, HelpRequest


class AskForm(forms.ModelForm):
    class Meta:
        model = HelpRequest
        fields = ["topic", "body", "programme"]
        widgets = {"topic": forms.RadioSelect, "body": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Programme.objects.filter(enrolments__person=person).distinct().order_by("-starts_on", "pk")
        field = self.fields["programme"]
        field.queryset = mine
        field.label = _("Which programme is it about?")
        field.choices = [(programme.pk, str(programme)) for programme in mine]
        if len(mine) == 1:
            field.initial = mine[0]
            field.widget = forms.HiddenInput()
        self.fields["topic"].choices = HelpRequest.Topic.choices
        self.fields["topic"].error_messages["required"] = _("Choose what it is about; “Something else” is fine.")
        self.fields["body"].error_messages["required"] = _("One sentence is enough.")


class ReplyForm(forms.ModelForm):
    class Meta:
        model = HelpReply
        fields = ["body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Your answer")
        self.fields["body"].error_messages["required"] = _("Write a word or two first.")


class CheckForm(forms.Form):
    """What the browser measured."""

    latency_ms = forms.IntegerField(min_value=0, max_value=600_000, widget=forms.HiddenInput)
    kbit_per_s = forms.IntegerField(min_value=0, max_value=100_000_000, widget=forms.HiddenInput)
