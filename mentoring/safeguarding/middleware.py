"""Whoever reads a page sees those they are kept apart from as they were when that began."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.faces import seen_with
from mentoring.relationships.queries import faces_for


def faces(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        with seen_with(lambda: faces_for(request.user.pk) if getattr(request.user, "kept_apart", False) else {}):
            return get_response(request)

    return middleware
