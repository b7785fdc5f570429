"""The closing: reason, exit questions, carrying on after all."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mentoring.relationships import queries, services
from mentoring.relationships.forms import ClosingForm, ExitForm
from mentoring.relationships.models import Relationship
from mentoring.relationships.views.frame import framed, own_relationship


@login_required
def closing(http: HttpRequest, pk: int) -> HttpResponse:
    """Begin, answer or look back, whichever comes now."""
    relationship = own_relationship(http, pk)
    concluding = relationship.status == Relationship.Status.CONCLUDING
    form = (ExitForm if concluding else ClosingForm)(http.POST or None)
    if http.method == "POST" and relationship.is_open and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        if concluding:
            closed = services.answer_exit(relationship, **data, by=http.user, at=now)
            messages.success(http, _("Thank you.") if closed.is_open else _("Thank you. With this, it is closed."))
        else:
            services.begin_closing(relationship, **data, by=http.user, at=now)
            messages.success(http, _("The closing has begun. Now three questions for each of you."))
        return redirect("closing", pk)
    answered = set(relationship.exit_answers.values_list("person_id", flat=True))
    context = framed(
        http,
        relationship,
        "closing",
        concluding=concluding,
        form=form,
        answered=http.user.pk in answered,
        counts=queries.counts(relationship),
        closing_days=services.CLOSING_DAYS,
    )
    return render(http, "relationships/closing.html", context)


@login_required
@require_POST
def closing_withdraw(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    if not http.user.has_perm("relationships.take_part", relationship):
        raise PermissionDenied
    services.carry_on(relationship, by=http.user, at=timezone.now())
    messages.success(http, _("You carry on. The other side was told."))
    return redirect(relationship)
