"""Something happened: the scores of the relationship, or of the person, are made new within minutes; files go with consent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent, User
from accounts.signals import consent_withdrawn, person_will_be_erased
from core.parts import Part, parts_asked
from evaluation.certificates import COMPLETED, standings
from evaluation.facts import NEWS_COUNT_AFTER
from evaluation.queries import checklist_of, weeks_of_person, weeks_of_relationship
from evaluation.services import (
    drop_exports_of,
    update_people_soon,
    update_relationship_soon,
    update_relationships_of_soon,
)
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
from notifications.services import notify
from notifications.signals import news_read, rest_changed


@receiver(relationship_moved)
def measure_it_again(relationship_id: int, at: datetime, **_rest: Any) -> None:
    update_relationship_soon(relationship_id, at=at)


@receiver([relationship_started, relationship_closed, relationship_reopened, mentee_joined])
def measure_what_changed(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    update_relationship_soon(relationship.pk, at=at)


@receiver(learned)
def measure_who_learned(person_id: int, at: datetime, **_rest: Any) -> None:
    update_people_soon({person_id: at})


@receiver(module_finished)
def measure_who_finished(progress: ModuleProgress, at: datetime, **_rest: Any) -> None:
    update_people_soon({progress.person_id: at})


@receiver(news_read)
def measure_who_read(newest: Mapping[int, datetime], at: datetime, **_rest: Any) -> None:
    """News counts when it is three days old, read by then or not: what was read later changes nothing."""
    counts_from = {person: told_at + NEWS_COUNT_AFTER for person, told_at in newest.items()}
    update_people_soon({person: moment for person, moment in counts_from.items() if moment >= at})


@receiver(rest_changed)
def measure_the_clocks_again(person: User, at: datetime, **_rest: Any) -> None:
    update_relationships_of_soon(person, at=at)


@receiver(consent_withdrawn)
def let_go_of_the_files_they_are_in(sender: object, *, consent: Consent, at: datetime, **_newer: Any) -> None:
    if consent.kind == Consent.Kind.RESEARCH:
        drop_exports_of(consent.person, at=at)


@receiver(person_will_be_erased)
def let_go_of_the_files_of_who_goes(sender: object, *, person: User, at: datetime, **_newer: Any) -> None:
    drop_exports_of(person, at=at)


@receiver(relationship_closed)
def tell_who_finished(relationship: Relationship, at: datetime, **_rest: Any) -> None:
    """Whoever may make a certificate now hears of it."""
    if relationship.status not in COMPLETED:
        return
    for member in relationship.present:
        mine = next((row for row in standings(member.person) if row.enrolment.pk == member.enrolment_id), None)
        if mine is not None and mine.finished and mine.certificate is None:
            key = f"certificate:{member.enrolment_id}"
            programme = str(relationship.programme)
            notify(
                "evaluation.certificate",
                to=member.person,
                key=key,
                at=at,
                url=reverse("certificates"),
                programme=programme,
            )


@receiver(parts_asked)
def show_the_practical_checklist(page: str, reader: User, **_newer: Any) -> Part | None:
    """On the page of a person's growth, while they are in a relationship."""
    found = checklist_of(reader, at=timezone.now()) if page == "growth" else None
    return found and Part("evaluation/_practice.html", found)


@receiver(parts_asked)
def show_the_weeks(page: str, reader: User, about: Relationship | None, **_newer: Any) -> Part | None:
    """How its figures went from week to week, on the pages of a relationship and of a person's growth."""
    if page == "relationship" and about is not None:
        return Part("evaluation/_weeks.html", weeks_of_relationship(about, reader))
    return Part("evaluation/_weeks.html", weeks_of_person(reader)) if page == "growth" else None
