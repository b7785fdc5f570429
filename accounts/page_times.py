"""How long the server takes for a page, by the institutions of who asked for it, as a histogram; and what each key calls over
REST, by how it was answered.

Counted in memory and written down once a minute (`core.tallies`); no request waits for it.
"""

from collections.abc import Callable, Collection, Iterable
from math import log2
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from accounts.models import ApiKey, Belonging
from core.tallies import Counting

WHAT, CALLS = "pages", "calls"
"""Owner and bucket: an institution and a step of the histogram; a key and the first digit of the status."""
PER_OCTAVE, MOST = 8, 140
"""A step is 9 % wide; the last one holds what took three minutes or more."""


def step_of(ms: float) -> int:
    """The step of the histogram that is nearest."""
    return min(MOST, max(0, round(PER_OCTAVE * log2(max(ms, 1.0)))))


def ms_of(step: int) -> float:
    """The time in the middle of a step."""
    return float(2.0 ** (step / PER_OCTAVE))


def _institutions(people: Collection[int]) -> Iterable[tuple[int, int]]:
    return Belonging.objects.filter(person__in=people).values_list("person", "institution").distinct()


pages = Counting(WHAT, _institutions)
calls = Counting(CALLS, lambda keys: ((key, key) for key in keys))


def page_times(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = get_response(request)
        person = getattr(getattr(request, "user", None), "pk", None)
        if person and request.method == "GET" and response.headers.get("Content-Type", "").startswith("text/html"):
            pages.count(person, step_of(1000.0 * (perf_counter() - started)))
        if isinstance(key := getattr(request, "auth", None), ApiKey):  # REST framework says it on Django's request, too
            calls.count(key.pk, response.status_code // 100)
        return response

    return middleware
