from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from paradigm.model import Relation, categories, category, components, paradigm, stages
from paradigm.pages import pages_of


@require_safe
def about_model(http: HttpRequest) -> HttpResponse:
    """The model behind the platform, for everybody."""
    signed_in = http.user.is_authenticated
    context = {
        "stages": [(stage, [_parts(row, signed_in) for row in categories(stage.slug)]) for stage in stages()],
        "relations": [_sentence(relation) for relation in paradigm().relations],
        "study": paradigm().study,
        "screening": _screening(),
        "outcomes": paradigm().outcome_scales,
        "counts": {"stages": len(stages()), "categories": len(categories()), "components": len(components())},
    }
    return render(http, "paradigm/about_model.html", context)


def _parts(row, signed_in):
    return row, [(part, list(pages_of(part.slug, signed_in=signed_in))) for part in row.components]


def _sentence(relation: Relation) -> dict[str, str]:
    phrase = {
        "starts": _("“%(source)s” sets “%(target)s” in motion."),
        "enables": _("“%(source)s” makes “%(target)s” possible."),
        "mediates": _("“%(source)s” passes on to “%(target)s” what the stages before have prepared."),
        "energises": _("“%(source)s” gives new energy to “%(target)s”."),
        "yields": _("“%(source)s” bears fruit in “%(target)s”."),
    }[relation.kind]
    source, target = category(relation.source), category(relation.target)
    names = {"source": source.name(get_language()), "target": target.name(get_language())}
    return {"text": phrase % names, "stage": source.stage}


def _screening() -> list[tuple[str, int]]:
    said = {
        "title": _("studies found and sorted by title"),
        "abstract": _("read as abstracts"),
        "content": _("read in full"),
        "quality": _("judged for their quality"),
        "included": _("included in the model"),
    }
    return [(said[step], count) for step, count in paradigm().study.screening]
