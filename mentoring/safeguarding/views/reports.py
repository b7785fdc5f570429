"""Reports: made in a minute, followed by who made them, worked on by those who may."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core.errors import DomainError
from core.idempotency import once
from mentoring.messaging.models import Message
from mentoring.messaging.views.files import guarded
from mentoring.planning.models import Programme
from mentoring.relationships.models import Relationship
from mentoring.safeguarding import services
from mentoring.safeguarding.forms import ReportForm, StepForm
from mentoring.safeguarding.models import EvidenceFile, Report
from mentoring.safeguarding.queries import (
    handlers_of,
    looks_after,
    people_around,
    people_met,
    programme_of_both,
    programme_of_room,
    shown_to,
)

ROWS = 25


@login_required
@once(after_back=True)
def report_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Report what somebody said."""
    readable = Message.objects.visible_to(request.user).exclude(sender=request.user)
    message = get_object_or_404(
        readable.select_related("sender", "room__relationship__programme", "room__programme"), pk=pk
    )
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            told = {key: form.cleaned_data[key] for key in ("reason", "words")}
            report = services.report_message(message, **told, by=request.user, at=timezone.now())
            return thanked(request, report, form)
        except DomainError as refusal:
            form.add_error("words", str(refusal.message))
    return report_page(request, form, programme_of_room(message.room), message.sender, message=message)


@login_required
@once(after_back=True)
def report_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Report somebody, in one's own words."""
    person = get_object_or_404(people_around(request.user), pk=pk)
    programme = programme_of_both(request.user, person)
    if programme is None:
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None, words_needed=True)
    if request.method == "POST" and form.is_valid():
        try:
            told = {key: form.cleaned_data[key] for key in ("reason", "words")}
            report = services.report_person(person, **told, by=request.user, at=timezone.now())
            return thanked(request, report, form)
        except DomainError as refusal:
            form.add_error("words", str(refusal.message))
    return report_page(request, form, programme, person)


def report_page(
    request: HttpRequest, form: ReportForm, programme: Programme, person: User, *, message: Message | None = None
) -> HttpResponse:
    desk, readers = handlers_of(programme, accused=person, reporter=request.user)
    if not people_met(request.user).filter(pk=person.pk).exists():
        del form.fields["keep_away"]
    context = {"form": form, "person": person, "message": message, "programme": programme, "readers": readers}
    status = 422 if form.errors else 200
    return render(request, "safeguarding/report_new.html", context | {"desk": Report.Desk(desk).label}, status=status)


def thanked(request: HttpRequest, report: Report, form: ReportForm) -> HttpResponse:
    if form.cleaned_data.get("keep_away"):
        services.block_person(report.accused, by=request.user, at=timezone.now())
    messages.success(request, _("Thank you for telling us. It has arrived."))
    return redirect(report)


@login_required
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, for who reported it."""
    mine = Report.objects.visible_to(request.user).filter(reporter=request.user)
    found = get_object_or_404(mine.select_related("accused", "programme"), pk=pk)
    return render(request, "safeguarding/report.html", {"report": found})


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """All that one works on."""
    if not looks_after(request.user):
        raise Http404
    handled = Report.objects.visible_to(request.user).handled_by(request.user)
    shown = handled if "all" in request.GET else handled.open()
    context = {
        "page_obj": Paginator(shown.for_rows(), ROWS).get_page(request.GET.get("page")),
        "waiting": handled.filter(state=Report.State.RAISED).count(),
        "all": "all" in request.GET,
    }
    return render(request, "safeguarding/cases.html", context)


def handled(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(request.user).handled_by(request.user).for_rows(), pk=pk)


@login_required
@once
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One report for who works on it; POST takes a step."""
    found = handled(request, pk)
    form = StepForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.work_on(found, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect(found.get_case_url())
    theirs = Relationship.objects.visible_to(request.user).coordinated_by(request.user).filter(room__isnull=False)
    context = {
        "report": found,
        "relationship": theirs.filter(members__person=found.reporter_id)
        .filter(members__person=found.accused_id)
        .last(),
        "steps": found.steps.select_related("by").order_by("-at", "-pk"),
        "form": form,
        "frozen": found.evidence.count(),
    }
    return render(request, "safeguarding/case.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_POST
def case_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """What was frozen. Every reading stands in the audit trail, so it is asked for by a button and not by chance."""
    found = handled(request, pk)
    services.open_evidence(found, by=request.user, at=timezone.now())
    context = {
        "report": found,
        "evidence": found.evidence.prefetch_related("files").order_by("seq"),
        "untouched": services.digest_of(found) == found.digest,
        "now": timezone.now(),
        "hideable": set(
            shown_to(request.user, at=timezone.now())
            .filter(deleted_at=None, call=None)
            .filter(pk__in=found.evidence.values("message_id"))
            .values_list("pk", flat=True)
        ),
    }
    return render(request, "safeguarding/case_evidence.html", context)


@login_required
@never_cache
@require_POST
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file as it was; always to keep, never shown in place."""
    file = get_object_or_404(EvidenceFile.objects.visible_to(request.user).select_related("evidence__report"), pk=pk)
    services.open_evidence(file.evidence.report, by=request.user, at=timezone.now(), file=file)
    data = b"".join(bytes(part) for part in file.parts.order_by("start").values_list("data", flat=True))
    return guarded(data, "application/octet-stream", request, content_disposition_header(True, file.name))
