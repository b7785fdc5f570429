from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DayField, TimeInput
from notifications.models import Rhythm
from notifications.quiet import weekend_of

LONGEST = timedelta(days=366)


class AbsenceForm(forms.Form):
    """Days on which somebody is away."""

    from_on = DayField(label=gettext_lazy("From"))
    until_on = DayField(label=gettext_lazy("Until, that day too"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        first, last = chosen.get("from_on"), chosen.get("until_on")
        if first and last and not first <= last <= first + LONGEST:
            raise ValidationError({"until_on": _("The last day is the first one or later, and at most a year on.")})
        if last and last < self.today:
            raise ValidationError({"until_on": _("These days are over already.")})
        return chosen


class DeviceForm(forms.Form):
    """A browser as it introduces itself."""

    endpoint = forms.URLField(max_length=500, assume_scheme="https")
    p256dh = forms.CharField(max_length=120)
    auth = forms.CharField(max_length=40)


class RhythmForm(forms.ModelForm):
    """When somebody may be reached outside the inbox."""

    daily = forms.TypedChoiceField(
        label=gettext_lazy("Mail"),
        choices=[("no", gettext_lazy("as it comes")), ("yes", gettext_lazy("once a day, if something is unread"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Rhythm
        fields = (
            "night",
            "night_from",
            "night_to",
            "free_days",
            "daily",
            "daily_at",
            "seen",
            "tells_read",
            "enter_sends",
        )
        help_texts = {
            **dict.fromkeys(("seen", "tells_read"), gettext_lazy("If you hide it, you do not see it of them either.")),
            "enter_sends": gettext_lazy(
                "Shift and Enter together begin a new line. Without this, Enter begins one, and Ctrl (⌘ on a Mac) and Enter send."
                " On the keyboard of a phone Enter always begins a new line."
            ),
        }
        widgets = {name: TimeInput(format="%H:%M") for name in ("night_from", "night_to", "daily_at")}

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["daily"] = "yes" if self.instance.daily else "no"
        usual = weekend_of(zone)
        self.fields["free_days"].choices = [
            (value, _("%(days)s (usual where you are)") % {"days": label} if value == usual else label)
            for value, label in Rhythm.FreeDays.choices
        ]

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        if chosen.get("night") and chosen.get("night_from") == chosen.get("night_to"):
            raise ValidationError(
                {"night_to": _("Quiet hours cannot begin and end at the same time. Choose another end.")}
            )
        return chosen
