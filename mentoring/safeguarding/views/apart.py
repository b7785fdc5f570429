"""Keeping people apart: one's own wishes, and the orders of coordinators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.idempotency import once
from mentoring.messaging.models import Flag
from mentoring.planning.models import Programme
from mentoring.relationships.models import Block, Relationship
from mentoring.safeguarding import services
from mentoring.safeguarding.forms import OrderForm
from mentoring.safeguarding.models import Reading, Report
from mentoring.safeguarding.queries import apart_for, held_for, looks_after, people_around, people_met

ROWS = 50


@login_required
@require_GET
def safety(request: HttpRequest) -> HttpResponse:
    """Whom I keep away, whom it could be about, what I have reported, and which of my conversations somebody read."""
    blocks = Block.objects.visible_to(request.user).of(request.user).standing().select_related("other")
    reports = Report.objects.visible_to(request.user).filter(reporter=request.user).select_related("accused")
    people = people_around(request.user).exclude(pk__in=blocks.values("other")).order_by("name", "pk")
    context = {
        "people": people[:ROWS],
        "blocks": blocks.order_by("-made_at"),
        "reports": reports.order_by("-made_at", "-pk")[:ROWS],
        "readings": Reading.objects.visible_to(request.user).told_to(request.user).for_rows()[:ROWS],
    }
    return render(request, "safeguarding/safety.html", context | {"looks_after": looks_after(request.user)})


@login_required
@require_GET
def safety_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Something is not right with this person: what can be done."""
    person = get_object_or_404(people_around(request.user), pk=pk)
    wish = Block.objects.visible_to(request.user).of(request.user).standing().filter(other=person).first()
    met = people_met(request.user).filter(pk=person.pk).exists()
    return render(request, "safeguarding/safety_person.html", {"person": person, "wish": wish, "met": met})


@login_required
@require_POST
def block_make(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(people_met(request.user), pk=pk)
    services.block_person(person, by=request.user, at=timezone.now())
    messages.success(request, _("%(person)s does not reach you any more.") % {"person": person})
    return redirect("safety")


@login_required
@require_POST
def block_lift(request: HttpRequest, pk: int) -> HttpResponse:
    block = get_object_or_404(Block.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("safeguarding.lift_block", block):
        raise PermissionDenied
    services.lift_block(block, by=request.user, at=timezone.now())
    messages.success(request, _("You can reach each other again, unless something else keeps you apart."))
    return redirect("safety")


@login_required
@require_GET
def safety_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Who needs help in a programme, for its coordinators."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user).coordinated_by(request.user), slug=slug)
    reports = Report.objects.visible_to(request.user).handled_by(request.user).filter(programme=programme).open()
    flags = Flag.objects.visible_to(request.user).filter(programme=programme).open()
    context = {
        "programme": programme,
        "apart": apart_for(request.user, programme),
        "reports": reports.for_rows()[:ROWS],
        "held": held_for(request.user, programme)[:ROWS],
        "flags": flags.select_related("message__sender", "looked_by").order_by("at", "pk")[:ROWS],
        "waiting": reports.filter(state=Report.State.RAISED).count(),
    }
    return render(request, "safeguarding/safety_desk.html", context)


@login_required
@once(after_back=True)
def order_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A coordinator keeps two people of a relationship apart."""
    coordinated = Relationship.objects.visible_to(request.user).coordinated_by(request.user)
    relationship = get_object_or_404(coordinated.for_cards(), pk=pk)
    form = OrderForm(relationship.people, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        one, other = form.cleaned_data["people"]
        reason, now = form.cleaned_data["reason"], timezone.now()
        services.keep_apart(relationship.programme, one, other, reason=reason, by=request.user, at=now)
        messages.success(request, _("They do not reach each other any more. Tell each of them yourself; it is kinder."))
        return redirect("safety_desk", relationship.programme.slug)
    return render(request, "safeguarding/order_new.html", {"relationship": relationship, "form": form})


@login_required
@require_POST
def order_lift(request: HttpRequest, pk: int) -> HttpResponse:
    block = get_object_or_404(Block.objects.visible_to(request.user).select_related("programme"), pk=pk)
    if not request.user.has_perm("safeguarding.lift_order", block):
        raise PermissionDenied
    services.lift_order(block, by=request.user, at=timezone.now())
    messages.success(request, _("The order is lifted."))
    return redirect("safety_desk", block.programme.slug)
