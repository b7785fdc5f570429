"""What people are asked about themselves; allauth's forms in our words."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.keys import SCOPES
from accounts.models import ApiKey, Belonging, Calendar, Language, User
from core.forms import AddressField, DayField, NameField

LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password once more"),
}
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


class InOurWords(forms.Form):
    """A form of allauth with our labels, without placeholders, and with the password rule in one sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.EmailField):
                field = self.fields[name] = AddressField(required=field.required, widget=field.widget)
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = ""
        if "password1" in self.fields:
            self.fields["password1"].help_text = password_validation.password_validators_help_texts()[0]

    def add_error(self, field: str | None, error: Any) -> None:
        differs = field == "password2" and not isinstance(error, ValidationError)
        super().add_error(field, _("Write the same password both times.") if differs else error)


class SignInForm(InOurWords, allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignUpForm(InOurWords, allauth.SignupForm):
    name = NameField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As your mentor or mentee should call you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("As your mentor or mentee should call you.")
        self.fields["password1"].label = _("Password")

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """A new person starts with the language, calendar and zone in which they saw this page."""
        user.name = self.cleaned_data["name"]
        user.language = get_language() or user.language
        if user.language == Language.PERSIAN:
            user.calendar, user.time_zone = Calendar.JALALI, "Asia/Tehran"
        user.save(update_fields=["name", "language", "calendar", "time_zone"])


class ResetForm(InOurWords, allauth.ResetPasswordForm):
    pass


class ResetKeyForm(InOurWords, allauth.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(InOurWords, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(InOurWords, allauth.SetPasswordForm):
    pass


class ReauthenticateForm(InOurWords, allauth.ReauthenticateForm):
    pass


class AddEmailForm(InOurWords, allauth.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")


class ZoneField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        choices = [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in ZONES)]
        super().__init__(choices=choices, label=_("Time zone"), **kwargs)
        self.widget.attrs["dir"] = "ltr"


class SettingsForm(forms.ModelForm):
    """Language, calendar and zone: the first thing a new person is asked."""

    time_zone = ZoneField(help_text=_("Times of sessions are shown in this zone."))

    class Meta:
        model = User
        fields = ["language", "calendar", "time_zone"]
        widgets = {"language": forms.RadioSelect, "calendar": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.time_zone
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField) and stored not in dict(zone.choices):
            zone.choices = [(stored, stored), *zone.choices]


class AboutForm(forms.ModelForm):
    name = NameField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    class Meta:
        model = User
        fields = ["name", "about"]
        labels = {"about": _("About me")}
        help_texts = {"about": _("Two or three sentences: what you study or do, and what you like to talk about.")}
        widgets = {"about": forms.Textarea(attrs={"rows": 4})}


class ProfileForm(AboutForm, SettingsForm):
    class Meta:
        model = User
        fields = ["name", "about", "language", "calendar", "time_zone", "theme", "data_use", "shortcuts"]
        labels = AboutForm.Meta.labels
        help_texts = {
            **AboutForm.Meta.help_texts,
            "data_use": _(
                "On a slow or dear connection: pictures and voice notes load when you tap them, letters are your device's own,"
                " conversations bring what is new every two seconds, and nobody is shown as writing or here."
            ),
            "shortcuts": _(
                "Single keys lead to places and through lists; the question mark shows them all. Switch them off if they get in"
                " the way of your screen reader, or if you speak to your device."
            ),
        }
        widgets = {
            **AboutForm.Meta.widgets,
            **SettingsForm.Meta.widgets,
            "theme": forms.RadioSelect,
            "data_use": forms.RadioSelect,
        }


class InvitationForm(forms.Form):
    email = AddressField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(
        label=_("Role"), choices=Belonging.Role, initial=Belonging.Role.MEMBER, widget=forms.RadioSelect
    )


class InvitedForm(forms.Form):
    """An invited person without an account sets a name and a password."""

    name = NameField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As your mentor or mentee should call you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = password_validation.password_validators_help_texts()[0]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password


class ApiKeyForm(forms.Form):
    name = NameField(
        label=_("Name"),
        max_length=100,
        help_text=_("Which system will use it, for example: student information system."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    expires_on = DayField(label=_("Last day of use"), help_text=_("A key that ends by itself cannot be forgotten."))

    def __init__(self, *args: Any, institution: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=365)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if ApiKey.objects.filter(institution=self.institution, name=name, revoked_at=None).exists():
            raise ValidationError(_("A key in use already has this name."))
        return name

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day < timezone.localdate():
            raise ValidationError(_("Choose a day that is still to come."))
        if day > timezone.localdate() + timedelta(days=3 * 366):
            raise ValidationError(_("A key lives three years at most."))
        return day

    @property
    def expires_at(self) -> datetime:
        """The end of the last day, in the zone of who makes the key."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["expires_on"], time(23, 59, 59)))


class EraseForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    sure = forms.BooleanField(label=_("I understand that this cannot be taken back."))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if not person.has_usable_password():
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        if settings.DEMO and not self.person.has_usable_password():
            raise ValidationError(
                _(
                    "People of the demonstration stay for the next visitor. An account that you made yourself can be erased."
                )
            )
        return super().clean() or {}

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise ValidationError(_("This is not your password."))
        return password
