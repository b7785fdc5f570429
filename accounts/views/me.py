"""Pages about oneself: profile, safety of the account, one's data, leaving."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import personal_data
from accounts.forms import EraseForm, ProfileForm
from accounts.models import AuditEvent, Consent, User
from accounts.queries import tell
from accounts.services import end_sessions, erase_person, give_consent, keep_choice, record, withdraw_consent


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    # A copy from the database: a form that is not valid must not change the person the page is drawn for.
    form = ProfileForm(request.POST or None, instance=User.objects.visible_to(request.user).get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        keep_choice(request.user, **form.cleaned_data)
        with translation.override(request.user.language):
            messages.success(request, _("Saved. This is how you are seen from now on."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form, "tab": "profile"})


@login_required
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    actions = ("login.ok", "logout", "login.failed", "password.changed", "password.reset", "email.changed")
    events = AuditEvent.objects.visible_to(request.user).about(request.user).filter(action__in=actions)
    rows = tell(events.order_by("-seq")[:12])
    return render(request, "accounts/security.html", {"rows": rows, "tab": "security"})


@login_required
@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    end_sessions(request.user, by=request.user, at=timezone.now(), keep=request.session.session_key or "")
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("security")


@login_required
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    consents = Consent.objects.visible_to(request.user)
    context = {
        "consents": consents.order_by("-given_at"),
        "research": consents.in_force(Consent.Kind.RESEARCH).exists(),
        "tab": "data",
    }
    return render(request, "accounts/my_data.html", context)


@login_required
@require_POST
def research_consent(request: HttpRequest) -> HttpResponse:
    if "give" in request.POST:
        give_consent(request.user, Consent.Kind.RESEARCH, at=timezone.now())
        messages.success(request, _("Thank you. Your answers help research, without your name."))
    else:
        withdraw_consent(request.user, Consent.Kind.RESEARCH, at=timezone.now())
        messages.success(request, _("Taken back. From now on your answers are in no research export."))
    return redirect("my_data")


@login_required
@require_POST
@never_cache
def my_data_file(request: HttpRequest) -> HttpResponse:
    """Everything kept about the person, as one JSON file."""
    record("export.made", by=request.user, at=timezone.now(), target=request.user)
    held = personal_data.export(request.user)
    response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="peyvand-my-data.json"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def erase_me(request: HttpRequest) -> HttpResponse:
    form = EraseForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        person = User.objects.visible_to(request.user).get(pk=request.user.pk)
        erase_person(person, by=person, at=timezone.now())
        logout(request)
        messages.success(request, _("Your account is erased. Thank you for having been here."))
        return redirect("/")
    return render(request, "accounts/erase_me.html", {"form": form, "tab": "data"})
