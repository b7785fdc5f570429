"""Pages on which an institution brings in, builds and activates questionnaires of its own, and reads what was answered."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Institution
from core.idempotency import once
from evaluation.builder import InstrumentFileForm, LicenceForm, QuestionForm, SettingsForm, condition
from evaluation.forms import scale_of
from evaluation.instruments import BadInstrument
from evaluation.models import Instrument
from evaluation.models.instruments import houses_of
from evaluation.queries import instruments_of, no_longer_asked, own_results, own_waves
from evaluation.services import (
    activate,
    arrange,
    begin_instrument,
    keep_question,
    keep_settings,
    load_instrument,
    new_version,
    put_away,
)
from evaluation.views.programmes import managed
from evaluation.words import scoring_in_words
from paradigm.model import component


def _house(http: HttpRequest, slug: str) -> Institution:
    return get_object_or_404(houses_of(http.user), slug=slug)


def _instrument(http: HttpRequest, pk: int) -> Instrument:
    return get_object_or_404(Instrument.objects.visible_to(http.user).select_related("institution"), pk=pk)


def _say(form: Any, field: str | None, error: BadInstrument) -> None:
    for fault in error.faults:
        form.add_error(field, str(fault))


@login_required
@once(after_back=True)
def instruments(http: HttpRequest, slug: str) -> HttpResponse:
    """What the institution has; a file brings in another one."""
    house = _house(http, slug)
    form = InstrumentFileForm(http.POST or None, http.FILES or None)
    if http.method == "POST" and form.is_valid():
        try:
            made = load_instrument(house, form.data_of_file, by=http.user, at=timezone.now())
        except BadInstrument as error:
            _say(form, "file", error)
        else:
            messages.success(http, _("It is here as a draft. Look through it, then activate it."))
            return redirect(made)
    page = Paginator(instruments_of(house, http.user), 20).get_page(http.GET.get("page"))
    return render(http, "evaluation/instruments.html", {"institution": house, "form": form, "page_obj": page})


@login_required
@once(after_back=True)
def instrument_new(http: HttpRequest, slug: str) -> HttpResponse:
    house = _house(http, slug)
    form = SettingsForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        document = form.settings() | {"version": 1, "items": []}
        try:
            made = begin_instrument(house, document, by=http.user, at=timezone.now())
        except BadInstrument as error:
            _say(form, None, error)
        else:
            return redirect(made)
    return render(http, "evaluation/instrument_settings.html", {"institution": house, "form": form})


@login_required
@require_GET
def instrument(http: HttpRequest, pk: int) -> HttpResponse:
    """Everything it asks in both languages; of a draft the ways to change it."""
    found = _instrument(http, pk)
    definition, language = found.definition, get_language()
    rows = [
        {
            "question": each,
            "when": condition(each),
            "subscale": definition.name_of(each.subscale, language) if each.subscale else "",
        }
        for each in definition.questions
    ]
    context = {
        "instrument": found,
        "rows": rows,
        "points": scale_of(definition, language)[:-1],
        "scoring": scoring_in_words(definition),
        "component": component(definition.maps_to).name(language) if definition.maps_to != "none" else "",
        "dropped": no_longer_asked(found),
    }
    return render(http, "evaluation/instrument.html", context)


@login_required
@once
def instrument_settings(http: HttpRequest, pk: int) -> HttpResponse:
    found = _instrument(http, pk)
    form = SettingsForm(http.POST or None, instrument=found)
    if http.method == "POST" and form.is_valid():
        try:
            keep_settings(found, form.settings())
        except BadInstrument as error:
            _say(form, None, error)
        else:
            return redirect(found)
    context = {"institution": found.institution, "instrument": found, "form": form}
    return render(http, "evaluation/instrument_settings.html", context)


@login_required
@once
def instrument_question(http: HttpRequest, pk: int, code: str = "") -> HttpResponse:
    """A question of a draft: a new one, or the one with this code."""
    found = _instrument(http, pk)
    question = next((each for each in found.definition.questions if each.code == code), None)
    if code and question is None:
        raise Http404
    form = QuestionForm(http.POST or None, instrument=found, question=question)
    if http.method == "POST" and form.is_valid():
        try:
            keep_question(found, form.item(), code=code, subscale=form.names)
        except BadInstrument as error:
            _say(form, None, error)
        else:
            again = http.POST.get("act") == "another"
            return redirect("instrument_question_new", pk=pk) if again else redirect(found)
    return render(http, "evaluation/instrument_question.html", {"instrument": found, "form": form, "code": code})


@login_required
@require_POST
def instrument_arrange(http: HttpRequest, pk: int, code: str) -> HttpResponse:
    found = _instrument(http, pk)
    arrange(found, code, http.POST.get("act", ""))
    return redirect(found)


@login_required
@once
def instrument_activate(http: HttpRequest, pk: int) -> HttpResponse:
    """The licence is confirmed by name and date; then the version is frozen and may be asked."""
    found = _instrument(http, pk)
    now = timezone.now()
    initial = {"name": found.licence_confirmed_by, "on": found.licence_confirmed_on or timezone.localdate(now)}
    form = LicenceForm(http.POST or None, today=timezone.localdate(now), initial=initial)
    if http.method == "POST" and form.is_valid():
        activate(
            found, confirmed_by=form.cleaned_data["name"], confirmed_on=form.cleaned_data["on"], by=http.user, at=now
        )
        messages.success(http, _("It can be asked now. Choose it where you ask people."))
        return redirect(found)
    return render(http, "evaluation/instrument_activate.html", {"instrument": found, "form": form})


@login_required
@require_POST
def instrument_version(http: HttpRequest, pk: int) -> HttpResponse:
    return redirect(new_version(_instrument(http, pk), by=http.user, at=timezone.now()))


@login_required
@require_POST
def instrument_away(http: HttpRequest, pk: int) -> HttpResponse:
    found = _instrument(http, pk)
    put_away(found, by=http.user, at=timezone.now())
    messages.success(http, _("Put away. What people have answered stays."))
    return redirect("instruments", slug=found.institution.slug)


@login_required
@require_GET
def instrument_file(http: HttpRequest, pk: int) -> HttpResponse:
    """The file from which this version can be loaded again."""
    found = _instrument(http, pk)
    name = f"{slugify(found.name) or 'questionnaire'}-{found.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    text = json.dumps(found.document, ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(text, content_type="application/json", headers=headers)


@login_required
@require_GET
def own_figures(http: HttpRequest, slug: str) -> HttpResponse:
    """What a programme's people answered to questionnaires of the institution's own."""
    programme = managed(http, slug)
    page = Paginator(own_waves(programme), 10).get_page(http.GET.get("page"))
    context = {"programme": programme, "page_obj": page, "results": own_results(page)}
    return render(http, "evaluation/own_figures.html", context)
