"""The inbox, what a person wants to be told, and in the demonstration their mails."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications.forms import RhythmForm
from notifications.models import Mail, Notification
from notifications.queries import Ways, preference_groups, rhythm_of, unread_count
from notifications.services import keep_preferences, keep_rhythm, mark_read


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    news = Notification.objects.visible_to(request.user).for_inbox()
    page = Paginator(news, 30).get_page(request.GET.get("page"))
    context = {"page_obj": page, "waiting": unread_count(request.user), "demo": settings.DEMO}
    return render(request, "notifications/inbox.html", context)


@login_required
@require_GET
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a piece of news: it counts as read, and one is where it is about."""
    news = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    mark_read(request.user, only=news, at=timezone.now())
    here = url_has_allowed_host_and_scheme(news.url, None)
    return redirect(news.url if news.url and here else "inbox")


@login_required
@require_POST
def notifications_read(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    only = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk) if pk else None
    mark_read(request.user, only=only, at=timezone.now())
    return redirect("inbox")


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = RhythmForm(
        request.POST if request.method == "POST" else None,
        instance=rhythm_of(request.user),
        zone=request.user.time_zone,
    )
    if form.is_valid():
        shown = request.POST.getlist("kind")
        keep_preferences(
            request.user,
            {kind: Ways(f"in_app:{kind}" in request.POST, f"mail:{kind}" in request.POST) for kind in shown},
        )
        keep_rhythm(request.user, **form.cleaned_data)
        messages.success(request, _("Saved. You are told what you chose, and nothing else."))
        return redirect("preferences")
    context = {"groups": preference_groups(request.user), "form": form, "tab": "preferences"}
    return render(request, "notifications/preferences.html", context)


@login_required
@require_GET
def mails(request: HttpRequest) -> HttpResponse:
    """In the demonstration no mail leaves the house: here are the reader's own."""
    if not settings.DEMO:
        raise Http404
    own = Mail.objects.visible_to(request.user).order_by("-created_at", "-pk")
    return render(
        request, "notifications/mails.html", {"page_obj": Paginator(own, 20).get_page(request.GET.get("page"))}
    )
