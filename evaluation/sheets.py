"""Tables as CSV that a spreadsheet opens and does not compute."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from evaluation.queries.coding import Comparison, Counted
from mentoring.planning.people_file import neutralise

HIDDEN = "hidden: fewer than 10"


def as_csv(header: list[str], rows: Iterable[Iterable[Any]]) -> str:
    """CSV with a byte order mark. Words that a spreadsheet would compute are neutralised; numbers are numbers."""
    out = io.StringIO("\ufeff")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def codes_table(tree: list[Counted], comparison: Comparison) -> str:
    """The codebook of answers in words: level, code, what it stands under, the people behind it, and how far two coders
    agreed on it. No answer stands in it."""
    agreed = {each.code.pk: each for each in comparison.by_code}
    header = ["level", "code", "under", "people", "answers", "agreement", "kappa", "kappa_low", "kappa_high"]
    rows: list[list[Any]] = []

    def write(nodes: list[Counted], under: str) -> None:
        for node in nodes:
            found = agreed.get(node.code.pk)
            how = [found.share.n, found.share.value] if found else ["", ""]
            kappa = [found.kappa.value, found.kappa.low, found.kappa.high] if found and found.kappa else [""] * 3
            people = HIDDEN if node.people is None else node.people
            rows.append([node.code.level, node.code.name, under, people, *how, *kappa])
            write(node.children, node.code.name)

    write(tree, "")
    return as_csv(header, rows)
