"""Growth, the player of modules, and what a programme asks its people to learn."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.parts import parts_of
from mentoring.planning.models import Programme
from mentoring.relationships.models import Goal, Relationship
from mentoring.training import catalogue, services
from mentoring.training.catalogue import Module
from mentoring.training.forms import AnswerForm, RatingForm, RequiredModulesForm
from mentoring.training.models import LessonAnswer, ModuleProgress, SelfRating
from mentoring.training.queries import growth_of, roles_of, shelf, training_counts

Answer = Callable[..., HttpResponse]


def started(view: Answer) -> Answer:
    """For pages inside a module: 404 for an unknown one, its first page for one that was not begun yet."""

    @login_required
    @wraps(view)
    def wrapped(http, slug, **kwargs):
        module = _module_or_404(slug)
        progress = ModuleProgress.objects.visible_to(http.user).filter(module=slug).first()
        return view(http, module, progress, **kwargs) if progress else redirect("module", slug)

    return wrapped


def _posted(http):
    """What a form is bound to; a POST without any field is bound, too."""
    return http.POST if http.method == "POST" else None


def _module_or_404(slug: str) -> Module:
    try:
        return catalogue.module(slug)
    except KeyError as error:
        raise Http404 from error


@login_required
@require_safe
def growth(http):
    """My modules, what I took home from them, my goals, and how I rated myself."""
    context = {
        "shelf": shelf(http.user, today=timezone.localdate()),
        "ratings": growth_of(http.user, language=get_language()),
        "notes": LessonAnswer.objects.visible_to(http.user).taken_home(),
        "goals": Goal.objects.visible_to(http.user).filter(status=Goal.Status.ACTIVE).for_cards(),
        "has_several": Relationship.objects.of(http.user).open().count() > 1,
        "parts": parts_of("growth", reader=http.user),
    }
    return render(http, "training/growth.html", context)


@login_required
@require_safe
def module(http, slug):
    """What a module is about, before it is begun and whenever one comes back."""
    found = _module_or_404(slug)
    progress = ModuleProgress.objects.visible_to(http.user).filter(module=slug).first()
    return render(
        http, "training/module.html", {"module": found, "progress": progress, "resume": _resume(found, progress)}
    )


def _resume(module: Module, progress: ModuleProgress | None) -> int:
    """The number of the screen to come back to, counted from 1."""
    if progress is None or progress.finished_at:
        return 1
    return min(progress.position + 1, len(module.screens))


@login_required
@require_POST
def module_start(http, slug):
    progress = services.start_module(_module_or_404(slug).slug, by=http.user, at=timezone.now())
    if progress.position or progress.ratings.exists():
        return redirect("module_screen", slug, _resume(_module_or_404(slug), progress))
    return redirect("module_before", slug)


@started
def module_before(http, module, progress):
    """Two minutes before the first lesson: where do I stand? May be left out; afterwards it is too late."""
    if progress.position:
        return redirect("module", module.slug)
    form = RatingForm(module, _posted(http), with_test=True)
    if http.method == "POST" and form.is_valid():
        now = timezone.now()
        services.rate_self(progress, form.ratings, moment=SelfRating.Moment.BEFORE, at=now)
        services.take_test(progress, form.answers, at=now)
        return redirect("module_screen", module.slug, 1)
    return render(http, "training/module_before.html", {"module": module, "form": form})


@started
def module_screen(http, module, progress, number):
    """One idea. POST keeps the answer and goes on; a question first shows what is to be said about the answer."""
    if not 1 <= number <= len(module.screens):
        raise Http404
    screen = module.screens[number - 1]
    kept = {row.lesson: row.answer for row in progress.answers.all()}
    roles = roles_of(http.user)
    form = AnswerForm(screen, roles, _posted(http), initial=_initial(screen, roles, kept.get(screen.key, {})))
    if http.method == "POST" and form.is_valid():
        return _keep(http, module, progress, number, form)
    context = {"module": module, "progress": progress, "screen": screen, "number": number, "form": form}
    context |= {"answer": kept.get(screen.key), "outline": _outline(module, progress, kept, number)}
    context |= {"chosen": _chosen(screen, kept), "previous": number - 1, "following": number + 1}
    return render(http, "training/screen.html", context)


def _keep(http, module: Module, progress: ModuleProgress, number: int, form: AnswerForm):
    screen, now = module.screens[number - 1], timezone.now()
    data = form.cleaned_data
    here = reverse("module_screen", args=[module.slug, number])
    if screen.kind in ("question", "quiz"):
        services.answer_lesson(progress, screen, {"option": data["option"]}, at=now)
        return redirect(f"{here}#feedback")
    if screen.kind == "use":
        if data["text"]:
            step = services.take_home(progress, data["text"], by=http.user, at=now)
            if step is not None:
                messages.success(http, _("Your step stands among your goals now."))
        services.answer_lesson(progress, screen, {}, at=now)
        return redirect("module_after", module.slug)
    services.answer_lesson(progress, screen, {"text": data["text"]} if data.get("text") else {}, at=now)
    return redirect("module_screen", module.slug, number + 1)


def _initial(screen: catalogue.Screen, roles: tuple[str, ...], answer: dict[str, str]) -> dict[str, str]:
    if screen.kind != "use" or not answer:
        return answer
    language = get_language()
    same = [option.key for option in screen.options if option.text.text(language) == answer["text"]]
    return {"option": same[0]} if same else {"option": "own", "own": answer["text"]}


def _chosen(screen: catalogue.Screen, kept: dict[str, dict[str, str]]) -> catalogue.Option | None:
    if screen.kind not in ("question", "quiz") or screen.key not in kept:
        return None
    return screen.option(kept[screen.key]["option"])


def _outline(
    module: Module, progress: ModuleProgress, kept: dict[str, dict[str, str]], number: int
) -> list[dict[str, object]]:
    """The table of contents with what is done; questions are done when they are answered."""
    return [
        {
            "screen": screen,
            "number": place,
            "current": place == number,
            "done": screen.key in kept if screen.kind in ("question", "quiz") else place <= progress.position,
        }
        for place, screen in enumerate(module.screens, start=1)
    ]


@started
def module_after(http, module, progress):
    """The same statements again; then the module is finished. May be left out."""
    form = RatingForm(module, _posted(http), with_test=False)
    if http.method == "POST" and ("skip" in http.POST or form.is_valid()):
        now = timezone.now()
        services.finish_module(progress, at=now)
        if "skip" not in http.POST:
            services.rate_self(progress, form.ratings, moment=SelfRating.Moment.AFTER, at=now)
        return redirect("module_done", module.slug)
    answered = set(progress.answers.values_list("lesson", flat=True))
    context = {"module": module, "form": form, "open_questions": module.open_questions(answered)}
    return render(http, "training/module_after.html", context)


@require_safe
@started
def module_done(http, module, progress):
    """What changed, and what comes next."""
    if progress.finished_at is None:
        return redirect("module", module.slug)
    mine = [each for each in growth_of(http.user, language=get_language()) if each.module.slug == module.slug]
    context = {
        "module": module,
        "progress": progress,
        "growth": mine[0] if mine else None,
        "shelf": shelf(http.user, today=timezone.localdate()),
        "note": progress.answers.filter(lesson=module.screens[-1].key).first(),
    }
    return render(http, "training/module_done.html", context)


@login_required
def training_settings(http, slug):
    """Which modules a programme requires of whom, and how far its people are, as counts."""
    programme = get_object_or_404(Programme.objects.visible_to(http.user).managed_by(http.user), slug=slug)
    form = RequiredModulesForm(programme, _posted(http))
    if http.method == "POST" and form.is_valid():
        services.ask_for_modules(programme, form.wanted, by=http.user, at=timezone.now())
        messages.success(http, _("Saved. People see it on their growth page at once."))
        return redirect("training_settings", slug)
    context = {
        "programme": programme,
        "form": form,
        "counts": training_counts(programme),
        "coordinates": http.user.has_perm("planning.coordinate_programme", programme),
    }
    return render(http, "training/training_settings.html", context)
