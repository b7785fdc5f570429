"""What `make bench-evaluation` prints can be read by a machine, and a loop that knows nothing of ours comes to the same."""

import json

import pytest
from django.db import connection

from bench.evaluation import lines
from bench.evaluation_plant import plant

FOUND = {
    "planted": {"relationships": 100},
    "night": {"cpu_s": 8.0, "database_s": 4.0, "peak_mb": 200.0},
    "loop": {"cpu_s": 2.0, "database_s": 0.5, "relationships": 10},
    "message": {"cpu_ms": 5.0, "wall_ms": 12.0},
    "lesson": {"cpu_ms": 4.0, "wall_ms": 6.0},
    "page": {"relationships": 2400, "cpu_ms": 60.0, "wall_ms": 100.0, "queries": 19},
    "small page": {"relationships": 4, "cpu_ms": 50.0, "wall_ms": 90.0, "queries": 21},
}


@pytest.mark.once
def test_every_figure_is_a_line_of_json_beside_its_goal_or_the_loop():
    rows = [json.loads(line.as_json()) for line in lines(FOUND)]

    assert rows[0] == {
        "case": "full recompute", "measure": "cpu_s", "ours": 8.0, "peer": "goal", "theirs": 10.0, "ratio": 0.8, "met": True,
    }  # fmt: skip
    assert rows[-2]["ratio"] == pytest.approx(80 / 200)
    assert [row["measure"] for row in rows if row["met"] is False] == [
        "cpu_s with the database's",
        "wall_ms",
        "queries",
    ]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="it is planted by statements of PostgreSQL")
def test_a_loop_over_relationships_and_their_people_comes_to_the_same_figures():
    from bench.evaluation_measure import loop, night  # noqa: PLC0415 - it sets Django up

    plant(60)
    told = night()
    compared = loop(20)

    assert told["indicators_scored"] > 30
    assert compared["compared"] == 20 * compared["indicators"] == 20 * (21 + 2 * 6)
