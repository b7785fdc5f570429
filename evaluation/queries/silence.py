"""Who has not heard from whom for too long: for the people themselves, by the same figure as for their coordinators."""

from collections.abc import Collection
from datetime import date, timedelta

from evaluation.models import UnitScore
from evaluation.risk import SILENT_FROM
from evaluation.statistics.rollup import SCORED
from mentoring.relationships.models import Relationship

SINCE_CONTACT = "SC1"
LATELY = timedelta(days=14)


def silences(relationships: Collection[Relationship], today: date) -> dict[int, int]:
    """Relationship id -> days without two-way contact, of those that are silent for longer than their rhythm bears; as the
    newest scores of the last two weeks say it: without pauses, holidays and days away. Who was in touch after these were
    computed is not silent. One query."""
    rows = UnitScore.objects.filter(relationship__in=relationships, week_on__gt=today - LATELY).order_by("week_on")
    newest = {row.relationship_id: row for row in rows}
    found = {}
    for relationship in relationships:
        row, last = newest.get(relationship.pk), relationship.last_contact_at
        if row is None or relationship.status == Relationship.Status.PAUSED or (last and last > row.computed_at):
            continue
        measured = next((each for each in row.measured if each.code == SINCE_CONTACT and each.state == SCORED), None)
        if measured is not None and measured.numerator is not None and (measured.raw or 0.0) > SILENT_FROM:
            found[relationship.pk] = int(measured.numerator)
    return found
