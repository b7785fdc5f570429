"""Who is kept apart from whom."""

from collections.abc import Collection

from django.db.models import Q

from accounts.faces import Face
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Block


def apart_among(people: Collection[int]) -> list[tuple[int, int, bool]]:
    """(one, other, by order) of everything that keeps two of these people apart now."""
    if len(people) < 2:
        return []
    return list(Block.objects.standing().among(people).values_list("one", "other", "order"))


def faces_for(person: int) -> dict[int, Face]:
    """By id, whoever is kept apart from `person`, as they were when that began: the first time, where more than one thing does.
    One query."""
    found: dict[int, Face] = {}
    for block in Block.objects.standing().filter(Q(one=person) | Q(other=person)).order_by("made_at", "pk"):
        them, face = block.one_id, Face(block.one_name, block.one_about)
        if them == person:
            them, face = block.other_id, Face(block.other_name, block.other_about)
        found.setdefault(them, face)
    return found


def apart_in(programme: Programme) -> set[tuple[int, int]]:
    """(one, other) of all who take part in a programme and are kept apart now."""
    here = Enrolment.objects.filter(programme=programme).values("person")
    return set(Block.objects.standing().among(here).values_list("one", "other"))
