"""Pages of people who answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Language
from evaluation.asking import count_of, minutes_of
from evaluation.facts import TAKING_PART
from evaluation.forms import SectionForm
from evaluation.models import Response, Wave
from evaluation.queries import Target, may_have_been_asked, my_scores, open_pulse, targets, waiting_waves
from evaluation.services import answer
from evaluation.words import scoring_in_words


def _wave(http: HttpRequest, pk: int) -> Wave:
    return get_object_or_404(Wave.objects.visible_to(http.user).select_related("programme", "instrument"), pk=pk)


@login_required
@require_safe
def pulse(http: HttpRequest) -> HttpResponse:
    """The reader's open pulse; a kind page where there is none."""
    now = timezone.now()
    wave = open_pulse(http.user, now)
    if wave is not None:
        return redirect("survey", pk=wave.pk)
    return render(http, "evaluation/pulse_none.html", {"waves": waiting_waves(http.user, now)[:3]})


@login_required
@require_safe
def survey(http: HttpRequest, pk: int) -> HttpResponse:
    """What is asked, why, and who sees it; where to go on. Whoever takes part and has no page in it is led home."""
    wave = _wave(http, pk)
    asked = targets(wave, http.user)
    if not asked:
        if not wave.programme.enrolments.filter(person=http.user, status__in=TAKING_PART).exists():
            raise Http404
        messages.info(http, _("Nothing to answer just now"))
        return redirect("home")
    is_open = wave.is_open(timezone.now())
    if is_open and wave.form == Wave.Form.PULSE and len(asked) == 1 and not asked[0].done:
        return redirect("survey_section", pk=wave.pk, about=asked[0].key, section=1)
    context = {
        "wave": wave,
        "rows": [(target, target.next_section) for target in asked],
        "is_open": is_open,
        "questions": count_of(wave),
        "minutes": minutes_of(wave),
    }
    return render(http, "evaluation/survey.html", context)


@login_required
def survey_section(http: HttpRequest, pk: int, about: str, section: int) -> HttpResponse:
    """One page of questions; an old link to one that is no longer asked leads to what is. Every way of leaving it keeps the
    answers."""
    wave = _wave(http, pk)
    target = next((each for each in targets(wave, http.user) if each.key == about), None)
    if target is None or not 1 <= section <= len(target.sections()):
        if http.method == "GET" and about in may_have_been_asked(wave, http.user):
            return redirect("survey", pk=wave.pk)
        raise Http404
    if target.done and target.response is not None:
        return redirect("survey_result", pk=target.response.pk)
    if http.method == "GET" and not wave.is_open(timezone.now()):
        return redirect("survey", pk=wave.pk)
    given = dict(target.response.answers.values_list("item", "value")) if target.response else {}
    pages = target.sections(given)
    if section > len(pages):
        return redirect("survey_section", pk=wave.pk, about=about, section=len(pages))
    page, is_last = pages[section - 1], _is_last(target, section, len(pages))
    form = SectionForm(http.POST or None, items=page.items, wave=wave, target=target, given=given)
    if http.method == "POST" and form.is_valid():
        return _kept(http, wave, target, form, section, given, is_last=is_last)
    context = {
        "wave": wave,
        "target": target,
        "form": form,
        "page": page,
        "title": page.title.text(get_language()),
        "section": section,
        "pages": len(pages),
        "is_last": is_last,
    }
    return render(http, "evaluation/section.html", context)


def _is_last(target: Target, section: int, pages: int) -> bool:
    """Whether nothing comes after this page. Where an answer on it may bring more, that is known once it was answered."""
    answered = target.response is not None and target.response.position >= section
    return section == pages and (answered or section == len(target.sections()))


def _kept(
    http: HttpRequest,
    wave: Wave,
    target: Target,
    form: SectionForm,
    section: int,
    given: dict[str, int],
    *,
    is_last: bool,
) -> HttpResponse:
    goes_on = http.POST.get("act", "next") == "next"
    values = form.values(page_is_done=goes_on)
    more = section < len(target.sections(given | values))
    response = answer(
        wave,
        enrolment=target.enrolment,
        relationship=target.relationship,
        values=values,
        texts=form.texts(),
        language=_read_in(http),
        position=section if goes_on else section - 1,
        finish=goes_on and is_last and not more,
        at=timezone.now(),
    )
    if http.POST.get("act") == "autosave":
        return HttpResponse(status=204)
    if not goes_on:
        return redirect("survey", pk=wave.pk) if wave.form != Wave.Form.PULSE else redirect("home")
    if response.submitted_at is not None:
        return redirect("survey_result", pk=response.pk)
    if not more:
        messages.info(http, _("These were all the questions for you. Send your answers when you are ready."))
    return redirect("survey_section", pk=wave.pk, about=target.key, section=section + more)


def _read_in(http: HttpRequest) -> str:
    """The language of the page that was answered: it may have been another one when the page was opened."""
    given = http.POST.get("lang", "")
    return given if given in Language.values else get_language() or ""


@login_required
@require_safe
def survey_result(http: HttpRequest, pk: int) -> HttpResponse:
    """The reader's own result, at once."""
    sent = Response.objects.visible_to(http.user).filter(submitted_at__isnull=False)
    response = get_object_or_404(sent.select_related("wave__programme", "wave__instrument"), pk=pk)
    result = next(row for row in my_scores(http.user, limit=1000) if row.response.pk == response.pk)
    open_ones = [target for target in targets(response.wave, http.user) if not target.done]
    context = {
        "result": result,
        "wave": response.wave,
        "left": open_ones,
        "can_answer": response.wave.is_open(timezone.now()),
        "explanation": scoring_in_words(response.wave.instrument.definition) if response.wave.instrument else "",
    }
    return render(http, "evaluation/result.html", context)


@login_required
@require_safe
def my_scores_page(http: HttpRequest) -> HttpResponse:
    """What the reader's own answers said over time."""
    return render(http, "evaluation/my_scores.html", {"results": my_scores(http.user)})
