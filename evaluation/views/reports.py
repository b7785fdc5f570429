"""Reports of a programme: made, read, downloaded again."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.services import record
from core.idempotency import once
from evaluation.charts import stage_chart
from evaluation.forms import ReportForm
from evaluation.models import ProgrammeReport
from evaluation.reporting import periods
from evaluation.services import make_report
from evaluation.views.programmes import managed


@login_required
@once(after_back=True)
def reports(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    form = ReportForm(http.POST or None, days=periods(programme))
    if http.method == "POST" and form.is_valid():
        return redirect(make_report(programme, **form.cleaned_data, by=http.user, at=timezone.now()))
    kept = ProgrammeReport.objects.visible_to(http.user).filter(programme=programme).for_rows()
    page = Paginator(kept, 20).get_page(http.GET.get("page"))
    return render(http, "evaluation/reports.html", {"programme": programme, "form": form, "page_obj": page})


@login_required
@require_GET
def report(http: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(
        ProgrammeReport.objects.visible_to(http.user).select_related("programme").defer("pdf"), pk=pk
    )
    chart = stage_chart(found.content["stages"], rtl=found.language == "fa")
    return render(http, "evaluation/report.html", {"report": found, "content": found.content, "chart": chart})


@login_required
@require_GET
def report_pdf(http: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ProgrammeReport.objects.visible_to(http.user).select_related("programme"), pk=pk)
    with transaction.atomic():
        institution = found.programme.institution_id
        record("paper.downloaded", by=http.user, at=timezone.now(), target=found, institution_id=institution)
    name = f"{found.programme.slug}-{found.as_of_on}-{found.kind}-{found.language}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(bytes(found.pdf), content_type="application/pdf", headers=headers)
