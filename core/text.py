"""Persian-aware text: digits, letters that look alike, half-spaces, and what may not be in a name."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

_ASCII = {ord(c): str(i) for row in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩") for i, c in enumerate(row)}
_PERSIAN = {ord(str(i)): c for i, c in enumerate("۰۱۲۳۴۵۶۷۸۹")}
_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و"}
)
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0e-\x1f\x7f\ufeff]")
_MARKS = [*range(0x064B, 0x0660), 0x0670, 0x0640]
ZWNJ = "\u200c"
_SEARCHED = {
    chr(sign): as_ or "" for sign, as_ in {**_LETTERS, **_ASCII, **dict.fromkeys(_MARKS), ord(ZWNJ): " "}.items()
}
_VARIANTS = re.compile(f"[{''.join(_SEARCHED)}]")
"""Most texts have few of them: `translate` would ask about every letter."""


def to_ascii_digits(text: str) -> str:
    """Persian and Arabic digits as 0-9; everything else untouched."""
    return text.translate(_ASCII)


def whole_number(text: str | None) -> int | None:
    """The number of a row out of an address or a form; None for anything else."""
    text = to_ascii_digits(text or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def to_persian_digits(text: str) -> str:
    """0-9 as Persian digits; everything else untouched."""
    return text.translate(_PERSIAN)


def clean_name(text: str) -> str:
    """A name as a person may show it: one line, no signs that control, Arabic yeh and kaf as Persian ones."""
    text = _CONTROLS.sub("", text).replace("ي", "ی").replace("ك", "ک")
    return " ".join(text.split())


def isolated(text: str) -> str:
    """Words of somebody inside a sentence of ours where no page can say their direction: a title, a subject. In another
    direction than the reader's language they stand between FSI and PDI, and signs that turn the rest around are left out."""
    text = _CONTROLS.sub("", text)
    turned = ("L",) if get_language_bidi() else ("R", "AL")
    return f"\u2068{text}\u2069" if any(unicodedata.bidirectional(letter) in turned for letter in text) else text


def search_key(text: str) -> str:
    """The form in which two spellings of the same words are equal: NFKC, one yeh and kaf, no vowel marks, half-space as
    space, ASCII digits, lower case."""
    if not text.isascii():
        text = _VARIANTS.sub(lambda found: _SEARCHED[found[0]], unicodedata.normalize("NFKC", text))
    return " ".join(text.casefold().split())


def listed(words: Iterable[object]) -> str:
    """ "a, b and c" in the reader's language; empty for nothing."""
    told = [str(word) for word in words]
    if len(told) < 2:
        return "".join(told)
    return _("%(some)s and %(last)s") % {"some": _(", ").join(told[:-1]), "last": told[-1]}
