"""How well past alerts foresaw what came, and what the rules weigh."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import gt, lt

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import localise
from core.templatetags.peyvand import percent
from evaluation import words
from evaluation.disclosure import K_SENSITIVE, K
from evaluation.models import FOLLOW_UP, Alert, RiskPoints
from evaluation.models.alerts import is_waiting
from evaluation.risk import DEFAULTS, FROM_ANSWERS, LIMITS, POINTS, SIGNAL_OF, points_of
from evaluation.statistics.proportions import wilson
from mentoring.planning.models import Programme


@dataclass(frozen=True)
class Precision:
    """Of `n` alerts with a known outcome, in how many the relationship ended early. `said`: that in words, or why not."""

    name: str
    n: int
    ended: int
    said: str
    is_shown: bool


@dataclass(frozen=True)
class PastAlerts:
    """All alerts of a programme whose outcome is known, what became of them, and by reason."""

    whole: Precision
    became: list[tuple[str, int]]
    waiting: int
    by_reason: list[Precision]


@dataclass(frozen=True)
class AfterActs:
    """Of `n` alerts that somebody saw to, after how many there was contact on more, as many or fewer days than before; `left`:
    where the two cannot be compared."""

    n: int
    more: int
    same: int
    less: int
    left: int
    is_shown: bool


@dataclass(frozen=True)
class Weighed:
    """One signal of the rules with what it weighs in a programme, and what comes with the platform."""

    key: str
    name: str
    points: int
    default: int


@dataclass(frozen=True)
class PointsVersion:
    """One version of the points; version 1 has no row. `changes`: what it weighs otherwise than the platform."""

    number: int
    changes: list[str]
    row: RiskPoints | None


def alerts_in_sum(programme: Programme, now: datetime) -> tuple[int, str]:
    """How many relationships wait for somebody, a number without names; and the precision of past alerts in one sentence. One
    query."""
    judged = ~Q(became="")
    counted = Alert.objects.filter(relationship__programme=programme).aggregate(
        waiting=Count("pk", filter=is_waiting(now)),
        n=Count("pk", filter=judged),
        ended=Count("pk", filter=Q(became=Alert.Became.ENDED_EARLY)),
        pairs=Count("relationship", filter=judged, distinct=True),
    )
    return counted["waiting"], _precision("", counted["n"], counted["ended"], counted["pairs"], K).said


def past_alerts(programme: Programme) -> PastAlerts:
    """Two queries."""
    mine = Alert.objects.filter(relationship__programme=programme)
    rows = list(mine.judged().values_list("relationship_id", "became", "reasons"))
    early = [row for row in rows if row[1] == Alert.Became.ENDED_EARLY]
    counts = Counter(became for _pair, became, _reasons in rows)
    whole = _precision(_("All reasons"), len(rows), len(early), len({row[0] for row in rows}), K)
    return PastAlerts(
        whole=whole,
        became=[(str(kind.label), counts[kind]) for kind in Alert.Became] if whole.is_shown else [],
        waiting=mine.filter(became="").count(),
        by_reason=list(_by_reason(rows)) if whole.is_shown else [],
    )


def after_acts(programme: Programme) -> AfterActs:
    """Two queries."""
    mine = Alert.objects.filter(relationship__programme=programme)
    rows = list(mine.compared().values_list("relationship_id", "days_before", "days_after"))
    left = mine.seen_to().filter(days_compared=0).count()
    if len({pair for pair, *_days in rows}) < K:
        return AfterActs(0, 0, 0, 0, left, is_shown=False)
    more, less = (sum(way(after, before) for _pair, before, after in rows) for way in (gt, lt))
    return AfterActs(len(rows), more, len(rows) - more - less, less, left, is_shown=True)


def _by_reason(rows: list[tuple[int, str, list[dict[str, object]]]]) -> Iterable[Precision]:
    for key, name in words.SIGNALS.items():
        mine = [
            (pair, became)
            for pair, became, reasons in rows
            if any(SIGNAL_OF.get(str(reason["code"])) == key for reason in reasons)
        ]
        if mine:
            ended = sum(became == Alert.Became.ENDED_EARLY for _pair, became in mine)
            at_least = K_SENSITIVE if key in FROM_ANSWERS else K
            yield _precision(str(name), len(mine), ended, len({pair for pair, _became in mine}), at_least)


def _precision(name: str, n: int, ended: int, pairs: int, at_least: int) -> Precision:
    """A share with its Wilson interval, if enough relationships stand behind it."""
    if pairs < at_least:
        said = _("too few to say: fewer than %(n)s relationships") % {"n": localise(at_least)}
        return Precision(name, 0, 0, said, is_shown=False)
    share = wilson(ended, n)
    low, high = (percent(end) for end in (share.low, share.high))
    said = ngettext(
        "%(share)s: in %(ended)s of %(n)s alert the relationship ended early (95%% interval %(low)s to %(high)s)",
        "%(share)s: in %(ended)s of %(n)s alerts the relationship ended early (95%% interval %(low)s to %(high)s)",
        n,
    ) % {"share": percent(share.value), "ended": localise(ended), "n": localise(n), "low": low, "high": high}
    return Precision(name, n, ended, said, is_shown=True)


def weighed(programme: Programme, day: date) -> tuple[int, list[Weighed], list[Weighed]]:
    """The version in force, every signal with its points, and the two limits. One query."""
    rules = points_of(programme, day)
    signals, limits = (
        [Weighed(key, str(_NAMES[key]), rules.points[key], default) for key, default in each.items()]
        for each in (POINTS, LIMITS)
    )
    return rules.version, signals, limits


_NAMES = {**words.SIGNALS, **words.LIMITS}


def versions_of_points(programme: Programme) -> list[PointsVersion]:
    """Every version of a programme's points, the newest first. One query."""
    rows = RiskPoints.objects.filter(programme=programme).select_related("made_by").order_by("-version")
    own = [PointsVersion(row.version, list(_changes(row.values)), row) for row in rows]
    return [*own, PointsVersion(1, [], None)]


def _changes(values: dict[str, int]) -> Iterable[str]:
    for key, points in values.items():
        if key in DEFAULTS and points != DEFAULTS[key]:
            yield _("%(signal)s: %(points)s instead of %(default)s") % {
                "signal": _NAMES[key],
                "points": localise(points),
                "default": localise(DEFAULTS[key]),
            }


WEEKS_OF_FOLLOW_UP = FOLLOW_UP.days // 7
