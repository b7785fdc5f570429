"""Goals and their steps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.idempotency import once
from core.undo import offer_undo
from mentoring.relationships import queries, services
from mentoring.relationships.forms import GoalCloseForm, GoalForm, StepForm
from mentoring.relationships.models import Goal, GoalStep
from mentoring.relationships.views.frame import framed, own_relationship
from mentoring.relationships.views.workspace import next_page


@login_required
@require_safe
def goals(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    found = list(Goal.objects.visible_to(http.user).filter(relationship=relationship).for_cards())
    is_open = (Goal.Status.PROPOSED, Goal.Status.ACTIVE)
    can_plan = http.user.has_perm("relationships.plan", relationship)
    queries.with_origins([step for goal in found for step in goal.steps.all()], http.user)
    context = framed(
        http,
        relationship,
        "goals",
        open=[_card(http, goal, can_plan=can_plan) for goal in found if goal.status in is_open],
        past=[goal for goal in found if goal.status not in is_open],
        most=services.MOST_GOALS,
        can_plan=can_plan,
    )
    return render(http, "relationships/goals.html", context)


def _card(http: HttpRequest, goal: Goal, form: StepForm | None = None, *, can_plan: bool = True) -> dict[str, object]:
    """What `_goal.html` needs; a step may be begun elsewhere."""
    told = http.GET
    begun = {"title": told["step"][:200], "origin": told.get("origin", "")[:40]} if told.get("step") else {}
    return {
        "goal": goal,
        "steps": list(goal.steps.all()),
        "can_confirm": http.user.has_perm("relationships.confirm_goal", goal),
        "can_plan": can_plan,
        "form": form or StepForm(goal=goal, initial=begun),
        "begun": bool(begun),
    }


def _goal(http: HttpRequest, pk: int) -> Goal:
    goal = get_object_or_404(Goal.objects.visible_to(http.user).for_cards(), pk=pk)
    if http.method == "POST" and not http.user.has_perm("relationships.plan", goal.relationship):
        raise PermissionDenied
    return goal


@login_required
@once(after_back=True)
def goal_new(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    if not http.user.has_perm("relationships.plan", relationship):
        raise PermissionDenied
    form = GoalForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        try:
            goal = services.propose_goal(relationship, **form.cleaned_data, by=http.user, at=timezone.now())
        except services.TooManyGoals as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(http, _("Proposed. It counts once the other side has said yes; add a first step already."))
            return redirect(goal)
    return render(http, "relationships/goal_new.html", framed(http, relationship, "goals", form=form))


@login_required
@require_POST
def goal_confirm(http: HttpRequest, pk: int) -> HttpResponse:
    goal = _goal(http, pk)
    services.confirm_goal(goal, by=http.user, at=timezone.now())
    messages.success(http, _("Agreed. Now small steps with a date help most."))
    return redirect(goal)


@login_required
@require_POST
def goal_drop(http: HttpRequest, pk: int) -> HttpResponse:
    goal = _goal(http, pk)
    services.drop_goal(goal, by=http.user, at=timezone.now())
    offer_undo(http, _("Let go. It stays readable below."), reverse("goal_take_up", args=[pk]))
    return redirect(goal)


@login_required
@require_POST
def goal_take_up(http: HttpRequest, pk: int) -> HttpResponse:
    goal = _goal(http, pk)
    services.take_up_goal(goal, by=http.user, at=timezone.now())
    messages.success(http, _("You work on it again."))
    return redirect(goal)


@login_required
@once(after_back=True)
def goal_close(http: HttpRequest, pk: int) -> HttpResponse:
    goal = _goal(http, pk)
    form = GoalCloseForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        services.close_goal(goal, **form.cleaned_data, by=http.user, at=timezone.now())
        messages.success(http, _("Closed. Well done, whatever the number says."))
        return redirect(goal)
    return render(http, "relationships/goal_close.html", framed(http, goal.relationship, "goals", goal=goal, form=form))


@login_required
@require_POST
@once(after_back=True)
def step_add(http: HttpRequest, pk: int) -> HttpResponse:
    goal = _goal(http, pk)
    form = StepForm(http.POST, goal=goal)
    if not form.is_valid():
        queries.with_origins(goal.steps.all(), http.user)
        context = framed(http, goal.relationship, "goals", card=_card(http, goal, form))
        return render(http, "relationships/step_add.html", context)
    source = GoalStep.Source.MESSAGE if form.cleaned_data["origin"] else GoalStep.Source.OWN
    services.add_step(goal, **form.cleaned_data, source=source, by=http.user, at=timezone.now())
    return redirect(goal)


def _step(http: HttpRequest, pk: int) -> GoalStep:
    found = GoalStep.objects.visible_to(http.user).select_related("goal__relationship__programme", "owner")
    step = get_object_or_404(found, pk=pk)
    if not http.user.has_perm("relationships.plan", step.goal.relationship):
        raise PermissionDenied
    return step


@login_required
@require_POST
def step_tick(http: HttpRequest, pk: int) -> HttpResponse:
    """`done` says which way, so that a double click is one tick. With htmx: the row or the card that asked for it."""
    step = _step(http, pk)
    services.tick_step(step, done=http.POST.get("done") == "1", by=http.user, at=timezone.now())
    if http.htmx:
        if (http.htmx.target or "").rpartition("#")[2].startswith("step-"):  # htmx 4 names it "li#step-7"
            step.refresh_from_db()
            context = {"step": step, "can_plan": True, "alone": True, "goal": step.goal.title}
            return render(http, "relationships/_step.html", context)
        goal = get_object_or_404(Goal.objects.visible_to(http.user).for_cards(), pk=step.goal_id)
        queries.with_origins(goal.steps.all(), http.user)
        return render(http, "relationships/_goal.html", {"card": _card(http, goal)})
    return redirect(next_page(http) or step.goal)


@login_required
@require_POST
def step_remove(http: HttpRequest, pk: int) -> HttpResponse:
    step = _step(http, pk)
    services.remove_step(step, by=http.user, at=timezone.now())
    return redirect(step.goal)
