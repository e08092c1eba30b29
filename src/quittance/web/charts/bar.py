"""The interval bar: solid up to low, dashed up to high, a frame for the total."""

from __future__ import annotations

from quittance.web.charts.svg import Canvas, element
from quittance.web.tokens import BRAND, MUTED

WIDTH, HEIGHT = 120, 12


def interval_bar(low: int, high: int, total: int, *, mirrored: bool = False) -> str:
    """The bar as SVG without words: the figure stands beside it. More than the total fills the bar."""
    canvas = Canvas(WIDTH, HEIGHT, mirrored)

    def span(value: int) -> float:
        return round(min(value / total, 1.0) * (WIDTH - 2), 1)

    def block(start: float, width: float, **attributes: object) -> str:
        left = canvas.x(start + width) if mirrored else start
        return element("rect", x=left, y=1, width=width, height=HEIGHT - 2, **attributes)

    parts = [block(1.0, float(WIDTH - 2), fill="none", stroke=MUTED)]
    if low:
        parts.append(block(1.0, span(low), fill=BRAND))
    if span(high) > span(low):
        parts.append(
            block(1.0 + span(low), span(high) - span(low), fill="url(#claimed)", stroke=BRAND, stroke_dasharray="3 2")
        )
    return element(
        "svg",
        "".join(parts),
        class_="bar",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        aria_hidden="true",
        direction="ltr",
    )
