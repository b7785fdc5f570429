from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from mentoring.messaging.models import Message, Room
from mentoring.messaging.search import Asked, understood


class MessageForm(forms.Form):
    """The composer. Length and emptiness are judged where messages are sent, in one place for forms and sockets."""

    cid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reply_to = forms.ModelChoiceField(Message.objects.none(), required=False, widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("Your message"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 1, "placeholder": _("Write your message…"), "aria-describedby": "compose-who"}
        ),
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="compose-%s", **kwargs)
        self.fields["reply_to"].queryset = room.messages.select_related("sender")


class EditForm(forms.Form):
    body = forms.CharField(label=_("Your message"), required=False, widget=forms.Textarea(attrs={"rows": 4}))


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search in my conversations"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "enterkeyhint": "search"}),
    )

    def clean_q(self) -> Asked:
        return understood(self.cleaned_data["q"])
