"""The application of one person: only what their programme asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.forms import NameField, NumberField
from mentoring.planning.concepts import by_group, has_concept
from mentoring.planning.forms.more import more_fields, more_kept, more_said
from mentoring.planning.forms.pickers import ConceptField, FieldOfStudyPicker, WeekField
from mentoring.planning.models import Conflict, Enrolment, Programme, Spoken
from mentoring.planning.people_rows import MOST_PLACES

Text = str | Promise


@dataclass(frozen=True)
class Section:
    """A part of the form with a heading, a word on why it is asked, and who sees the answers."""

    title: Text
    intro: Text
    who: Text
    fields: list[BoundField]
    is_fold: bool = False
    is_open: bool = False


SEEN_BY_CANDIDATES = _("Coordinators and people of this programme you could be matched with see this.")
SEEN_BY_MATCH = _("Coordinators see this, and whoever you are matched with.")
SEEN_BY_MATCHING = _(
    "Matching uses this; coordinators see it. Your gender and your groups are shown to nobody: coordinators see counts of five"
    " people and more."
)
SEEN_BY_COORDINATORS = _("Only the coordinators of this programme see this.")


def _fields_of_study() -> list[tuple[Any, Any]]:
    language = get_language()
    grouped = [
        (group.name(language), [(row.slug, row.name(language)) for row in rows]) for group, rows in by_group("field")
    ]
    return [("", _("Choose a field")), *grouped]


class AnswersForm(forms.Form):
    """`sending` asks for everything that is needed; a draft may have gaps."""

    headline = NameField(label=_("What you do, in one line"), max_length=160)
    organisation = NameField(label=_("Faculty or organisation"), max_length=160, required=False)
    field = forms.ChoiceField(label=_("Your field"), choices=_fields_of_study, widget=FieldOfStudyPicker)
    seniority = NumberField(
        label=_("Years of experience"), min_value=0, max_value=80, required=False, help_text=_("Study years count too.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you like to talk in"), choices=Spoken.choices, widget=forms.CheckboxSelectMultiple
    )
    skills = ConceptField()
    goals = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    availability = WeekField(label=_("When you are usually free"))
    contacts_wanted = NumberField(
        label=_("Contacts a month you have time for"),
        min_value=1,
        max_value=31,
        required=False,
        help_text=_("A message, a call or a meeting each count as one."),
    )
    capacity = NumberField(label=_("How many mentees at the same time"), min_value=1, max_value=MOST_PLACES)
    motivation = forms.CharField(
        label=_("Why do you want to take part?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self,
        *args: Any,
        programme: Programme,
        role: str,
        enrolment: Enrolment | None = None,
        sending: bool = True,
        **kwargs: Any,
    ) -> None:
        if enrolment is not None:
            kwargs["initial"] = _kept(enrolment) | more_kept(enrolment, programme) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.is_mentor = role == Enrolment.Role.MENTOR
        self.more = more_fields(programme, role)
        self.fields.update(self.more)
        self._keep_only(programme, role)
        self._speak_to(role)
        if not sending:
            for field in self.fields.values():
                field.required = False

    def _keep_only(self, programme: Programme, role: str) -> None:
        asked = programme.asks(role)
        for name in ("skills", "goals", "languages", "availability", "capacity", "motivation"):
            if name not in asked:
                del self.fields[name]
        if not self.is_mentor:
            del self.fields["seniority"]

    def _speak_to(self, role: str) -> None:
        goals = self.fields.get("goals")
        if goals:
            goals.label = _("What do you hope for?")
            goals.help_text = _("Two or three sentences are enough.")
        if skills := self.fields.get("skills"):
            skills.label = _("What you can help with") if self.is_mentor else _("What you want help with")
            skills.widget.offered = self.is_mentor
            skills.widget.musts = "must_have" in self.programme.asks_more(role)
            skills.widget.own = {"name": self.add_prefix("goals"), "label": goals.label} if goals else None

    def answers(self) -> dict[str, Any]:
        """What was answered, in the form that `services.answer` takes; an empty number stays unanswered."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in self.more}
        if self.more:
            data["more"] = more_said(self.cleaned_data, self.programme)
        if data.get("capacity") is None:
            data.pop("capacity", None)
        return data

    def sections(self) -> Iterator[Section]:
        parts = (
            (
                _("About you"),
                _("So that people can picture who you are."),
                SEEN_BY_CANDIDATES,
                ("headline", "organisation", "field", "seniority"),
            ),
            (
                _("What you bring") if self.is_mentor else _("What you look for"),
                _("Choose up to twelve subjects and say how much. This weighs most when people are matched."),
                SEEN_BY_CANDIDATES,
                ("skills",),
            ),
            (_("Your hopes"), _("In your own words."), SEEN_BY_MATCH, ("goals",)),
            (
                _("Time and language"),
                _("People are matched only if they find a common hour and a common language."),
                _(
                    "Coordinators see this. People you could be matched with see how many hours and which languages you"
                    " share; whoever you are matched with sees those hours."
                ),
                ("languages", "availability", "contacts_wanted", "capacity"),
            ),
            (
                _("Your reasons"),
                _("This helps the coordinators to decide."),
                SEEN_BY_COORDINATORS,
                ("motivation",),
            ),
        )
        for title, intro, who, names in parts:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield Section(title, intro, who, fields)
        if self.more:
            yield Section(
                _("More that helps matching"),
                _("All of this is optional. What you leave out never counts against you."),
                SEEN_BY_MATCHING,
                [self[name] for name in self.more],
                is_fold=True,
                is_open=any(name in self.errors for name in self.more),
            )


def _kept(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "headline": enrolment.headline,
        "organisation": enrolment.organisation,
        "field": enrolment.field if has_concept(enrolment.field) else "",
        "seniority": enrolment.seniority,
        "languages": enrolment.languages,
        "skills": {row.concept: row.answer for row in enrolment.concepts.all()},
        "goals": enrolment.goals,
        "availability": [
            (row.weekday, row.starts, row.ends) for row in enrolment.person.availabilities.order_by("weekday", "starts")
        ],
        "contacts_wanted": enrolment.contacts_wanted,
        "capacity": enrolment.capacity,
        "motivation": enrolment.motivation,
    }


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads exactly these words. Say what could help them next time."),
        error_messages={"required": _("Please write a reason; the person will read it.")},
    )


class ConflictForm(forms.Form):
    """Somebody too close to this person, as a coordinator knows it."""

    email = forms.EmailField(label=_("E-mail of the other person"))
    kind = forms.ChoiceField(
        label=_("Who it is"), choices=Conflict.Kind, initial=Conflict.Kind.CLOSE, widget=forms.RadioSelect
    )
