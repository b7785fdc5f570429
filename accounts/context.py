"""What every page needs to know about its reader."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from accounts.models import Theme


def reader(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    theme = user.theme if user is not None and user.is_authenticated else request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in (Theme.LIGHT, Theme.DARK) else "",
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "LANGUAGE_CODE": get_language() or "en",
        "demo": settings.DEMO,
    }
