"""What waits for what, drawn as arcs beside a column of names; a ring is thick and red.

Any graph fits: names stand one under another, and each edge is an arc at their side with an arrow at the awaited end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from quittance.web.charts.svg import Canvas, element
from quittance.web.tokens import BRAND, CLASS_INK, DISPUTED, INK, MET, MUTED

ROW, LANE, LETTERS = 34, 13, 38
PORT = 6
"""An arc leaves a name this far below its middle and arrives this far above it."""


Style: TypeAlias = Literal["ring", "open", "doubtful", "held"]


@dataclass(frozen=True, slots=True)
class Name:
    """One line of the column: its id in the graph, the word shown, the class of its status, whether it stands out."""

    id: str
    shown: str
    class_: str | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Arc:
    """`waiting` waits for `awaited`."""

    waiting: str
    awaited: str
    style: Style


STYLES: dict[Style, dict[str, object]] = {
    "ring": {"stroke": DISPUTED, "stroke_width": 3},
    "open": {"stroke": MUTED, "stroke_width": 1.5},
    "doubtful": {"stroke": MUTED, "stroke_width": 1.5, "stroke_dasharray": "4 3"},
    "held": {"stroke": MET, "stroke_width": 1},
}


def arcs(
    names: Sequence[Name], drawn: Sequence[Arc], *, title: str, description: str, name: str, mirrored: bool
) -> str:
    """The column and its arcs as SVG. Arcs whose ends are not both in the column are left out."""
    place = {one.id: index for index, one in enumerate(names)}
    inside = [arc for arc in drawn if arc.waiting in place and arc.awaited in place and arc.waiting != arc.awaited]
    lanes = _lanes([(place[arc.waiting], place[arc.awaited]) for arc in inside])
    margin = 16 + LANE * (max(lanes, default=0) + 1)
    canvas = Canvas(margin + 12 + 8 * LETTERS, ROW * len(names) + 8, mirrored)
    body: list[str] = []
    for arc, lane in sorted(zip(inside, lanes, strict=True), key=lambda pair: pair[0].style == "ring"):
        body += _arc(canvas, arc, place, margin, LANE * (lane + 1))
    for index, one in enumerate(names):
        colour = CLASS_INK.get(one.class_ or "", MUTED)
        body.append(element("circle", cx=canvas.x(margin), cy=_row(index), r=5, fill=colour))
        words = one.shown if len(one.shown) <= LETTERS else one.shown[: LETTERS - 1] + "…"
        body.append(
            canvas.text(
                margin + 12,
                _row(index) + 5,
                words,
                font_weight=700 if one.chosen else None,
                fill=BRAND if one.chosen else INK,
            )
        )
    return canvas.document(body, title, description, name)


def _row(index: int) -> float:
    return ROW * (index + 0.5) + 4


def _lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A lane for each arc, short arcs inside, so that no two arcs of one lane overlap."""
    given = [0] * len(spans)
    taken: list[list[tuple[int, int]]] = []
    for index in sorted(range(len(spans)), key=lambda one: abs(spans[one][0] - spans[one][1])):
        low, high = sorted(spans[index])
        lane = next((n for n, others in enumerate(taken) if all(high <= a or low >= b for a, b in others)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        given[index] = lane
    return given


def _arc(canvas: Canvas, arc: Arc, place: dict[str, int], margin: int, reach: int) -> list[str]:
    """A bracket from the waiting name out to its lane and back to the awaited one, with an arrow there."""
    start, end = _row(place[arc.waiting]) + PORT, _row(place[arc.awaited]) - PORT
    near, far = margin - 7, margin - 7 - reach
    turn = 6 if end > start else -6
    bend = far + 6
    path = (
        f"M{canvas.x(near):.1f} {start:.1f}H{canvas.x(bend):.1f}"
        f"Q{canvas.x(far):.1f} {start:.1f} {canvas.x(far):.1f} {start + turn:.1f}V{end - turn:.1f}"
        f"Q{canvas.x(far):.1f} {end:.1f} {canvas.x(bend):.1f} {end:.1f}H{canvas.x(near - 3):.1f}"
    )
    style = STYLES[arc.style]
    tip = f"M{canvas.x(near):.1f} {end:.1f}L{canvas.x(near - 7):.1f} {end - 4:.1f}V{end + 4:.1f}Z"
    return [element("path", d=path, fill="none", **style), element("path", d=tip, fill=style["stroke"])]
