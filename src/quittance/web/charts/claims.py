"""What the sides claim, beside what is verified: steps, one dot a claim, hatching where figures conflict, gap bars.

Verified is solid, claimed dashed (A long, B short), disputed hatched. A dot is open, and its shape says how many
origins its figure has: a circle one, a diamond two, a square more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from quittance.web.charts.axis import count_ticks, day_ticks, scale
from quittance.web.charts.steps import Curve, end_labels, step_path
from quittance.web.charts.svg import Canvas, element
from quittance.web.tokens import DISPUTED, LATE, LINE, MUTED

HEIGHT = 340
LEFT, TOP, BOTTOM, GAPS = 52, 16, 262, 312
MOST_DOTS = 300


@dataclass(frozen=True, slots=True)
class Dot:
    """One claim: its day, the ends of its interval (None: open), its side's colour, its figure's origins.

    Claims of one figure and day stand side by side, in the order of their `place`.
    """

    day: date
    low: int | None
    high: int | None
    colour: str
    origins: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class Disputed:
    """A stretch of days over which figures conflict, between these two."""

    since: date
    until: date
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Bar:
    """Days between which people were released whom no stated batch covers, and at least how many."""

    since: date
    until: date
    missing: int


def claims_chart(
    drawn: Sequence[Curve],
    dots: Sequence[Dot],
    disputed: Sequence[Disputed],
    gaps: Sequence[Bar],
    first: date,
    last: date,
    show_day: Callable[[date], str],
    show_count: Callable[[int], str],
    *,
    title: str,
    description: str,
    name: str,
    width: int = 720,
    mirrored: bool = False,
    class_: str = "",
) -> str:
    """The chart as SVG. Time runs in the direction of reading; zero is always on the axis of counts."""
    dots = dots[-MOST_DOTS:]
    labels = max((len(curve.label) for curve in drawn), default=0)
    right = width - min(44 + 7 * labels, width // 3)
    canvas = Canvas(width, HEIGHT if gaps else GAPS - 16, mirrored)
    counts = [value for curve in drawn for _, value in curve.steps]
    counts += [one for dot in dots for one in (dot.low, dot.high) if one is not None]
    ticks = count_ticks(max([*counts, *(one.high for one in disputed)], default=0))
    x = scale(first.toordinal(), max(last.toordinal(), first.toordinal() + 1), LEFT, right)
    y = scale(0, ticks[-1], BOTTOM, TOP)
    body = [_hatching(name)]
    for tick in ticks:
        body.append(canvas.line(LEFT, y(tick), right, y(tick), LINE))
        body.append(canvas.text(LEFT - 8, y(tick) + 4, show_count(tick), "end", fill=MUTED))
    for day in day_ticks(first, last, 6 if width > 500 else 3):
        at = x(day.toordinal())
        body.append(canvas.line(at, BOTTOM, at, BOTTOM + 5, MUTED))
        body.append(canvas.text(at, BOTTOM + 22, show_day(day), "middle" if at > LEFT + 30 else "start", fill=MUTED))
    for one in disputed:
        box = (x(one.since.toordinal()), x(max(one.until, one.since).toordinal()))
        body.append(_area(canvas, box, y(one.high), y(one.low), f"url(#{name}-h)", DISPUTED))
    body += [step_path(canvas, curve, x, y, last) for curve in drawn]
    body += [_dot(canvas, dot, x(dot.day.toordinal()) + 7 * dot.place, y) for dot in dots]
    for gap in gaps:
        body += _gap(canvas, gap, x, show_count, right)
    body += end_labels(canvas, drawn, x(last.toordinal()) + 6, y, show_count)
    return canvas.document(body, title, description, name, class_)


def _hatching(name: str) -> str:
    stripes = element("path", d="M0 6 6 0", stroke=DISPUTED, stroke_width=1)
    pattern = element("pattern", stripes, id=f"{name}-h", width=6, height=6, patternUnits="userSpaceOnUse")
    return element("defs", pattern)


def _area(canvas: Canvas, across: tuple[float, float], top: float, bottom: float, fill: str, stroke: str) -> str:
    """A box over some days, at least as wide and as high as can be seen."""
    start, end = across
    wide = max(end - start, 4.0)
    left = canvas.x(start + wide) if canvas.mirrored else start
    return element(
        "rect", x=round(left, 1), y=round(top, 1), width=round(wide, 1), height=round(max(bottom - top, 4.0), 1),
        fill=fill, stroke=stroke, stroke_width=0.5,
    )  # fmt: skip


def _dot(canvas: Canvas, dot: Dot, at: float, y: Callable[[float], float]) -> str:
    """A claim: an open shape at its figure, with a line to the other end where it is an interval."""
    ends = [one for one in (dot.low, dot.high) if one is not None]
    if not ends:
        return ""
    middle, across = y(sum(ends) / len(ends)), canvas.x(at)
    line = ""
    if len(ends) == 2 and ends[0] != ends[1]:
        line = canvas.line(at, y(ends[0]), at, y(ends[1]), dot.colour, stroke_width=1)
    shape: dict[str, object] = {"fill": "#ffffff", "stroke": dot.colour, "stroke_width": 1.5}
    if dot.origins <= 1:
        return line + element("circle", cx=round(across, 1), cy=round(middle, 1), r=4, **shape)
    if dot.origins == 2:
        points = f"M{across:.1f} {middle - 5.5:.1f}l5.5 5.5-5.5 5.5-5.5-5.5z"
        return line + element("path", d=points, **shape)
    return line + element("rect", x=round(across - 4, 1), y=round(middle - 4, 1), width=8, height=8, **shape)


def _gap(
    canvas: Canvas, gap: Bar, x: Callable[[float], float], show_count: Callable[[int], str], right: float
) -> list[str]:
    """A bar below the axis from the last figure that closes to the next, with the number that is not covered."""
    start, end = x(gap.since.toordinal()), x(gap.until.toordinal())
    bar = element(
        "path",
        d=f"M{canvas.x(start):.1f} {GAPS - 6}v12m0-6H{canvas.x(end):.1f}m0-6v12",
        fill="none",
        stroke=LATE,
        stroke_width=2,
    )
    middle = min(max((start + end) / 2, LEFT + 12), right - 12)
    return [bar, canvas.text(middle, GAPS + 20, f"≥ {show_count(gap.missing)}", "middle", fill=LATE)]
