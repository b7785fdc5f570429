"""Pages of coordinators and administrators: health and waves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from core.dates import localise
from core.idempotency import once
from evaluation import words
from evaluation.forms import CompareForm, PlannedWaveForm, PulsesForm, WaveForm
from evaluation.models import Action, Instrument, Wave
from evaluation.plan import planned_pulses, proposals, pulses
from evaluation.queries import (
    Comparison,
    Health,
    action_rows,
    alerts_in_sum,
    also_asked,
    compare_days,
    compare_programmes,
    health,
    measured_waves,
    people_asked,
    places,
    questionnaire_quality,
    slices,
    standings,
    waves_of,
    worklist,
)
from evaluation.services import ask_to_recompute, close_wave, keep_plan, open_wave
from mentoring.planning.models import Programme

ALERTS_ON_HEALTH = ACTIONS_ON_HEALTH = 3
OWN_OFFERED = 50
PROGRAMMES_TO_COMPARE = 50


def managed(http: HttpRequest, slug: str) -> Programme:
    """The programme, if the reader may see how it stands; a stranger learns nothing, not even that it exists."""
    mine = Programme.objects.visible_to(http.user).managed_by(http.user).select_related("institution")
    programme: Programme = get_object_or_404(mine, slug=slug)
    return programme


def coordinated(http: HttpRequest, slug: str, permission: str) -> Programme:
    programme = managed(http, slug)
    if not http.user.has_perm(permission, programme):
        raise PermissionDenied
    return programme


@login_required
@require_safe
def health_page(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    now = timezone.now()
    others = Programme.objects.managed_by(http.user).exclude(pk=programme.pk).order_by("-starts_on", "pk")
    found = health(programme, stage_slug=http.GET.get("stage", ""))
    waiting, precision = alerts_in_sum(programme, now)
    form = CompareForm(http.GET, days=slices(found.days), programmes=others[:PROGRAMMES_TO_COMPARE])
    context = {
        "programme": programme,
        "week": _week(programme),
        "health": found,
        "compare": form,
        "comparison": _compared(found, form),
        "places": places([programme])[0],
        "coordinates": http.user.has_perm("evaluation.open_wave", programme),
        "work": worklist(http.user, now, programme=programme, limit=ALERTS_ON_HEALTH),
        "waiting": waiting,
        "precision": precision,
        "actions": action_rows(
            Action.objects.visible_to(http.user).filter(programme=programme).for_rows()[:ACTIONS_ON_HEALTH],
            timezone.localdate(now),
        ),
        "own": also_asked(programme),
    }
    return render(http, "evaluation/health.html", context)


def _compared(found: Health, form: CompareForm) -> Comparison | None:
    chosen = form.cleaned_data["beside"] if form.is_valid() else ""
    if chosen in form.days:
        return compare_days(found, form.days[chosen])
    return compare_programmes(found, form.programmes[chosen]) if chosen else None


def _week(programme: Programme) -> str:
    """In which week of how many the programme is; empty outside its time."""
    found = programme.week_on(timezone.localdate())
    if found is None:
        return ""
    return _("week %(week)s of %(weeks)s") % {"week": localise(found[0]), "weeks": localise(found[1])}


@login_required
@require_POST
def health_recompute(http: HttpRequest, slug: str) -> HttpResponse:
    programme = coordinated(http, slug, "evaluation.recompute")
    ask_to_recompute(programme, by=http.user, at=timezone.now())
    messages.success(http, _("The scores are being computed again. Reload this page in a moment."))
    return redirect("health", slug=slug)


@login_required
@once(after_back=True)
def waves(http: HttpRequest, slug: str) -> HttpResponse:
    programme = coordinated(http, slug, "evaluation.open_wave")
    now = timezone.now()
    own = Instrument.objects.visible_to(http.user).active().filter(institution=programme.institution_id)
    form = WaveForm(http.POST or None, now=now, own=list(own.order_by("name", "-version")[:OWN_OFFERED]))
    if http.method == "POST" and form.is_valid():
        open_wave(
            programme,
            **form.chosen,
            opens_at=form.opens_at,
            closes_at=form.closes_at,
            by=http.user,
            at=now,
        )
        messages.success(http, _("The questionnaire is set. Everybody who takes part hears of it once."))
        return redirect("waves", slug=slug)
    page = Paginator(waves_of(programme), 20).get_page(http.GET.get("page"))
    answered = standings(page.object_list)
    for wave in page:
        wave.asked, wave.sent = len(answered[wave.pk]), sum(answered[wave.pk].values())
    context = {
        "programme": programme,
        "form": form,
        "page_obj": page,
        "asked": people_asked(programme),
        "under_way": next((wave for wave in page if wave.is_open(now)), None),
        "now": now,
        "wording": words.review_status(),
    }
    return render(http, "evaluation/waves.html", context)


@login_required
@once
def wave_plan(http: HttpRequest, slug: str) -> HttpResponse:
    """The five waves from the programme's dates, to confirm and to shift."""
    programme = coordinated(http, slug, "evaluation.open_wave")
    now = timezone.now()
    planned = list(Wave.objects.visible_to(http.user).filter(programme=programme, instrument=None))
    there = {wave.moment: wave for wave in planned if wave.moment}
    rows = [
        PlannedWaveForm(http.POST or None, proposal=each, wave=there.get(each.moment), now=now)
        for each in proposals(programme, timezone.localdate(now))
    ]
    open_rows = [row for row in rows if not row.has_opened]
    confirmed, asked = bool(there), planned_pulses(programme, planned, now)
    others = [wave.days for wave in planned if not wave.moment and wave not in asked.values()]
    others += [row.days for row in rows if row.initial["wanted"]]
    days = [day for day, _end in pulses(programme, others, timezone.localdate(now))]
    between = PulsesForm(http.POST or None, days=days, initial={"with_pulses": bool(asked) or not confirmed})
    if http.method == "POST" and between.is_valid() and all(row.is_valid() for row in open_rows):
        wanted = between.cleaned_data["with_pulses"]
        keep_plan(programme, [row.planned for row in open_rows], with_pulses=wanted, by=http.user, at=now)
        messages.success(http, _("The plan stands. Each questionnaire opens by itself on its day."))
        return redirect("waves", slug=slug)
    context = {
        "programme": programme,
        "rows": rows,
        "confirmed": confirmed,
        "pulses": between if days else None,
        "wording": words.review_status(),
    }
    return render(http, "evaluation/wave_plan.html", context)


@login_required
@require_GET
def quality(http: HttpRequest, slug: str) -> HttpResponse:
    """How well the built-in questionnaire measures here, wave by wave."""
    programme = managed(http, slug)
    page = Paginator(measured_waves(programme), 3).get_page(http.GET.get("page"))
    context = {"programme": programme, "page_obj": page, "results": questionnaire_quality(page)}
    return render(http, "evaluation/quality.html", context)


@login_required
@require_POST
def wave_close(http: HttpRequest, pk: int) -> HttpResponse:
    wave = get_object_or_404(Wave.objects.visible_to(http.user).select_related("programme"), pk=pk)
    if not http.user.has_perm("evaluation.close_wave", wave):
        raise PermissionDenied
    close_wave(wave, by=http.user, at=timezone.now())
    messages.success(http, _("Closed. The scores are being computed from what was answered."))
    return redirect("waves", slug=wave.programme.slug)
