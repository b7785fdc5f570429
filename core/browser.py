"""The browser of the journeys, which only developers need."""

import shutil


def chromium() -> str | None:
    """Debian's Chromium: the shell without windows, which costs half as much, or else the whole browser; None without one."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")
