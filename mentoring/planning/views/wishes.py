"""Whom one would like to be matched with, and whom never. Both lists are private."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.text import clean_name
from mentoring.planning import services
from mentoring.planning.models import Enrolment
from mentoring.planning.queries import counterparts, matching_words, nevers_of, wishes_of

PER_PAGE = 24
VERBS = ("wish", "raise_wish", "drop_wish", "never", "take_back_never")


def _mine(http: HttpRequest, pk: int) -> Enrolment:
    row = get_object_or_404(
        Enrolment.objects.visible_to(http.user).select_related("programme", "person").prefetch_related("concepts"),
        pk=pk,
    )
    if not http.user.has_perm("planning.wish_enrolment", row) or "wishes" not in row.programme.asks(row.role):
        raise Http404
    return row


@login_required
@require_safe
def wishes(http: HttpRequest, pk: int) -> HttpResponse:
    mine = _mine(http, pk)
    people = counterparts(mine)
    words = clean_name(http.GET.get("q", ""))
    if words:
        people = people.filter(matching_words(words, "person__name", "headline", "organisation"))
    page = Paginator(people, PER_PAGE).get_page(http.GET.get("page"))
    wished = list(wishes_of(mine))
    own = {row.concept for row in mine.concepts.all()}
    context = {
        "enrolment": mine,
        "programme": mine.programme,
        "page_obj": page,
        "people": [
            {"enrolment": row, "shared": [one.name for one in row.concepts.all() if one.concept in own]} for row in page
        ],
        "wishes": wished,
        "wished": {row.wished_id for row in wished},
        "places_left": services.WISHES - len(wished),
        "nevers": nevers_of(mine),
        "q": words,
    }
    return render(http, "planning/wishes.html", context)


@login_required
@require_POST
def wish_step(http: HttpRequest, pk: int, verb: str, other: int) -> HttpResponse:
    mine = _mine(http, pk)
    if verb not in VERBS:
        raise Http404
    by = {"by": http.user} if "never" in verb else {}
    try:
        getattr(services, verb)(mine, other, **by)
    except Enrolment.DoesNotExist as error:
        raise Http404 from error
    return redirect("wishes", pk)
