"""What the "?" of a page says: read once from `guide.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from paradigm.model import Text

TEXTS = Path(__file__).with_name("guide.toml")


@dataclass(frozen=True)
class Guide:
    """What pages of one kind are for, who sees what stands on them, and what to do next."""

    what: Text
    who: Text
    then: Text


@lru_cache(maxsize=1)
def guides() -> dict[str, Guide]:
    """The guide of each page by the name of its address; "name:role" where a role has another page there."""
    return {
        page: Guide(**{part: Text(**row[part]) for part in ("what", "who", "then")})
        for row in tomllib.loads(TEXTS.read_text(encoding="utf-8"))["guide"]
        for page in row["pages"]
    }


def guide_of(page: str, role: str = "") -> Guide | None:
    """What is said about the page with this name to somebody in this role."""
    return guides().get(f"{page}:{role}") or guides().get(page)


def needs_none() -> dict[str, str]:
    """Pages without a guide, and why each needs none."""
    rows = tomllib.loads(TEXTS.read_text(encoding="utf-8"))["none"]
    return {page: why for why, pages in rows.items() for page in pages}
