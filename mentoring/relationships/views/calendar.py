"""Sessions for other calendars: a file for one, a private address for all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from mentoring.relationships.ics import calendar_of
from mentoring.relationships.models import CalendarFeed, Session
from mentoring.relationships.queries import sessions_of
from mentoring.relationships.services import feed_of_token, renew_feed, stop_feed

TYPE = "text/calendar; charset=utf-8"


@login_required
@require_safe
def session_ics(http: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(Session.objects.visible_to(http.user).exclude(starts_at=None).for_rows(), pk=pk)
    cancels = session.status == Session.Status.CANCELLED
    body = calendar_of([session], reader=http.user, at=timezone.now(), cancels=cancels)
    return HttpResponse(
        body, content_type=TYPE, headers={"Content-Disposition": f'attachment; filename="session-{session.pk}.ics"'}
    )


@require_safe
def calendar_feed(http: HttpRequest, token: str) -> HttpResponse:
    """No sign-in: the address itself is the secret."""
    feed = feed_of_token(token)
    if feed is None:
        raise Http404
    planned = Q(status__in=[Session.Status.CONFIRMED, Session.Status.HELD, Session.Status.NO_SHOW])
    shown = sessions_of(feed.person).filter(planned | Q(sequence__gt=0)).exclude(starts_at=None).order_by("-starts_at")
    body = calendar_of(shown[:500], reader=feed.person, at=timezone.now())
    return HttpResponse(
        body, content_type=TYPE, headers={"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    )


@login_required
@require_safe
def calendar_settings(http: HttpRequest) -> HttpResponse:
    """The address itself is shown once, right after it was made."""
    token = http.session.pop("calendar_token", "")
    address = http.build_absolute_uri(reverse("calendar_feed", args=[token])) if token else ""
    context = {"feed": CalendarFeed.objects.visible_to(http.user).first(), "address": address}
    return render(http, "relationships/calendar_settings.html", context)


@login_required
@require_POST
@once
def calendar_renew(http: HttpRequest) -> HttpResponse:
    http.session["calendar_token"] = renew_feed(http.user, at=timezone.now())
    return redirect("calendar_settings")


@login_required
@require_POST
def calendar_stop(http: HttpRequest) -> HttpResponse:
    stop_feed(http.user)
    messages.success(http, _("The address no longer works."))
    return redirect("calendar_settings")
