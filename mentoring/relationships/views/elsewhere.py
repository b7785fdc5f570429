"""Into the room for calls that a programme has elsewhere, and what its server tells."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from mentoring.relationships.outside import Told, enter, hear
from mentoring.relationships.views.frame import own_relationship

MOST = 256 * 1024


@login_required
@require_GET
def relationship_meet(http: HttpRequest, pk: int) -> HttpResponse:
    """Into the room elsewhere; without one, to the conversation, where two ring each other and more than two cannot."""
    relationship = own_relationship(http, pk)
    if not http.user.has_perm("relationships.plan", relationship):
        raise PermissionDenied
    if url := enter(relationship, http.user, at=timezone.now()):
        return redirect(url)
    own = getattr(relationship, "room", None)  # its conversation, of which only an app above knows
    if len(relationship.present) > 2:
        messages.info(
            http,
            _(
                "More than two talk in a room elsewhere, and your programme has none yet. Its coordinators can choose one."
            ),
        )
        return redirect(own or relationship)
    return redirect(f"{own.get_absolute_url()}#call" if own else relationship)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def calls_told(http: HttpRequest, slug: str, what: str) -> HttpResponse:
    """What the server of a programme's room tells, by its seal. Each provider has paths of its own: `what` says nothing here.

    Who brings no seal does not find this door, nor who speaks of a room that is not known here.
    """
    told = Told(http.GET, http.headers, http.read(MOST))
    if not hear(slug, told, at=timezone.now()):
        raise Http404
    return HttpResponse(status=204)
