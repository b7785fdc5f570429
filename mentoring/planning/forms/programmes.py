from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, User
from core.forms import AddressField, AsReadForm, DayField, NameField, NumberField
from mentoring.planning.addresses import livekit_server
from mentoring.planning.catalogue import templates
from mentoring.planning.models import FILE_KINDS, MORE_QUESTIONS, QUESTIONS, Enrolment, Programme, Spoken

QUESTION_LABELS = {
    "skills": _("Subjects they want or offer, with levels"),
    "goals": _("Their hopes, in their own words"),
    "languages": _("Languages"),
    "availability": _("Free time in a week"),
    "capacity": _("How many mentees at the same time"),
    "motivation": _("Why they want to take part"),
    "wishes": _("Whom they would like to be matched with"),
}


MORE_LABELS = {
    "levels": _("How well they speak their languages"),
    "must_have": _("Which subjects they cannot do without"),
    "kinds": _("Which of seven kinds of help they need or like to give"),
    "channels": _("How they like to keep in touch"),
    "forms": _("Which forms of mentoring suit them"),
    "interests": _("Interests and life experience"),
    "style": _("Four statements on how they like to work"),
    "conflicts": _("Who is too close to them: manager, supervisor, examiner, relative"),
    "unit": _("Their laboratory or team"),
    "gender": _("Their gender, and a mentee's wish for the mentor's (only where the law allows it)"),
}
MOST_ANSWERS = 12


class GroupsField(forms.CharField):
    """Lines "Question: answer, answer"; gives {question: [answers]}."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return (
            "\n".join(f"{q}: {', '.join(answers)}" for q, answers in value.items())
            if isinstance(value, dict)
            else value
        )

    def clean(self, value: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in str(super().clean(value) or "").splitlines():
            question, _colon, answers = line.partition(":")
            given = [answer.strip() for answer in answers.replace("،", ",").split(",") if answer.strip()]
            if not line.strip():
                continue
            if not question.strip() or not 2 <= len(given) <= MOST_ANSWERS or max(map(len, (question, *given))) > 80:
                raise ValidationError(_("Write each line as “Question: answer, answer”, with two to twelve answers."))
            found[question.strip()] = list(dict.fromkeys(given))
        return found


class NewProgrammeForm(forms.Form):
    template = forms.ChoiceField(
        label=_("Begin from"),
        widget=forms.RadioSelect,
        choices=lambda: [(row.slug, row.name.text(get_language())) for row in templates()],
    )
    institution = forms.ModelChoiceField(label=_("Institution"), queryset=Institution.objects.none(), empty_label=None)
    name_en = NameField(label=_("Name in English"), max_length=200, required=False)
    name_fa = NameField(label=_("Name in Persian"), max_length=200, required=False)
    starts_on = DayField(
        label=_("Starts on"), help_text=_("The end and the milestones follow from the template. You can change them.")
    )

    def __init__(self, *args: Any, institutions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        field.queryset = institutions
        field.choices = [(house.pk, str(house)) for house in institutions]
        if len(institutions) == 1:
            field.initial = institutions[0].pk
            field.widget = field.hidden_widget()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name_en") and not data.get("name_fa"):
            self.add_error("name_en", _("Give the programme a name in at least one language."))
        return data


def _servers_in(address: str) -> tuple[str, str]:
    """Whom the secret of a room's server is known to: where one enters and, for LiveKit, the server itself."""
    return urlsplit(address).netloc, livekit_server(address)


class SettingsForm(AsReadForm):
    starts_on = DayField(label=_("Starts on"))
    ends_on = DayField(label=_("Ends on"))
    apply_until = DayField(
        label=_("Applications until"), required=False, help_text=_("Empty: until the programme ends.")
    )
    rhythm_days = NumberField(
        label=_("Days between contacts"), min_value=1, max_value=90, help_text=_("A silence twice as long is noticed.")
    )
    session_minutes = NumberField(label=_("Minutes of a session"), min_value=10, max_value=240)
    mentor_capacity = NumberField(label=_("Mentees per mentor at most"), min_value=1, max_value=30)
    request_days = NumberField(
        label=_("Days a mentor has to answer a request"),
        min_value=1,
        max_value=60,
        help_text=_("After that the request runs out and the mentee's next choice is asked."),
    )
    files_megabytes = NumberField(label=_("Megabytes of a file in a conversation at most"), min_value=1, max_value=50)
    file_kinds = forms.MultipleChoiceField(
        label=_("What may be sent in conversations"),
        choices=list(FILE_KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Nothing chosen: words only. Every file is checked; programs, archives and documents with macros never pass."
        ),
    )
    words_months = NumberField(
        label=_("Months that conversations are kept after the end"),
        min_value=1,
        max_value=60,
        help_text=_(
            "For so long everybody whose relationship here has ended can still read their conversation; then its words and"
            " files are erased for good. What was kept for a report stays. A shorter time applies at once, to what has"
            " already ended, too."
        ),
    )
    import_days = NumberField(
        label=_("Days that lists of people are kept"),
        min_value=1,
        max_value=365,
        help_text=_(
            "So many days after its people came in, the lines of an imported file are erased, those that could not be imported"
            " too. Who came in stays, and how many could not."
        ),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of the programme"), choices=Spoken.choices, widget=forms.CheckboxSelectMultiple
    )
    asks_mentor = forms.MultipleChoiceField(
        label=_("Asked of mentors"), required=False, widget=forms.CheckboxSelectMultiple
    )
    asks_mentee = forms.MultipleChoiceField(
        label=_("Asked of mentees"), required=False, widget=forms.CheckboxSelectMultiple
    )

    more_mentor = forms.MultipleChoiceField(
        label=_("Optional, for mentors"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more_mentee = forms.MultipleChoiceField(
        label=_("Optional, for mentees"), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = GroupsField(
        label=_("Groups to be fair to"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "One question per line, for example “First at a university in your family: yes, no”. People may answer; only"
            " counts of five and more are shown, and no score depends on it."
        ),
    )
    calls_secret = forms.CharField(
        label=_("Secret of the room's server"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Of Jitsi (with its app id), BigBlueButton or LiveKit. It is never shown again; empty leaves it as it is."
        ),
    )
    needs_clearance = forms.BooleanField(
        label=_("Mentors are matched only after a coordinator has cleared them"), required=False
    )

    class Meta:
        model = Programme
        fields = [
            "name_en", "name_fa", "summary_en", "summary_fa", "format", "starts_on", "ends_on", "apply_until", "rhythm_days",
            "session_minutes", "mentor_capacity", "languages", "mentee_approval", "matched_by", "request_days", "files_megabytes",
            "file_kinds", "calls_by", "calls_address", "calls_key", "calls_relay_only",
            "agreement_en", "agreement_fa", "holidays", "words_months", "import_days",
        ]  # fmt: skip
        widgets = {"matched_by": forms.RadioSelect, "calls_by": forms.RadioSelect} | {
            name: forms.Textarea(attrs={"rows": 10 if "agreement" in name else 4, "lang": language, "dir": direction})
            for text in ("summary", "agreement")
            for language, direction in (("en", "ltr"), ("fa", "rtl"))
            for name in (f"{text}_{language}",)
        }
        labels = {
            "matched_by": _("Who brings people together"),
            "mentee_approval": _("Coordinators approve mentees too, not only mentors"),
            "calls_by": _("Where people call each other and hold online sessions"),
            "calls_address": _("Address of the room or its server"),
            "calls_key": _("App id (Jitsi with tokens) or API key (LiveKit)"),
            "calls_relay_only": _("Calls pass only through the relay"),
            "holidays": _("Holidays on which no answer is waited for"),
        }
        help_texts = {
            "holidays": _(
                "Iranian: the official holidays of Iran, solar and lunar. Lunar dates that had not been announced when this"
                " version of Peyvand was made are estimated and may be a day off. Gregorian: 25 and 26 December, 1 January."
            ),
            "calls_address": _(
                "A link: {room} becomes a name of each pair’s own. Jitsi: https://meet.example.edu. BigBlueButton: as `bbb-conf"
                " --secret` says it, up to /bigbluebutton. LiveKit: LiveKit Meet with the server in it,"
                " https://meet.example.edu/custom?liveKitUrl=wss://live.example.edu."
            ),
            "calls_relay_only": _(
                "Without it two browsers connect directly where they can, and each sees the network address of the other. It"
                " needs a relay (TURN) that your operator has set up: without one no call comes about."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = ("", _("As in the institution’s calendar"))
        self.fields["holidays"].choices = [usual, *Programme.Holidays.choices]
        for role in Enrolment.Role.values:
            field = self.fields[f"asks_{role}"]
            field.choices = [
                (slug, QUESTION_LABELS[slug])
                for slug in QUESTIONS
                if slug != "capacity" or role == Enrolment.Role.MENTOR
            ]
            field.initial = list(self.instance.asks(role))
            further = self.fields[f"more_{role}"]
            further.choices = [
                (slug, MORE_LABELS[slug])
                for slug in MORE_QUESTIONS
                if slug != "must_have" or role == Enrolment.Role.MENTEE
            ]
            further.initial = list(self.instance.asks_more(role))
        self.fields["groups"].initial = self.instance.group_questions
        self.fields["needs_clearance"].initial = self.instance.needs_clearance

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("A programme ends after it starts."))
        if not data.get("name_en") and not data.get("name_fa"):
            self.add_error("name_en", _("Give the programme a name in at least one language."))
        self._check_calls(data)
        return data

    def _check_calls(self, data: dict[str, Any]) -> None:
        """Where calls take place elsewhere, we must know where; a secret goes to no other server than it was given for."""
        by, address = data.get("calls_by"), data.get("calls_address", "")
        before = Programme.objects.filter(pk=self.instance.pk).values("calls_address", "calls_secret").first() or {}
        same = _servers_in(before.get("calls_address", "")) == _servers_in(address)
        kept = before.get("calls_secret", "") if same and by in ("jitsi", "bbb", "livekit") else ""
        data["calls_secret"] = data.get("calls_secret") or kept
        if by != Programme.CallsBy.OWN and not (address.startswith("https://") and urlsplit(address).hostname):
            self.add_error("calls_address", _("Write an address that begins with https://."))
        if by == Programme.CallsBy.BIGBLUEBUTTON and not data["calls_secret"]:
            self.add_error("calls_secret", _("BigBlueButton needs its secret; for another server write it anew."))
        if by == Programme.CallsBy.LIVEKIT:
            if not livekit_server(address).startswith("https://"):
                self.add_error("calls_address", _("Name the server in it, as liveKitUrl=wss://…"))
            if not (data["calls_secret"] and data.get("calls_key")):
                self.add_error(
                    "calls_secret", _("LiveKit needs its key and its secret; for another server write them anew.")
                )

    def save(self, commit: bool = True) -> Programme:
        roles = {role: self.cleaned_data[f"asks_{role}"] for role in Enrolment.Role.values}
        names = [f"more_{role}" for role in Enrolment.Role.values] + ["groups", "needs_clearance"]
        self.instance.calls_secret = self.cleaned_data["calls_secret"]
        self.instance.asked = {**self.instance.asked, **roles, **{name: self.cleaned_data[name] for name in names}}
        return super().save(commit=commit)

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """(heading, bound fields) in the order of the page."""
        parts = (
            (_("Name and summary"), ("name_en", "name_fa", "summary_en", "summary_fa")),
            (_("Dates"), ("starts_on", "ends_on", "apply_until")),
            (
                _("Rhythm and places"),
                ("format", "rhythm_days", "session_minutes", "holidays", "mentor_capacity", "languages"),
            ),
            (_("What is asked"), ("asks_mentor", "asks_mentee", "mentee_approval", "needs_clearance")),
            (_("More that helps matching"), ("more_mentor", "more_mentee", "groups")),
            (_("How pairs come about"), ("matched_by", "request_days")),
            (_("Conversations and their files"), ("words_months", "files_megabytes", "file_kinds")),
            (_("Lists of people"), ("import_days",)),
            (
                _("Calls and online meetings"),
                ("calls_by", "calls_address", "calls_key", "calls_secret", "calls_relay_only"),
            ),
            (_("The agreement people sign"), ("agreement_en", "agreement_fa")),
        )
        return [(heading, [self[name] for name in names]) for heading, names in parts]


class MilestoneForm(forms.Form):
    title = NameField(label=_("Milestone"), max_length=200)
    due_on = DayField(label=_("Due on"))


class CoordinatorForm(forms.Form):
    """Gives `person`: somebody of the same institution."""

    email = AddressField(label=_("E-mail of a person of your institution"))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        here = User.objects.filter(belongings__institution=self.programme.institution_id)
        self.person = here.filter(email=email).first()
        if self.person is None:
            raise ValidationError(
                _("Nobody with this address belongs to your institution. An administrator can invite them first.")
            )
        return email


class InviteForm(forms.Form):
    email = AddressField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = NameField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("As"), choices=Enrolment.Role.choices, widget=forms.RadioSelect)
