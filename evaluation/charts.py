"""Where the parts of a drawing stand. Drawn by templates as SVG with a title and a description, beside the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH, LABEL, STEP, BAR = 640, 210, 34, 14
TARGET = 60


@dataclass(frozen=True)
class Bar:
    """`x` and `width` of the bar, `low_x` and `reach` of its interval (None where there is none), `y` of its middle."""

    slug: str
    name: str
    points: str
    y: int
    x: float
    width: float
    low_x: float | None
    reach: float
    label_x: int
    points_x: float


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    height: int
    target_x: float
    width: int = WIDTH


def stage_chart(rows: list[dict[str, Any]], *, rtl: bool) -> Chart:
    """Bars from 0 to 100 with their intervals, growing in the direction in which one reads."""
    room = WIDTH - LABEL - 50

    def place(start: float, width: float = 0.0) -> float:
        return round(WIDTH - LABEL - start - width if rtl else LABEL + start, 1)

    bars = []
    for number, row in enumerate(rows):
        width = room * (row["score"] or 0) / 100
        known = row["low"] is not None
        low, reach = (room * row["low"] / 100, room * (row["high"] - row["low"]) / 100) if known else (0.0, 0.0)
        bars.append(
            Bar(
                slug=row["slug"],
                name=row["name"],
                points=row["points"],
                y=number * STEP + STEP // 2,
                x=place(0, width),
                width=round(width, 1),
                low_x=place(low, reach) if known else None,
                reach=round(reach, 1),
                label_x=WIDTH if rtl else 0,
                points_x=place(max(width, low + reach) + 8),
            )
        )
    return Chart(bars, len(rows) * STEP, place(room * TARGET / 100))


@dataclass(frozen=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True)
class Trend:
    """`runs`: dots of weeks that follow one another and may be compared, each run drawn as one line."""

    runs: list[list[Dot]]
    target_y: float
    width: int = 240
    height: int = 48

    @property
    def last(self) -> Dot | None:
        return self.runs[-1][-1] if self.runs else None


@dataclass(frozen=True)
class Week:
    """`points` of one week, None where there was no figure; `measure` changes when it was measured otherwise."""

    on: date
    points: float | None
    measure: tuple[int, int]


def trend_chart(weeks: Sequence[Week], first: date, last: date, *, rtl: bool) -> Trend:
    """From `first` to `last` in the direction in which one reads, 0 to 100 from bottom to top. No line crosses a week without a
    figure, nor leads from one way of measuring to another."""
    empty, edge = Trend([], 0.0), 5.0
    wide, high = empty.width - 2 * edge, empty.height - 2 * edge
    span = (last - first).days

    def dot(week: Week) -> Dot:
        along = wide * (week.on - first).days / span if span else wide / 2
        return Dot(round(edge + (wide - along if rtl else along), 1), level(week.points or 0.0))

    def level(points: float) -> float:
        return round(edge + high * (1 - points / 100), 1)

    return Trend([[dot(week) for week in run] for run in _runs(weeks)], level(TARGET))


def _runs(weeks: Sequence[Week]) -> Iterator[list[Week]]:
    run: list[Week] = []
    for week in weeks:
        if run and (week.points is None or week.measure != run[-1].measure):
            yield run
            run = []
        if week.points is not None:
            run.append(week)
    if run:
        yield run
