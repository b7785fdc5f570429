"""Pictures are drawn anew: only their points are kept, so neither a place nor a programme hidden in them comes along."""

import io
import warnings
from dataclasses import dataclass

import structlog
from PIL import Image, ImageOps

from mentoring.messaging.files.kinds import GIF, JPEG, PNG, WEBP, FileType

log = structlog.get_logger(__name__)
LONGEST_SIDE = 2560
SMALL_SIDE = 720
MOST_POINTS = 24_000_000
MOST_POINTS_OF_JPEG = 120_000_000
"""JPEG is decoded at the size it is needed in; everything else as a whole."""
_FORMATS = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP"}


@dataclass(frozen=True)
class Picture:
    """`small` is a WebP to show in the conversation; `width` and `height` are its own."""

    type: FileType
    data: bytes
    small: bytes
    width: int
    height: int


def redrawn(data: bytes, known: FileType) -> Picture | None:
    """The picture drawn anew, or None where it cannot be decoded or would be far too big decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(data, known)
    except Exception as error:  # its readers raise whatever comes to them over a strange picture
        log.info("picture_broken", error=repr(error))
        return None


def _redrawn(data: bytes, known: FileType) -> Picture | None:
    with Image.open(io.BytesIO(data), formats=[_FORMATS[known]]) as opened:
        if opened.width * opened.height > (MOST_POINTS_OF_JPEG if known is JPEG else MOST_POINTS):
            return None
        if known is JPEG:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture = ImageOps.exif_transpose(opened)
        seen_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        picture = picture.convert("RGBA" if seen_through else "RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info = {}
    kept = JPEG if known is JPEG else PNG if known is PNG else WEBP
    whole, small = io.BytesIO(), io.BytesIO()
    if kept is JPEG:
        picture.save(whole, "JPEG", quality=86, optimize=True)
    else:
        picture.save(whole, _FORMATS[kept])
    picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
    picture.save(small, "WEBP", quality=78)
    return Picture(kept, whole.getvalue(), small.getvalue(), picture.width, picture.height)
