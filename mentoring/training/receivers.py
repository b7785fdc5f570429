"""What training does when something happens below it."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from mentoring.planning.catalogue import Template
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.signals import enrolment_changed, programme_created
from mentoring.training.services import BEFORE_READY, DUE_DAYS, admit_when_trained, ask_for_modules


@receiver(programme_created)
def ask_for_the_modules_of_its_template(
    sender: object, *, programme: Programme, template: Template | None, at: datetime, **_newer: Any
) -> None:
    if template is None:
        return
    wanted = {(slug, role): DUE_DAYS for role in Enrolment.Role.values for slug in template.training(role)}
    ask_for_modules(programme, wanted, by=None, at=at)


@receiver(enrolment_changed)
def admit_who_has_learned_it_before(sender: object, *, enrolment: Enrolment, at: datetime, **_newer: Any) -> None:
    """Somebody who finished the modules in an earlier programme is not asked again."""
    if enrolment.status in BEFORE_READY and enrolment.trained_at is None:
        admit_when_trained(enrolment, at=at)
