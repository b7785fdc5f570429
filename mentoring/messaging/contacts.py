"""Ways to go on elsewhere, found in what is said: telephone numbers, addresses, other messengers, and a programme's own phrases.

Everything is compared in the form in which texts are searched (`words.searchable`): one yeh and kaf, ASCII digits, half-spaces as
spaces. Numbers in words are read, too, in both languages.
"""

import re
from collections.abc import Iterable, Iterator

from core.text import ZWNJ, search_key

_UNITS = {
    **{word: str(n) for n, word in enumerate("صفر یک دو سه چهار پنج شش هفت هشت نه".split())},
    **{word: str(n) for n, word in enumerate("zero one two three four five six seven eight nine".split())},
    "شیش": "6",
    "oh": "0",
}
_TEENS = {
    word: str(10 + n)
    for row in (
        "ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده",
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    )
    for n, word in enumerate(row.split())
}
_TENS = {
    word: n
    for row in ("بیست سی چهل پنجاه شصت هفتاد هشتاد نود", "twenty thirty forty fifty sixty seventy eighty ninety")
    for n, word in enumerate(row.split(), start=2)
}
_HUNDREDS = {word: n for n, word in enumerate("صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split(), start=1)}
_TIMES = {"double": 2, "triple": 3}
_AND = "و"
_TOKEN = re.compile(r"\w+|[^\w\s]+|\s+")

_DAY_OR_CLOCK = re.compile(
    r"(?<!\d)20\d\d[01]\d[0-3]\d[_\-t ]?\d{6}(?:\d{3})?(?!\d)|"  # as cameras name their pictures
    r"(?<!\d)(?:1[34]\d\d|20\d\d)[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|(?<!\d)\d{1,2}:\d{2}(?!\d)"
)
_APART = r"[\s().\-_,،*]{0,3}"
_PHONE = re.compile(rf"(?<!\d)(?:(?:\+|00){_APART}\d(?:{_APART}\d){{7,14}}|\d(?:{_APART}\d){{9,14}})(?!\d)")
_AT, _DOT = r"\s*(?:@|[(\[{]\s*(?:at|ات)\s*[)\]}])\s*", r"\s*(?:\.|[(\[{]\s*(?:dot|دات|نقطه)\s*[)\]}])\s*"
_MAIL = re.compile(
    rf"[\w.+-]+{_AT}[\w-]+(?:{_DOT}[\w-]+)+|\w[\w.+-]*\s+(?:at|ات)\s+[\w-]+\s+(?:dot|دات|نقطه)\s+\w{{2,}}"
)
_PLACES = (
    r"(?:t\.me|telegram\.(?:me|org)|wa\.me|(?:chat\.)?whatsapp\.com|instagram\.com|discord\.(?:gg|com)|signal\.me|m\.me"
)
_MESSENGER = re.compile(
    rf"(?<![\w.]){_PLACES}|eitaa\.(?:com|ir)|ble\.(?:ir|im)|rubika\.ir|splus\.ir|gap\.im|join\.skype\.com)/\S|skype:\S"
)
_NAMED = re.compile(
    r"telegram|whatsapp|whats app|instagram|insta|discord|signal|skype|تلگرام|واتساپ|واتس اپ|اینستاگرام|اینستا|ایتا|روبیکا|سروش"
    r"|سیگنال|اسکایپ|دیسکورد"
)
_HANDLE = re.compile(r"(?<![\w.])(?:@[a-z][a-z0-9_.]{3,}|(?=[a-z0-9.]*[_\d])[a-z][a-z0-9_.]{3,})")


def has_phone(text: str) -> bool:
    """Ten digits and more in a row, or eight after + or 00, however they are spaced or spelt out; a day or a clock is none."""
    return bool(_PHONE.search(_DAY_OR_CLOCK.sub(" ; ", in_digits(text))))


def has_mail(text: str) -> bool:
    return bool(_MAIL.search(text))


def has_messenger(text: str) -> bool:
    """An address in another messenger, or its name together with one's own name there."""
    return bool(_MESSENGER.search(text) or (_NAMED.search(text) and _HANDLE.search(text)))


def phrases(lines: str) -> re.Pattern[str] | None:
    """One pattern for a programme's own phrases, one a line, to be looked for in what `spelt` makes of a text; whole words,
    however many spaces stand between them. A half-space, of the phrase or of the text, may be one, a space or nothing."""
    keys = [_in_any_spelling(spelt(line)) for line in lines.splitlines() if search_key(line)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(keys)})(?!\w)") if keys else None


def spelt(text: str) -> str:
    """As `search_key`, with its half-spaces."""
    return ZWNJ.join(map(search_key, text.split(ZWNJ)))


def _in_any_spelling(phrase: str) -> str:
    pieces = re.split(rf"([\s{ZWNJ}]+)", phrase.strip(f" {ZWNJ}"))
    words = [f"{ZWNJ}?".join(map(re.escape, word)) for word in pieces[::2]]
    gaps = [rf"[\s{ZWNJ}]*" if set(gap) == {ZWNJ} else rf"[\s{ZWNJ}]+" for gap in pieces[1::2]]
    return "".join(word + gap for word, gap in zip(words, [*gaps, ""], strict=True))


def in_digits(text: str) -> str:
    """With numbers in words as digits: «صفر نهصد و دوازده» is "0 912"."""
    return "".join(_read(_TOKEN.findall(text)))


def _read(tokens: Iterable[str]) -> Iterator[str]:
    """A number of several words ends where the next word does not go on with it; hundreds, tens and units come once each."""
    total, place, spaces, times = 0, 0, "", 1  # place: 100, 10 or 1, what was read last; 0 outside of a number
    for token in tokens:
        if token.isspace() or (place and token == _AND):
            spaces += " "
            continue
        worth = _worth(token)
        if place and (worth is None or worth[1] >= place or worth[0] == "0"):
            yield str(total)
            total, place = 0, 0
        if token in _TIMES:
            times = _TIMES[token]
            yield spaces
        elif worth is None:
            yield spaces + token
            times = 1
        elif worth[1] == 1 and not place:
            yield spaces + worth[0] * times
            times = 1
        else:
            yield "" if place else spaces
            total, place = total + int(worth[0]), worth[1]
            if place == 1:
                yield str(total)
                total, place = 0, 0
        spaces = ""
    if place:
        yield str(total)
    yield spaces


def _worth(token: str) -> tuple[str, int] | None:
    """What a word counts, and how far down a number goes with it."""
    if token in _UNITS:
        return _UNITS[token], 1
    if token in _TEENS:
        return _TEENS[token], 1
    if token in _TENS:
        return str(_TENS[token] * 10), 10
    if token in _HUNDREDS:
        return str(_HUNDREDS[token] * 100), 100
    return None
