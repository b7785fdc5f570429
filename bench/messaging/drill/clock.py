"""The platform with a clock that can jump: the file CLOCK says by how many seconds it is wrong."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from config.asgi import application

__all__ = ["application"]
FILE = Path(os.environ["CLOCK"])


def wrong_now() -> datetime:
    seconds = 0.0
    with suppress(OSError, ValueError):
        seconds = float(FILE.read_text())
    return datetime.now(tz=UTC) + timedelta(seconds=seconds)


timezone.now = wrong_now
