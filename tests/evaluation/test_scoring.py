import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.indicators import ALL
from evaluation.statistics.events import distinct_by, first_by, last_by, median_by, next_by, turns
from evaluation.statistics.rollup import (
    behaviour,
    bootstrap_mean,
    first_break,
    interval,
    mean_of,
    priority,
    state_of,
)
from evaluation.statistics.scoring import (
    GAP_FLAG,
    band,
    gap,
    goal_attainment,
    goal_attainments,
    item_score,
    lin,
    log,
    reverse,
    straight_lined,
)
from evaluation.statistics.survival import kaplan_meier, median_wait, share_at

numbers = st.floats(-1e6, 1e6, allow_nan=False)
answers = st.lists(st.one_of(st.integers(1, 5), st.sampled_from([None, -1, -2, -3, -4])), min_size=3, max_size=3)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (lin(0.75, 0.3, 0.9), 75.00),
        (lin(14, 28, 7), 66.67),
        (log(24, 168, 12), 73.74),
        (log(8, 72, 2), 61.31),
        (lin(0.02, 0.10, 0.005), 84.21),
        (lin(2 * 0.20, 0.2, 0.7), 40.00),
        (lin(45, 30, 60), 50.00),
        (item_score([5, 4, 2], [False, False, True]), 83.33),
        (item_score([5, -2, 2], [False, False, True]), 87.50),
        (goal_attainment([1, 1, 1]), 63.69),
        (goal_attainments(np.array([3.0]), np.array([3.0]))[0], 63.69),
        (mean_of([250 / 3, 60.0]), 71.67),
        (gap(83.33, 60.0), 23.33),
        (abs(gap(83.33, 60.0)) > GAP_FLAG, 0.0),
        (band(0.1, 0, 0.1, 0.7, 1), 100.0),
        (band(0.85, 0, 0.1, 0.7, 1), 50.0),
    ],
)
def test_golden_vectors(score, expected):
    assert float(score) == pytest.approx(expected, abs=0.005)


def test_two_of_three_items_are_needed_and_one_of_a_single_item_form():
    assert item_score([5, -2, -2], [False, False, True]) is None
    assert item_score([None, None, None], [False, False, True]) is None
    assert item_score([4], [False]) == 75.0
    assert goal_attainment([]) is None


@given(numbers, st.sampled_from([(0.3, 0.9), (28.0, 7.0), (0.1, 0.005)]))
def test_linear_scores_stay_between_0_and_100_and_rise_towards_the_upper_anchor(x, anchors):
    here, better = lin(x, *anchors), lin(x + (anchors[1] - anchors[0]), *anchors)
    assert 0 <= here <= better <= 100


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_waiting_longer_never_scores_better(x, y):
    short, long = log(min(x, y), 168, 12), log(max(x, y), 168, 12)
    assert 0 <= long <= short <= 100


@given(numbers)
def test_a_band_stays_between_0_and_100(x):
    assert 0 <= band(x, 0, 0.1, 0.7, 1) <= 100


@given(answers, st.lists(st.booleans(), min_size=3, max_size=3))
def test_item_scores_stay_between_0_and_100_and_are_null_when_not_measured(given_answers, reversed_items):
    score = item_score(given_answers, reversed_items)
    valid = [each for each in given_answers if each is not None and each > 0]
    assert (score is None) == (len(valid) < 2)
    assert score is None or 0 <= score <= 100


@given(st.sampled_from([row for row in ALL if row.compute and row.kind != "band"]), st.floats(0, 1), st.floats(0, 1))
def test_every_indicator_is_0_to_100_rises_towards_its_upper_anchor_and_is_null_when_not_measured(indicator, x, y):
    zero, full = indicator.anchors
    worse, better = (zero + share * (full - zero) for share in sorted((2 * x - 0.5, 2 * y - 0.5)))
    low, high, none = indicator.score(np.array([worse, better, np.nan]))
    assert 0 <= low <= high <= 100
    assert np.isnan(none)


moments = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), max_size=12)


@given(moments, moments, st.randoms())
def test_what_comes_next_and_how_many_weeks_are_met_do_not_depend_on_the_order_of_rows(asked, happened, random):
    def columns(rows):
        data = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return data[:, 0], data[:, 1]

    naive = [min((at for unit, at in happened if unit == u and at >= t), default=np.inf) for u, t in asked]
    shuffled = random.sample(happened, len(happened))
    assert next_by(*columns(asked), *columns(shuffled)).tolist() == naive
    weeks = [len({at for unit, at in happened if unit == u and at < 10}) for u in range(4)]
    assert distinct_by(*columns(shuffled), np.full(4, 10)).tolist() == weeks


@given(st.permutations([5, 1, 3, 4, 2, 2]))
def test_the_order_of_rows_changes_nothing(values):
    unit = np.zeros(6, dtype=np.int64)
    assert median_by(unit, np.array(values, dtype=float), 2).tolist()[0] == 2.5


def test_not_a_number_stays_not_a_number():
    assert np.isnan(lin(np.nan, 0, 1))
    assert np.isnan(mean_of([np.nan, np.nan]))
    assert np.isnan(log(np.nan, 168, 12))


def test_reversing_twice_is_the_answer():
    assert [reverse(reverse(r)) for r in range(1, 6)] == [1, 2, 3, 4, 5]


def test_straight_lining_needs_twelve_items():
    assert straight_lined([3] * 12)
    assert not straight_lined([3] * 11)
    assert not straight_lined([3] * 11 + [4])


def test_behaviour_needs_half_of_the_weight_that_applies():
    nan = np.nan
    assert behaviour([80, nan], [1, 1], [True, True]) == 80
    assert np.isnan(behaviour([80, nan, nan], [1, 1, 1], [True, True, True]))
    assert behaviour([80, nan, nan], [1, 1, 1], [True, False, True]) == 80
    assert np.isnan(behaviour([nan, nan], [1, 1], [False, False]))


def test_a_category_needs_two_of_three_components():
    assert np.isnan(mean_of([70, np.nan, np.nan], 2))
    assert mean_of([70, 50, np.nan], 2) == 60


def test_the_state_of_a_whole_says_why_there_is_no_number():
    assert state_of(["scored", "not_measured"], True) == "scored"
    assert state_of(["not_applicable", "not_applicable"], False) == "not_applicable"
    assert state_of(["not_measured", "too_early"], False) == "too_early"
    assert state_of(["not_measured", "suppressed"], False) == "suppressed"
    assert state_of(["not_applicable", "not_measured"], False) == "not_measured"
    assert state_of([], False) == "not_measured"


def test_the_first_break_is_the_earliest_stage_under_target():
    assert first_break([78, None, 52, 40, 58]) == 2
    assert first_break([None, 60, 90]) is None
    assert priority(44, 0.5) == 8.0
    assert priority(80, 1.0) == priority(None, 1.0) == 0.0


def test_the_bootstrap_is_seeded_and_holds_the_mean():
    values = np.array([20.0, 40.0, 60.0, 80.0, np.nan])
    low, high = bootstrap_mean(values)
    assert bootstrap_mean(values) == (low, high)
    assert 20 <= low < 50 < high <= 80
    assert bootstrap_mean([50.0]) is None
    assert interval([np.nan, np.nan, np.nan, 1.0]) is None


def test_where_nothing_varies_there_is_no_interval():
    assert bootstrap_mean([50.0] * 40) is None
    assert bootstrap_mean([50.0] * 39 + [60.0]) is not None


def test_kaplan_meier_matches_the_leukaemia_remissions_of_freireich_1963():
    """6-MP arm, 21 patients (Kalbfleisch and Prentice 2002, table 1.1): S(6) = .857, S(10) = .753, S(23) = .448, median 23."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    moments, still = kaplan_meier(times, ended)
    assert moments.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert still.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert median_wait(times, ended) == 23
    assert share_at(times, ended, 12) == pytest.approx(0.753, abs=0.001)
    assert median_wait([5, 6], [False, False]) is None
    assert share_at([5, 6], [True, True], 1) == 1.0


def test_turns_join_messages_of_one_side_and_wait_from_the_first():
    hour = 3600.0
    found = turns(np.array([0, 0, 0, 1]), np.array([1, 1, 0, 1]), np.array([0, hour, 3 * hour, 0.0]))
    assert found.unit.tolist() == [0, 0, 1]
    assert found.answers.tolist() == [False, True, False]
    assert found.waited[1] == 3.0


def test_tools_by_unit():
    unit = np.array([0, 0, 2])
    assert last_by(unit, np.array([1.0, 5.0, 3.0]), 3)[[0, 2]].tolist() == [5, 3]
    assert np.isnan(last_by(unit, np.array([1.0, 5.0, 3.0]), 3)[1])
    assert first_by(unit, np.array([1.0, 5.0, 3.0]), 3)[0] == 1
    assert distinct_by(unit, np.array([0, 0, 9]), np.array([3, 3, 3])).tolist() == [1, 0, 0]
