"""Is this what it says it is, and harmless? Anything that is not known to be is refused, with a code for the sentence."""

import io
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass

import structlog

from mentoring.messaging.files import kinds
from mentoring.messaging.files.kinds import DOCUMENT, PDF, PICTURE, TEXT, FileType, by_first_bytes
from mentoring.messaging.files.pictures import Picture, redrawn

log = structlog.get_logger(__name__)
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 150
MOST_ENTRIES = 3000
# The test file every virus scanner knows, in two parts so that none finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
_END_OF_ZIP = b"PK\x05\x06"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|iframe|body|head|\?xml|\?php)", re.IGNORECASE)
_ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
_PACKED = {
    b"application/vnd.oasis.opendocument.text": kinds.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": kinds.ODS,
    b"application/vnd.oasis.opendocument.presentation": kinds.ODP,
}


class Blocked(Exception):
    """`code`: empty, virus, unknown, not_allowed, not_what_it_says, two_in_one, bomb, active, broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Checked:
    """What is kept: for pictures a new drawing without anything but its points, with a small one to show."""

    type: FileType
    data: bytes
    picture: Picture | None = None


def check(data: bytes, *, name: str, claimed: str, allowed: Collection[str]) -> Checked:
    """What `data` is. Raises Blocked when it is empty, dangerous, unknown, or something else than it says."""
    if not data:
        raise Blocked("empty")
    if EICAR in data:
        raise Blocked("virus")
    found = _type_of(data)
    if found.kind not in allowed:
        raise Blocked("not_allowed")
    if not found.may_claim(claimed, name):
        raise Blocked("not_what_it_says")
    if found.kind == PICTURE:
        picture = redrawn(data, found)
        if picture is None:
            raise Blocked("broken")
        return Checked(picture.type, picture.data, picture)
    return Checked(found, data)


def _type_of(data: bytes) -> FileType:
    if data.startswith(_PROGRAMS):
        raise Blocked("unknown")
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    found = by_first_bytes(data) or _text(data)
    if found is None:
        raise Blocked("unknown")
    if _END_OF_ZIP in data[-66_000:] or (found.kind == DOCUMENT and _MARKUP.search(data[:4096])):
        raise Blocked("two_in_one")
    if found is PDF and _ACTIVE_PDF.search(data):
        raise Blocked("active")
    return found


def _text(data: bytes) -> FileType | None:
    """Plain text in UTF-8 without control signs."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if any(sign < " " and sign not in "\t\r\n\f" for sign in text) else TEXT


def _packed(data: bytes) -> FileType:
    """A document that is a packed folder: known by what is in it, unpacked nowhere, and measured before anybody unpacks it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            entries = folder.infolist()
            _measure(folder, entries, len(data))
            return _by_entries(folder, {entry.filename for entry in entries})
    except Blocked:
        raise
    except Exception as error:  # whatever else a strange folder makes its readers raise
        log.info("folder_broken", error=repr(error))
        raise Blocked("broken") from error


def _measure(folder: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> None:
    """What the entries say of their size is not believed: each is read to its end, and no further than is allowed."""
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Blocked("bomb")
    if any(".." in entry.filename.split("/") or entry.filename.startswith(("/", "\\")) for entry in entries):
        raise Blocked("broken")
    unpacked, most = 0, min(MOST_UNPACKED, max(10 * 1024 * 1024, MOST_RATIO * size))
    for entry in entries:
        with folder.open(entry) as opened:
            while piece := opened.read(1024 * 1024):
                unpacked += len(piece)
                if unpacked > most:
                    raise Blocked("bomb")


def _by_entries(folder: zipfile.ZipFile, names: set[str]) -> FileType:
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".zip")) for name in names):
        raise Blocked("active")
    if "mimetype" in names:
        found = _PACKED.get(folder.read("mimetype").strip())
    elif "[Content_Types].xml" in names:
        folders = (("word/", kinds.DOCX), ("xl/", kinds.XLSX), ("ppt/", kinds.PPTX))
        found = next((known for start, known in folders if any(name.startswith(start) for name in names)), None)
    else:
        found = None
    if found is None:
        raise Blocked("unknown")
    return found
