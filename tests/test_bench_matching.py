"""What `make bench-matching` prints can be read by a machine, and its goals by a person."""

import json

import pytest

from bench.matching import as_json, main
from bench.matching_cases import Line

pytestmark = pytest.mark.once


def test_the_bench_prints_one_json_object_per_comparison_and_nothing_else(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["matching.py", "--quick", "--only", "what-if 300x150"])
    main()
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [{**row, "ours": 0, "ratio": 0} for row in rows] == [
        {"case": "what-if 300x150", "measure": "cpu_s", "ours": 0, "peer": "goal", "theirs": 0.05, "ratio": 0}
    ]
    assert all(0 < row["ours"] == pytest.approx(row["ratio"] * row["theirs"], rel=1e-2) for row in rows)


def test_a_goal_is_a_ratio_of_ours_to_theirs():
    assert json.loads(as_json(Line("1000x500", "cpu_s", 0.07, "matching", 11.6, 1 / 200)))["ratio"] == 0.006034
    assert not Line("1000x500", "cpu_s", 0.07, "matching", 11.6, 1 / 200).met
    assert Line("1000x500", "cpu_s", 0.05, "matching", 11.6, 1 / 200).met
    assert Line("re-match", "total", 998, "free optimum", 1_000, 0.997, least=True).met
    assert Line("1000x500", "total", 5, "scipy dense", 5, 1, least=True).met
