"""The agreement: read, change, sign."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.text import to_ascii_digits
from mentoring.relationships.forms import AgreementForm
from mentoring.relationships.services import AgreementChanged, change_agreement, sign_agreement
from mentoring.relationships.views.frame import framed, own_relationship


@login_required
@require_safe
def agreement(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    found = relationship.agreement
    signed = {s.person_id: s.signed_at for s in found.signatures.filter(version=found.version)}
    context = framed(
        http,
        relationship,
        "agreement",
        agreement=found,
        rows=[{"person": person, "signed_at": signed.get(person.pk)} for person in relationship.people],
        signed_by_me=http.user.pk in signed,
        agreed=all(person.pk in signed for person in relationship.people),
        form=AgreementForm(instance=found),
    )
    return render(http, "relationships/agreement.html", context)


@login_required
def agreement_edit(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    if not http.user.has_perm("relationships.plan", relationship):
        raise PermissionDenied
    found = relationship.agreement
    form = AgreementForm(http.POST or None, instance=found)
    if http.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = change_agreement(found, data, version=data["version"], by=http.user, at=timezone.now())
        except AgreementChanged as refusal:
            form.add_error(None, str(refusal.message))
            found.refresh_from_db()
            form.data = form.data.copy()
            form.data["version"] = str(found.version)  # sent again, knowing of the other text, it is taken
        else:
            if changed.version != data["version"]:
                messages.success(http, _("Saved. Read it once more and sign; the other side is asked to sign too."))
            return redirect("agreement", pk)
    return render(http, "relationships/agreement_edit.html", framed(http, relationship, "agreement", form=form))


@login_required
@require_POST
def agreement_sign(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    if not http.user.has_perm("relationships.plan", relationship):
        raise PermissionDenied
    version = to_ascii_digits(http.POST.get("version", ""))
    agreed = sign_agreement(
        relationship.agreement, version=int(version) if version.isdecimal() else 0, by=http.user, at=timezone.now()
    )
    messages.success(
        http,
        _("Signed by all. What you agreed counts from today.") if agreed else _("Signed. Now the other side signs."),
    )
    return redirect("agreement", pk)
