"""The bar of a limit: how many the batch has, between the bounds of what it may have."""

from __future__ import annotations

from quittance.web.charts.svg import Canvas, element
from quittance.web.tokens import BRAND, INK, MUTED

WIDTH, HEIGHT = 160, 16


def limit_bar(count: int, low: int, high: int, whole: int, *, mirrored: bool = False) -> str:
    """A limit as SVG without words: solid up to `count`, a frame from `low` to `high`, of `whole` seats.

    More than `whole` fills the bar. The figures stand beside it.
    """
    canvas = Canvas(WIDTH, HEIGHT, mirrored)

    def place(value: int) -> float:
        return 1 + round(min(value / whole, 1.0) * (WIDTH - 2), 1)

    def block(start: float, end: float, top: float, height: float, **attributes: object) -> str:
        left = canvas.x(end) if mirrored else start
        return element("rect", x=left, y=top, width=round(end - start, 1), height=height, **attributes)

    parts = [block(1.0, place(count), 4.0, 8.0, fill=BRAND)] if count else []
    parts.append(block(place(low), max(place(high), place(low) + 1), 1.0, 14.0, fill="none", stroke=MUTED))
    for bound in dict.fromkeys((low, high)):
        if bound == count:
            parts.append(canvas.line(place(bound), 0.0, place(bound), float(HEIGHT), INK, stroke_width=3))
    return element(
        "svg",
        "".join(parts),
        class_="bar",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        aria_hidden="true",
    )
