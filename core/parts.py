"""Parts of a page that only an app above can fill: the page asks, and whoever knows something answers."""

from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal

parts_asked = Signal()  # page (the name of its URL), reader, about (a row, or None): answered with a Part, or None


@dataclass(frozen=True)
class Part:
    """A template and the `content` that it needs."""

    template: str
    content: Any


def parts_of(page: str, *, reader: Any, about: Any = None) -> list[Part]:
    """What the apps above have to show on a page to this reader."""
    answers: list[tuple[Any, Any]] = parts_asked.send(sender=None, page=page, reader=reader, about=about)
    return [part for _receiver, part in answers if part is not None]
