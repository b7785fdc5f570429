"""The kinds of files people may send, and by which first bytes they are known."""

from dataclasses import dataclass

PICTURE, SOUND, DOCUMENT = KINDS = ("picture", "sound", "document")
OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class FileType:
    """`claims` are the media types under which browsers send it; `endings` its usual file endings, the first for new names."""

    mime: str
    kind: str
    endings: tuple[str, ...]
    claims: tuple[str, ...] = ()

    def may_claim(self, claimed: str, name: str) -> bool:
        """Whether a file of this type may call itself that; saying nothing is no lie."""
        claimed, dot, ending = claimed.partition(";")[0].strip().lower(), *name.lower().rpartition(".")[1:]
        honest = claimed in ("", "application/octet-stream", self.mime, *self.claims)
        return honest and (not dot or f".{ending}" in self.endings)


JPEG = FileType("image/jpeg", PICTURE, (".jpg", ".jpeg", ".jfif"), ("image/jpg", "image/pjpeg"))
PNG = FileType("image/png", PICTURE, (".png",))
GIF = FileType("image/gif", PICTURE, (".gif",))
WEBP = FileType("image/webp", PICTURE, (".webp",))
OGG = FileType("audio/ogg", SOUND, (".ogg", ".oga", ".opus"), ("audio/opus", "application/ogg"))
WEBM = FileType("audio/webm", SOUND, (".webm", ".weba"), ("video/webm",))
MP4 = FileType("audio/mp4", SOUND, (".m4a", ".mp4"), ("audio/x-m4a", "audio/aac", "video/mp4"))
MP3 = FileType("audio/mpeg", SOUND, (".mp3",), ("audio/mp3",))
WAV = FileType("audio/wav", SOUND, (".wav",), ("audio/x-wav", "audio/wave"))
PDF = FileType("application/pdf", DOCUMENT, (".pdf",))
DOCX = FileType(f"{OFFICE}wordprocessingml.document", DOCUMENT, (".docx",))
XLSX = FileType(f"{OFFICE}spreadsheetml.sheet", DOCUMENT, (".xlsx",))
PPTX = FileType(f"{OFFICE}presentationml.presentation", DOCUMENT, (".pptx",))
ODT = FileType("application/vnd.oasis.opendocument.text", DOCUMENT, (".odt",))
ODS = FileType("application/vnd.oasis.opendocument.spreadsheet", DOCUMENT, (".ods",))
ODP = FileType("application/vnd.oasis.opendocument.presentation", DOCUMENT, (".odp",))
TEXT = FileType(
    "text/plain", DOCUMENT, (".txt", ".md", ".csv"), ("text/markdown", "text/csv", "application/vnd.ms-excel")
)
TYPES = (JPEG, PNG, GIF, WEBP, OGG, WEBM, MP4, MP3, WAV, PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, TEXT)


def by_first_bytes(data: bytes) -> FileType | None:
    """The type by its signature; packed documents (which all begin alike) and plain text have none of their own."""
    found = next((kind for start, kind in _STARTS if data.startswith(start)), None)
    if data.startswith(b"RIFF"):
        found = {b"WEBP": WEBP, b"WAVE": WAV}.get(data[8:12])
    elif data[4:8] == b"ftyp":
        found = MP4 if data[8:12] in _MP4_BRANDS else None
    elif data[:1] == b"\xff" and len(data) > 1 and data[1] & 0xE6 == 0xE2:
        found = MP3  # the first frame of layer III without a header
    return found


_MP4_BRANDS = (b"M4A ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"M4B ", b"dash")
_STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"OggS\x00", OGG),
    (b"\x1aE\xdf\xa3", WEBM),
    (b"ID3", MP3),
    (b"%PDF-", PDF),
)


def accepted(kinds: list[str]) -> str:
    """The `accept` of a file field that takes these kinds."""
    return ",".join(ending for known in TYPES if known.kind in kinds for ending in known.endings)
