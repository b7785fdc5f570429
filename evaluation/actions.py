"""The action library: what can be done about a weak component. Pure Python, read once from `actions.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from paradigm.model import Text

LIBRARY = Path(__file__).with_name("actions.toml")
PERCEPTION = "perception"
"""The `indicator` of actions that are read by what people say about the component."""


@dataclass(frozen=True)
class Idea:
    """One thing to do. `points`: the movement hoped for on the indicator's 0 to 100; `days`: by when it is done; `window`: after
    how many further days the indicator is read again; `evidence`: S studies, P practice, M the model alone."""

    slug: str
    component: str
    indicator: str
    points: int
    days: int
    window: int
    who: str
    evidence: Literal["S", "P", "M"]
    source: str
    what: Text
    how: Text


@lru_cache(maxsize=1)
def library() -> dict[str, Idea]:
    """Every idea by its slug, in the order of the file."""
    rows = tomllib.loads(LIBRARY.read_text(encoding="utf-8"))["action"]
    texts = ("what", "how")
    return {
        row["slug"]: Idea(**{"source": "", **row, **{name: Text(**row[name]) for name in texts}})  # type: ignore[arg-type]
        for row in rows
    }


def ideas_for(component: str) -> list[Idea]:
    """What can be done about a component, the first suggestion first."""
    return [idea for idea in library().values() if idea.component == component]
