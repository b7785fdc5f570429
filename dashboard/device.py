"""What a device keeps of Peyvand: the files its pages are made of, and how it stands among the other apps."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from accounts.models import Theme
from core.finders import SHEET

PAPER = {Theme.LIGHT: "#f7f5f0", Theme.DARK: "#12151b"}
ENDINGS = (".js", ".svg", ".woff2")


@cache
def shell_files() -> tuple[str, ...]:
    """The addresses of our own files, by the names under which pages ask for them: a script names those it imports without
    their hash."""
    names = sorted(name for name, _storage in FileSystemFinder().list(["service-worker.js"]) if name.endswith(ENDINGS))
    wanted = [SHEET, *names]
    plain = [settings.STATIC_URL + name for name in wanted if name.endswith(".js")]
    return tuple(dict.fromkeys([*map(static, wanted), *plain]))


def manifest_of(request: HttpRequest) -> dict[str, Any]:
    """The web app manifest in the reader's language."""
    theme = request.user.theme if request.user.is_authenticated else request.COOKIES.get("theme", "")
    paper = PAPER.get(Theme(theme) if theme in PAPER else Theme.LIGHT)
    pictures = [("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any")]
    pictures.append(("icon-maskable.png", "512x512", "maskable"))
    return {
        "id": "/",
        "name": _("Peyvand: mentoring"),
        "short_name": _("Peyvand"),
        "description": _(
            "Mentors and mentees: talk, meet and grow. Conversations can be read without a connection, too."
        ),
        "lang": get_language() or "en",
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "icons": [
            {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(
                {"src": static(f"img/{name}"), "sizes": size, "type": "image/png", "purpose": purpose}
                for name, size, purpose in pictures
            ),
        ],
        "shortcuts": [{"name": _("Messages"), "url": reverse("rooms")}],
    }
