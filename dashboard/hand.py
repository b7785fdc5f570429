"""What the reader has in hand: the programme or institution that the page, or the last one, was about."""

from django.http import HttpRequest

from accounts.models import Institution
from dashboard.queries import programme_at_hand
from mentoring.planning.models import Programme

PROGRAMME_KEY = "programme"


def institution_in_hand(request: HttpRequest) -> Institution | None:
    """The institution of the page, else the first one the person administers."""
    mine = Institution.objects.administered_by(request.user).order_by("pk")
    asked = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    return (mine.filter(slug=asked).first() if asked else None) or mine.first()


def programme_in_hand(request: HttpRequest) -> Programme | None:
    """The programme of the page, remembered for the pages without one. The page and the shell around it ask once."""
    if not hasattr(request, "in_hand"):
        request.in_hand = _find_programme(request)
    return request.in_hand


def _find_programme(request: HttpRequest) -> Programme | None:
    asked = request.resolver_match.kwargs.get("slug") if request.resolver_match else None
    asked = asked or request.GET.get("programme")
    programme = programme_at_hand(request.user, asked or request.session.get(PROGRAMME_KEY))
    if programme is not None and request.session.get(PROGRAMME_KEY) != programme.slug:
        request.session[PROGRAMME_KEY] = programme.slug
    return programme
