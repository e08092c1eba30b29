"""Numbers given by reference: "as many", "the same number", "an equal number" have the value of the number before."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from quittance.claims.numbers import Figure

_AS_MANY = re.compile(r"\b(?:as many(?! as\b)|(?:the|an) (?:same|equal) number)\b", re.IGNORECASE)


def counts_of(figures: Sequence[Figure], plain: str) -> list[Figure]:
    """The numbers of a text that count something, in order, those given by reference among them."""
    counts = [figure for figure in figures if figure.sort == "count"]
    starts = [figure.start for figure in figures]
    added = []
    for anaphor in _AS_MANY.finditer(plain):
        start, end = anaphor.span()
        at = bisect_right(starts, start)
        covered = (at < len(figures) and figures[at].start < end) or (at > 0 and figures[at - 1].end > start)
        before = next((one for one in reversed(figures[max(0, at - 6) : at]) if one.sort == "count"), None)
        if covered or before is None or before.value is None:
            continue
        value = before.value
        added.append(
            Figure(
                start=start,
                end=end,
                value=value,
                low=value,
                high=value,
                modality="exact",
                modality_start=start,
                implicit=True,
            )
        )
    return sorted([*counts, *added], key=lambda one: one.start) if added else counts
