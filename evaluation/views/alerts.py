"""Alerts: the list of a programme, and what a coordinator does about one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from evaluation import words
from evaluation.forms import GiveForm, NoteForm
from evaluation.models import Alert
from evaluation.queries import alert_counts, alert_list, work_item, work_items
from evaluation.queries.contact import watched
from evaluation.services import give, mark_done, send_note, snooze
from evaluation.views.programmes import coordinated

SNOOZE_DAYS = 7


@login_required
@require_safe
def alerts(http: HttpRequest, slug: str) -> HttpResponse:
    """The programme's relationships that may need somebody: those that wait, one's own, those that rest, and what was seen to."""
    programme, now = coordinated(http, slug, "evaluation.read_alerts"), timezone.now()
    counts = alert_counts(http.user, programme, now)
    which = http.GET.get("show", "")
    which = which if which in words.ALERT_LISTS else "waiting"
    page = Paginator(alert_list(http.user, programme, which, now), 20).get_page(http.GET.get("page"))
    context = {
        "programme": programme,
        "page_obj": page,
        "items": work_items(page),
        "which": which,
        "lists": [(name, label, counts[name]) for name, label in words.ALERT_LISTS.items()],
        "waiting": counts["waiting"],
        "under_way": watched(programme, http.user).exists(),
        "now": now,
    }
    return render(http, "evaluation/alerts.html", context)


def _alert(http: HttpRequest, pk: int) -> Alert:
    return get_object_or_404(Alert.objects.visible_to(http.user).for_rows(), pk=pk)


@login_required
@once(after_back=True)
def alert(http: HttpRequest, pk: int) -> HttpResponse:
    """One relationship that may need somebody: why, and a ready note that can be changed and sent."""
    item = work_item(_alert(http, pk))
    form = NoteForm(http.POST or None, initial={"text": item.suggestion.draft})
    hands = GiveForm(alert=item.alert, by=http.user)
    if http.method == "POST" and form.is_valid():
        roles = item.suggestion.roles
        send_note(item.alert, text=form.cleaned_data["text"], roles=roles, by=http.user, at=timezone.now())
        messages.success(http, _("Sent. If it does not get better, you will see it here again in two weeks."))
        return redirect("alerts", slug=item.relationship.programme.slug)
    return render(http, "evaluation/alert.html", {"item": item, "form": form, "hands": hands})


@login_required
@require_POST
def alert_done(http: HttpRequest, pk: int) -> HttpResponse:
    row = _alert(http, pk)
    mark_done(row, by=http.user, at=timezone.now())
    messages.success(http, _("Noted. If it does not get better, you will see it here again in two weeks."))
    return redirect("alerts", slug=row.relationship.programme.slug)


@login_required
@require_POST
def alert_snooze(http: HttpRequest, pk: int) -> HttpResponse:
    row, why = _alert(http, pk), http.POST.get("why")
    if why not in Alert.Snooze:
        messages.error(http, _("Please choose why it can wait; nothing was changed."))
        return redirect(row)
    snooze(row, days=SNOOZE_DAYS, why=Alert.Snooze(why), by=http.user, at=timezone.now())
    messages.success(http, _("Put off for a week."))
    return redirect("alerts", slug=row.relationship.programme.slug)


@login_required
@require_POST
def alert_give(http: HttpRequest, pk: int) -> HttpResponse:
    row = _alert(http, pk)
    form = GiveForm(http.POST, alert=row, by=http.user)
    if "nobody" in http.POST:
        give(row, to=None, by=http.user, at=timezone.now())
        messages.success(http, _("It is in nobody’s hands now; every coordinator sees it."))
        return redirect(row)
    if not form.is_valid():
        messages.error(http, _("Please choose one of the coordinators; nothing was changed."))
        return redirect(row)
    to = form.cleaned_data["person"]
    give(row, to=to, by=http.user, at=timezone.now())
    if to == http.user:
        messages.success(http, _("It is in your hands now. You find it under “Mine”."))
    else:
        messages.success(http, _("It is in the hands of %(name)s now, who has been told.") % {"name": to})
    return redirect(row)
