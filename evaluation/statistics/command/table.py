"""A table from a file or from standard input: UTF-8, any of three separators, Persian digits too."""

import csv
import io
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.statistics.estimate import Estimate, StatisticsError
from evaluation.statistics.scoring import Floats

EMPTY = {"", ".", "na", "n/a", "nan", "null", "none"}
SEPARATORS = ",;\t"
PERSIAN_SIGNS = str.maketrans({"٫": ".", "−": "-", "\u200c": "", "\u200e": "", "\u200f": ""})


@dataclass(frozen=True)
class Command:
    """What a measure asks for on the command line, and how it is computed from that."""

    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], Estimate]
    has_interval: bool = True


@dataclass(frozen=True)
class Table:
    """Named columns of text. `lines`: where in the file each row ends; `codes`: values that stand for a missing one."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str
    codes: frozenset[float]

    def texts(self, column: str) -> list[str | None]:
        """A column as it was written, None where it is empty."""
        place = self.place(column)
        return [None if row[place].casefold() in EMPTY else row[place] for row in self.rows]

    def numbers(self, column: str, low: float | None = None, high: float | None = None) -> Floats:
        """A column of numbers, NaN where it is empty or holds a missing code; refuses text and what is out of bounds."""
        found = np.full(len(self.rows), np.nan)
        for at, text in enumerate(self.texts(column)):
            if text is None:
                continue
            value = number(text, self.separator)
            if value is None:
                raise StatisticsError(f"Line {self.lines[at]}: “{text}” in column {column} is not a number.")
            if value in self.codes:
                continue
            if (low is not None and value < low) or (high is not None and value > high):
                raise StatisticsError(
                    f"Line {self.lines[at]}: {value:g} in column {column} lies outside the scale that was given."
                )
            found[at] = value
        return found

    def answers(self, column: str) -> list[str | float | None]:
        """A column of categories: numbers where all of it are numbers, otherwise words."""
        texts = self.texts(column)
        values = [None if text is None else number(text, self.separator) for text in texts]
        if any(value is None and text is not None for value, text in zip(values, texts, strict=True)):
            return list(texts)
        return [None if value is None or value in self.codes else plain_number(value) for value in values]

    def place(self, column: str) -> int:
        if column not in self.names:
            raise StatisticsError(f"There is no column “{column}”; the file has {', '.join(self.names)}.")
        return self.names.index(column)


def plain_number(value: float) -> float:
    """2 rather than 2.0, as it was written."""
    return int(value) if value.is_integer() else value


def number(text: str, separator: str) -> float | None:
    """A number as people write it; a comma is a decimal sign where it does not separate columns."""
    plain = text.translate(PERSIAN_SIGNS).strip()
    if "_" in plain:
        return None
    if separator != ",":
        plain = plain.replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def read(args: Namespace) -> Table:
    """The table that the arguments of `data_arguments` name."""
    if args.data is None:
        raise StatisticsError("Name a CSV file, or - for standard input.")
    try:
        raw = sys.stdin.buffer.read() if args.data == "-" else Path(args.data).read_bytes()
    except OSError as error:
        raise StatisticsError(f"{args.data} cannot be read: {(error.strerror or 'unknown reason').lower()}.") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StatisticsError("The file is not UTF-8; save it as CSV UTF-8.") from error
    return parse(text, frozenset(args.missing_codes or ()))


def parse(text: str, codes: frozenset[float] = frozenset()) -> Table:
    """A table from text whose first line names the columns."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    numbered = list(filled_rows(text, separator))
    if not numbered:
        raise StatisticsError("The file is empty.")
    (_, names), rest = numbered[0], numbered[1:]
    if uneven := next(((line, row) for line, row in rest if len(row) != len(names)), None):
        raise StatisticsError(f"Line {uneven[0]} has {len(uneven[1])} cells, the first line {len(names)}.")
    if repeated := {name for name in names if name and names.count(name) > 1}:
        raise StatisticsError(f"More than one column is called “{min(repeated)}”.")
    if not rest:
        raise StatisticsError("The file has no rows under its first line.")
    return Table(names, tuple(row for _, row in rest), tuple(line for line, _ in rest), separator, codes)


def filled_rows(text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows in which something is written, with the line each ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            row = tuple(cell.strip() for cell in cells)
            if any(row):
                yield reader.line_num, row
    except csv.Error as error:
        raise StatisticsError(f"Line {reader.line_num} is not well-formed CSV: {error}.") from error


def data_arguments(parser: ArgumentParser, *, optional: bool = False) -> None:
    """The file itself."""
    parser.add_argument(
        "data", nargs="?" if optional else None, help="CSV file with named columns, or - for standard input"
    )
    parser.add_argument(
        "--missing-codes", type=float, nargs="+", metavar="CODE", help="numbers that mean missing, such as -1 -2 -3 -4"
    )


def scale_arguments(parser: ArgumentParser) -> None:
    """Items that may need reversing."""
    data_arguments(parser)
    parser.add_argument("--columns", nargs="+", required=True, help="the items of the scale")
    parser.add_argument(
        "--reverse", nargs="+", default=[], metavar="COLUMN", help="items to reverse: min + max - answer"
    )
    parser.add_argument("--min", type=float, help="lowest answer of the scale")
    parser.add_argument("--max", type=float, help="highest answer of the scale")


def scale(args: Namespace) -> Floats:
    """People x items, reversed where asked for."""
    if len(set(args.columns)) != len(args.columns):
        raise StatisticsError("A column was named twice.")
    if args.reverse and (args.min is None or args.max is None):
        raise StatisticsError("To reverse an item, give the scale with --min and --max.")
    if stray := next((name for name in args.reverse if name not in args.columns), None):
        raise StatisticsError(f"“{stray}” is to be reversed but is not among the columns.")
    table = read(args)
    columns = {name: table.numbers(name, args.min, args.max) for name in args.columns}
    return np.column_stack(
        [args.min + args.max - values if name in args.reverse else values for name, values in columns.items()]
    )


def given(args: Namespace, *names: str) -> None:
    """Refuse when one of these options was left out where a file is read."""
    if any(getattr(args, name) is None for name in names):
        raise StatisticsError(
            f"Name a file with {' and '.join(f'--{name}' for name in names)}; see --help for other ways."
        )


def columns(args: Namespace, *names: str) -> list[Floats]:
    """The columns of numbers that these options name."""
    given(args, *names)
    table = read(args)
    return [table.numbers(getattr(args, name)) for name in names]
