"""Certificates: one's own, on paper in both languages; and the page on which anybody with the link checks one."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from accounts.services import record
from evaluation.certificates import is_valid, paper_content, standings
from evaluation.models import Certificate
from evaluation.papers import pdf
from evaluation.services import make_certificate

LANGUAGES = ("en", "fa")


@login_required
@require_GET
def certificates(http: HttpRequest) -> HttpResponse:
    rows = standings(http.user)
    links = {
        row.enrolment.pk: http.build_absolute_uri(row.certificate.get_absolute_url()) for row in rows if row.certificate
    }
    context = {"rows": [(row, links.get(row.enrolment.pk, "")) for row in rows]}
    return render(http, "evaluation/certificates.html", context)


@login_required
@require_POST
def certificate_make(http: HttpRequest, pk: int) -> HttpResponse:
    mine = next((row for row in standings(http.user) if row.enrolment.pk == pk), None)
    if mine is None:
        raise Http404
    make_certificate(mine, by=http.user, at=timezone.now())
    return redirect("certificates")


@login_required
@require_GET
def certificate_pdf(http: HttpRequest, pk: int, language: str) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.visible_to(http.user), pk=pk)
    if language not in LANGUAGES or not found.is_kept:
        raise Http404
    link = http.build_absolute_uri(found.get_absolute_url())
    with transaction.atomic():
        record("certificate.downloaded", by=http.user, at=timezone.now(), target=found)
    headers = {
        "Content-Disposition": f'attachment; filename="certificate-{language}.pdf"',
        "Cache-Control": "private, no-store",
    }
    paper = pdf("certificate", paper_content(found, language=language, link=link), at=found.made_at)
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


@require_GET
def certificate(http: HttpRequest, code: str) -> HttpResponse:
    """For whoever was given the link: valid or not, and what stands on the paper. A wrong code learns nothing."""
    found = Certificate.objects.by_token(code).first()
    names = found.printed.get((get_language() or "en")[:2], {}) if found else {}
    state = "unknown" if found is None else "gone" if not found.is_kept else "valid" if is_valid(found) else "not"
    context = {"state": state, "certificate": found if state == "valid" else None, "names": names}
    status = {"unknown": 404, "gone": 410}.get(state, 200)
    response = render(http, "evaluation/certificate.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
