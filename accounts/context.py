"""What every page needs to know about its reader."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from accounts.models import DataUse, Theme


def reader(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    theme = user.theme if known else request.COOKIES.get("theme", "")
    data_use = user.data_use if known else DataUse.DEVICE
    saves = request.headers.get("Save-Data", "").lower() == "on"
    return {
        "theme": theme if theme in (Theme.LIGHT, Theme.DARK) else "",
        "low": data_use == DataUse.LOW or (data_use == DataUse.DEVICE and saves),
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "LANGUAGE_CODE": get_language() or "en",
        "demo": settings.DEMO,
    }
