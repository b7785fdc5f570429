"""Pages on which two people code answers in words: the codebook, one answer after another, and what they agree on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.services import record
from core.idempotency import once
from evaluation.builder import AnswerCodesForm, BeginCodingForm, CodebookForm
from evaluation.models import Code, Coding
from evaluation.queries import (
    answers_of,
    as_shown,
    closings_of,
    codes_by_hand,
    codings_of,
    compared,
    counts,
    given,
    open_questions,
)
from evaluation.queries.coded import words_in_sum
from evaluation.queries.coding import Counted, Written, question_of
from evaluation.services import (
    agree_on,
    begin_closings,
    begin_coding,
    code_answer,
    finish_coding,
    hand_of,
    join_coding,
    keep_code,
    place_code,
    show_numbers,
)
from evaluation.sheets import codes_table
from evaluation.views.programmes import managed


def _coding(http: HttpRequest, pk: int) -> Coding:
    return get_object_or_404(Coding.objects.visible_to(http.user).for_rows(), pk=pk)


@login_required
@once
def codings(http: HttpRequest, slug: str) -> HttpResponse:
    """The open questions of a programme, and how far each is."""
    programme = managed(http, slug)
    now, waves = timezone.now(), codings_of(programme)
    if http.method == "POST" and "closings" in http.POST:
        return redirect(begin_closings(programme, with_model="model" in http.POST, by=http.user, at=now))
    if http.method == "POST":
        form = BeginCodingForm(http.POST)
        found = form.chosen(open_questions(waves, get_language(), now)) if form.is_valid() else None
        if found is None:
            raise Http404
        coding = begin_coding(found.wave, found.code, with_model=form.cleaned_data["model"], by=http.user, at=now)
        return redirect(coding)
    page = Paginator(waves, 20).get_page(http.GET.get("page"))
    rows = open_questions(list(page), get_language(), now)
    context = {"programme": programme, "page_obj": page, "rows": rows, "closings": closings_of(programme, now)}
    return render(http, "evaluation/codings.html", context)


@login_required
@require_GET
def coding(http: HttpRequest, pk: int) -> HttpResponse:
    """How far the two are; once both have finished what they agree on, and, for all when the two show it, how often each code
    was given."""
    found = _coding(http, pk)
    answers, hands, hand = answers_of(found), codes_by_hand(found), hand_of(found, http.user)
    mine = hands.get(hand, {})
    waiting = [number for number, row in enumerate(answers, start=1) if row.pk not in mine]
    context = {
        "coding": found,
        "question": question_of(found),
        "answers": len(answers),
        "hand": hand,
        "is_done": bool(hand) and found.has_finished(hand),
        "may_join": not hand and (found.second_id is None or found.first_id is None),
        "coded": len(answers) - len(waiting) if hand else 0,
        "next": waiting[0] if waiting else 1,
        "left": len(waiting) if hand else 0,
        "comparison": compared(found) if found.is_compared else None,
        "tree": _numbers(found, hand),
    }
    return render(http, "evaluation/coding.html", context)


def _numbers(coding: Coding, hand: str) -> list[Counted] | None:
    """How often each code was given: as it was shown, before that for the two alone, and None for others."""
    if coding.shown_at is not None:
        return given(as_shown(coding))
    return given(counts(coding)) if hand and coding.is_compared else None


@login_required
@once
def coding_codes(http: HttpRequest, pk: int) -> HttpResponse:
    """The codebook: new codes, and which open code stands under which category. The two who code write it until they show its
    numbers, others read it."""
    found = _coding(http, pk)
    codes = list(found.codes.select_related("parent").order_by("level", "name"))
    form = CodebookForm(http.POST or None, codes=codes)
    if http.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["name"]:
            keep_code(found, data["name"], level=data["level"], by=http.user)
        place_code(found, *form.moved(), by=http.user)
        return redirect("coding_codes", pk=pk)
    hand = hand_of(found, http.user)
    context = {"coding": found, "question": question_of(found), "form": form, "codes": codes, "hand": hand}
    return render(http, "evaluation/coding_codes.html", context)


@login_required
@require_POST
def coding_join(http: HttpRequest, pk: int) -> HttpResponse:
    found = _coding(http, pk)
    join_coding(found, by=http.user, at=timezone.now())
    return redirect(found)


def _answer(answers: list[Written], number: int) -> Written:
    if not 1 <= number <= len(answers):
        raise Http404
    return answers[number - 1]


@login_required
@once
def coding_answer(http: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One answer and its codes. Only who codes these answers sees it, and only the own codes; not once they are finished."""
    found = _coding(http, pk)
    hand = hand_of(found, http.user)
    if not hand:
        raise Http404
    if http.method == "GET" and found.has_finished(hand):
        return redirect(found)
    answers = answers_of(found)
    answer = _answer(answers, number)
    mine = codes_by_hand(found)[hand]
    codes = list(found.codes.filter(level=Code.Level.OPEN).order_by("name"))
    form = AnswerCodesForm(
        http.POST if http.method == "POST" else None, codes=codes, given=mine.get(answer.pk, frozenset())
    )
    if http.method == "POST" and form.is_valid():
        chosen = form.chosen()
        if form.cleaned_data["new"]:
            chosen.append(keep_code(found, form.cleaned_data["new"], level=Code.Level.OPEN, by=http.user))
        code_answer(found, answer, chosen, by=http.user, at=timezone.now())
        done = mine.keys() | {answer.pk}
        waiting = [place for place, row in enumerate(answers, start=1) if row.pk not in done]
        following = [place for place in waiting if place > number] or waiting
        return redirect("coding_answer", pk=pk, number=following[0]) if following else redirect(found)
    context = {
        "coding": found, "question": question_of(found), "answer": answer, "form": form, "number": number,
        "total": len(answers),
    }  # fmt: skip
    return render(http, "evaluation/coding_answer.html", context)


@login_required
@require_POST
def coding_done(http: HttpRequest, pk: int) -> HttpResponse:
    found = _coding(http, pk)
    finish_coding(found, by=http.user, at=timezone.now())
    messages.success(http, _("Your part is done. When the other one has finished, you see where you differ."))
    return redirect(found)


@login_required
@require_POST
def coding_show(http: HttpRequest, pk: int) -> HttpResponse:
    found = _coding(http, pk)
    show_numbers(found, by=http.user, at=timezone.now())
    messages.success(http, _("The numbers are shown, and the codebook stays as it is."))
    return redirect(found)


@login_required
@once
def coding_agree(http: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One answer on which the two differ, and the codes that they agree on; `number` counts the differences."""
    found = _coding(http, pk)
    if not hand_of(found, http.user) or not found.is_compared:
        raise Http404
    if http.method == "GET" and found.shown_at is not None:
        return redirect(found)
    differences = compared(found).differences
    if not 1 <= number <= len(differences):
        raise Http404
    difference = differences[number - 1]
    codes = list(found.codes.filter(level=Code.Level.OPEN).order_by("name"))
    given = frozenset(code.pk for code in difference.agreed or [])
    form = AnswerCodesForm(http.POST if http.method == "POST" else None, codes=codes, given=given)
    if http.method == "POST" and form.is_valid():
        agree_on(found, difference.answer, form.chosen(), by=http.user, at=timezone.now())
        return redirect("coding_agree", pk=pk, number=number + 1) if number < len(differences) else redirect(found)
    context = {
        "coding": found, "question": question_of(found), "difference": difference, "form": form, "number": number,
        "total": len(differences),
    }  # fmt: skip
    return render(http, "evaluation/coding_agree.html", context)


@login_required
@require_GET
def coding_file(http: HttpRequest, pk: int) -> HttpResponse:
    """The codebook with its counts, once they are shown, and the agreement on each code as CSV; no answer stands in it."""
    found = _coding(http, pk)
    if not found.is_compared:
        raise Http404
    text = codes_table(words_in_sum(found))
    record(
        "coding.downloaded", by=http.user, at=timezone.now(), target=found,
        institution_id=found.programme.institution_id,
    )  # fmt: skip
    headers = {
        "Content-Disposition": f'attachment; filename="codes-{found.pk}.csv"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
