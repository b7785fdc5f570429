"""Many stylesheets to read and change, one for the browser to fetch."""

import re
from collections.abc import Iterator
from os.path import relpath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

SHEET = "css/peyvand.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
ADDRESS = re.compile(r'url\("([^":]+)"\)')


def joined(sheet: Path) -> str:
    """The stylesheet with what it imports in its place, in the layer it is imported into, and addresses as seen from there."""

    def part(named: re.Match[str]) -> str:
        path = sheet.parent / named[1]
        here = ADDRESS.sub(lambda a: f'url("{relpath(path.parent / a[1], sheet.parent)}")', path.read_text("utf-8"))
        return f"@layer {named[2]} {{\n{here}}}"

    return IMPORT.sub(part, sheet.read_text("utf-8"))


class JoinedSheet(BaseFinder):
    """Finds the joined stylesheet before the one in `static/` is found. On a poor line two dozen files would take seconds."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.folder = TemporaryDirectory(prefix="peyvand-css-")
        self.storage = FileSystemStorage(self.folder.name)

    def check(self, **_kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> str | list[str]:  # type: ignore[override]
        """The file, written anew when a part has changed."""
        if path != SHEET:
            return []
        file, now = Path(self.folder.name) / SHEET, joined(settings.BASE_DIR / "static" / SHEET)
        file.parent.mkdir(exist_ok=True)
        if not file.exists() or file.read_text("utf-8") != now:
            file.write_text(now, "utf-8")
        return [str(file)] if find_all else str(file)

    def list(self, _ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        self.find(SHEET)
        yield SHEET, self.storage
