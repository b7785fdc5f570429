"""The inbox, what a person wants to be told, and in the demonstration their mails."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import webpush
from core.dates import moment_of
from core.undo import offer_undo
from notifications.forms import AbsenceForm, DeviceForm, RhythmForm
from notifications.models import Absence, Device, Mail, Notification
from notifications.queries import Ways, mail_pause_of, preference_groups, rhythm_of, unread_count
from notifications.services import (
    drop_absence,
    keep_absence,
    keep_device,
    keep_preferences,
    keep_rhythm,
    mark_new,
    mark_read,
    push_key,
    resume_mail,
)


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
    now = timezone.now()
    if mark_read(request.user, only=only, at=now):
        url = reverse("notification_new", args=[pk]) if pk else reverse("notifications_new")
        offer_undo(request, _("Marked as read."), url, at=now.isoformat())
    return redirect("inbox")


@login_required
@require_POST
def notifications_new(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One piece of news is new after all, or all that was marked as read in one moment."""
    only = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk) if pk else None
    mark_new(request.user, only=only, read_at=moment_of(request.POST.get("at", "")))
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
            {kind: Ways(*(f"{way}:{kind}" in request.POST for way in ("in_app", "mail", "push"))) for kind in shown},
        )
        keep_rhythm(request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved. You are told what you chose, and nothing else."))
        return redirect("preferences")
    return _preferences_page(request, form, _absence_form())


def _preferences_page(request: HttpRequest, form: RhythmForm, absence_form: AbsenceForm) -> HttpResponse:
    absences = Absence.objects.visible_to(request.user).filter(until_on__gte=timezone.localdate())
    context = {
        "groups": preference_groups(request.user),
        "form": form,
        "absence_form": absence_form,
        "absences": absences.order_by("from_on"),
        "devices": Device.objects.visible_to(request.user).order_by("-created_at", "-pk"),
        "push_key": webpush.public_key(push_key()),
        "tab": "preferences",
        "mail_pause": mail_pause_of(request.user),
    }
    return render(request, "notifications/preferences.html", context)


def _absence_form(sent: QueryDict | None = None) -> AbsenceForm:
    return AbsenceForm(sent, today=timezone.localdate())


@login_required
@require_POST
def absence_add(request: HttpRequest) -> HttpResponse:
    form = _absence_form(request.POST)
    if not form.is_valid():
        rhythm = RhythmForm(instance=rhythm_of(request.user), zone=request.user.time_zone)
        return _preferences_page(request, rhythm, form)
    absence = keep_absence(request.user, at=timezone.now(), **form.cleaned_data)
    undo = reverse("absence_remove", args=[absence.pk])
    offer_undo(request, _("Kept. Nobody is late with an answer on these days."), undo)
    return redirect(f"{reverse('preferences')}#reach-away")


@login_required
@require_POST
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.visible_to(request.user), pk=pk)
    drop_absence(absence, at=timezone.now())
    days = {"from_on": absence.from_on.isoformat(), "until_on": absence.until_on.isoformat()}
    offer_undo(request, _("You are not away on these days any more."), reverse("absence_add"), **days)
    return redirect(f"{reverse('preferences')}#reach-away")


@login_required
@require_POST
def mail_resume(request: HttpRequest) -> HttpResponse:
    """One's mailbox works."""
    resume_mail(request.user, at=timezone.now())
    messages.success(request, _("News is mailed to you again. What came meanwhile stands in your inbox."))
    return redirect("preferences")


@login_required
@require_POST
def device_add(request: HttpRequest) -> JsonResponse:
    """The browser that asks shows the news of its reader from now on."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"code": "bad_device"}, status=400)
    try:
        device = keep_device(
            request.user,
            name=browser_of(request),
            session=request.session.session_key or "",
            at=timezone.now(),
            **form.cleaned_data,
        )
    except ValueError:
        return JsonResponse({"code": "bad_device"}, status=400)
    return JsonResponse({"id": device.pk})


@login_required
@require_POST
def device_remove(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Device.objects.visible_to(request.user), pk=pk).delete()
    messages.success(request, _("News is not shown on that device any more."))
    return redirect("preferences")


def browser_of(request: HttpRequest) -> str:
    """How a person recognises one of their browsers: "Firefox, Android"."""
    agent = request.headers.get("User-Agent", "")
    browsers, systems = (
        ("Edg", "OPR", "Firefox", "Chrome", "Safari"),
        ("Android", "iPhone", "iPad", "Windows", "Mac", "Linux"),
    )
    found = [next((name for name in names if name in agent), "") for names in (browsers, systems)]
    return ", ".join({"Edg": "Edge", "OPR": "Opera"}.get(name, name) for name in found if name)


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
