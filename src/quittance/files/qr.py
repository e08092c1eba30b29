"""QR codes (ISO/IEC 18004) as inline SVG for paper: squares only, no text, so that every printer draws them alike.

The package `segno` (extra `paper`) makes the symbol; without it `ModuleNotFoundError` is raised.
"""

from __future__ import annotations

from html import escape

from quittance.errors import UsageError

MAX_BYTES = 2_953
"""What the largest symbol holds in byte mode at the lowest level of correction (ISO/IEC 18004, table 7)."""

QUIET = 4
"""Modules of white around the symbol, as the standard demands."""


def qr_modules(data: bytes) -> tuple[tuple[bool, ...], ...]:
    """The smallest symbol that holds `data`, row by row, dark being true; correction is raised where it costs no room.

    Raises `UsageError` (`paper.too_large`) for more than 2,953 bytes.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"A QR code holds {MAX_BYTES:,} bytes, and this is {len(data):,}. Print it in several codes.",
            code="paper.too_large",
        )
    import segno

    symbol = segno.make_qr(data, mode="byte", error="l", boost_error=True)
    return tuple(tuple(bool(module) for module in row) for row in symbol.matrix)


def qr_svg(data: bytes, label: str) -> str:
    """The symbol of `data` as an `<svg>` element with presentation attributes; `label` is for who cannot see it."""
    rows = qr_modules(data)
    side = len(rows) + 2 * QUIET
    path = "".join(
        f"M{QUIET + start} {QUIET + y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" direction="ltr" role="img" '
        f'aria-label="{escape(label)}" shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{path}" fill="#000" stroke="none"/></svg>'
    )


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Start and length of each stretch of dark modules."""
    edges = [x for x in range(len(row) + 1) if (x > 0 and row[x - 1]) != (x < len(row) and row[x])]
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
