"""What a new password must be: long, and none of those that are tried first. Nothing about signs or capitals."""

from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.dates import localise


class LongEnough:
    """At least `min_length` characters (NIST SP 800-63B-4 asks for 15 where there is no second factor)."""

    def __init__(self, min_length: int = 15) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.min_length:
            raise ValidationError(
                _("This is too short: %(length)s of at least %(least)s characters. Add a word or two.")
                % {"length": localise(len(password)), "least": localise(self.min_length)},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _("At least %(least)s characters. A few words you like are easier to remember than signs.") % {
            "least": localise(self.min_length)
        }


class NotCommon(CommonPasswordValidator):
    """Not one of the long passwords that are tried first: well-known ones repeated and joined, keyboard walks, sayings."""

    def __init__(self) -> None:
        super().__init__(Path(__file__).with_name("common_passwords.txt.gz"))

    def validate(self, password: str, user: Any = None) -> None:
        plain = password.lower().strip()
        if plain in self.passwords or plain.replace(" ", "") in self.passwords or len(set(plain)) < 4:
            raise ValidationError(
                _("This is easy to guess. Choose words that do not usually stand together."), code="password_too_common"
            )

    def get_help_text(self) -> str:
        return ""
