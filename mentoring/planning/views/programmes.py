"""Pages of programmes: what is on offer, what one is about, and its set-up."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from mentoring.planning.catalogue import template as template_of
from mentoring.planning.catalogue import templates
from mentoring.planning.forms.programmes import CoordinatorForm, MilestoneForm, NewProgrammeForm, SettingsForm
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import programme_news
from mentoring.planning.rules import institutions_to_start_in
from mentoring.planning.services import (
    add_coordinator,
    add_milestone,
    change_programme,
    create_programme,
    meet_milestone,
    move_programme,
    remove_coordinator,
)
from mentoring.planning.services.programmes import STATUS_STEPS


def base_page(http: HttpRequest) -> str:
    return "app.html" if http.user.is_authenticated else "public.html"


def managed(http: HttpRequest, slug: str) -> Programme:
    """A programme whose set-up this person may change; for anybody else it does not exist here."""
    return get_object_or_404(Programme.objects.visible_to(http.user).managed_by(http.user), slug=slug)


@require_safe
def programme_list(http: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = programme_news(Programme.objects.visible_to(http.user), http.user, today)
    context = {
        "base": base_page(http),
        "rows": rows,
        "mine": sum(row.coordinated for row in rows),
        "administered": sum(row.administered for row in rows),
        "may_start": http.user.has_perm("planning.start_programme"),
    }
    return render(http, "planning/programme_list.html", context)


@require_safe
def programme_public(http: HttpRequest, slug: str) -> HttpResponse:
    visible = Programme.objects.visible_to(http.user).select_related("institution").prefetch_related("milestones")
    programme = get_object_or_404(visible, slug=slug)
    mine = {}
    if http.user.is_authenticated:
        mine = {
            row.role: row
            for row in Enrolment.objects.visible_to(http.user).filter(programme=programme, person=http.user)
        }
    context = {
        "base": base_page(http),
        "programme": programme,
        "mine": [mine[role] for role in sorted(mine)],
        "roles": [
            {"role": role, "label": label, "asks": programme.asks(role), "enrolment": mine.get(role)}
            for role, label in reversed(Enrolment.Role.choices)  # most readers look for a mentor
        ],
        "takes_applications": programme.takes_applications(timezone.localdate()),
        "manages": http.user.has_perm("planning.manage_programme", programme),
        "coordinates": http.user.has_perm("planning.coordinate_programme", programme),
        "milestones": sorted(programme.milestones.all(), key=lambda stone: stone.due_on),
    }
    return render(http, "planning/programme_public.html", context)


@login_required
@once(after_back=True)
def programme_new(http: HttpRequest) -> HttpResponse:
    if not http.user.has_perm("planning.start_programme"):
        raise PermissionDenied
    form = NewProgrammeForm(http.POST or None, institutions=institutions_to_start_in(http.user).order_by("name_en"))
    if http.method == "POST" and form.is_valid():
        data = form.cleaned_data
        programme = create_programme(
            data["institution"],
            template_of(data["template"]),
            name_en=data["name_en"],
            name_fa=data["name_fa"],
            starts_on=data["starts_on"],
            by=http.user,
            at=timezone.now(),
        )
        return redirect("programme_settings", programme.slug)
    language = get_language()
    options = [
        {"slug": row.slug, "name": row.name.text(language), "summary": row.summary.text(language), "template": row}
        for row in templates()
    ]
    return render(http, "planning/programme_new.html", {"form": form, "options": options})


@login_required
def programme_settings(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    form = SettingsForm(http.POST or None, instance=programme)
    if http.method == "POST" and form.is_valid():
        change_programme(form.save(commit=False), by=http.user, at=timezone.now())
        messages.success(http, gettext("The programme is saved."))
        return redirect("programme_settings", slug)
    return _settings_page(http, managed(http, slug), form=form)


def _settings_page(http: HttpRequest, programme: Programme, **forms: Any) -> HttpResponse:
    next_verb = next((verb for verb, (before, _after) in STATUS_STEPS.items() if before == programme.status), "")
    context = {
        "programme": programme,
        "next_verb": next_verb,
        "milestones": programme.milestones.select_related("met_by").order_by("due_on", "pk"),
        "coordinations": programme.coordinations.select_related("person").order_by("since_at"),
        "coordinates": http.user.has_perm("planning.coordinate_programme", programme),
        "form": SettingsForm(instance=programme),
        "milestone_form": MilestoneForm(),
        "coordinator_form": CoordinatorForm(programme=programme),
        **forms,
    }
    return render(http, "planning/programme_settings.html", context)


@login_required
@require_POST
def programme_move(http: HttpRequest, slug: str, verb: str) -> HttpResponse:
    programme = managed(http, slug)
    if verb not in STATUS_STEPS:
        raise Http404
    move_programme(programme, verb, by=http.user, at=timezone.now())
    said = {
        "open": gettext("The programme is open; people can apply now."),
        "start": gettext("The programme has started."),
        "close": gettext("The programme is closed. Everything stays readable."),
    }
    messages.success(http, said[verb])
    return redirect("programme_settings", slug)


@login_required
@require_POST
@once(after_back=True)
def milestone_add(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    form = MilestoneForm(http.POST)
    if not form.is_valid():
        return _settings_page(http, programme, milestone_form=form)
    data = form.cleaned_data
    language = get_language() or "en"
    add_milestone(
        programme, title=data["title"], language=language, due_on=data["due_on"], by=http.user, at=timezone.now()
    )
    return redirect("programme_settings", slug)


@login_required
@require_POST
def milestone_meet(http: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """`met` says which way, so that a double click is one tick."""
    milestone = get_object_or_404(managed(http, slug).milestones, pk=pk)
    meet_milestone(milestone, met=http.POST.get("met") == "1", by=http.user, at=timezone.now())
    return redirect("programme_settings", slug)


@login_required
@require_POST
def coordinator_add(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    form = CoordinatorForm(http.POST, programme=programme)
    if not form.is_valid():
        return _settings_page(http, programme, coordinator_form=form)
    add_coordinator(programme, form.person, by=http.user, at=timezone.now())
    return redirect("programme_settings", slug)


@login_required
@require_POST
def coordinator_remove(http: HttpRequest, slug: str, pk: int) -> HttpResponse:
    programme = managed(http, slug)
    person = get_object_or_404(programme.coordinators, pk=pk)
    remove_coordinator(programme, person, by=http.user, at=timezone.now())
    return redirect("programme_list" if person == http.user else programme)
