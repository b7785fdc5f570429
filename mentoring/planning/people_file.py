"""A file of people as it arrives: bytes to text, text to a table, headers to meanings; pure Python, knows no database."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from core.text import search_key

SEPARATORS = (",", ";", "\t")
ENCODINGS: Final = ("utf-8", "cp1256")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ARABIC_SCRIPT = range(0x0600, 0x0700)

HEADERS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("first name", "given name", "forename", "نام کوچک", "اسم"),
    "last_name": ("last name", "surname", "family name", "نام خانوادگی", "فامیل", "شهرت"),
    "name": ("name", "full name", "display name", "نام", "نام کامل", "نام و نام خانوادگی"),
    "email": ("email", "e mail", "email address", "e mail address", "mail", "ایمیل", "رایانامه", "پست الکترونیک"),
    "external_id": ("external id", "id", "student id", "student number", "staff id", "user id", "personnel number",
                    "شماره دانشجویی", "کد", "شناسه", "کد پرسنلی", "شماره پرسنلی"),
    "language": ("language", "interface language", "زبان", "زبان سامانه"),
    "time_zone": ("time zone", "timezone", "منطقه زمانی"),
    "headline": ("headline", "job title", "title", "position", "role title", "سمت", "عنوان شغلی", "شغل", "معرفی کوتاه"),
    "organisation": ("organisation", "organization", "company", "department", "faculty", "employer",
                     "سازمان", "دانشکده", "محل کار", "شرکت", "دانشگاه"),
    "field": ("field", "field of study", "profession", "discipline", "major", "subject", "رشته", "رشته تحصیلی", "حرفه", "گرایش"),
    "seniority": ("seniority", "grade", "years of experience", "experience", "level", "year",
                  "سابقه", "سابقه کار", "سال های تجربه", "پایه", "رتبه"),
    "capacity": ("capacity", "places", "number of mentees", "max mentees", "ظرفیت", "تعداد منتی"),
    "skills": ("skills", "skill", "expertise", "topics", "interests", "needs", "مهارت", "مهارت ها", "تخصص", "نیازها", "موضوع ها"),
    "goals": ("goals", "goal", "biography", "bio", "about", "about me", "summary",
              "هدف", "هدف ها", "درباره من", "زندگی نامه", "بیوگرافی"),
    "languages": ("languages", "spoken languages", "زبان ها", "زبان های گفت و گو"),
}  # fmt: skip
"""What a column may mean, and the headers by which each meaning is recognised (in the form of `search_key`)."""

GROUP: Final = "group"
"""A column whose header is a question and whose cells are answers: named groups, for the fairness of results only. A file
may have several."""
MEANINGS = (*HEADERS, GROUP)


class UnusableFile(ValueError):
    """Nothing of the file can be read. `code` is stable; the sentence is made at the edge."""

    def __init__(self, code: str, **details: str | int) -> None:
        self.code = code
        self.details = details
        super().__init__(code)


class Line(NamedTuple):
    """One record and the line of the file on which it begins (the header is line 1)."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    lines: tuple[Line, ...]

    def samples(self, place: int, n: int = 3) -> list[str]:
        """The first different non-empty cells of a column."""
        seen = dict.fromkeys(line.cells[place] for line in self.lines if len(line.cells) > place and line.cells[place])
        return list(seen)[:n]


def decode(data: bytes, encoding: str = "utf-8", *, max_bytes: int) -> str:
    """The text of an uploaded file. Raises UnusableFile: empty, too_large, utf16, not_utf8, not_text, looks_wrong."""
    if not data.strip():
        raise UnusableFile("empty")
    if len(data) > max_bytes:
        raise UnusableFile("too_large", limit=max_bytes // (1024 * 1024))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnusableFile("utf16")
    if b"\x00" in data:
        raise UnusableFile("not_text")
    if encoding != "utf-8":
        text = data.decode(encoding, errors="replace")
        if "\ufffd" in text or not any(ord(letter) in _ARABIC_SCRIPT for letter in text):
            raise UnusableFile("looks_wrong")
        return text
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnusableFile("not_utf8", line=line) from error


def read_table(text: str, *, max_rows: int) -> Table:
    """The table of a file separated by commas, semicolons or tabs. Blank lines are passed over.

    Raises UnusableFile: broken_quotes, one_column, no_rows, too_many_rows.
    """
    records = list(_records(text, _separator(text), max_rows))
    if not records:
        raise UnusableFile("empty")
    header = _distinct(records[0].cells)
    if len(header) < 2:
        raise UnusableFile("one_column")
    if len(records) == 1:
        raise UnusableFile("no_rows")
    return Table(header, tuple(records[1:]))


def without_records(text: str, numbers: Collection[int], *, max_rows: int) -> str:
    """The file with the records that begin on these lines emptied; all others stay on their lines. "" when none is left."""
    lines = list(io.StringIO(text, newline=""))
    begins = [line.number for line in read_table(text, max_rows=max_rows).lines]
    if set(begins) <= set(numbers):
        return ""
    for begin, end in pairwise([*begins, len(lines) + 1]):
        if begin in numbers:
            lines[begin - 1 : end - 1] = ["\n"] * (end - begin)
    return "".join(lines)


def _separator(text: str) -> str:
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    return max(SEPARATORS, key=first_line.count)


def _records(text: str, separator: str, max_rows: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count, begins = 0, 1
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if any(cells):
                count += 1
                if count > max_rows + 1:
                    raise UnusableFile("too_many_rows", limit=max_rows)
                yield Line(begins, cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnusableFile("broken_quotes", line=begins) from error


def _distinct(header: tuple[str, ...]) -> tuple[str, ...]:
    """Names for columns that can be told apart: an empty one gets its number, a repeated one a count."""
    named = [name or f"#{place}" for place, name in enumerate(header, start=1)]
    seen: Counter[str] = Counter()
    found = []
    for name in named:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def guess_meanings(header: tuple[str, ...]) -> dict[str, str]:
    """A meaning for each column whose header is known in English or Persian, each meaning once; "" for the others."""
    by_header = {words: meaning for meaning, known in HEADERS.items() for words in known}
    found: dict[str, str] = {}
    for name in header:
        words = " ".join(search_key(name.replace("_", " ").replace("-", " ")).split())
        meaning = by_header.get(words, "")
        found[name] = "" if meaning in found.values() else meaning
    return found


def neutralise(cell: str) -> str:
    """A cell that a spreadsheet will show and not compute."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def write_rows(header: list[str], rows: list[list[str]]) -> str:
    """CSV that spreadsheets open with the right letters (with a byte order mark), no cell a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([neutralise(cell) for cell in header])
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    return out.getvalue()
