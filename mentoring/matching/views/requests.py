"""Pages of asking: the directory, one's choices, the mentor's inbox, the coordinator's list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from mentoring.matching import services
from mentoring.matching.directory import Directory, paces
from mentoring.matching.forms import (
    AcceptForm,
    AnswerForm,
    DeclineForm,
    DirectoryFilter,
    MessageForm,
    QuestionForm,
)
from mentoring.matching.models import Request
from mentoring.matching.queries import profiles
from mentoring.matching.rules import may_ask
from mentoring.matching.services.requests import CHOICES, MentorNotThere
from mentoring.matching.services.runs import facts
from mentoring.planning.models import Enrolment, Programme

PER_PAGE = 12
ROWS = 50
HERE = (Enrolment.Status.READY, Enrolment.Status.PAUSED)
Status = Request.Status


def _posted(http: HttpRequest) -> Any:
    return http.POST if http.method == "POST" else None


# The mentee


def _mentee(http: HttpRequest, slug: str) -> Enrolment:
    """Oneself as a mentee of a programme where mentees ask; for anybody else it does not exist."""
    mine = Enrolment.objects.visible_to(http.user).mentees().filter(person=http.user, programme__slug=slug)
    mentee: Enrolment = get_object_or_404(mine.select_related("person", "programme"), programme__slug=slug)
    if not (mentee.programme.takes_requests or mentee.requests_sent.exists()):
        raise Http404
    return mentee


def _live(mentee: Enrolment) -> dict[int, Request]:
    """What is open or waits for its turn, in order, by the mentor's enrolment."""
    return {row.mentor_id: row for row in mentee.requests_sent.live().for_rows().order_by("rank")}


@login_required
@require_safe
def mentor_directory(http: HttpRequest, slug: str) -> HttpResponse:
    mentee = _mentee(http, slug)
    if not may_ask(mentee):
        return redirect("my_requests", slug)
    directory = services.directory_of(mentee)
    form = DirectoryFilter(http.GET or None, directory=directory)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = Paginator(directory.find(**wanted), PER_PAGE).get_page(http.GET.get("page"))
    live = _live(mentee)
    context = {
        "mentee": mentee,
        "programme": mentee.programme,
        "form": form,
        "is_filtered": any(wanted.values()),
        "page_obj": page,
        "cards": _cards(directory, list(page)),
        "everybody": len(directory.mentors),
        "is_priced": directory.is_priced,
        "live": live,
        "left": CHOICES - len(live),
    }
    return render(http, "matching/directory.html", context)


def _cards(directory: Directory, mentors: list[Enrolment]) -> list[dict[str, Any]]:
    """What a mentee sees of some mentors: why they fit, what they offer, how long an answer takes."""
    stories = directory.stories([mentor.pk for mentor in mentors])
    known = paces(mentors, apart_from=directory.mentee)
    return [
        {
            "mentor": mentor,
            "offers": directory.offers(mentor),
            "why": facts(directory.pool, stories[mentor.pk], unknown=(), broken=()),
            "pace": known[mentor.pk],
        }
        for mentor in mentors
    ]


@login_required
@once
def mentor_profile(http: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One mentor of the directory, and the words to ask them with: POST chooses, or changes the words."""
    mentee = _mentee(http, slug)
    live = _live(mentee)
    chosen = live.get(pk)
    directory = services.directory_of(mentee) if may_ask(mentee) else None
    mentor = directory.mentors.get(pk) if directory else None
    if directory is None or mentor is None:
        if chosen is None:
            raise Http404
        messages.info(http, MentorNotThere.default)
        return redirect("my_requests", slug)
    form = MessageForm(_posted(http), initial={"message": chosen.message if chosen else ""})
    if http.method == "POST" and form.is_valid():
        _choose(http, mentee, mentor, chosen, form.cleaned_data["message"])
        return redirect("my_requests", slug)
    context = {
        "programme": mentee.programme,
        "card": _cards(directory, [mentor])[0],
        "profile": profiles([mentor, mentee], language=get_language())[0],
        "chosen": chosen,
        "left": CHOICES - len(live),
        "form": form,
    }
    return render(http, "matching/directory_mentor.html", context, status=422 if form.errors else 200)


def _choose(http: HttpRequest, mentee: Enrolment, mentor: Enrolment, chosen: Request | None, message: str) -> None:
    if chosen is not None:
        services.change_message(chosen, message)
        messages.success(http, _("Your words are kept."))
        return
    services.choose_mentor(mentee, mentor, message=message, at=timezone.now())
    messages.success(http, _("%(name)s is on your list.") % {"name": mentor.person})


@login_required
@require_safe
def my_requests(http: HttpRequest, slug: str) -> HttpResponse:
    return _my_requests(http, _mentee(http, slug))


def _my_requests(http: HttpRequest, mentee: Enrolment, answer_form: AnswerForm | None = None) -> HttpResponse:
    """The request on its way, the choices behind it, and what came of earlier ones."""
    live = list(_live(mentee).values())
    asked = next((request for request in live if request.is_open), None)
    drafts = [request for request in live if not request.is_open]
    past = mentee.requests_sent.exclude(status__in=Request.LIVE).for_rows().order_by("-decided_at", "-rank")
    shown = [asked.mentor] if asked else [request.mentor for request in drafts]
    context = {
        "mentee": mentee,
        "programme": mentee.programme,
        "asked": asked,
        "questions": asked.questions.order_by("asked_at") if asked else [],
        "drafts": drafts,
        "past": past,
        "paces": paces(shown, apart_from=mentee),
        "may_ask": may_ask(mentee),
        "left": CHOICES - len(live),
        "answer_form": answer_form or AnswerForm(),
    }
    return render(http, "matching/requests_mine.html", context, status=422 if answer_form else 200)


@login_required
@require_POST
@once
def requests_send(http: HttpRequest, slug: str) -> HttpResponse:
    sent = services.send_first(_mentee(http, slug), at=timezone.now())
    if sent is None:
        messages.warning(http, _("Nobody on your list can be asked any more. Please choose again."))
    else:
        messages.success(http, _("Your request is on its way to %(name)s.") % {"name": sent.mentor.person})
    return redirect("my_requests", slug)


def _request(http: HttpRequest, pk: int, permission: str = "") -> Request:
    """A request the reader may see; with `permission`, refused to those who see it and may not do this."""
    request: Request = get_object_or_404(Request.objects.visible_to(http.user).for_rows(), pk=pk)
    if permission and not http.user.has_perm(permission, request):
        raise PermissionDenied
    return request


@login_required
@require_POST
def choice_move(http: HttpRequest, pk: int) -> HttpResponse:
    request = _request(http, pk, "matching.ask")
    services.move_choice(request, up="up" in http.POST)
    return redirect("my_requests", request.programme.slug)


@login_required
@require_POST
def choice_drop(http: HttpRequest, pk: int) -> HttpResponse:
    request = _request(http, pk, "matching.ask")
    services.drop_choice(request)
    messages.success(http, _("%(name)s is off your list.") % {"name": request.mentor.person})
    return redirect("my_requests", request.programme.slug)


@login_required
@require_POST
@once
def request_withdraw(http: HttpRequest, pk: int) -> HttpResponse:
    request = _request(http, pk, "matching.ask")
    services.withdraw_request(request, by=http.user, at=timezone.now())
    messages.success(http, _("Taken back. %(name)s need not answer any more.") % {"name": request.mentor.person})
    return redirect("my_requests", request.programme.slug)


@login_required
@require_POST
@once
def request_answer(http: HttpRequest, pk: int) -> HttpResponse:
    request = _request(http, pk, "matching.ask")
    form = AnswerForm(http.POST)
    if not form.is_valid():
        return _my_requests(http, request.mentee, form)
    services.answer_question(request, form.cleaned_data["answer"], by=http.user, at=timezone.now())
    messages.success(http, _("Your answer is with %(name)s.") % {"name": request.mentor.person})
    return redirect("my_requests", request.programme.slug)


# The mentor


@login_required
@require_safe
def request_inbox(http: HttpRequest) -> HttpResponse:
    """Requests to the reader: those that wait, the most urgent first, then what was decided."""
    mine = Request.objects.visible_to(http.user).filter(mentor__person=http.user).for_rows()
    waiting = list(mine.open().order_by("due_at", "pk"))
    context = {
        "waiting": [request for request in waiting if not request.waits_for_mentee],
        "asked_back": [request for request in waiting if request.waits_for_mentee],
        "page_obj": Paginator(mine.exclude(status__in=Request.LIVE).order_by("-decided_at", "pk"), ROWS).get_page(
            http.GET.get("page")
        ),
        "places": Enrolment.objects.visible_to(http.user)
        .mentors()
        .filter(person=http.user, status__in=HERE)
        .for_rows(),
    }
    return render(http, "matching/requests_inbox.html", context)


@login_required
@require_safe
def request_page(http: HttpRequest, pk: int) -> HttpResponse:
    """One request, for its mentor and the coordinators; the mentee has all of hers on one page."""
    request = _request(http, pk)
    if http.user.has_perm("matching.ask", request):
        return redirect("my_requests", request.programme.slug)
    if http.user.has_perm("matching.answer_request", request):
        services.see_request(request, at=timezone.now())
    return _request_page(http, request)


def _request_page(http: HttpRequest, request: Request, **bound: Any) -> HttpResponse:
    forms = {
        "accept_form": AcceptForm(initial={"capacity": request.mentor.capacity}, auto_id="accept_%s"),
        "decline_form": DeclineForm(auto_id="decline_%s"),
        "question_form": QuestionForm(),
    }
    answers = http.user.has_perm("matching.answer_request", request)
    context = {
        "request_to_mentor": request,
        "programme": request.programme,
        "profile": profiles([request.mentee, request.mentor], language=get_language())[0],
        "questions": request.questions.order_by("asked_at"),
        "why": _why(request) if request.is_open else None,
        "answers": answers and request.is_open,
        **forms,
        **bound,
    }
    return render(http, "matching/request.html", context, status=422 if bound else 200)


def _why(request: Request) -> dict[str, Any] | None:
    """What the two share, while both are in the pool."""
    directory = services.directory_of(request.mentee)
    if not {request.mentee_id, request.mentor_id} <= directory.pool.people.keys():
        return None
    return facts(directory.pool, directory.stories([request.mentor_id])[request.mentor_id], unknown=(), broken=())


@login_required
@require_POST
@once
def request_accept(http: HttpRequest, pk: int) -> HttpResponse:
    request = _request(http, pk, "matching.answer_request")
    form = AcceptForm(http.POST, auto_id="accept_%s")
    if not form.is_valid():
        return _request_page(http, request, accept_form=form)
    relationship = services.accept_request(request, by=http.user, at=timezone.now(), **form.cleaned_data)
    messages.success(http, _("%(name)s is your mentee now.") % {"name": request.mentee.person})
    return redirect(relationship)


@login_required
@require_POST
@once
def request_decline(http: HttpRequest, pk: int) -> HttpResponse:
    request = _request(http, pk, "matching.answer_request")
    form = DeclineForm(http.POST, auto_id="decline_%s")
    if not form.is_valid():
        return _request_page(http, request, decline_form=form)
    services.decline_request(request, by=http.user, at=timezone.now(), **form.cleaned_data)
    messages.success(http, _("Declined. Thank you for answering: now somebody else can be asked."))
    return redirect("request_inbox")


@login_required
@require_POST
@once
def request_ask(http: HttpRequest, pk: int) -> HttpResponse:
    request = _request(http, pk, "matching.answer_request")
    form = QuestionForm(http.POST)
    if not form.is_valid():
        return _request_page(http, request, question_form=form)
    services.ask_for_more(request, form.cleaned_data["question"], by=http.user, at=timezone.now())
    messages.success(http, _("Asked. Your time stands still until %(name)s answers.") % {"name": request.mentee.person})
    return redirect(request)


# The coordinator


@login_required
@require_safe
def programme_requests(http: HttpRequest, slug: str) -> HttpResponse:
    """All requests of a programme with their states and ages: those that run out first stand first."""
    programme = get_object_or_404(Programme.objects.coordinated_by(http.user), slug=slug)
    rows = Request.objects.visible_to(http.user).filter(programme=programme, sent_at__isnull=False).for_rows()
    open_ones = rows.open()
    everything = "all" in http.GET
    shown = rows.order_by("-sent_at", "pk") if everything else open_ones.order_by(F("due_at").asc(), "pk")
    context = {
        "programme": programme,
        "page_obj": Paginator(shown, ROWS).get_page(http.GET.get("page")),
        "open": open_ones.count(),
        "all": everything,
    }
    return render(http, "matching/requests_programme.html", context)
