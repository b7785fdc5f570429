"""The rules of a programme about contact details and phrases, and what they have found."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mentoring.messaging.models import Flag, ScheduledMessage
from mentoring.planning.models import Programme
from mentoring.safeguarding import services
from mentoring.safeguarding.forms import HideForm, RulesForm
from mentoring.safeguarding.queries import held_for, programme_of_room, shown_to


@login_required
def word_rules(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens where contact details or certain words are said."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user).managed_by(request.user), slug=slug)
    known = getattr(programme, "word_rules", None)
    form = RulesForm(request.POST if request.method == "POST" else None, instance=known)
    if request.method == "POST" and form.is_valid():
        services.set_rules(programme, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved. It holds for what is said from now on."))
        return redirect("word_rules", programme.slug)
    return render(request, "safeguarding/word_rules.html", {"programme": programme, "form": form})


@login_required
@never_cache
@require_POST
def flag_read(request: HttpRequest, pk: int) -> HttpResponse:
    """The one message that was marked."""
    flags = Flag.objects.visible_to(request.user).select_related("programme", "message__sender")
    flag = get_object_or_404(flags, pk=pk)
    services.read_flagged(flag, by=request.user, at=timezone.now())
    said = flag.message
    body = said.revisions.latest("rev").body if said.hidden and said.revisions.exists() else said.body
    context = {"programme": flag.programme, "person": said.sender, "body": body, "message": said, "flag": flag}
    return render(request, "safeguarding/one_message.html", context | {"rule": flag.rule, "at": flag.at})


@login_required
@require_POST
def flag_settle(request: HttpRequest, pk: int) -> HttpResponse:
    flags = Flag.objects.visible_to(request.user).select_related("programme", "message")
    flag = get_object_or_404(flags, pk=pk)
    services.settle_flag(flag, by=request.user, at=timezone.now())
    messages.success(request, _("Settled. It does not stand at the desk any more."))
    return redirect("safety_desk", flag.programme.slug)


@login_required
def message_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a message away that one was shown. The words are not on the page: each reading of them is noted."""
    now = timezone.now()
    message = get_object_or_404(shown_to(request.user, at=now).filter(call=None), pk=pk)
    report = services.report_with(message, request.user)
    programme = programme_of_room(message.room)
    back = report.get_case_url() if report else reverse("safety_desk", args=[programme.slug])
    form = HideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.hide(message, **form.cleaned_data, by=request.user, at=now)
        messages.success(request, _("Nobody reads it in the conversation any more. Its writer is told."))
        return redirect(back)
    context = {"message": message, "programme": programme, "form": form, "back": back}
    return render(request, "safeguarding/message_hide.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_POST
def held_read(request: HttpRequest, pk: int) -> HttpResponse:
    """The one message that waits, and what to do with it."""
    later = held(request, pk)
    services.read_held(later, by=request.user, at=timezone.now())
    context = {"programme": programme_of_room(later.room), "person": later.person, "body": later.body}
    more = {"rule": later.held, "at": later.written_at, "held": later, "files": later.files.light().order_by("pk")}
    return render(request, "safeguarding/one_message.html", context | more)


@login_required
@require_POST
def held_release(request: HttpRequest, pk: int) -> HttpResponse:
    later = held(request, pk)
    if services.let_go(later, by=request.user, at=timezone.now()):
        messages.success(request, _("It is sent."))
    else:
        messages.info(
            request, _("Its writer has changed or dropped it in the meantime, or it cannot be sent any more.")
        )
    return redirect("safety_desk", programme_of_room(later.room).slug)


@login_required
@require_POST
def held_back(request: HttpRequest, pk: int) -> HttpResponse:
    later = held(request, pk)
    services.give_back(later, by=request.user, at=timezone.now())
    messages.success(request, _("It stays with its writer, who sees that you did not let it go."))
    return redirect("safety_desk", programme_of_room(later.room).slug)


def held(request: HttpRequest, pk: int) -> ScheduledMessage:
    return get_object_or_404(held_for(request.user), pk=pk)
