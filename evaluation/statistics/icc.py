"""Intraclass correlation: how much of the difference between scores is between the rated, not the raters."""

from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy.special import fdtrc, fdtri

from evaluation.statistics.estimate import Estimate, StatisticsError, check_level, complete_rows, need
from evaluation.statistics.scoring import Floats

FORMS = ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")
MODELS = {
    "1": "one-way random, absolute agreement",
    "2": "two-way random, absolute agreement",
    "3": "two-way mixed, consistency",
}


@dataclass(frozen=True)
class Form:
    """One of the six forms of Shrout and Fleiss, with the F test that it is above 0."""

    form: str
    value: float
    low: float
    high: float
    f: float
    df1: float
    df2: float
    p: float


@dataclass(frozen=True, kw_only=True)
class ICC(Estimate):
    """The form that was asked for, and all six beside it."""

    raters: int
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Squares:
    """Mean squares of a table of n rated by k raters: between rated, within rated, between raters, and error."""

    n: int
    k: int
    rated: float
    within: float
    raters: float
    error: float


def icc(ratings: ArrayLike, *, form: str = "2,1", level: float = 0.95) -> ICC:
    """Intraclass correlations of Shrout and Fleiss (1979), all six, with their F intervals; `form` is the value given.

    `ratings`: rated x raters. 1: other raters for each rated (one-way random); 2: the same raters, a sample of all (two-way
    random, absolute agreement); 3: these raters alone (two-way mixed, consistency); ",1" is one rater, ",k" the mean of
    all k. Limits of form 2 by Satterthwaite's degrees of freedom as in McGraw and Wong (1996). Missing data: listwise.
    Raises StatisticsError for under 2 rated or raters, for ratings that are all the same, and for no spread left as error.
    """
    if form not in FORMS:
        raise StatisticsError(f"There is no ICC({form}); the forms are {'; '.join(FORMS)}.")
    check_level(level)
    table, rule = complete_rows(ratings)
    need(table.shape[1], 2, "raters")
    need(len(table), 2, "rated by everybody")
    squares = mean_squares(table)
    forms = all_forms(squares, (1.0 - level) / 2.0)
    asked = next(each for each in forms if each.form == form)
    return ICC(
        measure="icc",
        variant=f"ICC({form}), {MODELS[form[0]]}, {'one rater' if form[2] == '1' else 'mean of all raters'}; F interval",
        value=asked.value,
        low=asked.low,
        high=asked.high,
        level=level,
        n=squares.n,
        missing=rule,
        raters=squares.k,
        forms=forms,
    )


def mean_squares(table: Floats) -> Squares:
    """The analysis of variance of a complete table."""
    n, k = table.shape
    mean, by_rated, by_rater = table.mean(), table.mean(axis=1), table.mean(axis=0)
    total = float(((table - mean) ** 2).sum())
    if total < 1e-12:
        raise StatisticsError("All ratings are the same, so nothing tells the rated apart.")
    between, raters = k * float(((by_rated - mean) ** 2).sum()), n * float(((by_rater - mean) ** 2).sum())
    error = total - between - raters
    if between < 1e-12 * total:
        raise StatisticsError("Everything rated has the same mean, so nothing tells the rated apart.")
    if error < 1e-12 * total:
        raise StatisticsError("The raters differ by nothing, or only by a constant: no error is left to compare with.")
    return Squares(
        n=n,
        k=k,
        rated=between / (n - 1),
        within=(total - between) / (n * (k - 1)),
        raters=raters / (k - 1),
        error=error / ((n - 1) * (k - 1)),
    )


def all_forms(s: Squares, tail: float) -> tuple[Form, ...]:
    """The six forms in the order of FORMS."""
    n, k = s.n, s.k
    one = s.rated / s.within, n - 1.0, n * (k - 1.0)
    two = s.rated / s.error, n - 1.0, (n - 1.0) * (k - 1.0)
    absolute = (s.rated - s.error) / (s.rated + (k - 1) * s.error + k * (s.raters - s.error) / n)
    low, high = absolute_limits(s, absolute, tail)
    return (
        single("1,1", *one, k, tail),
        Form("2,1", absolute, low, high, *two, p_of(*two)),
        single("3,1", *two, k, tail),
        mean_of_raters("1,k", *one, tail),
        Form(
            "2,k",
            (s.rated - s.error) / (s.rated + (s.raters - s.error) / n),
            stepped_up(low, k),
            stepped_up(high, k),
            *two,
            p_of(*two),
        ),
        mean_of_raters("3,k", *two, tail),
    )


def p_of(f: float, df1: float, df2: float) -> float:
    return float(fdtrc(df1, df2, f))


def single(form: str, f: float, df1: float, df2: float, k: int, tail: float) -> Form:
    """A single rater, from F = between / error: (F - 1)/(F + k - 1), also for its limits."""
    lower, upper = f / float(fdtri(df1, df2, 1.0 - tail)), f * float(fdtri(df2, df1, 1.0 - tail))
    value, low, high = ((each - 1.0) / (each + k - 1.0) for each in (f, lower, upper))
    return Form(form, value, low, high, f, df1, df2, p_of(f, df1, df2))


def mean_of_raters(form: str, f: float, df1: float, df2: float, tail: float) -> Form:
    """The mean of k raters: 1 - 1/F, also for its limits."""
    lower, upper = f / float(fdtri(df1, df2, 1.0 - tail)), f * float(fdtri(df2, df1, 1.0 - tail))
    return Form(form, 1.0 - 1.0 / f, 1.0 - 1.0 / lower, 1.0 - 1.0 / upper, f, df1, df2, p_of(f, df1, df2))


def stepped_up(value: float, k: int) -> float:
    """Spearman-Brown: from one rater to the mean of k."""
    return value * k / (1.0 + value * (k - 1.0))


def absolute_limits(s: Squares, value: float, tail: float) -> tuple[float, float]:
    """Limits of ICC(2,1) (Shrout and Fleiss 1979, p. 424; McGraw and Wong 1996, table 7)."""
    n, k, ratio = s.n, s.k, s.raters / s.error
    top = (k - 1) * (n - 1) * (k * value * ratio + n * (1 + (k - 1) * value) - k * value) ** 2
    bottom = (n - 1) * k**2 * value**2 * ratio**2 + (n * (1 + (k - 1) * value) - k * value) ** 2
    df = top / bottom
    lower, upper = float(fdtri(n - 1, df, 1.0 - tail)), float(fdtri(df, n - 1, 1.0 - tail))
    raters = k * s.raters + (k * n - k - n) * s.error
    return (
        n * (s.rated - lower * s.error) / (lower * raters + n * s.rated),
        n * (upper * s.rated - s.error) / (raters + n * upper * s.rated),
    )
