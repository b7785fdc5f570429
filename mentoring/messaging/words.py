"""What is said, made safe to keep and ready to show: clean text, links, days as one speaks of them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import format_day, local, localise
from core.text import ZWNJ, search_key

_LINK = re.compile(r"https?://[^\s<>\"'«»]+", re.IGNORECASE)
_TAIL = ".,;:!?…،؛؟"
_OPENING, _CLOSING = "([{", ")]}"
_SNIPPET = 140
MORNING = time(8)
LONGEST_CALL = 300


def clean(body: str) -> str:
    """The text as it is kept: one kind of line end, no edges, nothing that a database cannot hold."""
    return keepable(body.replace("\r\n", "\n").replace("\r", "\n")).strip()


def keepable(text: str) -> str:
    """Without what a database cannot hold: NUL, and halves of signs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def searchable(body: str) -> str:
    """The text as it is searched: as `core.text.search_key`, and on a second line its words with half-spaces once more, joined:
    who writes «می‌روم», «می روم» or «میروم» finds all three."""
    joined = [search_key(word.replace(ZWNJ, "")) for word in body.split() if ZWNJ in word] if ZWNJ in body else []
    return "\n".join([search_key(body), *([" ".join(joined)] if joined else [])])


def spellings(word: str) -> list[str]:
    """The forms in which a word may stand in what `searchable` keeps."""
    return list(dict.fromkeys([search_key(word), search_key(word.replace(ZWNJ, ""))]))


def parts(body: str, called: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The text cut at its links and at the names that are called: (words, address), the address "" for plain words and "@" for
    a name. Joined again they are the body."""
    found, end = [], 0
    for match in _LINK.finditer(body):
        address = _without_tail(match.group())
        found += [(body[end : match.start()], ""), (address, address)]
        end = match.start() + len(address)
    found.append((body[end:], ""))
    names = [re.escape(words) for words in sorted(called, key=len, reverse=True) if words]
    if names:
        found = [piece for each in found for piece in (_at_names(each[0], "|".join(names)) if not each[1] else [each])]
    return [(words, address) for words, address in found if words]


def _at_names(words: str, names: str) -> list[tuple[str, str]]:
    return [(piece, "@" if number % 2 else "") for number, piece in enumerate(re.split(f"({names})", words))]


def mentioned(body: str, names: Mapping[int, str]) -> dict[int, str]:
    """Who of `names` (by id) is called in the text, an @ before their name, and how it is written there."""
    longest_first = sorted(names.items(), key=lambda each: -len(each[1]))
    alternatives = [f"(?P<p{pk}>@{_spelt(name)})" for pk, name in longest_first if name]
    if not alternatives:
        return {}
    found: dict[int, str] = {}
    for match in re.finditer(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", body, re.IGNORECASE):
        if len(match.group()) <= LONGEST_CALL:
            found.setdefault(int(match.lastgroup[1:]), match.group())
    return found


def _spelt(name: str) -> str:
    """The name with either yeh and kaf, and its parts apart by a few spaces or half-spaces."""
    letters = {"ی": "[یيى]", "ک": "[کك]"}
    parts = re.split(rf"[\s{ZWNJ}]+", name)
    return rf"[\s{ZWNJ}]{{1,3}}".join("".join(letters.get(sign, re.escape(sign)) for sign in part) for part in parts)


def _without_tail(address: str) -> str:
    """Punctuation after a link belongs to the sentence; a closing bracket too, unless it was opened inside the link."""
    while address[-1] in _TAIL or (
        address[-1] in _CLOSING and address.count(address[-1]) > address.count(_OPENING[_CLOSING.index(address[-1])])
    ):
        address = address[:-1]
    return address


def snippet(body: str) -> str:
    """The beginning, on one line."""
    line = " ".join(body.split())
    return line if len(line) <= _SNIPPET else f"{line[: _SNIPPET - 1]}…"


def day_words(moment: datetime, *, now: datetime) -> str:
    """Today, yesterday, or the day in the reader's calendar."""
    day, today = local(moment).date(), local(now).date()
    if day == today:
        return gettext("Today")
    if day == today - timedelta(days=1):
        return gettext("Yesterday")
    return format_day(day, weekday=True, year=day.year != today.year)


def morning_of(zone: ZoneInfo, *, now: datetime) -> datetime:
    """The next eight o'clock in the morning there."""
    here = now.astimezone(zone)
    day = here.date() if here.time() < MORNING else here.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=zone)


def clock_there(zone: ZoneInfo, *, now: datetime) -> str:
    """The time in `zone`, or "" where clocks show the same as the reader's."""
    there = now.astimezone(zone)
    return "" if there.utcoffset() == local(now).utcoffset() else localise(there.strftime("%H:%M"))


_BLOCKED = {
    "empty": _("This file is empty."),
    "virus": _("This file holds something harmful and was not kept."),
    "unknown": _("Files of this kind cannot be sent. Pictures, sound, PDF, text and office documents can."),
    "not_allowed": _("Your programme does not allow files of this kind in conversations."),
    "not_what_it_says": _("This file is something else than its name says."),
    "two_in_one": _("Something else hides in this file, so it was not kept."),
    "active": _("This document holds a program (macros or scripts). Save it without them and try again."),
    "bomb": _("This file would become far too big when opened."),
    "broken": _("This file is broken or too big to be looked into. Save it anew and try again."),
}


def why_blocked(reason: str) -> str:
    """The sentence for the reason of a blocked file."""
    return str(_BLOCKED.get(reason, _BLOCKED["broken"]))
