"""The design system keeps its promises: contrast, icons, components, both languages."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (ROOT / "static/css/tokens.css").read_text()
    )
}
STAGES = ("causal", "contextual", "intervening", "strategy", "consequence")
GROUNDS = ("paper", "surface", "raised", "sunken", "accent-soft", "good-soft", "care-soft", "alarm-soft")
TEXT = (
    [(ink, ground) for ink in ("ink", "quiet", "accent", "accent-strong") for ground in GROUNDS]
    + [(tone, ground) for tone in ("good", "care", "alarm") for ground in ("paper", "surface", f"{tone}-soft")]
    + [(stage, ground) for stage in STAGES for ground in ("paper", "surface", f"{stage}-soft")]
    + [("on-accent", "accent"), ("on-accent", "accent-strong")]
)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_can_be_read_on_every_ground_it_stands_on(theme):
    faults = [
        f"{ink} on {ground}: {ratio:.2f}"
        for ink, ground in TEXT
        if (ratio := contrast(TOKENS[ink][theme], TOKENS[ground][theme])) < 4.9
    ]
    assert faults == []


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_border_of_a_control_stands_out(theme):
    assert all(contrast(TOKENS["control"][theme], TOKENS[ground][theme]) >= 3 for ground in GROUNDS[:4])


def test_every_icon_a_template_asks_for_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    asked = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"|\bicon="([\w-]+)"', path.read_text())
        for name in name
        if name
    }
    assert asked - drawn == set()


def test_every_component_says_what_it_needs_and_is_shown_somewhere():
    pages = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    for path in (TEMPLATES / "components").glob("*.html"):
        assert re.match(r"{#.*Needs:.*#}", path.read_text()), path.name
        assert f"components/{path.name}" in pages, path.name


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fa", "rtl")])
def test_the_style_page_opens_in_both_languages(client, language, direction):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    page = client.get(reverse("style")).content.decode()

    assert f'<html lang="{language}" dir="{direction}"' in page
    assert 'aria-describedby="wrong_name_helptext wrong_name_error"' in page
    assert page.count('role="alert"') == 1
