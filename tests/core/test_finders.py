"""The browser fetches one stylesheet, with everything that stands in its parts."""

import re
from pathlib import Path
from posixpath import join, normpath

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from core.finders import IMPORT, SHEET, JoinedSheet, joined

pytestmark = pytest.mark.once
SOURCE = Path(settings.BASE_DIR) / "static" / SHEET


def test_the_stylesheet_that_is_served_imports_nothing_and_holds_every_part_in_its_layer(client):
    served = b"".join(client.get(static(SHEET))).decode()
    assert "@import" not in served
    parts = IMPORT.findall(SOURCE.read_text())
    assert len(parts) > 20 and served.count("@layer ") == len(parts) + 1
    for path, layer in parts:
        rules = (SOURCE.parent / path).read_text().replace("../../", "../")
        assert f"@layer {layer} {{\n{rules}}}" in served


def test_whatever_the_joined_stylesheet_points_to_is_there():
    pointed = re.findall(r'url\("([^"]+)"\)', joined(SOURCE))
    assert len(pointed) >= 4
    assert [where for where in pointed if not finders.find(normpath(join("css", where)))] == []


def test_a_changed_part_is_seen_without_a_restart(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    sheet = tmp_path / "static" / SHEET
    sheet.parent.mkdir(parents=True)
    sheet.write_text('@import url("part.css") layer(base);')
    finder = JoinedSheet()
    for colour in ("red", "green"):
        (sheet.parent / "part.css").write_text(f"p {{ color: {colour} }}\n")
        assert Path(finder.find(SHEET)).read_text() == f"@layer base {{\np {{ color: {colour} }}\n}}"
