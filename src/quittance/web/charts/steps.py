"""The step chart: verified solid, each speaker dashed with a letter, required dotted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from quittance.views.timeline import Series, Steps
from quittance.web.charts.axis import count_ticks, day_ticks, scale
from quittance.web.charts.svg import Canvas, element
from quittance.web.tokens import BRAND, DASHES, LINE, MUTED, SIDES

HEIGHT = 300
MOST_POINTS = 400
"""Steps drawn for one curve; a longer curve keeps the last value of each stretch."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of the chart: what it is called at its end, its steps, colour, dashes and width."""

    label: str
    steps: Steps
    colour: str
    dash: str | None = None
    width: float = 2


def letters(series: Series, debtors: Sequence[str], creditors: Sequence[str]) -> dict[str, str]:
    """A letter for each speaker: A for who owes, B for whom it is owed to, C and on for everybody else."""
    speaking = [one.speaker.id for one in series.speakers]
    given: dict[str, str] = {}
    for letter, side in (("A", debtors), ("B", creditors)):
        found = next((party for party in side if party in speaking and party not in given), None)
        if found is not None:
            given[found] = letter
    for index, party in enumerate(party for party in speaking if party not in given):
        given[party] = chr(ord("C") + index % 24)
    return given


def curves(series: Series, first: date, letter_of: dict[str, str], verified: str, required: str) -> list[Curve]:
    """The lines of one commitment, the verified one last and on top; it is zero where nothing is verified."""
    drawn = [Curve(required, series.required, MUTED, "1 4")] if series.required else []
    for one in series.speakers:
        letter = letter_of[one.speaker.id]
        side = {"A": 0, "B": 1}.get(letter)
        colour, dash = (SIDES[side], DASHES[side]) if side is not None else (MUTED, "6 3 1 3")
        drawn.append(Curve(letter, one.steps, colour, dash))
    return [*drawn, Curve(verified, series.verified or ((first, 0),), BRAND, width=3)]


def thinned(steps: Steps, most: int = MOST_POINTS) -> Steps:
    """At most `most` steps of a curve: of each stretch the last, so that the end of the curve stays exact."""
    if len(steps) <= most:
        return steps
    size = -(-len(steps) // most)
    return tuple(steps[min(index + size, len(steps)) - 1] for index in range(0, len(steps), size))


def step_chart(
    drawn: Sequence[Curve],
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
    left, top, bottom = 52, 16, 262
    labels = max((len(curve.label) for curve in drawn), default=0)
    right = width - min(44 + 7 * labels, width // 3)
    canvas = Canvas(width, HEIGHT, mirrored)
    highest = max((value for curve in drawn for _, value in curve.steps), default=0)
    ticks = count_ticks(highest)
    x = scale(first.toordinal(), max(last.toordinal(), first.toordinal() + 1), left, right)
    y = scale(0, ticks[-1], bottom, top)
    body: list[str] = []
    for tick in ticks:
        body.append(canvas.line(left, y(tick), right, y(tick), LINE))
        body.append(canvas.text(left - 8, y(tick) + 4, show_count(tick), "end", fill=MUTED))
    for day in day_ticks(first, last, 6 if width > 500 else 3):
        at = x(day.toordinal())
        body.append(canvas.line(at, bottom, at, bottom + 5, MUTED))
        body.append(canvas.text(at, bottom + 22, show_day(day), "middle" if at > left + 30 else "start", fill=MUTED))
    for curve in drawn:
        body.append(step_path(canvas, curve, x, y, last))
    body += end_labels(canvas, drawn, x(last.toordinal()) + 6, y, show_count)
    return canvas.document(body, title, description, name, class_)


def step_path(
    canvas: Canvas, curve: Curve, x: Callable[[float], float], y: Callable[[float], float], last: date
) -> str:
    """The steps of one curve up to a day; nothing for a curve that has not begun."""
    steps = thinned(tuple(step for step in curve.steps if step[0] <= last))
    if not steps:
        return ""
    start = canvas.x(x(steps[0][0].toordinal()))
    moves = [f"M{start:.1f} {y(0):.1f}"]
    for day, value in steps:
        moves.append(f"H{canvas.x(x(day.toordinal())):.1f}V{y(value):.1f}")
    moves.append(f"H{canvas.x(x(last.toordinal())):.1f}")
    return element(
        "path",
        d="".join(moves),
        fill="none",
        stroke=curve.colour,
        stroke_width=curve.width,
        stroke_dasharray=curve.dash,
    )


def end_labels(
    canvas: Canvas, drawn: Sequence[Curve], at: float, y: Callable[[float], float], show_count: Callable[[int], str]
) -> list[str]:
    """Each curve's name and last value beside its end, moved apart where two would overlap."""
    ends = sorted(((y(curve.steps[-1][1]) + 4, curve) for curve in drawn if curve.steps), key=lambda end: -end[0])
    texts: list[str] = []
    below = float("inf")
    for height, curve in ends:
        below = min(height, below - 16)
        words = f"{curve.label} {show_count(curve.steps[-1][1])}"
        texts.append(canvas.text(at, below, words, fill=curve.colour, font_weight=600))
    return texts
