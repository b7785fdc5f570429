"""Tables as CSV that a spreadsheet opens and does not compute."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from evaluation.queries.coded import WordsInSum
from evaluation.queries.contact import RESTED, HeatRow
from evaluation.queries.contact import Counted as CountedRow
from evaluation.queries.health import Health
from evaluation.queries.upstream import whole
from mentoring.planning.people_file import neutralise

HIDDEN = "hidden: fewer than 10"
FEW = "hidden: fewer than 5"
NOT_YET = "shown when the two have finished the codebook"


def as_csv(header: list[str], rows: Iterable[Iterable[Any]]) -> str:
    """CSV with a byte order mark. Words that a spreadsheet would compute are neutralised; numbers are numbers."""
    out = io.StringIO("\ufeff")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def counts_table(first: str, columns: list[str], rows: list[CountedRow]) -> str:
    """Counts beside their total, as the page shows them."""
    body = [[row.name, *(_or_hidden(n) for n in row.cells), _or_hidden(row.total)] for row in rows]
    return as_csv([first, *columns, "all"], body)


def _or_hidden(n: int | None) -> int | str:
    return FEW if n is None else n


def contact_table(rows: list[HeatRow], weeks: list[date]) -> str:
    """Contacts of each relationship by week; empty before the match, a word for a pause."""
    body = [
        [row.relationship.pk, " · ".join(str(person) for person in row.people),
         *((cell.why if cell.why == RESTED else "") if cell.n is None else cell.n for cell in row.cells)]
        for row in rows
    ]  # fmt: skip
    return as_csv(["relationship", "people", *(day.isoformat() for day in weeks)], body)


def health_table(found: Health) -> str:
    """Every figure of the newest day, as whole points: stage, category, component and indicator, with its state, and no number
    that the page does not show."""
    rows = [
        [found.as_of_on, component, code, row.state, None if row.value is None else round(row.value),
         *(whole(row.inputs.get(end)) for end in ("low", "high")), row.n or None]
        for (component, code), row in sorted(found.rows.items())
    ]  # fmt: skip
    return as_csv(["as_of", "part", "figure", "state", "score", "low", "high", "n"], rows)


def codes_table(words: WordsInSum) -> str:
    """The codebook of answers in words: level, code, what it stands under, the people behind it once that is shown, and how far
    two coders agreed on it where it is shown how many they are. No answer stands in it."""
    header = ["level", "code", "under", "people", "answers", "agreement", "kappa", "kappa_low", "kappa_high"]
    unseen = NOT_YET if words.coding.shown_at is None else HIDDEN
    rows: list[list[Any]] = []
    for row in words.codes:
        found = row.agreement
        how = [found.share.n, found.share.value] if found and found.share else ["", ""]
        kappa = [found.kappa.value, found.kappa.low, found.kappa.high] if found and found.kappa else [""] * 3
        if found and found.share is None:
            how, kappa = ["", HIDDEN], [HIDDEN] * 3
        people = unseen if row.people is None else row.people
        rows.append([row.code.level, str(row.code), row.under, people, *how, *kappa])
    return as_csv(header, rows)
