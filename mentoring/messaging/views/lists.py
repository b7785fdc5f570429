"""Messages out of conversations: found, pinned, kept for oneself."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from mentoring.messaging.forms import SearchForm
from mentoring.messaging.models import Message, Room, SavedMessage
from mentoring.messaging.search import found_by, shown

FOUND_PER_PAGE = 20


@login_required
@require_GET
def rooms_search(request: HttpRequest) -> HttpResponse:
    """What was said in one's own conversations, found by words."""
    form = SearchForm(request.GET if request.GET.get("q", "").strip() else None)
    if not form.is_valid():
        return render(request, "messaging/rooms_search.html", {"form": form})
    asked = form.cleaned_data["q"]
    page = Paginator(found_by(request.user, asked), FOUND_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "asked": asked, "page_obj": page, "found": shown(page, request.user, asked)}
    return render(request, "messaging/rooms_search.html", context)


@login_required
@require_GET
def rooms_mentions(request: HttpRequest) -> HttpResponse:
    """Where one is called by name, the latest first."""
    here = Message.objects.visible_to(request.user).filter(deleted_at=None, mentions__person=request.user)
    page = Paginator(here.with_rooms().order_by("-created_at", "-pk"), FOUND_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "messaging/rooms_mentions.html", {"page_obj": page, "found": shown(page, request.user)})


@login_required
@require_GET
def rooms_saved(request: HttpRequest) -> HttpResponse:
    """What one keeps for oneself, the latest first."""
    saved = SavedMessage.objects.visible_to(request.user).order_by("-at", "-pk")
    kept = Message.objects.visible_to(request.user).with_rooms().filter(saved__in=saved).order_by("-saved__at", "-pk")
    page = Paginator(kept, FOUND_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "messaging/rooms_saved.html", {"page_obj": page, "found": shown(page, request.user)})


@login_required
@require_GET
def room_pinned(request: HttpRequest, pk: int) -> HttpResponse:
    """What is pinned in one conversation, the latest first. There are never many."""
    room = get_object_or_404(Room.objects.visible_to(request.user).with_people(), pk=pk)
    pinned = Message.objects.visible_to(request.user).with_rooms().filter(room=room).exclude(pin=None)
    found = shown(pinned.order_by("-pin__at", "-pin__pk"), request.user)
    return render(
        request, "messaging/room_pinned.html", {"room": room, "others": room.others(request.user), "found": found}
    )
