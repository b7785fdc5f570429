"""Form fields that accept what people type: Persian digits, days of either calendar, times of their own zone."""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import dates
from core.text import clean_name, to_ascii_digits

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""Days that a person may mean; beyond them a year is mistyped, and calculating with it may leave the calendar."""


class NumberField(forms.IntegerField):
    """A whole number in any digits. A text input, because browsers refuse Persian digits in number inputs."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def to_python(self, value: Any) -> int | None:
        return super().to_python(to_ascii_digits(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return dates.localise(value) if isinstance(value, int) else value


class NameField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return clean_name(super().to_python(value) or "")


class AddressField(forms.EmailField):
    """An e-mail address, without the invisible signs that come along when it is copied from a Persian text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        return to_ascii_digits(clean_name(super().to_python(value) or ""))


class AsReadForm(forms.ModelForm):
    """A form of a row that several may change: the page carries a mark of what it showed, and where that is not what stands
    any more nothing is overwritten. What was typed is kept; sent once more, it stands."""

    as_read = forms.CharField(required=False, widget=forms.HiddenInput)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        return self._mark() if field_name == "as_read" else super().get_initial_for_field(field, field_name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        mark = self._mark()
        if data.pop("as_read", "") not in ("", mark):
            sent = QueryDict(mutable=True)
            sent.update(self.data)
            sent[self.add_prefix("as_read")] = mark
            self.data = sent
            raise ValidationError(
                _(
                    "This was changed in the meantime, perhaps by somebody else or in another tab. What you typed is kept "
                    "here: compare the two, and save once more if yours is to stand."
                ),
                code="changed",
            )
        return data

    def _mark(self) -> str:
        stands = {
            name: self.get_initial_for_field(field, name) for name, field in self.fields.items() if name != "as_read"
        }
        return sha256(json.dumps(stands, default=str, sort_keys=True).encode()).hexdigest()[:16]


class DayInput(forms.DateInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if dates.get_calendar() == dates.JALALI:
            context["widget"]["type"] = "text"
            context["widget"]["attrs"].setdefault("placeholder", dates.localise("1405/09/02"))
        else:
            context["widget"]["type"] = "date"
        return context

    def format_value(self, value: Any) -> str | None:
        return dates.type_day(value) if isinstance(value, date) else value


class DayField(forms.DateField):
    """A day in the reader's calendar; either calendar and any digits are understood."""

    widget = DayInput
    default_error_messages = {
        "invalid": _("This is not a day. Write it as year/month/day, for example 1405/09/02 or 2026-11-23."),
        "far": _("This day is too far away. Is the year right?"),
    }

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            day = dates.parse_day(str(value))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if not EARLIEST <= day <= LATEST:
            raise ValidationError(self.error_messages["far"], code="far")
        return day


class TimeInput(forms.TimeInput):
    input_type = "time"


class MomentWidget(forms.MultiWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            [DayInput({"aria-label": _("Day")}), TimeInput({"aria-label": _("Time")}, format="%H:%M")], attrs
        )

    def decompress(self, value: datetime | None) -> list[Any]:
        if value is None:
            return [None, None]
        here = timezone.localtime(value)
        return [here.date(), here.time().replace(second=0, microsecond=0)]


class MomentField(forms.MultiValueField):
    """A day and a time in the reader's zone, as an aware datetime."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__((DayField(), forms.TimeField()), require_all_fields=True, **kwargs)

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list or None in data_list:
            return None
        return timezone.make_aware(datetime.combine(*data_list))
