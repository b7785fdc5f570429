"""What a figure says, as a sentence."""

import pytest

from evaluation.indicators import BY_CODE
from evaluation.words import meaning, number


@pytest.mark.parametrize(
    ("code", "raw", "said"),
    [
        ("SS2", -0.04, "Ratings stay as they are from month to month."),
        ("SS2", -0.2, "Ratings change by -0.2 stars a month."),
        ("SU2", 0.04, "Between the first and the last time they were asked, people stayed as they were."),
        ("ID2", 0.0, "As many people pass the connection check in every group."),
        ("MF2", 0.05, "Both sides expect as much contact as each other."),
        ("MF2", 1.0, "One side expects 2 times as much contact as the other."),
        ("SL2", 0.98, "In the third month people asked as often how something is done as in the first."),
        ("SS1", 0.0, "Sessions are rated 0 of 5 on average."),
    ],
)
def test_where_nothing_changes_or_differs_the_sentence_says_so(code, raw, said):
    assert meaning(BY_CODE[code], {"raw": raw}) == said


@pytest.mark.parametrize(
    ("code", "raw", "said"),
    [
        (
            "PS1",
            30.0,
            "Fewer than half of the pairs have an agreement signed by both; the middle pair counts 30 days so far.",
        ),
        ("MM1", 1.0, "Fewer than half of the mentees got a mentor; the longest wait so far is 1 day."),
        (
            "IH1",
            720.0,
            "Fewer than half of the requests for help got a human answer; the longest wait so far is 720 hours.",
        ),
    ],
)
def test_where_fewer_than_half_came_so_far_the_sentence_says_so(code, raw, said):
    assert meaning(BY_CODE[code], {"raw": raw, "short": True}) == said


@pytest.mark.parametrize(
    ("value", "shown"),
    [(-0.04, "0"), (0.04, "0"), (9.96, "10"), (2.0, "2"), (2.26, "2.3"), (12.54, "13"), (-3.1, "-3.1")],
)
def test_a_figure_has_one_decimal_where_it_matters_and_nothing_is_less_than_zero_by_rounding(value, shown):
    assert number(value) == shown
