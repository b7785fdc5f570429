"""Forms with which an instrument is brought in, built and activated."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.dates import localise
from core.forms import DayField, NameField, NumberField
from evaluation.instruments import MAX_BYTES, MAX_POINT, Definition, Question
from evaluation.models import Code, Instrument, Wave
from paradigm.model import components

OPERATORS = (("at_least", _("at least")), ("at_most", _("at most")), ("equal", _("exactly")))


class InstrumentFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of a questionnaire"),
        help_text=_("JSON in the format below, at most 256 kB and 120 questions."),
        error_messages={"empty": _("This file is empty."), "required": _("Choose a file, please.")},
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    @property
    def data_of_file(self) -> bytes:
        return bytes(self.cleaned_data["file"].read(MAX_BYTES + 1))


class SettingsForm(forms.Form):
    """What an instrument is called, its licence, scale and scoring."""

    instrument = NameField(
        label=_("Short name"), max_length=60, help_text=_("The same in every version; it stands in data for research.")
    )
    title_en = NameField(label=_("Title in English"), max_length=120, required=False)
    title_fa = NameField(label=_("Title in Persian"), max_length=120, required=False)
    licence_text = forms.CharField(
        label=_("Licence"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Whose questions these are, and by what right you use them. Needed before anybody is asked."),
    )
    low = NumberField(label=_("Lowest point of the scale"), min_value=0, max_value=MAX_POINT - 1, initial=1)
    high = NumberField(label=_("Highest point of the scale"), min_value=1, max_value=MAX_POINT, initial=5)
    labels_en = forms.CharField(
        label=_("Words of the scale in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
        help_text=_("One a line: one for each point from the lowest on, or two for the ends."),
    )
    labels_fa = forms.CharField(
        label=_("Words of the scale in Persian"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "rtl"})
    )
    method = forms.ChoiceField(
        label=_("Score of a subscale"),
        choices=[("mean", _("mean of the answers")), ("sum", _("sum of the answers"))],
        widget=forms.RadioSelect,
        initial="mean",
    )
    min_valid = NumberField(
        label=_("From how many answers on"),
        min_value=1,
        max_value=120,
        initial=1,
        help_text=_("With fewer answers on a subscale there is no score."),
    )
    maps_to = forms.ChoiceField(
        label=_("Component of the model"),
        required=False,
        help_text=_(
            "The figures are shown beside this component and are not mixed into its score. The exception is “Improved learning”: "
            "asked twice, how far people changed counts there."
        ),
    )

    def __init__(self, *args: Any, instrument: Instrument | None = None, **kwargs: Any) -> None:
        if instrument is not None:
            kwargs["initial"] = _initial(instrument)
        super().__init__(*args, **kwargs)
        self.fields["maps_to"].choices = [
            ("none", _("none")), *((part.slug, part.name(get_language())) for part in components())
        ]  # fmt: skip
        if instrument is not None:
            del self.fields["instrument"]

    def settings(self) -> dict[str, Any]:
        """The part of a document that this form is about."""
        data = self.cleaned_data
        lines = {lang: [row.strip() for row in data[f"labels_{lang}"].splitlines()] for lang in ("en", "fa")}
        labels = {lang: given for lang, rows in lines.items() if (given := [row for row in rows if row])}
        title = {lang: data[f"title_{lang}"] for lang in ("en", "fa") if data[f"title_{lang}"]}
        head = {"instrument": data["instrument"]} if "instrument" in data else {}
        return head | {
            "title": title,
            "licence_text": data["licence_text"],
            "scale": {"min": data["low"], "max": data["high"], "labels": labels},
            "scoring": {"method": data["method"], "min_valid": data["min_valid"]},
            "maps_to": data["maps_to"] or "none",
        }


def _initial(instrument: Instrument) -> dict[str, Any]:
    content, definition = instrument.definition.content, instrument.definition
    labels = content["scale"].get("labels", {})
    return {
        "licence_text": instrument.licence_text,
        "low": definition.low,
        "high": definition.high,
        "method": definition.method,
        "min_valid": definition.min_valid,
        "maps_to": definition.maps_to,
        **{f"title_{lang}": content.get("title", {}).get(lang, "") for lang in ("en", "fa")},
        **{f"labels_{lang}": "\n".join(labels.get(lang, [])) for lang in ("en", "fa")},
    }


class QuestionForm(forms.Form):
    """One question of a draft in both languages."""

    text_en = forms.CharField(
        label=_("Question in English"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
    )
    text_fa = forms.CharField(
        label=_("Question in Persian"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "rtl"}),
        help_text=_(
            "{p} stands for “my mentor” or “my mentee”. Where it stands, people are asked about each relationship; else once."
        ),
    )
    kind = forms.ChoiceField(
        label=_("How it is answered"),
        choices=[("scale", _("on the scale")), ("open", _("in one's own words"))],
        widget=forms.RadioSelect,
        initial="scale",
    )
    reverse = forms.BooleanField(label=_("Reversed: agreeing with it means less of what is measured"), required=False)
    subscale = forms.ChoiceField(label=_("Subscale"), required=False)
    new_en = NameField(label=_("Or a new subscale, in English"), max_length=120, required=False)
    new_fa = NameField(label=_("The new subscale in Persian"), max_length=120, required=False)
    roles = forms.ChoiceField(
        label=_("Who is asked"), choices=Instrument.Roles.choices, widget=forms.RadioSelect, initial="both"
    )
    wave = forms.MultipleChoiceField(
        label=_("Only in these waves"),
        choices=Wave.Moment.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: always."),
    )
    when_item = forms.ChoiceField(label=_("Ask only after an answer to"), required=False)
    when_op = forms.ChoiceField(label=_("that was"), choices=OPERATORS, required=False)
    when_value = NumberField(label=_("this point"), min_value=0, max_value=MAX_POINT, required=False)
    code = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9_]{0,39}$",
        label=_("Code"),
        help_text=_("Stands in data for research: a Latin letter, then letters, digits and _."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, instrument: Instrument, question: Question | None = None, **kwargs: Any) -> None:
        definition = instrument.definition
        kwargs["initial"] = _initial_question(definition, question)
        super().__init__(*args, **kwargs)
        language = get_language()
        names = {code: words.text(language) for code, words in definition.subscales.items()}
        self.fields["subscale"].choices = [("", _("none")), *names.items()]
        before = []
        for each in definition.questions:
            if question is not None and each.code == question.code:
                break
            before.append(each)
        self.fields["when_item"].choices = [
            ("", _("whatever was answered")),
            *((each.code, f"{each.code}: {each.words.text(language)}"[:80]) for each in before if not each.is_open),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("text_en") and not data.get("text_fa"):
            self.add_error("text_en", _("Write the question in one language at least."))
        if data.get("when_item") and data.get("when_value") is None and "when_value" not in self.errors:
            self.add_error("when_value", _("Say which point."))
        if data.get("kind") == "open" and (data.get("reverse") or data.get("subscale") or self.names):
            self.add_error("kind", _("A question answered in words is in no subscale and not reversed."))
        return data

    @property
    def names(self) -> dict[str, str]:
        """The names of a new subscale."""
        return {lang: self.cleaned_data[f"new_{lang}"] for lang in ("en", "fa") if self.cleaned_data.get(f"new_{lang}")}

    def item(self) -> dict[str, Any]:
        """The question as it stands in a file."""
        data = self.cleaned_data
        item = {
            "id": data["code"],
            "text": {lang: data[f"text_{lang}"] for lang in ("en", "fa") if data[f"text_{lang}"]},
            "kind": data["kind"],
            "reverse": data["reverse"],
            "subscale": data["subscale"],
            "wave": data["wave"],
        }
        if data["roles"] != Instrument.Roles.BOTH:
            item["roles"] = [data["roles"]]
        if data["when_item"]:
            item["when"] = {"item": data["when_item"], data["when_op"] or "at_least": data["when_value"]}
        return item


def _initial_question(definition: Definition, question: Question | None) -> dict[str, Any]:
    if question is None:
        known = {each.code for each in definition.questions}
        last = definition.questions[-1].subscale if definition.questions else ""
        free = next(f"q{n}" for n in range(len(known) + 1, 1000) if f"q{n}" not in known)
        return {"code": free, "subscale": last, "kind": "scale", "roles": "both"}
    row = next(each for each in definition.content["items"] if each["id"] == question.code)
    rule = question.when
    return {
        "code": question.code,
        "text_en": row["text"].get("en", ""),
        "text_fa": row["text"].get("fa", ""),
        "kind": "open" if question.is_open else "scale",
        "reverse": question.reverse,
        "subscale": question.subscale,
        "roles": question.roles[0] if len(question.roles) == 1 else "both",
        "wave": list(question.waves),
        "when_item": rule.item if rule else "",
        "when_op": rule.op if rule else "at_least",
        "when_value": rule.value if rule else None,
    }


class LicenceForm(forms.Form):
    """The licence confirmed by name and date."""

    name = NameField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    on = DayField(label=_("Date"))
    agreed = forms.BooleanField(
        label=_("I have read the licence above and confirm that this institution may use these questions."),
        error_messages={"required": _("Without this nobody can be asked.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].validators.append(MaxValueValidator(today, _("This day has not come yet.")))
        self.fields["on"].initial = today


def condition(question: Question) -> dict[str, Any] | None:
    """The rule under which a question is asked, for a sentence."""
    rule = question.when
    if rule is None:
        return None
    return {"code": rule.item, "how": dict(OPERATORS)[rule.op], "point": localise(rule.value)}


class BeginCodingForm(forms.Form):
    """Which open question is coded, and whether the codebook begins with the model."""

    wave = forms.IntegerField(widget=forms.HiddenInput)
    item = forms.CharField(max_length=60, widget=forms.HiddenInput)
    model = forms.BooleanField(required=False)

    def chosen(self, rows: list[Any]) -> Any:
        wanted = (self.cleaned_data["wave"], self.cleaned_data["item"])
        return next((row for row in rows if (row.wave.pk, row.code) == wanted), None)


class CodebookForm(forms.Form):
    """A new code, and for each code the one that it stands under."""

    name = NameField(label=_("A new code"), max_length=80, required=False)
    level = forms.ChoiceField(
        label=_("On which level"), choices=Code.Level.choices, widget=forms.RadioSelect, initial="open"
    )

    def __init__(self, *args: Any, codes: list[Code], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code in codes if code.level != Code.Level.CORE]
        above = {
            level: {str(code.pk): code for code in codes if code.level == upper}
            for level, upper in ((Code.Level.OPEN, Code.Level.AXIAL), (Code.Level.AXIAL, Code.Level.CORE))
        }
        self.above = above
        for code in self.codes:
            self.fields[f"under-{code.pk}"] = forms.ChoiceField(
                label=str(code),
                required=False,
                initial=str(code.parent_id or ""),
                choices=[("", _("nothing yet")), *((pk, str(each)) for pk, each in above[code.level].items())],
            )

    def rows(self) -> list[tuple[Code, Any]]:
        """Each code with its field."""
        return [(code, self[f"under-{code.pk}"]) for code in self.codes]

    def moved(self) -> list[tuple[Code, Code | None]]:
        """The codes that stand elsewhere now."""
        found = []
        for code in self.codes:
            chosen = self.cleaned_data.get(f"under-{code.pk}", "")
            if chosen != str(code.parent_id or ""):
                found.append((code, self.above[code.level].get(chosen)))
        return found


class AnswerCodesForm(forms.Form):
    """The open codes of one answer."""

    codes = forms.MultipleChoiceField(label=_("Codes"), required=False, widget=forms.CheckboxSelectMultiple)
    new = NameField(label=_("Or a new code"), max_length=80, required=False)

    def __init__(self, *args: Any, codes: list[Code], given: frozenset[int], **kwargs: Any) -> None:
        kwargs["initial"] = {"codes": [str(pk) for pk in given]}
        super().__init__(*args, **kwargs)
        self.known = {str(code.pk): code for code in codes}
        self.fields["codes"].choices = [(pk, str(code)) for pk, code in self.known.items()]
        if not codes:
            del self.fields["codes"]
            self.fields["new"].label = _("A first code")

    def chosen(self) -> list[Code]:
        return [self.known[pk] for pk in self.cleaned_data.get("codes", [])]
