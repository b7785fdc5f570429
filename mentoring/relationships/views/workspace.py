"""The workspace of a relationship, and the list of one's people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.parts import parts_of
from mentoring.relationships import queries
from mentoring.relationships.forms import MOODS, CheckInForm
from mentoring.relationships.models import Note, Relationship
from mentoring.relationships.services import check_in
from mentoring.relationships.views.coordination import coordinator_page
from mentoring.relationships.views.frame import framed, own_relationship

TIMELINE_SHOWN = 8


@login_required
@require_safe
def relationship(http: HttpRequest, pk: int) -> HttpResponse:
    """The overview for its members; a reduced page for the programme's coordinators."""
    found = get_object_or_404(Relationship.objects.visible_to(http.user).for_cards(), pk=pk)
    if not http.user.has_perm("relationships.take_part", found):
        return coordinator_page(http, found)
    now = timezone.now()
    standing = queries.standings(http.user, [found], now=now)[found.pk]
    events = queries.timeline(found, now=now)
    shown = len(events) if "all" in http.GET else TIMELINE_SHOWN
    context = framed(
        http,
        found,
        "relationship",
        why=found.why_for(http.user),
        standing=standing,
        step=queries.next_step(found, standing, http.user),
        first_steps=queries.first_steps(found, standing),
        path=queries.PATH,
        place=queries.path_place(found, standing, now=now),
        events=events[:shown],
        has_more=len(events) > shown,
        days=((found.closed_at or now) - found.started_at).days,
        headlines=queries.headlines([found], http.user),
        moods=MOODS,
        mood=standing.mood,
        programme_notes=Note.objects.visible_to(http.user)
        .filter(relationship=found, scope=Note.Scope.PROGRAMME)
        .count(),
        parts=parts_of("relationship", reader=http.user, about=found),
    )
    return render(http, "relationships/relationship.html", context)


@login_required
@require_safe
def people(http: HttpRequest) -> HttpResponse:
    """My mentors and mentees, those of today first."""
    now = timezone.now()
    found = list(Relationship.objects.visible_to(http.user).of(http.user).for_cards())
    standings = queries.standings(http.user, found, now=now)
    lines = queries.headlines(found, http.user)
    cards = [
        {
            "relationship": one,
            "people": [
                {"person": m.person, "role": m.get_role_display(), "line": lines.get(m.person_id, "")}
                for m in one.present
                if m.person_id != http.user.pk
            ],
            "standing": standings[one.pk],
            "step": queries.next_step(one, standings[one.pk], http.user),
            "place": queries.path_place(one, standings[one.pk], now=now),
        }
        for one in found
    ]
    context = {
        "open": [card for card in cards if card["relationship"].is_open],
        "closed": [card for card in cards if not card["relationship"].is_open],
        "path": queries.PATH,
    }
    return render(http, "relationships/people.html", context)


@login_required
@require_POST
def check_in_now(http: HttpRequest, pk: int) -> HttpResponse:
    """One tap; back to the page it came from."""
    found = own_relationship(http, pk)
    form = CheckInForm(http.POST)
    if form.is_valid():
        check_in(found, by=http.user, mood=form.cleaned_data["mood"], at=timezone.now())
        messages.success(http, _("Thank you. You can change it until the week is over."))
    return redirect(next_page(http) or found)


def next_page(http: HttpRequest) -> str:
    """Where a form asked to be led afterwards, if that is a page of ours."""
    wanted = http.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={http.get_host()}) else ""
