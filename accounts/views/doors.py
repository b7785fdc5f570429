"""Pages and switches that work before one is in: language, appearance, the texts, consent, invitations, the demonstration."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import AboutForm, InvitedForm, SettingsForm
from accounts.models import Consent, Invitation, Language, Theme, User
from accounts.services import accept_invitation, create_invited_person, give_consent, keep_choice
from core.idempotency import once
from core.text import whole_number

YEAR = 365 * 24 * 3600
ROLE_LETTERS = set("abcdefghijklmnopqrstuvwxyz_")


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """Where the form asked to go, if that is a page of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, here, require_https=request.is_secure()) else otherwise


def _remember(response: HttpResponseRedirect, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


@require_POST
def language_switch(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    response = redirect(safe_next(request))
    if language in Language.values:
        if request.user.is_authenticated:
            keep_choice(request.user, language=language)
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@require_POST
def theme_switch(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = redirect(safe_next(request))
    if theme in Theme.values:
        if request.user.is_authenticated:
            keep_choice(request.user, theme=theme)
        _remember(response, "theme", theme)
    return response


@login_required
@require_POST
def role_switch(request: HttpRequest) -> HttpResponse:
    """Remember in which role one works. It opens nothing: what a person may do follows from what they hold."""
    role = request.POST.get("role", "")
    if 0 < len(role) <= 20 and set(role) <= ROLE_LETTERS:
        keep_choice(request.user, role=role)
    return redirect("/")


@require_GET
def text(request: HttpRequest, name: str) -> HttpResponse:
    """The terms or the privacy page, in the reader's language."""
    version = Consent.CURRENT["terms"]
    language = "fa" if get_language() == "fa" else "en"
    titles = {"terms": _("What we promise each other"), "privacy": _("Who sees what")}
    part = f"accounts/texts/{name}-{version}.{language}.html"
    return render(
        request, "accounts/text.html", {"name": name, "title": titles[name], "part": part, "version": version}
    )


@login_required
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Asked once after signing in, and again when the text changes."""
    wrong = False
    if request.method == "POST":
        if "terms" in request.POST:
            now = timezone.now()
            is_first = not Consent.objects.visible_to(request.user).filter(kind=Consent.Kind.TERMS).exists()
            give_consent(request.user, Consent.Kind.TERMS, at=now)
            if "research" in request.POST:
                give_consent(request.user, Consent.Kind.RESEARCH, at=now)
            if is_first:
                request.session["after_welcome"] = safe_next(request)
                return redirect("first_run")
            return redirect(safe_next(request))
        wrong = True
    context = {"wrong": wrong, "next": safe_next(request), "version": Consent.CURRENT["terms"]}
    return render(request, "accounts/consent.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest, step: int = 1) -> HttpResponse:
    """Two short steps for a new person: how they read, and who they are. Both can be skipped and changed later."""
    form_class = SettingsForm if step == 1 else AboutForm
    form = form_class(request.POST or None, instance=User.objects.visible_to(request.user).get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        keep_choice(request.user, **form.cleaned_data)
        return redirect("first_run_about") if step == 1 else redirect(request.session.pop("after_welcome", "/"))
    onward = request.session.get("after_welcome", "/")
    steps = [{"label": _("How you read")}, {"label": _("About you")}]
    return render(request, "accounts/first_run.html", {"form": form, "step": step, "steps": steps, "onward": onward})


@once
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation link: sign in, or set a name and a password; then you are in."""
    found = Invitation.objects.by_token(token).select_related("institution").first()
    if found is None:
        raise Http404
    now = timezone.now()
    if found.accepted_at is not None or found.expires_at <= now:
        return render(request, "accounts/invitation_over.html", {"invitation": found}, status=410)
    known = found.has_account
    form = InvitedForm(request.POST or None, email=found.email)
    if request.method == "POST" and request.user.is_authenticated:
        accept_invitation(found, person=request.user, at=now)
        messages.success(
            request, _("You are in. Welcome to %(institution)s.") % {"institution": found.institution.name}
        )
        return redirect("/")
    if request.method == "POST" and not known and form.is_valid():
        person, _belonging = create_invited_person(
            found, **form.cleaned_data, language=get_language() or Language.ENGLISH, at=now
        )
        return perform_login(request, person, redirect_url="/", email=person.email)
    context = {
        "invitation": found,
        "form": form,
        "known": known,
        "mine": request.user.is_authenticated and request.user.email == found.email,
    }
    return render(request, "accounts/invitation.html", context)


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click per role, in the demonstration only: anywhere else this page does not exist."""
    if not settings.DEMO:
        raise Http404
    person = get_object_or_404(User.objects.for_demonstration(), pk=whole_number(request.POST.get("person", "")))
    return perform_login(
        request, person, email_verification="none", redirect_url=safe_next(request), email=person.email
    )
