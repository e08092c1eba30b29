"""A report cut into stretches by the claims in it, so that page and terminal mark the same words.

Claims may lie in one another and share words; so a stretch knows every claim that covers it, which of them begin
there, and of which it is the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from quittance.claims.model import Claim, Span

MOST_SIGNS = 10_000
MOST_CLAIMS = 30
MOST_LINES = 300
"""A part of a report that is shown at once ends at a line break after so many signs, or so many claims or lines."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text in which nothing ends: the claims that cover it, that begin with it, that it is the number of."""

    text: str
    start: int
    covering: tuple[Claim, ...]
    begins: tuple[Claim, ...]
    numbers: tuple[Claim, ...]


def stretches(text: str, claims: Sequence[Claim], within: Span | None = None) -> list[Stretch]:
    """The text in stretches, in order and without a gap; `within` cuts out a part of it."""
    start, end = within or (0, len(text))
    inside = [one for one in claims if one.span[0] < end and start < one.span[1]]
    edges = {start, end}
    for claim in inside:
        for place in (*claim.span, *(claim.quantity_span or ())):
            edges.add(min(max(place, start), end))
    cuts = sorted(edges)
    return [
        Stretch(
            text[low:high],
            low,
            tuple(one for one in inside if one.span[0] <= low and high <= one.span[1]),
            tuple(one for one in inside if max(one.span[0], start) == low),
            tuple(one for one in inside if one.quantity_span and _covers(one.quantity_span, low, high)),
        )
        for low, high in pairwise(cuts)
    ]


def parts(text: str, claims: Sequence[Claim], signs: int = MOST_SIGNS, most: int = MOST_CLAIMS) -> list[Span]:
    """A long report in parts that can be shown at once; a claim belongs to the part in which it begins."""
    found: list[Span] = []
    start = 0
    while start < len(text):
        end = len(text)
        if end - start > signs:
            broken = text.rfind("\n", start + signs // 2, start + signs)
            end = broken + 1 if broken >= 0 else start + signs
        beginning = sorted(one.span[0] for one in claims if start <= one.span[0] < end)
        if len(beginning) > most and beginning[most] > start:
            end = min(end, beginning[most])
        breaks = [place for place in range(start, end) if text[place] == "\n"]
        if len(breaks) > MOST_LINES:
            end = breaks[MOST_LINES - 1] + 1
        found.append((start, end))
        start = end
    return found or [(0, 0)]


def around(text: str, span: Span, signs: int = 600) -> Span:
    """The part of a text about a claim, widened to whole lines where these end nearby."""
    start, end = max(0, span[0] - signs), min(len(text), span[1] + signs)
    before, after = text.rfind("\n", start, span[0]), text.find("\n", span[1], end)
    wide_start = 0 if start == 0 else (before + 1 if before >= 0 else start)
    wide_end = len(text) if end == len(text) else (after if after >= 0 else end)
    return wide_start, wide_end


def _covers(span: Span, low: int, high: int) -> bool:
    return span[0] <= low and high <= span[1]
