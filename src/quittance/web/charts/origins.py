"""Where claims come from, drawn in three columns: reports, agencies and outlets, named sources.

A line leads from who repeats to who was repeated: solid where a copy is shown, dashed where a source is cited.
"""

from __future__ import annotations

from collections.abc import Sequence

from quittance.claims.graph import Edge, Node
from quittance.web.charts.svg import Canvas, element
from quittance.web.tokens import BRAND, INK, LATE, MUTED

ROW, TOP = 30, 34
LETTERS = 26
"""Signs of a label; the table has it in full."""

STYLES: dict[str, dict[str, object]] = {
    "copied from": {"stroke": BRAND, "stroke_width": 2},
    "same copy": {"stroke": LATE, "stroke_width": 2, "stroke_dasharray": "1 3"},
    "cites": {"stroke": MUTED, "stroke_width": 1.5, "stroke_dasharray": "5 3"},
}
"""How each relation is drawn."""

COLUMNS = ("report", "press", "source")
"""From the side of reading: what repeats first, what was repeated last."""


def origins_chart(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    heads: Sequence[str],
    *,
    title: str,
    description: str,
    name: str,
    width: int = 760,
    mirrored: bool = False,
    class_: str = "",
) -> str:
    """The graph as SVG; `heads` are the words above the three columns. Edges without both nodes are left out."""
    columns = [sorted((one for one in nodes if one.sort == sort), key=lambda one: one.row) for sort in COLUMNS]
    height = TOP + ROW * max((len(column) for column in columns), default=0) + 8
    canvas = Canvas(width, height, mirrored)
    letters = LETTERS if width > 500 else 11
    wide = width / 3
    place = {
        one.id: (4 + wide * column, TOP + ROW * (index + 0.5))
        for column, found in enumerate(columns)
        for index, one in enumerate(found)
    }
    text_width = min(wide - 44, 7.6 * letters)
    body = [
        canvas.text(4 + wide * column, 14, words, fill=MUTED, font_weight=600) for column, words in enumerate(heads)
    ]
    for edge in edges:
        if edge.start in place and edge.end in place and edge.start != edge.end:
            body.append(_edge(canvas, edge, place[edge.start], place[edge.end], text_width))
    for node in nodes:
        at, middle = place[node.id]
        colour = BRAND if node.sort == "source" else INK
        left = canvas.x(at + text_width + 18) if mirrored else at
        body.append(
            element(
                "rect", x=round(left, 1), y=middle - 11, width=round(text_width + 18, 1), height=22, fill="#ffffff",
                stroke=colour, stroke_width=1.5 if node.sort == "source" else 0.75,
            )
        )  # fmt: skip
        shown = node.label if len(node.label) <= letters else node.label[: letters - 1] + "…"
        body.append(canvas.text(at + 8, middle + 4, shown, fill=colour))
    return canvas.document(body, title, description, name, class_)


def _edge(canvas: Canvas, edge: Edge, start: tuple[float, float], end: tuple[float, float], text_width: float) -> str:
    """A curve between two boxes; within one column it bends out at the far side."""
    (x1, y1), (x2, y2) = start, end
    box = text_width + 18
    if x1 == x2:
        far = x1 + box + 14
        path = (
            f"M{canvas.x(x1 + box):.1f} {y1:.1f}C{canvas.x(far):.1f} {y1:.1f} {canvas.x(far):.1f} {y2:.1f} "
            f"{canvas.x(x2 + box):.1f} {y2:.1f}"
        )
    else:
        out, into = (x1 + box, x2) if x1 < x2 else (x1, x2 + box)
        middle = (out + into) / 2
        path = (
            f"M{canvas.x(out):.1f} {y1:.1f}C{canvas.x(middle):.1f} {y1:.1f} {canvas.x(middle):.1f} {y2:.1f} "
            f"{canvas.x(into):.1f} {y2:.1f}"
        )
    return element("path", d=path, fill="none", **STYLES[edge.relation])
