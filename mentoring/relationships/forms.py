"""What members and coordinators fill in."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.dates import localise
from core.forms import DayField, MomentField, NumberField
from mentoring.relationships.models import Agreement, CoordinatorTouch, ExitAnswer, Goal, GoalStep, Note, Session
from mentoring.relationships.models import Relationship as Relation
from mentoring.relationships.services.session import MOST_TIMES

RHYTHMS = ((7, _("Every week")), (14, _("Every two weeks")), (21, _("Every three weeks")), (30, _("Once a month")))
REPLIES = ((24, _("a day")), (48, _("two days")), (72, _("three days")), (168, _("a week")))
SHORTEST = 5
"""Minutes of a session."""
FIVE = [(n, str(n)) for n in range(1, 6)]
SATISFACTION = [
    (1, _("not at all")), (2, _("a little")), (3, _("partly")), (4, _("mostly")), (5, _("very much")),
]  # fmt: skip
STAY_IN_TOUCH = [
    (1, _("no")), (2, _("rather not")), (3, _("perhaps")), (4, _("gladly")), (5, _("very gladly")),
]  # fmt: skip
MOODS = [(1, _("Very hard")), (2, _("Hard")), (3, _("So-so")), (4, _("Good")), (5, _("Very good"))]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "dir": "auto"})


class AgreementForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    rhythm_days = forms.TypedChoiceField(label=_("We are in touch at least"), choices=RHYTHMS, coerce=int)
    reply_hours = forms.TypedChoiceField(label=_("We answer within"), choices=REPLIES, coerce=int)
    channels = forms.MultipleChoiceField(
        label=_("We use"),
        choices=Agreement.Channel,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Start with what both of you already have."),
    )
    ends_on = DayField(label=_("We plan to end on"))

    class Meta:
        model = Agreement
        fields = ("rhythm_days", "reply_hours", "channels", "expectations", "reconnect", "boundaries", "ends_on")
        labels = {
            "expectations": _("What we expect of each other"),
            "reconnect": _("If one of us falls silent"),
            "boundaries": _("Our boundaries"),
        }
        help_texts = {
            "expectations": _("For example: the mentee brings a question; the mentor listens first."),
            "reconnect": _("For example: after ten days of silence the other writes one line, without a reproach."),
            "boundaries": _("For example: no messages after ten in the evening; no marks, no money."),
        }
        widgets = {"expectations": _area(3), "reconnect": _area(2), "boundaries": _area(2)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self._offer_present("rhythm_days", _("Every %(n)s days"))
        self._offer_present("reply_hours", _("%(n)s hours"))

    def _offer_present(self, name: str, words: Any) -> None:
        """What stands now stays a choice, though it is not one of the usual ones."""
        field, value = self.fields[name], getattr(self.instance, name)
        if value not in dict(field.choices):
            field.choices = [*field.choices, (value, words % {"n": localise(value)})]

    def clean_ends_on(self) -> date:
        day: date = self.cleaned_data["ends_on"]
        if day <= self.instance.relationship.started_at.date():
            raise ValidationError(_("The end lies after the beginning. Choose a later day."))
        return day


class GoalForm(forms.ModelForm):
    class Meta:
        model = Goal
        fields = ("title", "why")
        labels = {"title": _("What shall become possible?"), "why": _("Why does it matter, and how will we know?")}
        help_texts = {
            "title": _("One sentence with a verb, for example: write a research question my supervisor accepts."),
            "why": _("A sign that both of you can see is enough."),
        }
        widgets = {"title": forms.TextInput({"dir": "auto"}), "why": _area(3)}


class StepForm(forms.ModelForm):
    origin = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    due_on = DayField(label=_("Until"), required=False)

    class Meta:
        model = GoalStep
        fields = ("title", "owner", "due_on")
        labels = {"title": _("Next small step"), "owner": _("Who")}
        widgets = {"title": forms.TextInput({"dir": "auto"})}

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_goal{goal.pk}_%s", **kwargs)
        people = goal.relationship.people
        owner = self.fields["owner"]
        owner.queryset = owner.queryset.filter(pk__in=[person.pk for person in people])
        owner.choices = [("", _("All of us")), *((person.pk, str(person)) for person in people)]


class GoalCloseForm(forms.Form):
    attainment = forms.TypedChoiceField(
        label=_("How far did you get?"), choices=Goal.ATTAINMENT, coerce=int, widget=forms.RadioSelect
    )
    helped = forms.CharField(
        label=_("What helped?"),
        required=False,
        max_length=1000,
        widget=_area(3),
        help_text=_("Worth remembering for the next goal."),
    )


class DetailsForm(forms.ModelForm):
    """What a session is about and where it is."""

    class Meta:
        model = Session
        fields = ("topic", "place", "link")
        labels = {"topic": _("What shall it be about?"), "place": _("Where"), "link": _("Link, number or place")}
        widgets = {
            "topic": forms.TextInput({"dir": "auto"}),
            "link": forms.TextInput({"dir": "auto"}),
            "place": forms.RadioSelect,
        }


class SessionForm(DetailsForm):
    """One to three times: taken from the suggestions, typed, or both."""

    minutes = NumberField(label=_("How many minutes"), min_value=5, max_value=480)
    suggested = forms.MultipleChoiceField(
        label=_("Times that suit all of you"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of these times is no longer free. Choose again.")},
    )
    origin = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    time_1 = MomentField(label=_("A time of your own"), required=False)
    time_2 = MomentField(label=_("Another one"), required=False)
    time_3 = MomentField(label=_("A third one"), required=False)

    class Meta(DetailsForm.Meta):
        fields = ("topic", "minutes", "place", "link")
        help_texts = {
            "topic": _("A line is enough: both come prepared."),
            "link": _("It can be added later."),
        }

    def __init__(self, *args: Any, suggestions: list[datetime], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["suggested"].choices = [(moment.isoformat(), moment.isoformat()) for moment in suggestions]
        self.suggestions = suggestions

    @property
    def chosen(self) -> set[str]:
        """The suggestions that are ticked, for drawing them again."""
        return set(self["suggested"].value() or [])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        times = {datetime.fromisoformat(text) for text in data.get("suggested", [])}
        for name in ("time_1", "time_2", "time_3"):
            typed = data.get(name)
            if typed is not None and typed <= self.now:
                self.add_error(name, _("This time has passed. Choose one that is still to come."))
            elif typed is not None:
                times.add(typed)
        if not self.errors and not times:
            self.add_error("suggested" if self.suggestions else "time_1", _("Offer at least one time."))
        if len(times) > MOST_TIMES:
            self.add_error(None, _("Three times are enough. Take some away."))
        data["times"] = sorted(times)
        return data


class MoveForm(SessionForm):
    """Only other times; everything else stays."""

    class Meta(SessionForm.Meta):
        fields = ()

    minutes = None


class PastSessionForm(forms.ModelForm):
    origin = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    starts_at = MomentField(label=_("When did you meet?"))
    minutes = NumberField(label=_("How many minutes"), min_value=SHORTEST, max_value=480)

    class Meta:
        model = Session
        fields = ("starts_at", "minutes", "place", "topic", "summary", "next_step")
        labels = {
            "place": _("Where"),
            "topic": _("What was it about?"),
            "summary": _("What you talked about"),
            "next_step": _("Next step"),
        }
        widgets = {
            "topic": forms.TextInput({"dir": "auto"}),
            "place": forms.RadioSelect,
            "summary": _area(4),
            "next_step": forms.TextInput({"dir": "auto"}),
        }

    def clean_starts_at(self) -> datetime:
        moment: datetime = self.cleaned_data["starts_at"]
        if moment > timezone.now():
            raise ValidationError(_("This is still to come. Write it down once you have met."))
        return moment


class SessionLogForm(forms.Form):
    """How a session went. `outcome` is "held", or "no_show:<person id>"."""

    outcome = forms.ChoiceField(label=_("Did you meet?"), widget=forms.RadioSelect)
    technical_fault = forms.BooleanField(label=_("A technical fault cut it short"), required=False)
    summary = forms.CharField(
        label=_("What you talked about"),
        required=False,
        max_length=4000,
        widget=_area(4),
        help_text=_("Two lines are enough. All members read it; coordinators do not."),
    )
    next_step = forms.CharField(
        label=_("Next step"), required=False, max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
    goal = forms.ModelChoiceField(
        label=_("Add it to a goal"), queryset=Goal.objects.none(), required=False, empty_label=_("No goal")
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = session.relationship.people
        absent = [(f"no_show:{p.pk}", _("No, %(name)s could not come") % {"name": p}) for p in people]
        self.fields["outcome"].choices = [(Session.Status.HELD, _("Yes, we met")), *absent]
        self.fields["goal"].queryset = session.relationship.goals.open()
        if session.status != Session.Status.CONFIRMED:
            del self.fields["outcome"], self.fields["technical_fault"]
            self.initial |= {"summary": session.summary, "next_step": session.next_step}
        self.people = {p.pk: p for p in people}

    @property
    def absent(self) -> Any:
        """The member who did not come, or None."""
        kind, _colon, pk = self.cleaned_data.get("outcome", "").partition(":")
        return self.people[int(pk)] if kind == Session.Status.NO_SHOW else None


class RatingForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("How was this session for you?"), choices=FIVE, coerce=int, widget=forms.RadioSelect
    )


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ("body", "scope")
        labels = {"body": _("Note"), "scope": _("Who can read it?")}
        widgets = {"body": _area(4), "scope": forms.RadioSelect}


class CheckInForm(forms.Form):
    mood = forms.TypedChoiceField(label=_("How was your week?"), choices=MOODS, coerce=int)


class ClosingForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why do you want to close?"), choices=Relation.Reason, widget=forms.RadioSelect)


class ExitForm(forms.ModelForm):
    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you with this relationship?"),
        choices=SATISFACTION,
        coerce=int,
        widget=forms.RadioSelect,
    )
    stay_in_touch = forms.TypedChoiceField(
        label=_("Would you like to stay in touch?"), choices=STAY_IN_TOUCH, coerce=int, widget=forms.RadioSelect
    )
    never_again = forms.BooleanField(
        label=_("Please do not match the two of us again"),
        required=False,
        help_text=_("Only the matching knows this; the other side never hears of it."),
    )

    class Meta:
        model = ExitAnswer
        fields = ("satisfaction", "stay_in_touch", "comment")
        labels = {"comment": _("Is there something we should know?")}
        widgets = {"comment": _area(3)}


class TouchForm(forms.ModelForm):
    class Meta:
        model = CoordinatorTouch
        fields = ("person", "reason")
        labels = {"person": _("With whom"), "reason": _("About what, in a few words")}
        widgets = {"reason": forms.TextInput({"dir": "auto"})}

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.required = False
        field.queryset = field.queryset.filter(pk__in=[person.pk for person in people])
        field.choices = [("", _("All of them")), *((person.pk, str(person)) for person in people)]


class ReasonForm(forms.Form):
    """A sentence for the audit trail."""

    reason = forms.CharField(label=_("Why?"), max_length=200, widget=forms.TextInput({"dir": "auto"}))
