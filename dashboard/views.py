"""The front page and the homes: one for each role."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.keys import SCOPES
from accounts.views.institution import administered, tabs_of
from dashboard import desks, homes, palette
from dashboard.device import manifest_of, shell_files
from dashboard.hand import institution_in_hand, programme_in_hand
from dashboard.institution import institution_in_detail
from dashboard.openapi import doors
from dashboard.queries import ADMINISTRATOR, COORDINATOR, MENTEE, MENTOR, standing_of
from mentoring.planning.models import Programme
from mentoring.planning.queries import programme_news
from mentoring.relationships.forms import MOODS
from paradigm.model import stages


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """What Peyvand is, for those who are not in yet; one's home for those who are."""
    if request.user.is_authenticated:
        return redirect("home")
    programmes = programme_news(Programme.objects.visible_to(request.user), request.user, timezone.localdate())
    return render(request, "dashboard/front.html", {"programmes": programmes[:6], "stages": stages()})


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What a device shows where there is no line; it keeps the page, so nothing of the reader is on it."""
    return render(request, "dashboard/offline.html")


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """How a device installs Peyvand."""
    return JsonResponse(manifest_of(request), content_type="application/manifest+json")


@require_GET
def service_worker(_request: HttpRequest) -> HttpResponse:
    """From the root, so that it stands for every page."""
    script = finders.find("js/service-worker.js") or str(Path(settings.STATIC_ROOT) / "js/service-worker.js")
    text = f"const SHELL = {json.dumps(shell_files())};\n{Path(script).read_text()}"
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    role = standing_of(request.user).role
    page = HOMES.get(role.key if role else "", newcomer)
    return page(request)


def newcomer(request: HttpRequest) -> HttpResponse:
    programmes = programme_news(Programme.objects.visible_to(request.user), request.user, timezone.localdate())
    return render(request, "dashboard/newcomer.html", {"programmes": programmes[:12]})


def mentee(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "dashboard/mentee.html",
        {"home": homes.mentee_home(request.user, now=timezone.now()), "moods": MOODS},
    )


def mentor(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/mentor.html", {"home": homes.mentor_home(request.user, now=timezone.now())})


def coordinator(request: HttpRequest) -> HttpResponse:
    programme = programme_in_hand(request)
    if programme is None:
        return newcomer(request)
    desk = desks.coordinator_home(request.user, programme, now=timezone.now())
    return render(request, "dashboard/coordinator.html", {"home": desk, "programme": programme})


def administrator(request: HttpRequest) -> HttpResponse:
    house = desks.institution_home(request.user, institution=institution_in_hand(request), now=timezone.now())
    return render(request, "dashboard/institution.html", {"home": house})


@login_required
@require_GET
def institution_state(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands behind an institution's figures, for its administrators."""
    institution = administered(request, slug)
    context = {
        "detail": institution_in_detail(institution, now=timezone.now()),
        "tabs": tabs_of(institution, "institution_state"),
    }
    return render(request, "dashboard/institution_state.html", context)


HOMES = {MENTEE: mentee, MENTOR: mentor, COORDINATOR: coordinator, ADMINISTRATOR: administrator}


@login_required
@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """Where one can go from anywhere; asked for a `part`, what the dialog of every page shows of it."""
    words, writing = request.GET.get("q", "")[:80], "write" in request.GET
    roles = standing_of(request.user).roles
    found = palette.ways_to(
        words,
        request.user,
        roles=[role.key for role in roles],
        programme=programme_in_hand(request),
        institution=institution_in_hand(request),
        only_writing=writing,
    )
    switches = [] if writing else palette.switches(words, request.user, roles)
    part = "part" in request.GET
    context = {
        "found": found,
        "switches": switches,
        "count": sum(len(kind.ways) for kind in found) + len(switches),
        "words": words,
        "writing": writing,
        "here": request.headers.get("Referer", "/") if part else request.get_full_path(),
    }
    return render(request, "dashboard/_ways.html" if part else "dashboard/go.html", context)


@require_GET
def developers(request: HttpRequest) -> HttpResponse:
    """The REST API in words, drawn from its own schema."""
    return render(
        request,
        "dashboard/developers.html",
        {"doors": doors(get_language()), "scopes": SCOPES, "site": settings.SITE_URL},
    )
