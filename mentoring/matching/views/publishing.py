"""Publish in waves, and the words of the letters."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from core.idempotency import once
from mentoring.matching import services
from mentoring.matching.forms import LettersForm, WaveForm
from mentoring.matching.models import MatchRun, Pair
from mentoring.matching.services.letters import KINDS, Letters, keep_letters, letters_of, own_words
from mentoring.matching.services.publishing import letter
from mentoring.matching.views._common import asked, steps
from mentoring.matching.why import LANGUAGES
from mentoring.planning.models import Programme

TICKED = 200
"""Up to this many approved pairs can be ticked one by one; of more, a group by its fit."""


@login_required
@once
def matching_publish(http: HttpRequest, pk: int) -> HttpResponse:
    """Choose which approved pairs begin now; the rest stays in review."""
    run = get_object_or_404(MatchRun.objects.visible_to(http.user).select_related("programme"), pk=pk)
    asked(http, "matching.publish", run)
    approved = run.pairs.for_rows().filter(status=Pair.Status.APPROVED).order_by("-score", "pk")
    form = WaveForm(
        http.POST if http.method == "POST" else None, approved=approved, initial={"which": WaveForm.Which.ALL}
    )
    if http.method == "POST" and form.is_valid():
        services.publish_run(run, by=http.user, at=timezone.now(), only=form.chosen().values_list("pk", flat=True))
        return redirect(run)
    pairs = list(approved[:TICKED])
    wanted = http.GET.get("pair", "")
    shown = next((pair for pair in pairs if str(pair.pk) == wanted), pairs[0] if pairs else None)
    context = {
        "run": run,
        "form": form,
        "pairs": pairs,
        "pair": shown,
        "count": approved.count(),
        "waiting": run.pairs.filter(status=Pair.Status.PROPOSED).count(),
        "letters": _letters(shown, letters_of(run.programme)) if shown else [],
        "waves": run.waves.select_related("published_by").order_by("-pk"),
        "ticked": set(http.POST.getlist("pairs")),
        **steps(5, run.programme, run),
    }
    return render(http, "matching/publish.html", context, status=422 if form.errors else 200)


def _letters(pair: Pair, texts: Letters) -> list[dict[str, Any]]:
    """Both letters of one pair in both languages, exactly as they will be sent."""
    made = []
    for to, partner in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
        kind = KINDS[to.role]
        for language in LANGUAGES:
            own = own_words(texts, to.role, language)
            words = letter(pair.run.programme, pair.why, to=to, partner=partner, language=language, own=own)
            with override(language):
                told = {"title": str(kind.title) % words, "action": str(kind.action)}
                told["body"] = words.get("words") or str(kind.body) % words
            made.append({"to": to, "language": language, "sent": to.person.language == language, **told})
    return made


@login_required
@once
@require_http_methods(["GET", "POST"])
def matching_letters(http: HttpRequest, slug: str) -> HttpResponse:
    """A programme's own words for both letters, in both languages."""
    programme = get_object_or_404(Programme.objects.coordinated_by(http.user), slug=slug)
    asked(http, "matching.publish", programme)
    form = LettersForm(http.POST if http.method == "POST" else None, letters=letters_of(programme))
    draft = programme.match_runs.filter(status=MatchRun.Status.STAGED).order_by("-created_at").first()
    if http.method == "POST" and form.is_valid():
        keep_letters(programme, form.letters)
        messages.success(http, _("Kept. The letters of the next wave say it like this."))
        return redirect("matching_publish", pk=draft.pk) if draft else redirect("matching_home", slug=programme.slug)
    context = {"programme": programme, "form": form, "draft": draft, **steps(5, programme, draft)}
    return render(http, "matching/letters.html", context, status=422 if form.errors else 200)
