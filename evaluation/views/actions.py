"""Actions against weak components: chosen from the library, seen to, read again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.idempotency import once
from evaluation.forms import AcceptForm, DropForm
from evaluation.models import Action
from evaluation.queries import action_rows, offers
from evaluation.services import accept_action, drop_action, finish_action
from evaluation.views.programmes import managed
from paradigm.model import component as component_of
from paradigm.model import components, stage_of


@login_required
@require_GET
def actions(http: HttpRequest, slug: str) -> HttpResponse:
    """Everything that was taken up in a programme."""
    programme = managed(http, slug)
    taken = Action.objects.visible_to(http.user).filter(programme=programme).for_rows()
    page = Paginator(taken, 20).get_page(http.GET.get("page"))
    context = {"programme": programme, "page_obj": page, "rows": action_rows(page, timezone.localdate())}
    return render(http, "evaluation/actions.html", context)


@login_required
@once
def component_actions(http: HttpRequest, slug: str, component: str) -> HttpResponse:
    """What can be done about a component, each with a form to take it up."""
    programme = managed(http, slug)
    if component not in {part.slug for part in components()}:
        raise Http404
    now, may_act = timezone.now(), http.user.has_perm("evaluation.take_action", programme)
    if http.method == "POST" and not may_act:
        raise PermissionDenied
    rows: list[tuple[Any, AcceptForm]] = []
    for offer in offers(programme, component):
        sent = http.method == "POST" and http.POST.get("idea") == offer.idea.slug
        form = AcceptForm(http.POST if sent else None, idea=offer.idea, programme=programme, by=http.user, now=now)
        if sent and form.is_valid():
            taken = accept_action(programme, offer.idea, **form.cleaned_data, by=http.user, at=now)
            messages.success(
                http, _("It stands on the desk now, with its day. Its indicator is read again after it is done.")
            )
            return redirect(taken)
        rows.append((offer, form))
    part = component_of(component)
    context = {
        "programme": programme,
        "component": part,
        "name": part.name(get_language()),
        "about": part.about.text(get_language()),
        "stage": stage_of(component),
        "rows": rows,
        "may_act": may_act,
    }
    return render(http, "evaluation/component_actions.html", context)


def _action(http: HttpRequest, pk: int) -> Action:
    return get_object_or_404(Action.objects.visible_to(http.user).for_rows(), pk=pk)


def _to_settle(http: HttpRequest, pk: int) -> Action:
    found = _action(http, pk)
    if not http.user.has_perm("evaluation.settle_action", found):
        raise PermissionDenied
    return found


def _page(http: HttpRequest, found: Action, form: DropForm, *, may_act: bool) -> HttpResponse:
    row = next(iter(action_rows([found], timezone.localdate())), None)
    if row is None:
        raise Http404
    return render(http, "evaluation/action.html", {"row": row, "form": form, "may_act": may_act})


@login_required
@require_GET
def action(http: HttpRequest, pk: int) -> HttpResponse:
    found = _action(http, pk)
    return _page(http, found, DropForm(), may_act=http.user.has_perm("evaluation.settle_action", found))


@login_required
@require_POST
def action_done(http: HttpRequest, pk: int) -> HttpResponse:
    found = _to_settle(http, pk)
    finish_action(found, by=http.user, at=timezone.now())
    messages.success(http, _("Well done. You hear of it when its indicator was read again."))
    return redirect(found)


@login_required
@require_POST
def action_drop(http: HttpRequest, pk: int) -> HttpResponse:
    """Drop it with a reason; without one the page comes back and asks."""
    found, form = _to_settle(http, pk), DropForm(http.POST)
    if not form.is_valid():
        return _page(http, found, form, may_act=True)
    drop_action(found, reason=form.cleaned_data["reason"], by=http.user, at=timezone.now())
    messages.success(http, _("Dropped. What you wrote stays with it, for whoever looks back."))
    return redirect(found)
