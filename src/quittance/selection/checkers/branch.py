"""The proof that is left when the linear program has a point but no whole batch exists: divide and refute.

The counts of one signature are split into two ranges; a part is closed only by an integer certificate for its bounds,
or when one line cannot be satisfied within them. So the answer is exact, whatever the solver's arithmetic did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from quittance.selection.certificate import Line
from quittance.selection.checkers.relaxation import WHOLE, Matrix, Point, Ray
from quittance.selection.walk import CheckerError

Solve: TypeAlias = Callable[[Sequence[Line], Sequence[int], Sequence[int]], Point | Ray | None]

MOST_PARTS = 50_000
"""How many parts a search may open before it gives up with an error, never with an answer."""


def search(
    matrix: Matrix, lines: Sequence[Line], least: Sequence[int], most: Sequence[int], solve: Solve
) -> list[int] | None:
    """Whole counts within the bounds that satisfy every line, or None when it is proven that there are none.

    Raises `CheckerError` (`selection.unproven`) after `MOST_PARTS` parts.
    """
    parts = [(list(least), list(most))]
    for _ in range(MOST_PARTS):
        if not parts:
            return None
        low, high = parts.pop()
        if matrix.excludes(lines, low, high):
            continue
        answer = solve(lines, low, high)
        if isinstance(answer, Ray) and matrix.certificate(lines, low, high, answer.multipliers):
            continue
        counts = answer.whole() if isinstance(answer, Point) else None
        if counts is not None and matrix.fits(lines, low, high, counts):
            return counts
        open_counts = [at for at, (few, many) in enumerate(zip(low, high, strict=True)) if few < many]
        if not open_counts:  # and no line excludes them
            return low
        at, below = _split(open_counts, low, high, answer)
        parts.append((low, [*high[:at], below, *high[at + 1 :]]))
        parts.append(([*low[:at], below + 1, *low[at + 1 :]], high))
    raise CheckerError(
        f"Whether the batch can be completed was not proven within {MOST_PARTS:,} parts of the search. Nobody was "
        "refused on that. Use fewer quotas that cross each other, or wider limits.",
        code="selection.unproven",
    )


def _split(open_counts: list[int], low: list[int], high: list[int], answer: Point | Ray | None) -> tuple[int, int]:
    """Which signature to split and the most of its lower part: the count farthest from whole, else the widest range."""
    if isinstance(answer, Point):
        part = {at: float(answer.counts[at]) for at in open_counts}
        at = max(part, key=lambda place: abs(part[place] - round(part[place])))
        if abs(part[at] - round(part[at])) > WHOLE:
            return at, min(max(int(part[at]), low[at]), high[at] - 1)
    at = max(open_counts, key=lambda place: high[place] - low[place])
    return at, (low[at] + high[at]) // 2
