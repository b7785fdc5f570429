"""Where the parts of a drawing stand. Drawn by templates as SVG with a title and a description, beside the table."""

from dataclasses import dataclass
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
