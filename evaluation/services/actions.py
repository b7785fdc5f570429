"""An idea is taken up, done or dropped; after its window its indicator is read again."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from evaluation.actions import Idea
from evaluation.models import Action, Score
from mentoring.planning.models import Programme
from notifications.services import notify


class ActionIsUnderWay(DomainError):
    code = "action_is_under_way"
    status = 409
    default = _("This is under way already.")


class ActionIsClosed(DomainError):
    code = "action_is_closed"
    status = 409
    default = _("This was done or dropped in the meantime.")


@transaction.atomic
def accept_action(programme: Programme, idea: Idea, *, person: User, due_on: date, by: User, at: datetime) -> Action:
    """Take up an idea: `person`, a coordinator, sees to it until `due_on`. What its indicator says now is what it will be
    compared with. Raises ActionIsUnderWay.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if Action.objects.open().filter(programme=programme, idea=idea.slug).exists():
        raise ActionIsUnderWay
    scores = Score.objects.filter(programme=programme)
    action = Action.objects.create(
        programme=programme,
        idea=idea.slug,
        component=idea.component,
        code=idea.indicator,
        points=idea.points,
        window_days=idea.window,
        person=person,
        due_on=due_on,
        accepted_at=at,
        accepted_by=by,
        before_on=scores.aggregate(on=Max("as_of_on"))["on"],
    )
    _recorded("action.accepted", action, by=by, at=at)
    if person != by:
        notify(
            "evaluation.action_given",
            to=person,
            key=f"action:{action.pk}:given",
            at=at,
            url=action.get_absolute_url(),
            what=idea.what.text(person.language),
            programme=str(programme),
            due_on=due_on.isoformat(),
        )
    return action


@transaction.atomic
def finish_action(action: Action, *, by: User, at: datetime) -> None:
    """It was done today; its window begins. Raises ActionIsClosed."""
    today = timezone.localdate(at)
    _settle(action, done_on=today, read_again_on=action.window_from(today))
    _recorded("action.done", action, by=by, at=at)


@transaction.atomic
def drop_action(action: Action, *, reason: str, by: User, at: datetime) -> None:
    """It will not be done, and why. Raises ActionIsClosed."""
    _settle(action, dropped_at=at, drop_reason=reason)
    _recorded("action.dropped", action, by=by, at=at)


def _settle(action: Action, **changes: object) -> None:
    if not Action.objects.open().filter(pk=action.pk).update(**changes):
        raise ActionIsClosed


def _recorded(what: str, action: Action, *, by: User, at: datetime) -> None:
    institution = action.programme.institution_id
    record(what, by=by, at=at, target=action, institution_id=institution, reason=action.idea)


def read_again(programme: Programme, *, today: date, at: datetime) -> None:
    """Settle which day's figures stand after the actions whose window is over: those just computed. Their coordinators hear of
    it. One query when there are none."""
    due = list(Action.objects.filter(programme=programme).to_read_again(today).select_related("person", "programme"))
    if not due:
        return
    Action.objects.filter(pk__in=[action.pk for action in due]).update(after_on=today)
    for action in due:
        if action.person is not None and (idea := action.in_library) is not None:
            notify(
                "evaluation.action_read_again",
                to=action.person,
                key=f"action:{action.pk}:read",
                at=at,
                url=action.get_absolute_url(),
                what=idea.what.text(action.person.language),
                programme=str(programme),
            )
