"""What a form suggests while somebody types."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mentoring.planning.concepts import PICKED, near, search, word_for

MOST = 8
LONGEST = 100


@login_required
@require_safe
def concept_suggestions(http: HttpRequest) -> JsonResponse:
    """Slugs of concepts, best first, each with the word that was meant if its name does not say it.

    `q`: what was typed; `of`: "field" for fields of study, else what is wanted or offered. `near`: nothing is called so,
    these only look like it.
    """
    kinds = ("field",) if http.GET.get("of") == "field" else PICKED
    typed, language = http.GET.get("q", "")[:LONGEST], get_language()
    found = search(typed, language, *kinds)[:MOST]
    words = [{"slug": row.slug, "word": word_for(row, typed, language)} for row in found]
    alike = [{"slug": row.slug, "word": ""} for row in near(typed, *kinds)] if not found else []
    return JsonResponse({"found": words or alike, "near": not found})
