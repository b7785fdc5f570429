"""Every indicator is measured at the levels that the specification's table asks for, and nothing else is measured of people."""

from pathlib import Path

import pytest

from evaluation.indicators import ALL, BY_CODE
from evaluation.models import Score, UnitScore
from evaluation.services import recompute_institution
from tests.evaluation.living import pair, talk
from tests.factories import NOW, ProgrammeFactory

TABLE = Path(__file__).with_name("indicator_table.md").read_text().splitlines()[2:]
"""The table of `measurement.md`, as it stands there."""


def rows():
    """(code, component, kind, anchors, levels) of each row; a component stands in its first row only."""
    component = ""
    for line in TABLE:
        first, name, anchors, _minimum, levels = (cell.strip() for cell in line.strip("|").split("|"))
        component = first or component
        yield name.split()[0], component, anchors.split()[0], numbers(anchors), set(levels.split(","))


def numbers(anchors):
    return tuple(float(each) for each in anchors.split(maxsplit=1)[1].replace("->", ",").split(","))


@pytest.mark.once
def test_the_registry_is_the_table_code_by_code():
    assert [row[0] for row in rows()] == [each.code for each in ALL]
    assert [row[1] for row in rows()] == [each.component for each in ALL]


@pytest.mark.once
def test_every_indicator_that_is_computed_has_the_anchors_of_the_table():
    computed = [(row, BY_CODE[row[0]]) for row in rows() if BY_CODE[row[0]].is_computed]

    assert [row[2:4] for row, _each in computed] == [(each.kind, each.anchors) for _row, each in computed]


@pytest.mark.once
def test_no_level_of_the_table_is_missing_and_beyond_it_stands_only_the_programme_whose_components_need_it():
    for code, _component, _kind, _anchors, levels in rows():
        declared = set(BY_CODE[code].levels)
        assert levels <= declared, code
        assert declared - levels <= {"G"}, code


@pytest.mark.once
def test_what_is_declared_of_relationships_and_people_is_computed_of_them():
    for each in ALL:
        assert ("R" in each.levels) == (each.per == "R"), each.code
        assert ("P" in each.levels) == (each.per == "P" or each.of_person is not None), each.code
        assert bool(each.how_of_person) == (each.of_person is not None), each.code


@pytest.mark.django_db
def test_each_level_keeps_a_row_of_every_indicator_that_the_table_asks_for_there():
    programme = ProgrammeFactory()
    talk(pair(programme))
    recompute_institution(programme.institution, at=NOW)

    asked = {level: {row[0] for row in rows() if level in row[4]} for level in "PRGI"}
    kept = {
        "P": {code for row in UnitScore.objects.exclude(enrolment=None) for code in row.scores},
        "R": {code for row in UnitScore.objects.exclude(relationship=None) for code in row.scores},
        "G": set(Score.objects.filter(programme=programme).values_list("code", flat=True)),
        "I": set(Score.objects.filter(programme=None).values_list("code", flat=True)),
    }
    assert kept["P"] == asked["P"]
    assert {level for level in "RGI" if not asked[level] <= kept[level]} == set()
