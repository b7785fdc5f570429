"""The kinds of news there are. Each app says its own in `news.py`; the texts are made in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """`title` and `body` may name the notification's params as %(name)s; `action` is the words on the button to its page;
    news for the `desk` reaches only those who run a programme, `urgent` news asks for no quiet hours. What `lasts_s` seconds
    only hurries to the devices or, in quiet hours, does not come. `still(person_id, url)` says just before news leaves whether
    there is still something to tell, `reply_to` to which address one answers, empty for none."""

    slug: str
    label: Text
    title: Text
    body: Text
    action: Text
    mail: bool = True
    desk: bool = False
    urgent: bool = False
    lasts_s: int | None = None
    still: Callable[[int, str], bool] | None = None
    reply_to: Callable[[int, str], str] | None = None


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    for kind in kinds:
        _kinds[kind.slug] = kind


def kind(slug: str) -> Kind:
    return _kinds[slug]


def find(slug: str) -> Kind | None:
    return _kinds.get(slug)


def kinds() -> list[Kind]:
    return list(_kinds.values())
