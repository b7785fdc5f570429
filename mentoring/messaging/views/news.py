"""Announcements of a programme, and answering them privately."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from mentoring.messaging.forms import AnnounceForm
from mentoring.messaging.models import Room
from mentoring.messaging.queries import announcements_of, url_of
from mentoring.messaging.services import announce, open_desk
from mentoring.planning.models import Programme

PER_PAGE = 20


@login_required
@require_http_methods(["GET", "POST"])
def programme_announcements(request: HttpRequest, slug: str) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.coordinated_by(request.user), slug=slug)
    form = AnnounceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            announce(programme, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Announced. Whoever has not read it soon is told of it."))
            return redirect("programme_announcements", slug)
        except DomainError as refusal:
            form.add_error("body", str(refusal.message))
    page = Paginator(announcements_of(programme), PER_PAGE).get_page(request.GET.get("page"))
    announced = [(message, url_of(message)) for message in page]
    context = {"programme": programme, "form": form, "page_obj": page, "announced": announced}
    return render(request, "messaging/announcements.html", context)


@login_required
@require_POST
def room_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer an announcement: only the coordinators read it."""
    news = get_object_or_404(Room.objects.visible_to(request.user).of_announcements(), pk=pk)
    return redirect(f"{open_desk(news, by=request.user, at=timezone.now()).get_absolute_url()}#compose")
