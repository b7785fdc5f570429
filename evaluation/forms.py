"""Opening a wave, answering a page of items, writing to the people of an alert, taking up an action."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import log2
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from core.dates import format_day, localise
from core.forms import DayField, NumberField
from core.text import to_ascii_digits
from evaluation.actions import Idea
from evaluation.anchors import AnchorsMakeNoSense, check_anchors
from evaluation.asking import open_items_of
from evaluation.indicators import Indicator
from evaluation.instruments import Definition
from evaluation.models import Alert, Instrument, ProgrammeReport, Wave
from evaluation.plan import Planned, Proposal, in_the_morning, last_minute
from evaluation.queries import Target
from evaluation.queries.risk import Weighed
from evaluation.questionnaire import NOT_APPLICABLE, SKIPPED, Asked
from evaluation.risk import HIGHEST_LIMIT, LIMITS, MOST_POINTS, LimitsMakeNoSense, PointsMakeNoSense, check_points
from evaluation.words import UNITS
from mentoring.planning.models import Programme

SCALE = (
    ("1", _("Strongly disagree")),
    ("2", _("Disagree")),
    ("3", _("Neither agree nor disagree")),
    ("4", _("Agree")),
    ("5", _("Strongly agree")),
    (str(NOT_APPLICABLE), _("Not applicable")),
)
IN_WORDS = _(
    "Two of those who run the programme read your words without your name and sort them, and only when ten people or more "
    "have written. Please name nobody."
)
BY_NAME = _("Your coordinators see this answer with your name, so that they can help. Your partner never sees it.")


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("How much"),
        choices=ProgrammeReport.Kind.choices,
        widget=forms.RadioSelect,
        initial=ProgrammeReport.Kind.BRIEF,
    )
    language = forms.ChoiceField(label=_("In which language"), choices=Language.choices, widget=forms.RadioSelect)
    until = forms.ChoiceField(
        label=_("From the start of the programme until"),
        help_text=_("Always the whole programme: of a part of it too few would stand behind a figure."),
        required=False,
    )

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"kind": ProgrammeReport.Kind.BRIEF, "language": (get_language() or "en")[:2]})
        super().__init__(*args, **kwargs)
        choices = [(day.isoformat(), format_day(day)) for day in days[1:]]
        self.fields["until"].choices = [("", _("now")), *choices]  # type: ignore[attr-defined]
        if not choices:
            del self.fields["until"]

    def clean_until(self) -> date | None:
        return date.fromisoformat(self.cleaned_data["until"]) if self.cleaned_data["until"] else None


BUILT_IN = [choice for choice in Wave.Form.choices if choice[0] != Wave.Form.OWN]


class WaveForm(forms.Form):
    """What is asked and when. `own`: the institution's own instruments that may be asked."""

    form = forms.ChoiceField(
        label=_("Which questions"), choices=BUILT_IN, widget=forms.RadioSelect, initial=Wave.Form.PULSE
    )
    moment = forms.ChoiceField(
        label=_("At which time"),
        choices=[("", _("besides the five waves")), *Wave.Moment.choices],
        required=False,
        help_text=_("Some questions of your own questionnaires are meant for certain waves only."),
    )
    opens_on = DayField(label=_("Opens on"), help_text=_("Today: at once. Another day: that morning."))
    closes_on = DayField(
        label=_("Closes on"), required=False, help_text=_("The last day to answer. Empty: until you close it.")
    )

    def __init__(self, *args: Any, now: datetime, own: Sequence[Instrument] = (), **kwargs: Any) -> None:
        today = timezone.localdate(now)
        kwargs.setdefault("initial", {"opens_on": today, "closes_on": today + timedelta(days=14), "form": "pulse"})
        super().__init__(*args, **kwargs)
        self.own = {f"own-{each.pk}": each for each in own}
        self.fields["form"].choices = BUILT_IN + [(key, _own_label(each)) for key, each in self.own.items()]
        if not any(question.waves for each in own for question in each.definition.questions):
            del self.fields["moment"]
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
    def chosen(self) -> dict[str, Any]:
        """`form`, `instrument` and `moment` of the wave; a moment is named for own instruments only, the plan has the others."""
        instrument = self.own.get(self.cleaned_data["form"])
        if instrument is None:
            return {"form": self.cleaned_data["form"]}
        return {"form": Wave.Form.OWN, "instrument": instrument, "moment": self.cleaned_data.get("moment") or ""}

    @property
    def opens_at(self) -> datetime:
        return in_the_morning(self.cleaned_data["opens_on"], self.now)

    @property
    def closes_at(self) -> datetime | None:
        day = self.cleaned_data["closes_on"]
        return last_minute(day) if day else None


def _own_label(instrument: Instrument) -> str:
    n = len(instrument.definition.questions)
    return ngettext("%(name)s, version %(version)s (%(n)s question)", "%(name)s, version %(version)s (%(n)s questions)", n) % {
        "name": instrument, "version": localise(instrument.version), "n": localise(n)
    }  # fmt: skip


class PlannedWaveForm(forms.Form):
    """One wave of the plan: whether it is wanted, and its days."""

    wanted = forms.BooleanField(label=_("Ask then"), required=False)
    opens_on = DayField(label=_("Opens on"))
    closes_on = DayField(label=_("Closes on"))

    def __init__(self, data: Any, *, proposal: Proposal, wave: Wave | None, now: datetime) -> None:
        self.proposal, self.wave, self.now = proposal, wave, now
        self.moment, self.form = Wave.Moment(proposal.moment), Wave.Form(proposal.form)
        self.has_opened = wave is not None and wave.opens_at <= now
        opens, closes = proposal.opens_on, proposal.closes_on
        if wave is not None:
            opens = timezone.localdate(wave.opens_at)
            closes = timezone.localdate(wave.closes_at) if wave.closes_at else closes
        elif not proposal.fits:
            closes = max(closes, opens + timedelta(days=14))
        wanted = wave is not None or proposal.fits
        initial = {"wanted": wanted, "opens_on": opens, "closes_on": closes}
        super().__init__(None if self.has_opened else data, prefix=proposal.moment, initial=initial)
        for name in ("opens_on", "closes_on"):
            self.fields[name].required = not self.is_bound or f"{self.prefix}-wanted" in self.data
            self.fields[name].error_messages["required"] = _("Say on which day.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("wanted"):
            return data
        opens, closes = data.get("opens_on"), data.get("closes_on")
        if opens and opens < timezone.localdate(self.now):
            self.add_error("opens_on", _("This day is over. Choose today or a later day."))
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("It closes before it opens. Choose a later day."))
        return data

    @property
    def days(self) -> tuple[date, date]:
        """As they stand before anything is changed."""
        return self.wave.days if self.wave else (self.initial["opens_on"], self.initial["closes_on"])

    @property
    def planned(self) -> Planned:
        wanted = self.cleaned_data["wanted"]
        opens = self.cleaned_data.get("opens_on") or self.proposal.opens_on
        closes = self.cleaned_data.get("closes_on") or self.proposal.closes_on
        return Planned(self.moment, self.form, in_the_morning(opens, self.now), last_minute(closes), wanted)


class PulsesForm(forms.Form):
    """Whether there is a pulse on each of these days."""

    with_pulses = forms.BooleanField(label=_("A pulse every four weeks"), required=False)

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = _(
            "Five questions, each time for a week, never while a questionnaire above is open. As the days stand: %(days)s."
        )
        listed = " · ".join(format_day(day).replace(" ", "\N{NO-BREAK SPACE}") for day in days)
        self.fields["with_pulses"].help_text = str(told) % {"days": listed}


class SectionForm(forms.Form):
    """One page of items. Nothing is required: an item may be left open."""

    def __init__(
        self, *args: Any, items: Sequence[Asked], wave: Wave, target: Target, given: dict[str, int], **kwargs: Any
    ) -> None:
        initial = {name_of(code): str(value) for code, value in given.items() if value != SKIPPED}
        super().__init__(*args, initial=initial, **kwargs)
        self.numbered = wave.instrument is not None and not wave.instrument.definition.has_all_labels
        self.items, self.in_words = items, open_items_of(wave) & {item.code for item in items}
        choices = scale_of(wave.instrument.definition, get_language()) if wave.instrument else SCALE
        for item in items:
            label = item.text(target.enrolment.role, get_language())
            if wave.instrument:  # perhaps written in the other language
                label = format_html("<bdi>{}</bdi>", label)
            if item.code in self.in_words:
                self.fields[name_of(item.code)] = forms.CharField(
                    label=label,
                    widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
                    required=False,
                    max_length=2000,
                    help_text=IN_WORDS,
                )
                continue
            self.fields[name_of(item.code)] = forms.ChoiceField(
                label=label,
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
                help_text=BY_NAME if item.seen_by_name else "",
            )
        if self.in_words and target.response is not None:
            written = target.response.open_answers.filter(item__in=self.in_words).values_list("item", "text")
            self.initial |= {name_of(code): text for code, text in written}

    def values(self, *, page_is_done: bool) -> dict[str, int]:
        """Item -> answer. On a page that is done, what was left open counts as skipped."""
        scored = [item.code for item in self.items if item.code not in self.in_words]
        given = {code: self.cleaned_data.get(name_of(code)) for code in scored}
        return {code: int(value) if value else SKIPPED for code, value in given.items() if value or page_is_done}

    def texts(self) -> dict[str, str]:
        """Item -> what was written, perhaps nothing."""
        return {code: self.cleaned_data.get(name_of(code)) or "" for code in self.in_words}


def scale_of(definition: Definition, language: str | None) -> list[tuple[str, str]]:
    """The points of an own instrument's scale: their words, or where only the ends have words the number with them."""
    points = range(definition.low, definition.high + 1)
    rows = []
    for point in points:
        words = definition.labels[point].text(language) if point in definition.labels else ""
        number = localise(point)
        rows.append(
            (str(point), words if definition.has_all_labels else f"{number} · {words}" if words else str(number))
        )
    return [*rows, (str(NOT_APPLICABLE), str(_("Not applicable")))]


def name_of(code: str) -> str:
    return code.replace(".", "-")


class CompareForm(forms.Form):
    """Beside what a programme is looked at: one of its own earlier days, or another programme that the reader manages."""

    beside = forms.ChoiceField(label=_("Compare with"), required=False)

    def __init__(self, *args: Any, days: Sequence[date], programmes: Sequence[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = {day.isoformat(): day for day in days}
        self.programmes = {programme.slug: programme for programme in programmes}
        choices: list[Any] = [("", _("choose one"))]
        if days:
            earlier = [(day.isoformat(), format_day(day)) for day in reversed(days)]
            choices.append((_("An earlier day"), earlier))
        if programmes:
            choices.append((_("Another programme"), [(each.slug, str(each)) for each in programmes]))
        self.fields["beside"].choices = choices

    @property
    def has_choice(self) -> bool:
        return bool(self.days or self.programmes)


class AcceptForm(forms.Form):
    """Who of the coordinators sees to an idea, and until when."""

    person = forms.ModelChoiceField(label=_("Who sees to it"), queryset=User.objects.none(), empty_label=None)
    due_on = DayField(label=_("Due on"))

    def __init__(self, *args: Any, idea: Idea, programme: Programme, by: User, now: datetime, **kwargs: Any) -> None:
        today = timezone.localdate(now)
        kwargs.setdefault("initial", {"person": by.pk, "due_on": today + timedelta(days=idea.days)})
        super().__init__(*args, prefix=idea.slug, **kwargs)
        self.today = today
        self.fields["person"].queryset = programme.coordinators.order_by("name", "pk")

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return day


class DropForm(forms.Form):
    reason = forms.CharField(label=_("Why it will not be done"), max_length=300)


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Your note"), widget=forms.Textarea(attrs={"rows": 8}), max_length=1500)


class GiveForm(forms.Form):
    """In whose hands an alert is: one of the coordinators who may see it."""

    person = forms.ModelChoiceField(label=_("In whose hands"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, alert: Alert, by: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"person": alert.given_to_id or by.pk}, **kwargs)
        members = alert.relationship.members.values("person")
        mine = alert.relationship.programme.coordinators.exclude(pk__in=members)
        self.fields["person"].queryset = mine.order_by("name", "pk")


class FigureField(forms.FloatField):
    """A number that may have a fraction, in any digits and with any decimal sign."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> float | None:
        return super().to_python(to_ascii_digits(value).replace("٫", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, float):
            return value
        return localise(value if value % 1 else int(value))


class AnchorsForm(forms.Form):
    """The anchors of one indicator as people say them: shares in per cent, ratios as "times as much"."""

    def __init__(self, *args: Any, indicator: Indicator, locked: bool, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        labels = (
            [_("0 up to"), _("100 from"), _("100 up to"), _("0 from")]
            if indicator.kind == "band"
            else [_("Counts as 0"), _("Counts as 100")]
        )
        for place, (label, raw) in enumerate(zip(labels, indicator.anchors, strict=True)):
            self.fields[f"anchor_{place}"] = FigureField(
                label=label, initial=_shown(indicator, raw), help_text=UNITS[indicator.unit]
            )
        if locked:
            self.fields["from_on"] = _from_tomorrow(now)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        names = [name for name in self.fields if name.startswith("anchor_")]
        if all(data.get(name) is not None for name in names):
            try:
                self.figures = [_meant(self.indicator, data[name]) for name in names]
                check_anchors(self.indicator, self.figures)
            except AnchorsMakeNoSense as error:
                self.add_error(names[-1], str(error))
        return data


def _from_tomorrow(now: datetime) -> DayField:
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return DayField(
        label=_("Applies from"),
        initial=tomorrow,
        help_text=_("Figures of earlier days stay as they are."),
        validators=[MinValueValidator(tomorrow, _("Choose tomorrow or a later day."))],
    )


class PointsForm(forms.Form):
    """The limits and the points of every signal of the rules of risk."""

    def __init__(self, *args: Any, rows: Sequence[Weighed], locked: bool, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [row.key for row in rows]
        for row in rows:
            self.fields[row.key] = NumberField(
                label=row.name, initial=row.points, min_value=int(row.key in LIMITS),
                max_value=HIGHEST_LIMIT if row.key in LIMITS else MOST_POINTS,
                help_text=_("Default: %(n)s") % {"n": localise(row.default)},
            )  # fmt: skip
        if locked:
            self.fields["from_on"] = _from_tomorrow(now)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if all(key in data for key in self.keys):
            try:
                check_points(self.points)
            except (PointsMakeNoSense, LimitsMakeNoSense) as error:
                self.add_error(None, str(error))
        return data

    @property
    def points(self) -> dict[str, int]:
        return {key: self.cleaned_data[key] for key in self.keys}


def _shown(indicator: Indicator, raw: float) -> float:
    return round({"share": 100.0 * raw, "ratio": 2.0**raw}.get(indicator.unit, float(raw)), 4)


def _meant(indicator: Indicator, typed: float) -> float:
    if indicator.unit == "ratio":
        if not 1 <= typed <= 32:
            raise AnchorsMakeNoSense(_("One of these figures cannot occur. Stay within what the unit allows."))
        return log2(typed)
    return typed / 100.0 if indicator.unit == "share" else typed
