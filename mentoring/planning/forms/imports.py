from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.dates import localise
from core.forms import NameField
from mentoring.planning.models import Enrolment, ImportMapping, PeopleImport
from mentoring.planning.people_file import GROUP, MEANINGS, UnusableFile, decode
from mentoring.planning.people_report import MEANING_LABELS, UNUSABLE, why_unusable
from mentoring.planning.people_rows import LONGEST
from mentoring.planning.services import table_of


class UploadForm(forms.Form):
    """Gives `cleaned_data["file"]` and `text`."""

    role = forms.ChoiceField(label=_("Who is in this file?"), choices=Enrolment.Role.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("One person a line, with a header. Commas, semicolons or tabs; Persian or Latin digits."),
        error_messages={"empty": UNUSABLE["empty"], "required": _("Choose a file, please.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=[("utf-8", _("UTF-8 (the usual one)")), ("cp1256", _("Windows-1256 (old Persian Excel)"))],
        initial="utf-8",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload is None:
            return data
        limit = settings.IMPORT_MAX_BYTES
        try:
            self.text = decode(upload.read(limit + 1), data.get("encoding") or "utf-8", max_bytes=limit)
            table_of(self.text)
        except UnusableFile as error:
            self.add_error("file", ValidationError(why_unusable(error), code=error.code))
        return data


class MappingForm(forms.Form):
    """One select per column (`column_0`, ...); gives `mapping` as {header: meaning}."""

    save_as = NameField(
        label=_("Keep these choices under a name"),
        max_length=100,
        required=False,
        help_text=_("The next file with the same columns is mapped by itself."),
    )

    def __init__(self, *args: Any, people_import: PeopleImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people_import = people_import
        choices = [("", _("Leave out")), *((meaning, MEANING_LABELS[meaning]) for meaning in MEANINGS)]
        table = table_of(people_import.text)
        self.columns = []
        for place, header in enumerate(people_import.columns):
            name = f"column_{place}"
            self.fields[name] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=people_import.mapping.get(header, "")
            )
            self.columns.append((self[name], table.samples(place)))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.mapping: dict[str, str] = {}
        for place, header in enumerate(self.people_import.columns):
            meaning = data.get(f"column_{place}", "")
            if meaning == GROUP and len(header) > LONGEST["group"]:
                self.add_error(
                    f"column_{place}",
                    _("The name of this column is the group's question. Give it one of %(limit)s letters at most.")
                    % {"limit": localise(LONGEST["group"])},
                )
            elif meaning not in ("", GROUP) and meaning in self.mapping.values():
                self.add_error(
                    f"column_{place}",
                    _("Another column is “%(meaning)s” already.") % {"meaning": MEANING_LABELS[meaning]},
                )
            self.mapping[header] = meaning
        chosen = set(self.mapping.values())
        if "email" not in chosen:
            self.add_error(None, _("Say which column holds the e-mail; without it nobody can be reached."))
        if not chosen & {"name", "first_name", "last_name"}:
            self.add_error(None, _("Say which column holds the name."))
        return data


class UseMappingForm(forms.Form):
    saved = forms.ModelChoiceField(label=_("Choices you kept"), queryset=ImportMapping.objects.none(), empty_label=None)

    def __init__(self, *args: Any, people_import: PeopleImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["saved"].queryset = people_import.programme.import_mappings.order_by("name")


class OptionsForm(forms.Form):
    ready = forms.BooleanField(
        label=_("These people are already approved and ready to be matched"),
        required=False,
        help_text=_("Otherwise they are invited, fill in their application themselves and wait for your approval."),
    )
    mails = forms.BooleanField(label=_("Send each new person an invitation by e-mail now"), required=False)
    field_as_concept = forms.BooleanField(
        label=_("The field or profession is also what mentors offer and mentees look for"),
        required=False,
        help_text=_("Useful when the file has no column of subjects."),
    )
