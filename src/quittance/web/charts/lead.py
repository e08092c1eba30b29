"""The chart of exposure: who leads by how many points, as steps around zero, in the band of the largest lead agreed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from quittance.web.charts.axis import count_ticks, day_ticks, scale
from quittance.web.charts.steps import Curve, thinned
from quittance.web.charts.svg import Canvas, element
from quittance.web.tokens import FOCUS, INK, LATE, LATE_TINT, LINE, MUTED

HEIGHT = 300


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the chart: which side is ahead above zero and below, and the name of the band."""

    above: str
    below: str
    band: str


def lead_chart(
    drawn: Sequence[Curve],
    most: int | None,
    first: date,
    last: date,
    show_day: Callable[[date], str],
    show_count: Callable[[int], str],
    words: Words,
    *,
    title: str,
    description: str,
    name: str,
    width: int = 720,
    mirrored: bool = False,
    class_: str = "",
) -> str:
    """The chart as SVG. Above zero the first side leads, below it the second; within the band nothing is advised."""
    left, top, bottom = 56, 20, 258
    labels = max((len(curve.label) for curve in drawn), default=0)
    right = width - min(58 + 7 * labels, width // 3)
    canvas = Canvas(width, HEIGHT, mirrored)
    values = [value for curve in drawn for _, value in curve.steps]
    reach = max([abs(value) for value in values] + [most or 0])
    ticks = count_ticks(reach, 3)
    low = -ticks[-1] if min([*values, -(most or 0)]) < 0 else 0
    x = scale(first.toordinal(), max(last.toordinal(), first.toordinal() + 1), left, right)
    y = scale(low, ticks[-1], bottom, top)
    body = _band(canvas, most, left, right, y, words.band) if most else []
    for tick in [*(-one for one in reversed(ticks[1:]) if low), *ticks]:
        body.append(canvas.line(left, y(tick), right, y(tick), LINE if tick else INK))
        body.append(canvas.text(left - 8, y(tick) + 4, show_count(abs(tick)), "end", fill=MUTED))
    for day in day_ticks(first, last, 6 if width > 500 else 3):
        at = x(day.toordinal())
        body.append(canvas.line(at, bottom, at, bottom + 5, MUTED))
        body.append(canvas.text(at, bottom + 22, show_day(day), "middle" if at > left + 30 else "start", fill=MUTED))
    body.append(canvas.text(left + 6, top - 6, words.above, fill=INK, font_weight=600))
    if low:
        body.append(canvas.text(left + 6, bottom - 6, words.below, fill=INK, font_weight=600))
    for curve in drawn:
        body.append(_steps(canvas, curve, x, y, last))
    below = float("inf")
    for height, curve in sorted(
        ((y(one.steps[-1][1]) + 4, one) for one in drawn if one.steps), key=lambda end: -end[0]
    ):
        below = min(height, below - 16)
        body.append(canvas.text(right + 6, below, f"{curve.label} {show_count(abs(curve.steps[-1][1]))}",
                                fill=curve.colour, font_weight=600))  # fmt: skip
    return canvas.document(body, title, description, name, class_)


def _band(canvas: Canvas, most: int, left: float, right: float, y: Callable[[float], float], words: str) -> list[str]:
    start = canvas.x(right) if canvas.mirrored else left
    top, bottom = y(most), min(y(-most), y(0) if y(-most) > 262 else y(-most))
    band = element("rect", x=start, y=top, width=right - left, height=bottom - top, fill=LATE_TINT)
    edges = [canvas.line(left, at, right, at, FOCUS, stroke_dasharray="1 4") for at in dict.fromkeys((top, bottom))]
    return [band, *edges, canvas.text(right - 6, top + 14, words, "end", fill=LATE)]


def _steps(canvas: Canvas, curve: Curve, x: Callable[[float], float], y: Callable[[float], float], last: date) -> str:
    steps = thinned(tuple(step for step in curve.steps if step[0] <= last))
    if not steps:
        return ""
    moves = [f"M{canvas.x(x(steps[0][0].toordinal())):.1f} {y(0):.1f}"]
    moves += [f"H{canvas.x(x(day.toordinal())):.1f}V{y(value):.1f}" for day, value in steps]
    moves.append(f"H{canvas.x(x(last.toordinal())):.1f}")
    return element(
        "path",
        d="".join(moves),
        fill="none",
        stroke=curve.colour,
        stroke_width=curve.width,
        stroke_dasharray=curve.dash,
    )
