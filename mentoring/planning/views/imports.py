"""A file of people in four pages: upload, columns, trial, run."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, Count, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from core.idempotency import once
from mentoring.planning import services
from mentoring.planning.forms.imports import MappingForm, OptionsForm, UploadForm, UseMappingForm
from mentoring.planning.models import ImportRow, PeopleImport
from mentoring.planning.people_report import bad_rows, sentence
from mentoring.planning.queries import job_of
from mentoring.planning.views.people import coordinated

PER_PAGE = 50
Status = PeopleImport.Status


def _steps(now: int, people_import: PeopleImport | None = None) -> dict[str, Any]:
    labels = [gettext("File"), gettext("Columns"), gettext("Trial"), gettext("Import")]
    steps: list[dict[str, str]] = [{"label": label} for label in labels]
    if people_import is not None and people_import.status in (Status.MAPPING, Status.CHECKED):
        steps[1]["url"] = reverse("import_map", args=[people_import.pk])
    return {"steps": steps, "now": now}


def _import(http: HttpRequest, pk: int) -> PeopleImport:
    visible = PeopleImport.objects.visible_to(http.user).select_related("programme__institution", "created_by")
    return get_object_or_404(visible.defer("text"), pk=pk)


@login_required
@once
def import_new(http: HttpRequest, slug: str) -> HttpResponse:
    programme = coordinated(http, slug)
    form = UploadForm(http.POST or None, http.FILES or None)
    if http.method == "POST" and form.is_valid():
        people_import = services.begin_import(
            programme,
            role=form.cleaned_data["role"],
            file_name=form.cleaned_data["file"].name,
            text=form.text,
            by=http.user,
            at=timezone.now(),
        )
        return redirect("import_map", people_import.pk)
    earlier = PeopleImport.objects.visible_to(http.user).filter(programme=programme).defer("text").order_by("-pk")[:8]
    context = {"form": form, "programme": programme, "earlier": earlier, **_steps(1)}
    return render(http, "planning/import_new.html", context)


@login_required
def import_map(http: HttpRequest, pk: int) -> HttpResponse:
    people_import = _import(http, pk)
    if people_import.status not in (Status.MAPPING, Status.CHECKED):
        return redirect(people_import)
    use = UseMappingForm(http.GET if "saved" in http.GET else None, people_import=people_import)
    if use.is_bound and use.is_valid():
        people_import.mapping = use.cleaned_data["saved"].columns
    form = MappingForm(http.POST or None, people_import=people_import)
    if http.method == "POST" and form.is_valid():
        if form.cleaned_data["save_as"]:
            services.save_mapping(people_import.programme, form.cleaned_data["save_as"], form.mapping)
        services.map_columns(people_import, form.mapping)
        return redirect("import_check", pk)
    context = {
        "form": form,
        "import": people_import,
        "programme": people_import.programme,
        "use": use if use.fields["saved"].queryset.exists() else None,
        **_steps(2, people_import),
    }
    return render(http, "planning/import_map.html", context)


@login_required
@once
def import_check(http: HttpRequest, pk: int) -> HttpResponse:
    """What would come in; before that, of a long file, how far the trial is."""
    people_import = _import(http, pk)
    if people_import.status == Status.MAPPING:
        return _trial(http, people_import)
    if people_import.status != Status.CHECKED:
        return redirect(people_import)
    if http.htmx:
        return HttpResponseClientRefresh()
    form = OptionsForm(http.POST or None, initial=people_import.options)
    if http.method == "POST" and form.is_valid():
        services.choose_options(people_import, form.cleaned_data)
        if http.POST.get("do") == "try" or people_import.status != Status.CHECKED:
            return redirect("import_check", pk)
        services.start_import(people_import, by=http.user, at=timezone.now())
        return redirect(people_import)
    context = {"form": form, **_report(http, people_import), **_steps(3, people_import)}
    context["to_do"] = context["counts"]["new"] + context["counts"]["changed"]
    return render(http, "planning/import_check.html", context)


def _trial(http: HttpRequest, people_import: PeopleImport) -> HttpResponse:
    """The trial under way; one that broke off leads back to the columns, from where it begins anew."""
    job = job_of(people_import)
    if job is None or not job.is_open:
        if job is not None:
            messages.error(http, gettext("The trial stopped by itself. Nobody came in; please try once more."))
        url = reverse("import_map", args=[people_import.pk])
        return HttpResponseClientRedirect(url) if http.htmx else redirect(url)
    context = {"import": people_import, "programme": people_import.programme, "job": job, **_steps(3, people_import)}
    return render(http, "planning/_trial_progress.html" if http.htmx else "planning/import_trial.html", context)


def _report(http: HttpRequest, people_import: PeopleImport) -> dict[str, Any]:
    counted = people_import.rows.values("outcome").annotate(n=Count("pk")).order_by()
    counts = dict.fromkeys(ImportRow.Outcome.values, 0) | {row["outcome"]: row["n"] for row in counted}
    shown = http.GET.get("outcome", "")
    rows = people_import.rows.order_by(Case(When(outcome=ImportRow.Outcome.BAD, then=0), default=1), "line")
    if shown in ImportRow.Outcome.values:
        rows = rows.filter(outcome=shown)
    page = Paginator(rows, PER_PAGE).get_page(http.GET.get("page"))
    tabs = [{"label": gettext("All"), "url": "?", "current": not shown, "count": sum(counts.values())}]
    tabs += [
        {"label": label, "url": f"?outcome={value}", "current": shown == value, "count": counts[value]}
        for value, label in ImportRow.Outcome.choices
        if counts[value]
    ]
    lines = [
        {"row": row, "problems": [{"words": sentence(one), **one} for one in row.problems]} for row in page.object_list
    ]
    return {
        "import": people_import,
        "programme": people_import.programme,
        "counts": counts,
        "tabs": tabs,
        "lines": lines,
        "page_obj": page,
    }


@login_required
@require_safe
def import_run(http: HttpRequest, pk: int) -> HttpResponse:
    """How far the job is; htmx asks for the middle of the page alone, without JavaScript the page renews itself."""
    people_import = _import(http, pk)
    if people_import.status in (Status.MAPPING, Status.CHECKED):
        return redirect("import_check", pk)
    job = job_of(people_import)
    failed = job is not None and job.failed_at is not None
    context = {
        **_report(http, people_import),
        **_steps(5 if people_import.status == Status.DONE else 4),
        "job": job,
        "going": people_import.status == Status.RUNNING and not failed,
        "may_resume": people_import.emptied_at is None and (people_import.status == Status.CANCELLED or failed),
    }
    if not http.htmx:
        return render(http, "planning/import_run.html", context)
    if context["going"]:
        return render(http, "planning/_import_progress.html", context)
    return HttpResponseClientRefresh()


@login_required
@require_POST
def import_cancel(http: HttpRequest, pk: int) -> HttpResponse:
    people_import = _import(http, pk)
    services.cancel_import(people_import, by=http.user, at=timezone.now())
    return redirect(people_import)


@login_required
@require_POST
def import_resume(http: HttpRequest, pk: int) -> HttpResponse:
    people_import = _import(http, pk)
    services.start_import(people_import, by=http.user, at=timezone.now())
    messages.success(http, gettext("The import goes on where it stopped."))
    return redirect(people_import)


@login_required
@require_safe
def import_bad_rows(http: HttpRequest, pk: int) -> HttpResponse:
    """The lines that cannot be imported, with the reason in a column of its own."""
    people_import = _import(http, pk)
    if people_import.emptied_at is not None:
        return redirect(people_import)
    bad = {row.line: row for row in people_import.rows.filter(outcome=ImportRow.Outcome.BAD)}
    answer = HttpResponse(bad_rows(services.table_of(people_import.text), bad), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{people_import.pk}-bad-rows.csv"'
    return answer
