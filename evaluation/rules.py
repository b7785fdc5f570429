"""Who may do what in the evaluation."""

import rules

from evaluation.models import Action, Alert, Wave
from mentoring.planning.models import Programme


@rules.predicate
def coordinates(user, programme: Programme) -> bool:
    return Programme.objects.coordinated_by(user).filter(pk=programme.pk).exists()


@rules.predicate
def manages(user, programme: Programme) -> bool:
    return Programme.objects.managed_by(user).filter(pk=programme.pk).exists()


@rules.predicate
def coordinates_wave(user, wave: Wave) -> bool:
    return coordinates(user, wave.programme)


@rules.predicate
def coordinates_action(user, action: Action) -> bool:
    return coordinates(user, action.programme)


@rules.predicate
def may_act_on(user, alert: Alert) -> bool:
    return Alert.objects.visible_to(user).filter(pk=alert.pk).exists()


rules.add_perm("evaluation.make_report", manages)
rules.add_perm("evaluation.open_wave", coordinates)
rules.add_perm("evaluation.close_wave", coordinates_wave)
rules.add_perm("evaluation.recompute", coordinates)
rules.add_perm("evaluation.set_anchors", coordinates)
rules.add_perm("evaluation.set_points", coordinates)
rules.add_perm("evaluation.read_alerts", coordinates)
rules.add_perm("evaluation.act_on_alert", may_act_on)
rules.add_perm("evaluation.take_action", coordinates)
rules.add_perm("evaluation.settle_action", coordinates_action)
