"""Contact from week to week: each relationship for its coordinators, counts for whoever may see how the programme stands."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.services import record
from evaluation.queries import contact, health
from evaluation.queries.told import STARS, satisfaction, up_to
from evaluation.sheets import contact_table, counts_table, health_table
from evaluation.views.programmes import managed
from mentoring.planning.models import Programme


@login_required
@require_safe
def contact_page(http: HttpRequest, slug: str) -> HttpResponse:
    programme = managed(http, slug)
    now = up_to(programme, timezone.now())
    coordinates = http.user.has_perm("evaluation.read_alerts", programme)
    page = Paginator(contact.watched(programme, http.user), 20).get_page(http.GET.get("page")) if coordinates else None
    context = {
        "programme": programme,
        "headline": contact.headline(programme, http.user, now) if coordinates else "",
        "page_obj": page,
        "rows": contact.heat_rows(programme, page.object_list, now) if page else [],
        "weeks": contact.week_names(now),
        "sessions": contact.session_weeks(programme, now, in_full=coordinates),
        "columns": contact.session_columns(),
        "satisfaction": satisfaction([programme])[programme.pk],
        "stars": STARS,
        "coordinates": coordinates,
    }
    return render(http, "evaluation/contact.html", context)


@login_required
@require_safe
def figures_file(http: HttpRequest, slug: str, table: str) -> HttpResponse:
    """The figures of a page as CSV, no more than the page shows; those of single relationships for coordinators only."""
    programme, now = managed(http, slug), timezone.now()
    if table == "contact" and not http.user.has_perm("evaluation.read_alerts", programme):
        raise PermissionDenied
    text = _table(http, programme, table)
    record(
        "figures.downloaded",
        by=http.user,
        at=now,
        target=programme,
        institution_id=programme.institution_id,
        reason=table,
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{programme.slug}-{table}.csv"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _table(http: HttpRequest, programme: Programme, table: str) -> str:
    now = up_to(programme, timezone.now())
    if table == "health":
        return health_table(health(programme))
    if table == "contact":
        rows = contact.heat_rows(programme, contact.watched(programme, http.user), now)
        return contact_table(rows, contact.mondays(now))
    if table == "sessions":
        in_full = http.user.has_perm("evaluation.read_alerts", programme)
        return counts_table("week", contact.session_columns(), contact.session_weeks(programme, now, in_full=in_full))
    if table == "satisfaction":
        return counts_table("weeks", [str(n) for n in STARS], satisfaction([programme])[programme.pk])
    raise Http404
