from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import format_moment
from core.forms import MomentField
from mentoring.messaging.files import accepted
from mentoring.messaging.models import Attachment, Message, Room, RoomMember, Topic
from mentoring.messaging.queries import limits_of
from mentoring.messaging.search import Asked, understood
from notifications.queries import Ways

FOR_GOOD = datetime(2199, 12, 31, tzinfo=UTC)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once. An empty one is refused with its name, where files are judged."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(each, initial) for each in data or [] if each]


class MessageForm(forms.Form):
    """The composer. Length and emptiness are judged where messages are sent, in one place for forms and sockets."""

    cid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reply_to = forms.ModelChoiceField(Message.objects.none(), required=False, widget=forms.HiddenInput)
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False, widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("Your message"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 1, "placeholder": _("Write your message…"), "aria-describedby": "compose-who"}
        ),
    )

    files = FilesField(label=_("Add files"), required=False)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="compose-%s", **kwargs)
        self.limits = limits_of(room)
        self.fields["files"].widget.attrs["accept"] = accepted(self.limits.kinds)
        self.fields["reply_to"].queryset = room.messages.select_related("sender", "topic")
        self.fields["topic"].queryset = Topic.objects.filter(root__room=room)


class FileForm(forms.Form):
    """What is said of a file before it comes."""

    name = forms.CharField(max_length=500)
    size = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    claimed = forms.CharField(max_length=100, required=False)
    digest = forms.RegexField(r"^[0-9a-f]{64}$", required=False)
    seconds = forms.IntegerField(min_value=0, required=False)

    def clean_seconds(self) -> int:
        return int(self.cleaned_data["seconds"] or 0)


class EditForm(forms.Form):
    rev = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    body = forms.CharField(label=_("Your message"), required=False, widget=forms.Textarea(attrs={"rows": 4}))


class TopicForm(forms.Form):
    title = forms.CharField(
        label=_("What is it about?"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto", "autofocus": True})
    )


class AnnounceForm(forms.Form):
    """To whom, and what."""

    cid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    to = forms.ChoiceField(
        label=_("Who shall read it?"), choices=Room.Audience, widget=forms.RadioSelect, initial=Room.Audience.EVERYONE
    )
    body = forms.CharField(label=_("Announcement"), widget=forms.Textarea(attrs={"rows": 5}))


class LaterForm(forms.Form):
    """Words for later, and when."""

    cid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reply_to = forms.ModelChoiceField(Message.objects.none(), required=False, widget=forms.HiddenInput)
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False, widget=forms.HiddenInput)
    att = forms.ModelMultipleChoiceField(
        Attachment.objects.none(), required=False, widget=forms.MultipleHiddenInput
    )  # files that are here already
    body = forms.CharField(label=_("Your message"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    due_at = MomentField(label=_("When shall it be sent?"), help_text=_("By your own clock."))

    def __init__(self, *args: Any, room: Room, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unsent = Attachment.objects.ready().filter(room=room, uploader=person, held=None)
        self.fields["att"].queryset = unsent.defer("small")
        self.fields["reply_to"].queryset = room.messages.all()
        self.fields["topic"].queryset = Topic.objects.filter(root__room=room)


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search in my conversations"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "enterkeyhint": "search"}),
    )

    def clean_q(self) -> Asked:
        return understood(self.cleaned_data["q"])


class WaysForm(forms.Form):
    """How one is told of a conversation: muted for a while, or in these ways."""

    PAUSES = {
        "no": _("Not muted"),
        "hour": _("For an hour"),
        "tomorrow": _("Until tomorrow morning"),
        "week": _("For a week"),
        "good": _("Until I change it"),
    }

    mute = forms.ChoiceField(label=_("Mute this conversation"), initial="no", widget=forms.RadioSelect)
    in_app = forms.BooleanField(label=_("In the inbox"), required=False)
    push = forms.BooleanField(label=_("On my devices"), required=False)
    mail = forms.BooleanField(label=_("By mail"), required=False)

    def __init__(self, *args: Any, member: RoomMember, usual: Ways, now: datetime, **kwargs: Any) -> None:
        own = {"in_app": member.told_in_app, "mail": member.told_by_mail, "push": member.told_by_push}
        initial: dict[str, Any] = {"mute": "no"} | {
            way: usual.as_fields()[way] if wanted is None else wanted for way, wanted in own.items()
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.now, self.muted_until = now, member.muted_until if (member.muted_until or now) > now else None
        choices = dict(self.PAUSES)
        if self.muted_until == FOR_GOOD:
            self.initial["mute"] = "good"
        elif self.muted_until:
            choices["as_is"] = _now("Until %(moment)s") % {"moment": format_moment(self.muted_until)}
            self.initial["mute"] = "as_is"
        self.fields["mute"].choices = list(choices.items())

    def muted(self) -> datetime | None:
        """Until when, from now on."""
        tomorrow = (timezone.localtime(self.now) + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
        return {
            "no": None,
            "hour": self.now + timedelta(hours=1),
            "tomorrow": tomorrow,
            "week": self.now + timedelta(weeks=1),
            "good": FOR_GOOD,
            "as_is": self.muted_until,
        }[self.cleaned_data["mute"]]

    def ways(self) -> Ways:
        return Ways(**{way: self.cleaned_data[way] for way in ("in_app", "mail", "push")})
