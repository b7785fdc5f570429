"""An attacker with every figure that was ever published, and linear algebra, against the rules that let figures out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.disclosure import Batches, K, hidden, may_compare, shown

pytestmark = pytest.mark.once


def few_people(published, units, k=K):
    """Whether a sum of the published rows says something of fewer than `k` people alone.

    `published`: one coefficient per unit in each row; `units`: the people of each unit. Units that always go together count
    as one: nothing published can tell them apart.
    """
    rows = np.array(published, dtype=float).reshape(len(published), len(units))
    atoms = {}
    for place, people in enumerate(units):
        if people:  # of an empty cell all is known
            atoms.setdefault(tuple(rows[:, place]), set()).update(people)
    columns = np.array([column for column in atoms if any(column)]).T
    sizes = [people for column, people in atoms.items() if any(column)]
    rank = np.linalg.matrix_rank(columns) if columns.size else 0
    small = [place for place, people in enumerate(sizes) if len(people) < k]
    for count in range(1, min(len(small), k - 1) + 1):
        for chosen in combinations(small, count):
            if len(set().union(*(sizes[place] for place in chosen))) < k:
                rest = np.delete(columns, chosen, axis=1)
                if (np.linalg.matrix_rank(rest) if rest.size else 0) < rank:
                    return True
    return False


def table_of(counts, away):
    """What a one-way table publishes: its total, and each cell that is not hidden."""
    cells = [[float(place == cell) for place in range(len(counts))] for cell in range(len(counts)) if cell not in away]
    names = iter(range(sum(counts)))
    return [[1.0] * len(counts), *cells], [{next(names) for _ in range(n)} for n in counts]


@given(st.lists(st.integers(0, 14), min_size=1, max_size=7).filter(lambda counts: sum(counts) >= K))
def test_what_a_table_hides_is_not_recovered_from_its_total(counts):
    assert not few_people(*table_of(counts, hidden(counts)))


def test_without_the_remainder_rule_the_attack_finds_the_small_cell():
    counts = [12, 3, 8]
    only_small = {place for place, n in enumerate(counts) if 0 < n < K}

    assert few_people(*table_of(counts, only_small))
    assert shown(counts) == [12, None, None]


sides = st.lists(st.tuples(st.booleans(), st.integers(0, 13)), max_size=45)


def reports_after_each(news, k):
    """Everything published while `news` (side, person) come in: what each side says, and the two together."""
    slices, published = (Batches(k), Batches(k)), []
    for number, (side, person) in enumerate(news):
        slices[side].add(person, person + 100 * side, number)
        inside = [set(each.inside.values()) for each in slices]
        rows = [each for each in (*inside, inside[0] | inside[1]) if each]
        published += [[float(unit in row) for unit in range(len(news))] for row in rows]
    distinct = list(dict.fromkeys(map(tuple, published)))
    return distinct, [{person + 100 * side} for side, person in news]


@given(sides)
def test_nobodys_answer_is_recovered_from_all_reports_together(news):
    assert not few_people(*reports_after_each(news, K))


def test_without_batches_two_reports_give_the_newest_answer_away():
    news = [(True, person) for person in range(K + 1)]

    assert few_people(*reports_after_each(news, 1))


def test_a_change_is_named_when_nobody_or_five_came_between_two_reports():
    assert [may_compare(10, now) for now in (10, 11, 14, 15, 9, 5)] == [True, False, False, True, False, True]
