"""The research export of a programme: asked for, made by a job, downloaded."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.services import record
from core.idempotency import once
from core.jobs import find
from evaluation.models import ResearchExport
from evaluation.services import ask_for_export
from evaluation.views.programmes import managed


@login_required
@once
def research(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    if http.method == "POST":
        ask_for_export(programme, by=http.user, at=timezone.now())
        messages.success(http, _("The file is being made. Reload this page in a moment."))
        return redirect("research", slug=slug)
    mine = ResearchExport.objects.visible_to(http.user).filter(programme=programme).for_rows()
    page = Paginator(mine, 20).get_page(http.GET.get("page"))
    newest = next(iter(page), None) if page.number == 1 else None
    job = find(newest.job_key) if newest and newest.made_at is None else None
    return render(http, "evaluation/research.html", {"programme": programme, "page_obj": page, "job": job})


@login_required
@require_GET
def research_file(http: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ResearchExport.objects.visible_to(http.user).select_related("programme"), pk=pk)
    if not found.can_be_had:
        raise Http404
    with transaction.atomic():
        institution = found.programme.institution_id
        record("research.downloaded", by=http.user, at=timezone.now(), target=found, institution_id=institution)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.programme.slug}-research.zip"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(bytes(found.data), content_type="application/zip", headers=headers)
