"""What a published figure tells of the others, to whoever knows what some of those behind it said: the research file and the
studies hold answers of people who agreed, and the programme shows what everybody says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from evaluation.anonymity import ANY
from evaluation.disclosure import Batches, K
from evaluation.models import Response
from evaluation.perception import component_scores

Slice = tuple[str, int | None, str]
"""Whose figure it is: the side, the wave of an own questionnaire (None: all of the model's), the component or subscale."""
Unit = tuple[int, int | None]
Said = tuple[int, int]
"""Who said it, and in which response."""
Reading = Mapping[Unit, Said]


@dataclass
class Sides:
    """The answers behind what the programme shows of what each side says, in the order in which they came. `earlier`: as they
    stood when the next wave of the model's questionnaire began."""

    slices: dict[Slice, Batches[Unit, Said]] = field(default_factory=lambda: defaultdict(Batches))
    earlier: dict[Slice, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    newest: int = 0

    def add(self, row: Response, codes: Iterable[str]) -> None:
        of = row.wave_id if row.wave.instrument else None
        if of is None and row.wave.number > self.newest:
            self.newest = row.wave.number
            for name, each in self.slices.items():
                if name[1] is None:
                    self.earlier[name].append(dict(each.inside))
        unit, person = (row.enrolment_id, row.relationship_id), row.enrolment.person_id
        for code in codes:
            self.slices[row.enrolment.role, of, code].add(unit, person, (person, row.pk))

    def readings(self) -> Iterator[tuple[Slice, list[Reading]]]:
        """Of each figure what was let into it, reading by reading up to now, and last all who answered: those who wait, too."""
        for name, each in self.slices.items():
            yield name, [*self.earlier[name], each.inside, each.inside | each.waiting]


def counts(row: Response, pairs: Collection[int]) -> bool:
    """Whether an answer enters anything that is shown. About a relationship that was a mistake, which is none of `pairs`, only
    one to an own questionnaire does."""
    return row.relationship_id is None or row.relationship_id in pairs or row.wave.instrument is not None


def answers_behind(rows: Iterable[Response], answers: Mapping[int, dict[str, int]], pairs: Collection[int]) -> Sides:
    """`rows` come with their wave, its instrument and the enrolment; `pairs`: the relationships that count."""
    made = Sides()
    for row in sorted(rows, key=lambda each: (each.submitted_at, each.pk)):
        if not row.left_out and counts(row, pairs):
            made.add(row, _brought_by(row, answers[row.pk]))
    return made


def few_left_over(sides: Sides, inside: Collection[tuple[str, int]]) -> bool:
    """Whether a figure, or what changed in it from one reading to a later one, would stand for one to four others less what those
    `inside` (side, person) said. From each reading to the next is enough: what was replaced never comes back, so between any
    two as many have changed, or more."""
    for (side, *_of), readings in sides.readings():
        others = [
            {(unit, said) for unit, said in each.items() if (side, said[0]) not in inside} for each in [{}, *readings]
        ]
        for before, now in pairwise(others):
            if 0 < len({person for _unit, (person, _response) in now - before}) < K:
                return True
    return False


def _brought_by(row: Response, answers: Mapping[str, int]) -> list[str]:
    """The components or subscales to whose figures a response brings something; and ANY, for it is there."""
    own = row.wave.instrument
    given = {item: value for item, value in answers.items() if value >= (0 if own else 1)}
    if own is None:
        return [ANY, *component_scores(row.wave.form, given)]
    scores = own.definition.scores(given, row.enrolment.role, row.wave.moment)
    return [ANY, *(code for code, score in scores.items() if score is not None)]
