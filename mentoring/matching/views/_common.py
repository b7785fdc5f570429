"""What the pages of the studio share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mentoring.matching.models import MatchRun, Pair
from mentoring.planning.models import Programme


def steps(now: int, programme: Programme, run: MatchRun | None = None) -> dict[str, Any]:
    """The five steps of the studio for the stepper."""
    home = reverse("matching_home", args=[programme.slug])
    here = run.get_absolute_url() if run else None
    labels = [(_("Pool"), home), (_("Rules"), home), (_("Run"), None), (_("Review"), here), (_("Publish"), None)]
    return {"steps": [{"label": label, "url": url} for label, url in labels], "now": now}


def asked(http: HttpRequest, permission: str, row: Programme | MatchRun | Pair) -> None:
    if not http.user.has_perm(permission, row):
        raise PermissionDenied
