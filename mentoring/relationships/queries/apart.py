"""Who is kept apart from whom."""

from collections.abc import Collection

from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Block


def apart_among(people: Collection[int]) -> list[tuple[int, int, bool]]:
    """(one, other, by order) of everything that keeps two of these people apart now."""
    if len(people) < 2:
        return []
    return list(Block.objects.standing().among(people).values_list("one", "other", "order"))


def apart_in(programme: Programme) -> set[tuple[int, int]]:
    """(one, other) of all who take part in a programme and are kept apart now."""
    here = Enrolment.objects.filter(programme=programme).values("person")
    return set(Block.objects.standing().among(here).values_list("one", "other"))
