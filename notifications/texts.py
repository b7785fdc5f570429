"""The texts of a piece of news, made for the present reader from its kind and params."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from core.dates import format_day, format_moment, localise
from core.text import isolated
from notifications.kinds import Kind


def filled(text: object, params: Mapping[str, str | int]) -> str:
    """`text` with its %(name)s filled; numbers in the reader's digits, `..._at` and `..._on` (ISO) in their calendar."""
    return str(text) % _Shown({name: _shown(name, value) for name, value in params.items()})


def body_of(kind: Kind, params: Mapping[str, str | int]) -> str:
    """What a piece of news says: the text of its kind, or `words` that were written for it as they are."""
    return str(params["words"]) if "words" in params else filled(kind.body, params)


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        """A kind may have learnt a new word since this news was told."""
        return "…"


def _shown(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return localise(value)
    try:
        if name.endswith("_at"):
            return format_moment(datetime.fromisoformat(value))
        if name.endswith("_on"):
            return format_day(date.fromisoformat(value))
    except ValueError:
        pass
    return value if "://" in value else isolated(value)  # an address stays one that can be followed


def unknown(slug: str) -> Kind:
    """News of a kind this installation no longer knows."""
    return Kind(slug, _("Other news"), _("There is news"), "", _("Open it"))
