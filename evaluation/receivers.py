"""Something happened: the scores of the relationship, or of the person, are made new within minutes."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from evaluation.services import update_person_soon, update_relationship_soon
from mentoring.relationships.models import Relationship
from mentoring.relationships.signals import (
    mentee_joined,
    relationship_closed,
    relationship_moved,
    relationship_reopened,
    relationship_started,
)
from mentoring.training.models import ModuleProgress
from mentoring.training.signals import learned, module_finished


@receiver(relationship_moved)
def measure_it_again(relationship_id: int, at: datetime, **_rest: Any) -> None:
    update_relationship_soon(relationship_id, at=at)


@receiver([relationship_started, relationship_closed, relationship_reopened, mentee_joined])
def measure_what_changed(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    update_relationship_soon(relationship.pk, at=at)


@receiver(learned)
def measure_who_learned(person_id: int, at: datetime, **_rest: Any) -> None:
    update_person_soon(person_id, at=at)


@receiver(module_finished)
def measure_who_finished(progress: ModuleProgress, at: datetime, **_rest: Any) -> None:
    update_person_soon(progress.person_id, at=at)
