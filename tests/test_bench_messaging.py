"""What `make bench-messaging` prints can be read by a machine, and what is reached follows from the median of the rounds."""

import json

from bench.messaging.cases import Case, Line
from bench.messaging.run import as_json


def test_a_comparison_is_one_json_object_with_the_median_and_both_ends():
    line = Line("200 sockets, 50 in flight", "msg_per_s", "tutorial-redis", 2700, 62, (35, 43, 102), 40)

    assert json.loads(as_json(line)) == {
        "case": "200 sockets, 50 in flight", "measure": "msg_per_s", "ours": 2700, "peer": "tutorial-redis",
        "theirs": 62, "ratio": 43, "low": 35, "high": 102,
    }  # fmt: skip
    assert line.met


def test_rounds_are_compared_one_by_one_and_more_is_better_only_where_it_is():
    case = Case("x", {}, ("msg_per_s", "p99_ms"), ("ws",), {"p99_ms": 50}, {"ws": 1.5})
    ours = [{"msg_per_s": 300, "p99_ms": 40}, {"msg_per_s": 100, "p99_ms": 60}, {"msg_per_s": 200, "p99_ms": 30}]
    theirs = [{"msg_per_s": 100, "p99_ms": 80}, {"msg_per_s": 50, "p99_ms": 60}, {"msg_per_s": 200, "p99_ms": 20}]

    lines = case.lines({"ours": ours, "ws": theirs})

    assert [(line.peer, line.measure, line.ratio, line.met) for line in lines] == [
        ("ws", "msg_per_s", 2, True),
        ("goal", "p99_ms", 0.8, True),
        ("ws", "p99_ms", 1, None),
    ]
