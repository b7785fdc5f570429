"""Words about meetings: one moment on the clocks of all who meet, and the tone of a state."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import dates
from mentoring.relationships.models import Relationship

register = template.Library()

TONES = {
    "awaiting": "care",
    "active": "good",
    "concluding": "info",
    "proposed": "care",
    "confirmed": "good",
    "no_show": "care",
}


@register.filter
def tone(status: str) -> str:
    """The tone of `components/_status.html` for a state of a relationship, session or goal."""
    return TONES.get(status, "quiet")


@register.simple_tag
def clocks(moment: datetime | None, others: Iterable[User], short: bool = False) -> SafeString | str:
    """The moment in the reader's zone and, where their clocks differ, in that of each other person.

    "Monday 23 November, 14:00 your time · 11:30 for Arman". `short`, for a button under its day: the hour, and the others'
    in small print.
    """
    if moment is None:
        return ""
    here = timezone.localtime(moment)
    own = dates.format_clock(moment) if short else dates.format_moment(moment)
    elsewhere = [(person, moment.astimezone(person.zone)) for person in others]
    differing = [(person, there) for person, there in elsewhere if there.utcoffset() != here.utcoffset()]
    shown = format_html('<time datetime="{}">{}</time>', moment.isoformat(), own)
    if not differing:
        return shown
    theirs = format_html_join(" · ", "{}", ((_there(person, there, here),) for person, there in differing))
    if short:
        return format_html("{}<small>{}</small>", shown, theirs)
    return format_html('<span class="clocks">{} · {}</span>', format_html(_("{} your time"), shown), theirs)


def _there(person: User, there: datetime, here: datetime) -> SafeString:
    clock = dates.localise(there.strftime("%H:%M"))
    if there.date() != here.date():
        clock = f"{dates.format_day(there.date(), weekday=True, year=False)} {clock}"
    return format_html(_("{} for {}"), clock, format_html("<bdi>{}</bdi>", person))


@register.filter
def names(people: Iterable[User]) -> SafeString:
    """Several people in one line, each isolated from the direction of the text around."""
    return format_html_join(_(", "), "<bdi>{}</bdi>", ((person,) for person in people))


@register.filter
def named(people: Iterable[User]) -> str:
    """Several people in one line of plain text, for titles."""
    return _(", ").join(str(person) for person in people)


@register.filter
def of(mapping: dict[object, object], key: object) -> object:
    """What a mapping holds for this key; empty where it holds nothing."""
    return mapping.get(key, "")


@register.filter
def partners(relationship: Relationship, person: User) -> list[User]:
    """The other members, from this person's place."""
    return relationship.partners_of(person)


@register.filter
def by_day(moments: Iterable[datetime]) -> list[dict[str, object]]:
    """Moments grouped by the day on the reader's clock."""
    grouped = groupby(moments, key=lambda moment: timezone.localtime(moment).date())
    return [{"day": day, "moments": list(rows)} for day, rows in grouped]


@register.filter
def is_web(text: str) -> bool:
    """Whether a place is an address that may become a link."""
    return text.startswith(("https://", "http://"))
