"""Asking for help, answering it, and checking one's connection."""

import os

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from mentoring.planning.models import Programme
from mentoring.support import services
from mentoring.support.forms import AskForm, CheckForm, ReplyForm
from mentoring.support.models import ConnectionCheck, HelpRequest

SAMPLE_BYTES = 256 * 1024
ROWS = 25


def _posted(http):
    """What a form is bound to; a POST without any field is bound, too."""
    return http.POST if http.method == "POST" else None


@login_required
@require_safe
def support(http):
    """My requests, and the ways to help."""
    mine = HelpRequest.objects.visible_to(http.user).filter(person=http.user).for_rows()
    context = {
        "page_obj": Paginator(mine, ROWS).get_page(http.GET.get("page")),
        "can_ask": http.user.enrolments.exists(),
        "coordinates": Programme.objects.coordinated_by(http.user).exists(),
        "check": ConnectionCheck.objects.visible_to(http.user).order_by("-checked_at").first(),
    }
    return render(http, "support/support.html", context)


@login_required
@once(after_back=True)
def support_ask(http):
    form = AskForm(http.user, _posted(http))
    if http.method == "POST" and form.is_valid():
        data = form.cleaned_data
        request = services.ask_for_help(
            data["programme"], topic=data["topic"], body=data["body"], by=http.user, at=timezone.now()
        )
        messages.success(http, _("Your request has reached the coordinators."))
        return redirect(request)
    return render(http, "support/support_ask.html", {"form": form})


@login_required
@once(after_back=True)
def support_request(http, pk):
    """One request with its answers; POST adds one."""
    request = get_object_or_404(HelpRequest.objects.visible_to(http.user).for_rows(), pk=pk)
    form = ReplyForm(_posted(http))
    if http.method == "POST" and form.is_valid():
        services.answer(request, form.cleaned_data["body"], by=http.user, at=timezone.now())
        return redirect(request)
    context = {
        "request_for_help": request,
        "replies": request.replies.select_related("author").order_by("created_at", "pk"),
        "form": form,
        "handles": http.user.has_perm("support.handle_request", request),
    }
    return render(http, "support/support_request.html", context)


@login_required
@require_POST
def support_acknowledge(http, pk):
    request = get_object_or_404(HelpRequest.objects.visible_to(http.user), pk=pk)
    if not http.user.has_perm("support.handle_request", request):
        raise PermissionDenied
    services.acknowledge(request, by=http.user, at=timezone.now())
    return redirect(request)


@login_required
@require_POST
def support_resolve(http, pk):
    request = get_object_or_404(HelpRequest.objects.visible_to(http.user), pk=pk)
    services.resolve(request, by=http.user, at=timezone.now())
    messages.success(http, _("Closed. A new word opens it again."))
    return redirect(request)


@login_required
@require_safe
def support_desk(http):
    """The requests of one's programmes: who waits longest for a first answer stands first."""
    if not Programme.objects.coordinated_by(http.user).exists():
        raise Http404
    rows = HelpRequest.objects.visible_to(http.user).coordinated_by(http.user)
    waiting = rows.unanswered().count()
    shown = rows if "all" in http.GET else rows.unresolved()
    context = {"page_obj": Paginator(shown.for_rows(), ROWS).get_page(http.GET.get("page")), "waiting": waiting}
    return render(http, "support/support_desk.html", context | {"all": "all" in http.GET})


@login_required
@once
def connection_check(http):
    """What can my line carry? Measured by the browser, kept on POST."""
    form = CheckForm(_posted(http))
    if http.method == "POST":
        if not form.is_valid():
            messages.error(http, _("The measurement did not arrive whole. Please try it once more."))
            return redirect("connection_check")
        services.keep_check(**form.cleaned_data, by=http.user, at=timezone.now())
        return redirect("connection_check")
    last = ConnectionCheck.objects.visible_to(http.user).order_by("-checked_at").first()
    return render(http, "support/connection_check.html", {"form": form, "check": last, "limits": ConnectionCheck})


@login_required
@require_safe
@never_cache
def connection_ping(http):
    return HttpResponse(status=204)


@login_required
@require_safe
@never_cache
def connection_sample(http):
    """Bytes that cannot be compressed, so that the time they take speaks of the line."""
    return HttpResponse(os.urandom(SAMPLE_BYTES), content_type="application/octet-stream")
