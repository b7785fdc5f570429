"""Opening a wave, answering a page of items, writing to the people of an alert."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.forms import DayField
from evaluation.models import Wave
from evaluation.questionnaire import NOT_APPLICABLE, SKIPPED, Item

SCALE = (
    ("1", _("Strongly disagree")),
    ("2", _("Disagree")),
    ("3", _("Neither agree nor disagree")),
    ("4", _("Agree")),
    ("5", _("Strongly agree")),
    (str(NOT_APPLICABLE), _("Not applicable")),
)
BY_NAME = _("Your coordinators see this answer with your name, so that they can help. Your partner never sees it.")


class WaveForm(forms.Form):
    form = forms.ChoiceField(
        label=_("Which questions"), choices=Wave.Form.choices, widget=forms.RadioSelect, initial=Wave.Form.PULSE
    )
    opens_on = DayField(label=_("Opens on"), help_text=_("Today: at once. Another day: that morning."))
    closes_on = DayField(
        label=_("Closes on"), required=False, help_text=_("The last day to answer. Empty: until you close it.")
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        today = timezone.localdate(now)
        kwargs.setdefault("initial", {"opens_on": today, "closes_on": today + timedelta(days=14), "form": "pulse"})
        super().__init__(*args, **kwargs)
        self.now, self.today = now, today

    def clean_opens_on(self) -> Any:
        day = self.cleaned_data["opens_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_on"), data.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("It closes before it opens. Choose a later day."))
        return data

    @property
    def opens_at(self) -> datetime:
        day = self.cleaned_data["opens_on"]
        return self.now if day == self.today else timezone.make_aware(datetime.combine(day, time(6)))

    @property
    def closes_at(self) -> datetime | None:
        day = self.cleaned_data["closes_on"]
        return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None


class SectionForm(forms.Form):
    """One page of items. Nothing is required: an item may be left open."""

    def __init__(self, *args: Any, items: Sequence[Item], role: str, given: dict[str, int], **kwargs: Any) -> None:
        initial = {name_of(code): str(value) for code, value in given.items() if value != SKIPPED}
        super().__init__(*args, initial=initial, **kwargs)
        self.items = items
        for item in items:
            self.fields[name_of(item.code)] = forms.ChoiceField(
                label=item.text(role, get_language()),
                choices=SCALE,
                widget=forms.RadioSelect,
                required=False,
                help_text=BY_NAME if item.seen_by_name else "",
            )

    def values(self, *, page_is_done: bool) -> dict[str, int]:
        """Item -> answer. On a page that is done, what was left open counts as skipped."""
        given = {item.code: self.cleaned_data.get(name_of(item.code)) for item in self.items}
        return {code: int(value) if value else SKIPPED for code, value in given.items() if value or page_is_done}


def name_of(code: str) -> str:
    return code.replace(".", "-")


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Your note"), widget=forms.Textarea(attrs={"rows": 8}), max_length=1500)
