"""Alerts are raised, put off, acted on and closed; every alert keeps what became of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from evaluation.contact import before_and_after
from evaluation.facts import Facts
from evaluation.models import COMPARED, COOLING, FOLLOW_UP, Alert
from evaluation.models.alerts import AlertQuerySet
from evaluation.risk import BETWEEN, BETWEEN_CODES, VERSION, Reason, Risk, Weights, points_of, risks
from evaluation.services.foresight import foresee
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import CoordinatorTouch, Relationship, RelationshipMember
from mentoring.relationships.signals import relationship_moved
from notifications.services import notify

MENTOR, MENTEE = Enrolment.Role.MENTOR, Enrolment.Role.MENTEE
BOTH = (MENTOR, MENTEE)
NUDGES = {
    "no_first_contact": BOTH,
    "agreement_unsigned": BOTH,
    "unanswered": BOTH,
    "silence": BOTH,
    "missed_sessions": BOTH,
    "falling": BOTH,
    "training_unfinished": (MENTOR,),
}
"""Reasons that people can do something about themselves, and who of them."""


class NotTheirsToSee(DomainError):
    code = "not_theirs_to_see"
    default = _("Only a coordinator of the programme who is not a member of the relationship can see to this.")


class AlertIsClosed(DomainError):
    code = "alert_is_closed"
    default = _("This was settled in the meantime; there is nothing left to do.")


@transaction.atomic
def refresh_alerts(facts: Facts) -> None:
    """Raise, update, close and judge the alerts of a programme from its facts; of one that is over, close and judge only. A
    reason that an alert closed with less than 14 days ago raises no new one."""
    alerts = Alert.objects.filter(relationship__programme=facts.programme)
    over = facts.programme.status == Programme.Status.CLOSED
    weights = points_of(facts.programme, facts.today)
    _bring_up_to_date(alerts, facts, weights, {} if over else risks(facts, weights.points))
    _judge(alerts, facts.at)
    _compare(alerts, facts)


def renew_alert(facts: Facts, pk: int, *, known: list[Reason] | None) -> None:
    """Make the alert of one relationship new at once, where what passes between the two says something else than its open alert
    (`known`: the reasons of that, None: there is none), or is enough for one by itself. No statement where it is not: what people
    answer, learn and report is read within hours."""
    if facts.programme.status == Programme.Status.CLOSED:
        return
    between = risks(facts, rules=BETWEEN).get(pk)
    if known is None:
        is_new = between is not None and between.is_watched
    else:
        is_new = between is None or _between(between.reasons) != _between(known)
    if not is_new:
        return
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=facts.programme.pk)
        weights = points_of(facts.programme, facts.today)
        found = {mine: risk for mine, risk in risks(facts, weights.points).items() if mine == pk}
        _bring_up_to_date(Alert.objects.filter(relationship=pk), facts, weights, found)


def _between(reasons: Iterable[Reason]) -> set[tuple[Any, ...]]:
    return {
        (reason["code"], reason.get("count"), reason.get("waits"))
        for reason in reasons
        if reason["code"] in BETWEEN_CODES
    }


def _bring_up_to_date(alerts: AlertQuerySet, facts: Facts, weights: Weights, found: dict[int, Risk]) -> None:
    model = foresee(facts, found) if found else None
    still_open = {alert.relationship_id: alert for alert in alerts.open().select_related("relationship")}
    cooling: dict[int, set[str]] = {}
    for pk, reasons in alerts.filter(closed_at__gt=facts.at - COOLING).values_list("relationship_id", "reasons"):
        cooling.setdefault(pk, set()).update(reason["code"] for reason in reasons)
    fresh = _renew([(alert, found.get(pk)) for pk, alert in still_open.items()], facts.at)
    new = []
    for pk, risk in found.items():
        if pk in still_open:
            continue
        risk.reasons = [reason for reason in risk.reasons if reason["code"] not in cooling.get(pk, ())]
        if risk.is_watched:
            versions = {"version": VERSION, "points_version": weights.version, "model": model}
            content = _content(risk)
            since = facts.at if content["level"] == Alert.Level.REVIEW else None
            new.append(Alert(relationship_id=pk, raised_at=facts.at, needs_look_since=since, **versions, **content))
    Alert.objects.bulk_create(new)
    _nudge([*((alert, alert.reasons) for alert in new), *fresh], facts.at)


def _content(risk: Risk) -> dict[str, Any]:
    return {
        "points": risk.points,
        "level": Alert.Level.REVIEW if risk.needs_a_look else Alert.Level.WATCH,
        "reasons": sorted(risk.reasons, key=lambda reason: -reason["points"]),
        "unknown": risk.unknown,
    }


def _renew(rows: Iterable[tuple[Alert, Risk | None]], at: datetime) -> list[tuple[Alert, list[Reason]]]:
    """Returns the reasons that have come up since. A reason that nobody has settled ends the rest of an alert."""
    changed, fresh = [], []
    for alert, risk in rows:
        if risk is None or not risk.is_watched:
            _close(alert, risk, at)
            continue
        content, known = _content(risk), {reason["code"] for reason in alert.reasons}
        fresh.append((alert, [reason for reason in content["reasons"] if reason["code"] not in known]))
        if alert.needs_look_since is None and content["level"] == Alert.Level.REVIEW:
            content["needs_look_since"] = at
        if alert.rests_until and not {reason["code"] for reason in content["reasons"]} <= {*alert.settled}:
            content |= {"rests_until": None, "snoozed_for": "", "settled": []}
        if any(getattr(alert, name) != value for name, value in content.items()):
            for name, value in content.items():
                setattr(alert, name, value)
            changed.append(alert)
    # Days alone change most of them every night. An upsert writes them in one statement; `bulk_update` takes seconds for as many.
    Alert.objects.bulk_create(changed, update_conflicts=True, unique_fields=["pk"], update_fields=RENEWED)
    return fresh


RENEWED = ["points", "level", "reasons", "unknown", "needs_look_since", "rests_until", "snoozed_for", "settled"]


def _close(alert: Alert, risk: Risk | None, at: datetime) -> None:
    if risk is not None:
        outcome = "better_after_action" if alert.acted_at else "settled_by_itself"
    elif alert.relationship.is_open and alert.relationship.pauses.filter(ended_at=None).exists():
        outcome = "paused"
    else:
        outcome = "ended" if alert.relationship.status == Relationship.Status.ENDED else "concluded"
    Alert.objects.filter(pk=alert.pk).update(closed_at=at, outcome=outcome)


def _judge(alerts: AlertQuerySet, at: datetime) -> None:
    """What became of the relationships by eight weeks after their alerts: ended before the planned day, or came to its end as
    planned, known when it happens; else, at the end of the eight weeks, recovered where the alert had closed, for another
    reason than a pause, and continued where not. Four statements, however many alerts."""
    became, horizon = Alert.Became, F("raised_at") + FOLLOW_UP
    over = Q(relationship__closed_at__lte=horizon) & Q(relationship__closed_at__lte=at)
    early = Q(relationship__status=Relationship.Status.ENDED) & Q(
        relationship__closed_at__date__lt=F("relationship__planned_end_on")
    )
    voided = Q(relationship__status=Relationship.Status.VOIDED)
    for kind, rule in (
        (became.ENDED_EARLY, over & early),
        (became.COMPLETED, over & ~early),
        (became.RECOVERED, Q(raised_at__lte=at - FOLLOW_UP, closed_at__lte=horizon) & ~Q(outcome="paused")),
        (became.CONTINUED, Q(raised_at__lte=at - FOLLOW_UP)),
    ):
        alerts.filter(rule, became="").exclude(voided).update(became=kind, judged_at=at)


def _compare(alerts: AlertQuerySet, facts: Facts) -> None:
    """Contact before and after the first time that somebody saw to them, once the days after are over. Two statements."""
    due = list(alerts.seen_to().filter(acted_at__lte=facts.at - COMPARED, days_compared=None))
    if not due:
        return
    told = []
    for alert, found in zip(
        due, before_and_after(facts, [(alert.relationship_id, alert.acted_at) for alert in due]), strict=True
    ):
        if found is not None:
            alert.days_compared, alert.days_before, alert.days_after = found.days, found.before, found.after
            told.append(alert)
    Alert.objects.bulk_create(
        told,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["days_compared", "days_before", "days_after"],
    )


def _nudge(raised: list[tuple[Alert, list[Reason]]], at: datetime) -> None:
    """A friendly word to the people of those that are only watched, about the first of these reasons that they can do something
    about."""
    told = [(alert, reasons) for alert, reasons in raised if alert.level == Alert.Level.WATCH and reasons]
    members: dict[int, list[RelationshipMember]] = {}
    for member in RelationshipMember.objects.filter(
        relationship__in=[alert.relationship_id for alert, _reasons in told], left_at=None
    ).select_related("person"):
        members.setdefault(member.relationship_id, []).append(member)
    for alert, reasons in told:
        reason = next((reason for reason in reasons if reason["code"] in NUDGES), None)
        for member in members.get(alert.relationship_id, []):
            if reason and member.role in NUDGES[reason["code"]] and reason.get("waits") != member.role:
                _tell(alert, reason, member, members[alert.relationship_id], at)


def _tell(
    alert: Alert, reason: Reason, member: RelationshipMember, members: list[RelationshipMember], at: datetime
) -> None:
    others = [other.person for other in members if other.role != member.role]
    notify(
        f"evaluation.nudge_{reason['code']}",
        to=member.person,
        key=f"nudge:{alert.pk}:{reason['code']}:{member.person_id}",
        at=at,
        url=reverse("relationship", args=[alert.relationship_id]),
        name=" · ".join(str(person) for person in others),
    )


@transaction.atomic
def send_note(alert: Alert, *, text: str, roles: list[str], by: User, at: datetime) -> None:
    """Send the coordinator's words to the members in `roles`, and remember that the coordinator was in touch.

    Raises AlertIsClosed.
    """
    members = alert.relationship.members.filter(left_at=None, role__in=roles).select_related("person")
    for member in members:
        notify(
            "evaluation.coordinator_note",
            to=member.person,
            key=f"note:{alert.pk}:{at.isoformat()}:{member.person_id}",
            at=at,
            url=reverse("relationship", args=[alert.relationship_id]),
            name=str(by),
            text=text,
        )
    _acted(alert, "note", [member.person for member in members], by=by, at=at)


@transaction.atomic
def mark_done(alert: Alert, *, by: User, at: datetime) -> None:
    """The coordinator took care of it in another way. Raises AlertIsClosed."""
    members = alert.relationship.members.filter(left_at=None).select_related("person")
    _acted(alert, "other", [member.person for member in members], by=by, at=at)


def _rest(alert: Alert, until: datetime, **more: Any) -> None:
    """For its reasons of this moment the alert rests until then. Raises AlertIsClosed."""
    codes = [reason["code"] for reason in alert.reasons]
    if not Alert.objects.open().filter(pk=alert.pk).update(rests_until=until, settled=codes, **more):
        raise AlertIsClosed


def _acted(alert: Alert, action: str, people: list[User], *, by: User, at: datetime) -> None:
    now = Value(at, models.DateTimeField())
    _rest(
        alert,
        at + COOLING,
        acted_at=Coalesce("acted_at", now),
        looked_at=Coalesce("looked_at", Case(When(needs_look_since__lte=at, then=now))),
        acted_by=by,
        action=action,
        snoozed_for="",
    )
    CoordinatorTouch.objects.bulk_create(
        CoordinatorTouch(relationship_id=alert.relationship_id, coordinator=by, person=person, at=at, reason=action)
        for person in people
    )
    relationship_moved.send(Alert, relationship_id=alert.relationship_id, at=at)
    record(
        "alert.acted",
        by=by,
        at=at,
        target=alert,
        institution_id=alert.relationship.programme.institution_id,
        reason=action,
    )


@transaction.atomic
def give(alert: Alert, *, to: User | None, by: User, at: datetime) -> None:
    """Put an alert into the hands of a coordinator, who hears of it, or (`to` None) back before all of them. Who has it already
    hears nothing. Raises AlertIsClosed, NotTheirsToSee."""
    if to is not None and not Alert.objects.visible_to(to).filter(pk=alert.pk).exists():
        raise NotTheirsToSee
    rows = Alert.objects.open().filter(pk=alert.pk)
    if not rows.exclude(given_to=to).update(given_to=to):
        if not rows.exists():
            raise AlertIsClosed
        return
    programme = alert.relationship.programme
    why = f"to {to.pk}" if to else "to nobody"
    record("alert.given", by=by, at=at, target=alert, institution_id=programme.institution_id, reason=why)
    if to is not None and to != by:
        notify(
            "evaluation.alert_given",
            to=to,
            key=f"alert:{alert.pk}:given:{at.isoformat()}",
            at=at,
            url=alert.get_absolute_url(),
            name=str(by),
            programme=str(programme),
        )


@transaction.atomic
def snooze(alert: Alert, *, days: int, why: Alert.Snooze, by: User, at: datetime) -> None:
    """Put an alert off for some days, and say why it can wait. Raises AlertIsClosed."""
    _rest(alert, at + timedelta(days=days), snoozed_for=why)
    record(
        "alert.snoozed",
        by=by,
        at=at,
        target=alert,
        institution_id=alert.relationship.programme.institution_id,
        reason=f"{days} d, {why}",
    )
