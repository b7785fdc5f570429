"""The reader of this one request: language, calendar and time zone, and whether they know what happens with their data."""

from collections.abc import Callable
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Consent
from core.dates import GREGORIAN, JALALI, activate_calendar

Handler = Callable[[HttpRequest], HttpResponse]
# Pages one may see before agreeing: the texts, the doors, and what institutions' systems and operators use.
OPEN_PATHS = (
    "/account/",
    "/consent/",
    "/terms/",
    "/privacy/",
    "/about/",
    "/developers/",
    "/invitation/",
    "/admin/",
    "/api/",
    "/static/",
    "/offline/",
    "/manifest.webmanifest",
    "/service-worker.js",
)


def reader(get_response: Handler) -> Handler:
    """A signed-in person's own settings; a visitor's language from the cookie or browser, the calendar that goes with it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
            activate_calendar(user.calendar)
            timezone.activate(user.zone)
        else:
            persian = translation.get_language() == "fa"
            activate_calendar(JALALI if persian else GREGORIAN)
            timezone.activate(ZoneInfo("Asia/Tehran") if persian else ZoneInfo("UTC"))
        response = get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        activate_calendar(GREGORIAN)
        timezone.deactivate()
        return response

    return middleware


def consent(get_response: Handler) -> Handler:
    """Lead a signed-in person who has not agreed to the present terms to them, once. What they send is not lost: only
    pages they open are led there."""
    version = Consent.CURRENT["terms"]

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            request.method != "GET"
            or not request.user.is_authenticated
            or request.path.startswith(OPEN_PATHS)
            or request.session.get("terms") == version
        ):
            return get_response(request)
        if Consent.objects.visible_to(request.user).in_force(Consent.Kind.TERMS).exists():
            request.session["terms"] = version
            return get_response(request)
        return redirect(f"{reverse('consent')}?{urlencode({'next': request.get_full_path()})}")

    return middleware
