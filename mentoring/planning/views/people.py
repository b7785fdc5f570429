"""The coordinator's view of the people of a programme."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from core.dates import localise
from core.idempotency import once
from core.text import whole_number
from mentoring.planning import services
from mentoring.planning.filters import PeopleFilter
from mentoring.planning.forms.programmes import InviteForm
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import funnel

PER_PAGE = 50


def coordinated(http: HttpRequest, slug: str) -> Programme:
    """A programme this person coordinates; for anybody else it does not exist here."""
    return get_object_or_404(Programme.objects.visible_to(http.user).coordinated_by(http.user), slug=slug)


@login_required
@require_safe
def programme_people(http: HttpRequest, slug: str) -> HttpResponse:
    programme = coordinated(http, slug)
    everybody = Enrolment.objects.visible_to(http.user).filter(programme=programme).for_rows()
    everybody = everybody.order_by(Case(When(status=Enrolment.Status.APPLIED, then=0), default=1), "person__name", "pk")
    filtered = PeopleFilter(http.GET, queryset=everybody)
    page = Paginator(filtered.qs, PER_PAGE).get_page(http.GET.get("page"))
    steps = funnel(programme)
    context = {
        "programme": programme,
        "filter": filtered,
        "is_filtered": any(http.GET.get(name) for name in ("q", "role", "status")),
        "page_obj": page,
        "funnel": steps,
        "waiting": next(step.total for step in steps if step.status == Enrolment.Status.APPLIED),
        "ready": next(step for step in steps if step.status == Enrolment.Status.READY),
        "total": sum(step.total for step in steps),
    }
    return render(http, "planning/programme_people.html", context)


@login_required
@require_POST
def people_approve(http: HttpRequest, slug: str) -> HttpResponse:
    """Approve everybody who is ticked and still waits."""
    programme = coordinated(http, slug)
    ticked = [whole_number(text) for text in http.POST.getlist("enrolment")]
    rows = Enrolment.objects.visible_to(http.user).filter(programme=programme, pk__in=ticked).for_rows()
    n = services.approve_all(list(rows), by=http.user, at=timezone.now())
    said = ngettext("%(n)s application was accepted.", "%(n)s applications were accepted.", n)
    if n:
        messages.success(http, said % {"n": localise(n)})
    else:
        messages.warning(http, gettext("Tick at least one application that is waiting."))
    return redirect("programme_people", slug)


@login_required
@once(after_back=True)
def people_invite(http: HttpRequest, slug: str) -> HttpResponse:
    programme = coordinated(http, slug)
    form = InviteForm(http.POST or None, initial={"role": Enrolment.Role.MENTEE})
    if http.method == "POST" and form.is_valid():
        services.invite(programme, **form.cleaned_data, by=http.user, at=timezone.now())
        messages.success(http, gettext("The invitation is on its way to %(email)s.") % form.cleaned_data)
        return redirect("people_invite", slug)
    return render(http, "planning/people_invite.html", {"form": form, "programme": programme})


@login_required
@require_POST
@once(after_back=True)
def invitation_again(http: HttpRequest, pk: int) -> HttpResponse:
    """Send the way in once more to somebody who has not come in yet."""
    mine = (
        Enrolment.objects.visible_to(http.user)
        .coordinated_by(http.user)
        .select_related("person", "programme__institution")
    )
    row = get_object_or_404(mine, pk=pk)
    services.send_invitation(row, by=http.user, at=timezone.now())
    messages.success(http, gettext("The invitation is on its way to %(email)s.") % {"email": row.person.email})
    return redirect(row)
