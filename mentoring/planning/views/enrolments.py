"""Pages of one's own enrolment: apply, answer, see where one stands, step back and return."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from mentoring.planning import services
from mentoring.planning.forms.answers import AnswersForm, ConflictForm, ReasonForm
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import WITH_REASON, history, is_held, next_steps, readiness, wishes_of
from mentoring.planning.rules import STEPS, TAKING_PART

BEGINNING = (Enrolment.Status.INVITED, Enrolment.Status.REGISTERED)


@login_required
@gzip_page
@once
def programme_apply(http: HttpRequest, slug: str, role: str) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.visible_to(http.user).select_related("institution"), slug=slug)
    if role not in Enrolment.Role.values:
        raise Http404
    mine = Enrolment.objects.visible_to(http.user).filter(programme=programme, person=http.user, role=role).first()
    if mine is not None and mine.status not in BEGINNING:
        return redirect(mine)
    if not programme.takes_applications(timezone.localdate()):
        raise services.NotOpen
    sending = http.POST.get("do") != "save"
    form = AnswersForm(http.POST or None, programme=programme, role=role, enrolment=mine, sending=sending)
    if http.method == "POST" and form.is_valid():
        return redirect(_keep_application(http, programme, role, form, sending))
    context = {
        "form": form,
        "programme": programme,
        "role": role,
        "enrolment": mine,
        "is_mentor": role == Enrolment.Role.MENTOR,
    }
    return render(http, "planning/programme_apply.html", context)


@transaction.atomic
def _keep_application(
    http: HttpRequest, programme: Programme, role: str, form: AnswersForm, sending: bool
) -> Enrolment:
    at = timezone.now()
    enrolment = services.register(programme, http.user, role, at=at)
    services.answer(enrolment, form.answers(), at=at)
    if sending:
        services.apply(enrolment, by=http.user, at=at)
        messages.success(http, gettext("Your application is sent."))
    else:
        messages.success(http, gettext("Your draft is kept. Nobody was told; send it when you are ready."))
    return enrolment


@login_required
@require_safe
def enrolment(http: HttpRequest, pk: int) -> HttpResponse:
    """Where somebody stands: for themselves, or for a coordinator of their programme."""
    row = get_object_or_404(
        Enrolment.objects.visible_to(http.user)
        .select_related("person", "programme__institution")
        .prefetch_related("concepts"),
        pk=pk,
    )
    return _enrolment_page(http, row)


def _enrolment_page(
    http: HttpRequest,
    row: Enrolment,
    form: ReasonForm | None = None,
    verb: str = "",
    conflict_form: ConflictForm | None = None,
) -> HttpResponse:
    is_mine = row.person_id == http.user.pk
    steps = next_steps(http.user, row)
    checks = readiness(row)
    context = {
        "enrolment": row,
        "programme": row.programme,
        "steps": steps,
        "checks": checks,
        "done": sum(check.done for check in checks),
        "form": form or ReasonForm(),
        "failed_verb": verb,
        "may_change": row.status in TAKING_PART,
        "beginning": row.status in BEGINNING,
    }
    if is_mine:
        context |= {"wishes": wishes_of(row), "asks_wishes": "wishes" in row.programme.asks(row.role)}
        return render(http, "planning/enrolment_mine.html", context)
    context |= {
        "history": history(row),
        "availabilities": row.person.availabilities.order_by("weekday", "starts"),
        "conflicts": row.conflicts.order_by("email"),
        "is_held": is_held(row),
        "conflict_form": conflict_form or ConflictForm(),
    }
    return render(http, "planning/enrolment_person.html", context)


@login_required
@gzip_page
@once
def enrolment_edit(http: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Enrolment.objects.visible_to(http.user).select_related("person", "programme"), pk=pk)
    if not http.user.has_perm("planning.answer_enrolment", row):
        raise Http404
    if row.status in BEGINNING:
        return redirect("programme_apply", row.programme.slug, row.role)
    if row.status not in TAKING_PART:
        return redirect(row)
    form = AnswersForm(http.POST or None, programme=row.programme, role=row.role, enrolment=row)
    if http.method == "POST" and form.is_valid():
        services.answer(row, form.answers(), at=timezone.now())
        messages.success(http, gettext("Your answers are saved."))
        return redirect(row)
    return render(http, "planning/enrolment_edit.html", {"form": form, "enrolment": row, "programme": row.programme})


CARE = ("clear", "take_back_clearance", "hold_back", "let_go")


@login_required
@require_POST
def enrolment_care(http: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """What coordinators note before they match somebody."""
    row = get_object_or_404(Enrolment.objects.visible_to(http.user).select_related("person", "programme"), pk=pk)
    if not http.user.has_perm("planning.care_for_enrolment", row):
        raise Http404
    who = {"by": http.user, "at": timezone.now()}
    if verb in CARE:
        getattr(services, verb)(row, **who)
    elif verb == "drop_conflict" and http.POST.get("conflict", "").isdecimal():
        services.drop_conflict(row, int(http.POST["conflict"]), **who)
    elif verb == "name_conflict":
        form = ConflictForm(http.POST)
        if not form.is_valid():
            return _enrolment_page(http, row, conflict_form=form)
        services.name_conflict(row, form.cleaned_data["email"], form.cleaned_data["kind"], **who)
    else:
        raise Http404
    return redirect(f"{row.get_absolute_url()}#care")


@login_required
@require_POST
@once
def enrolment_step(http: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One of the verbs that the pages draw as buttons."""
    row = get_object_or_404(Enrolment.objects.visible_to(http.user).select_related("person", "programme"), pk=pk)
    if verb not in STEPS:
        raise Http404
    if not http.user.has_perm(f"planning.{verb}_enrolment", row):
        raise PermissionDenied
    words = {}
    if verb in WITH_REASON:
        form = ReasonForm(http.POST)
        if not form.is_valid():
            return _enrolment_page(http, row, form, verb)
        words["reason"] = form.cleaned_data["reason"]
    getattr(services, verb)(row, by=http.user, at=timezone.now(), **words)
    return redirect(row)
