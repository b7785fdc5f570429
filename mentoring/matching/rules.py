"""Who may match: the coordinators of the programme, nobody else."""

import rules

from accounts.models import User
from mentoring.matching.models import MatchRun, Pair
from mentoring.planning.models import Programme


@rules.predicate
def coordinates(user: User, row: Programme | MatchRun | Pair | None) -> bool:
    if isinstance(row, Pair):
        row = row.run
    programme = row.programme if isinstance(row, MatchRun) else row
    return programme is not None and programme.coordinations.filter(person=user).exists()


rules.add_perm("matching.run", coordinates)
rules.add_perm("matching.review", coordinates)
rules.add_perm("matching.publish", coordinates)
