"""allauth's doors in our words: one answer for every failed sign-in, and mails in our frame."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.letters import Letter, in_words_of
from accounts.models import User
from accounts.services import record

WRONG = _(
    "The e-mail and the password do not fit together, or there were too many tries."
    " Try again in a few minutes, or set a new password."
)


@dataclass(frozen=True)
class Words:
    """The texts of one mail; %(...)s are filled from allauth's context, `link` names the context's address."""

    subject: Promise
    text: Promise
    link: str = ""
    button: Promise | str = ""


NOT_YOU = _("If this was not you, set a new password at once and tell your coordinator.")
MAILS = {
    "email_confirmation": Words(
        _("Confirm your e-mail address"),
        _(
            "Please confirm that %(email)s is yours. The link works for three days. If you did not ask for this, ignore it."
        ),
        "activate_url",
        _("Confirm the address"),
    ),
    "password_reset_key": Words(
        _("Set a new password"),
        _("Somebody, most likely you, asked for a new password. If it was not you, ignore this mail; nothing changes."),
        "password_reset_url",
        _("Set a new password"),
    ),
    "account_already_exists": Words(
        _("You already have an account"),
        _(
            "Somebody, most likely you, tried to sign up with %(email)s."
            " There is an account already: sign in, or set a new password."
        ),
        "password_reset_url",
        _("Set a new password"),
    ),
    "unknown_account": Words(
        _("There is no account with this address"),
        _(
            "Somebody, most likely you, asked for a new password for %(email)s."
            " We know no account with this address. Perhaps you signed up with another one."
        ),
        "signup_url",
        _("Sign up"),
    ),
    "password_changed": Words(_("Your password was changed"), NOT_YOU),
    "password_reset": Words(_("Your password was set anew"), NOT_YOU),
    "password_set": Words(_("Your password was set"), NOT_YOU),
    "email_changed": Words(_("Your e-mail address was changed"), NOT_YOU),
    "email_confirm": Words(_("Your e-mail address is confirmed"), NOT_YOU),
    "email_deleted": Words(_("An e-mail address was removed from your account"), NOT_YOU),
}
MAILS["email_confirmation_signup"] = MAILS["email_confirmation"]


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG,
        "too_many_login_attempts": WRONG,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "duplicate_email": _("This is the address you already use."),
        "invalid_password_reset": _("This link was used or is too old."),
        "same_as_current": _("This is the same as before."),
        "rate_limited": _("That was a little fast. Please wait a minute and try again."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """As allauth, but a locked address takes as long to answer as a wrong password, and is written down."""
        try:
            return super().authenticate(request, **credentials)
        except ValidationError:
            for _backend in settings.AUTHENTICATION_BACKENDS[1:]:
                User().set_password(credentials.get("password", ""))
            record("login.locked", by=None, at=timezone.now(), outcome="refused")
            raise

    def clean_email(self, email: str) -> str:
        return email.strip().lower()

    def format_email_subject(self, subject: str) -> str:
        return subject

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMultiAlternatives:
        """The mail named by the prefix, in the language of the person it is for, or of the visitor who asked."""
        words = MAILS[template_prefix.rpartition("/")[2]]
        person = context.get("user") or User.objects.filter(email=email).first()
        if person is None or not person.is_authenticated:
            return self._letter(words, email, context)
        with in_words_of(person):
            return self._letter(words, email, context)

    def _letter(self, words: Words, email: str, context: dict[str, Any]) -> EmailMultiAlternatives:
        letter = Letter(
            subject=str(words.subject),
            paragraphs=[str(words.text) % {"email": email}],
            button_url=context.get(words.link, "") if words.link else "",
            button_label=str(words.button),
            small=str(_("You receive this because of your account at Peyvand.")),
        )
        return letter.to(email)
