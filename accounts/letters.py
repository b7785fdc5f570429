"""Letters to one person: written in their language, calendar and zone, in one frame, as text and as HTML."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User
from core.dates import activate_calendar, get_calendar


@contextmanager
def in_words_of(person: User) -> Iterator[None]:
    """What is written inside is in this person's language, calendar and time zone."""
    before = get_calendar()
    activate_calendar(person.calendar)
    try:
        with translation.override(person.language), timezone.override(person.zone):
            yield
    finally:
        activate_calendar(before)


@dataclass(frozen=True)
class Letter:
    """A subject, a few paragraphs, and one button."""

    subject: str
    paragraphs: Sequence[str]
    button_url: str = ""
    button_label: str = ""
    small: str = ""

    def to(self, address: str, **headers: str) -> EmailMultiAlternatives:
        """The mail, ready to be sent. Call it under the reader's language."""
        url = self.button_url
        context = {
            "subject": self.subject,
            "paragraphs": self.paragraphs,
            "button_url": settings.SITE_URL + url if url.startswith("/") else url,
            "button_label": self.button_label,
            "small": self.small,
        }
        mail = EmailMultiAlternatives(
            " ".join(self.subject.split()),
            render_to_string("mail/letter.txt", context),
            to=[address],
            headers=headers,
        )
        mail.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
        return mail
