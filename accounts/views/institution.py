"""Pages of an institution's administrators: people, keys, and what happened. For everybody else they do not exist."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import ApiKeyForm, InvitationForm
from accounts.keys import LISTS, SCOPES
from accounts.models import ApiKey, AuditEvent, Belonging, Institution, Invitation
from accounts.queries import tell
from accounts.services import change_belonging, invite, make_api_key, revoke_api_key, withdraw_invitation
from core.idempotency import once
from core.text import clean_name


def administered(request: HttpRequest, slug: str) -> Institution:
    """The institution, for its administrators. Raises Http404 for everybody else."""
    institution = get_object_or_404(Institution.objects.visible_to(request.user), slug=slug)
    if not request.user.has_perm("accounts.administer", institution):
        raise Http404
    return institution


def tabs_of(institution: Institution, current: str) -> list[dict[str, object]]:
    """The pages of an institution; `current` is the route of the one that is open."""
    labels = {
        "institution_state": _("In detail"),
        "institution_people": _("People"),
        "api_keys": _("Keys"),
        "institution_audit": _("What happened"),
    }
    return [
        {"label": label, "url": reverse(name, args=[institution.slug]), "current": name == current}
        for name, label in labels.items()
    ]


@login_required
@once(after_back=True)
def institution_people(request: HttpRequest, slug: str) -> HttpResponse:
    institution = administered(request, slug)
    now = timezone.now()
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitation, token = invite(institution, **form.cleaned_data, by=request.user, at=now)
        link = settings.SITE_URL + reverse("invitation", args=[token])
        messages.success(request, _("Invited %(email)s.") % {"email": invitation.email})
        request.session["invitation_link"] = {"email": invitation.email, "link": link}
        return redirect("institution_people", slug)
    wanted = clean_name(request.GET.get("q", ""))
    page = Paginator(Belonging.objects.visible_to(request.user).of(institution, wanted), 50).get_page(
        request.GET.get("page")
    )
    context = {
        "institution": institution,
        "tabs": tabs_of(institution, "institution_people"),
        "page_obj": page,
        "wanted": wanted,
        "form": form,
        "invitations": Invitation.objects.visible_to(request.user)
        .usable(now)
        .filter(institution=institution)
        .order_by("email"),
        "made": request.session.pop("invitation_link", None),
    }
    return render(request, "accounts/institution_people.html", context)


@login_required
@require_POST
def belonging_role(request: HttpRequest, pk: int) -> HttpResponse:
    belonging = get_object_or_404(Belonging.objects.visible_to(request.user).select_related("institution"), pk=pk)
    institution = administered(request, belonging.institution.slug)
    role = request.POST.get("role", "")
    if role in Belonging.Role.values:
        change_belonging(belonging, role=role, by=request.user, at=timezone.now())
        messages.success(request, _("The role was changed."))
    return redirect("institution_people", institution.slug)


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user).select_related("institution"), pk=pk)
    institution = administered(request, invitation.institution.slug)
    withdraw_invitation(invitation, by=request.user, at=timezone.now())
    messages.success(request, _("The invitation was withdrawn; its link opens nothing any more."))
    return redirect("institution_people", institution.slug)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
@once(after_back=True)
def api_keys(request: HttpRequest, slug: str) -> HttpResponse:
    """The keys, and once after it is made the new one: it is in this answer and nowhere else."""
    institution = administered(request, slug)
    now, made, token = timezone.now(), None, ""
    form = ApiKeyForm(request.POST or None, institution=institution)
    if request.method == "POST" and form.is_valid():
        made, token = make_api_key(
            institution,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at,
            by=request.user,
            at=now,
        )
        form = ApiKeyForm(institution=institution)
    may_read = [LISTS[scope] for scope in (made.scopes if made else []) if scope in LISTS]
    keys = ApiKey.objects.visible_to(request.user).filter(institution=institution).select_related("created_by")
    context = {
        "institution": institution,
        "tabs": tabs_of(institution, "api_keys"),
        "page_obj": Paginator(keys.order_by("-pk"), 30).get_page(request.GET.get("page")),
        "usable": set(keys.usable(now).values_list("pk", flat=True)),
        "scopes": SCOPES,
        "form": form,
        "made": made,
        "token": token,
        "example": f'curl -H "Authorization: Bearer {token}" {settings.SITE_URL}/api/v1/{(may_read or ["schema"])[0]}',
    }
    return render(request, "accounts/api_keys.html", context)


@login_required
@require_POST
def api_key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.visible_to(request.user).select_related("institution"), pk=pk)
    revoke_api_key(key, by=request.user, at=timezone.now())
    messages.success(request, _("The key opens nothing any more."))
    return redirect("api_keys", key.institution.slug)


@login_required
@require_GET
def audit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Who did what and when: in the whole institution for its administrators, about oneself for everybody."""
    events = AuditEvent.objects.visible_to(request.user)
    institution = administered(request, slug) if slug else None
    events = events.filter(institution_id=institution.pk) if institution else events.about(request.user)
    page = Paginator(events.order_by("-seq"), 50).get_page(request.GET.get("page"))
    context = {
        "institution": institution,
        "tabs": tabs_of(institution, "institution_audit") if institution else [],
        "page_obj": page,
        "rows": tell(page.object_list),
        "tab": "audit",
    }
    return render(request, "accounts/audit.html", context)
